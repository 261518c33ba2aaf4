import * as z from "zod";
import { Apictl, Problem } from "../apictl";
import { expect, type Publisher, test } from "../fixtures";

/** APIs made and changed over WSO2's Publisher REST API, as its own clients and Postman do. */

test.use({ signedIn: false });

const Sent = z.looseObject({
  id: z.string(),
  description: z.string(),
  endpointConfig: z.looseObject({}),
  operations: z.array(z.looseObject({ target: z.string(), verb: z.string() })),
  warnings: z.array(z.string()).optional(),
});
type Sent = z.output<typeof Sent>;

async function restOf(publisher: Publisher): Promise<Apictl> {
  const { token } = await publisher.signIn();
  return new Apictl(publisher.url, token);
}

async function read(answer: Response, status = 200): Promise<Sent> {
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  return Sent.parse(JSON.parse(text));
}

async function refused(answer: Response) {
  const { code, description } = Problem.parse(await answer.json());
  return { status: answer.status, code, description };
}

const single = (url: string) => ({
  endpoint_type: "http",
  production_endpoints: { url },
  sandbox_endpoints: { url },
});

const operation = (verb: string, target: string, authType = "None") => ({ verb, target, authType });

const pizza = (url: string) => ({
  ...{ name: "Pizza", version: "1.0.0", context: "/pizza", policies: ["Gold"], tags: ["food"] },
  endpointConfig: single(url),
  operations: [operation("GET", "/menu")],
});

/** The form of a definition, with the file where it is one. */
function form(fields: Record<string, string>, file?: string): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  if (file !== undefined) body.append("file", new Blob([file]), "openapi.yaml");
  return body;
}

const post = (body: FormData, method = "POST") => ({ method, body });

const definition = (server: string, paths: readonly string[]) =>
  [
    "openapi: 3.0.3",
    "info: {title: Pasta, version: 2.0.0}",
    `servers: [{url: "${server}"}]`,
    "x-wso2-disable-security: true",
    "paths:",
    ...paths.map((path) => `  ${path}:\n    get: {responses: {"200": {description: fine}}}`),
  ].join("\n");

test("an API that a client made is deployed and answers", async ({ publisher, gateway, backend }) => {
  const b = await backend("oven");
  const g = await gateway();
  const running = await publisher();
  const rest = await restOf(running);
  const made = await rest.send("POST", "/apis?openAPIVersion=v3", pizza(b.url));
  const { id, ...api } = await read(made.clone(), 201);
  expect(made.headers.get("location")).toBe(`/api/am/publisher/v4/apis/${id}`);
  expect(api).toMatchObject({
    ...{ name: "Pizza", context: "/pizza", provider: "admin", lifeCycleStatus: "CREATED" },
    ...{ policies: ["Gold"], tags: ["food"] },
  });
  expect((await rest.revisions(id)).count).toBe(0);
  const deployed = await fetch(`${running.url}/api/v1/apis/${id}/deployments`, {
    method: "POST",
    headers: { authorization: `Bearer ${(await running.signIn()).token}` },
  });
  expect(deployed.status).toBe(200);
  expect((await fetch(`${g.url}/pizza/1.0.0/menu`)).status).toBe(200);
  expect((await fetch(`${g.url}/pizza/1.0.0/none`)).status).toBe(404);

  const again = await refused(await rest.send("POST", "/apis", pizza(b.url)));
  expect(again).toMatchObject({ status: 409, code: 900250 });
  expect(again.description).toContain("To replace it, use PUT /apis/{apiId}.");
  const other = await refused(await rest.send("POST", "/apis", { ...pizza(b.url), name: "Pasta" }));
  expect(other).toMatchObject({ status: 409, code: 900251 });
});

test("what a client may not make is refused with its place, and nothing is made", async ({ publisher }) => {
  const rest = await restOf(await publisher());
  const whole = pizza("http://a:1");
  const wrong: [unknown, string][] = [
    [[], "Write an object here."],
    [{ ...whole, name: 7 }, "name: Write a text here."],
    [{ ...whole, name: "Half \ud83c" }, "name: A name must not contain half a character."],
    [{ ...whole, operations: [1] }, "operations.0: Write an object here."],
    [{ ...whole, context: "/a b" }, "context"],
    [{ ...whole, type: "GRAPHQL" }, 'type: APIs of type "GRAPHQL" are not supported'],
    [{ ...whole, endpointConfig: { endpoint_type: "awslambda" } }, "endpointConfig.endpoint_type"],
    [{ ...whole, endpointConfig: single("ftp://a") }, "endpointConfig.production_endpoints"],
    [{ version: "1", context: "/x" }, "name"],
  ];
  for (const [body, words] of wrong) {
    const { status, description } = await refused(await rest.send("POST", "/apis", body));
    expect(status, description).toBe(400);
    expect(description).toContain(words);
    expect(description).not.toMatch(/api\.(json|yaml)/);
  }
  const broken = await rest.call("/apis", { method: "POST", body: "{" });
  expect(await refused(broken)).toMatchObject({ status: 400, description: "The body is not JSON." });
  const deep = `{"name":"a","more":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  expect(await refused(await rest.call("/apis", { method: "POST", body: deep }))).toMatchObject({
    status: 400,
    description: "The body is nested more than 100 levels deep.",
  });
  expect((await rest.list()).count).toBe(0);
});

test("an API that is sent back as it came is not changed, and one that is changed keeps its names", async ({
  publisher,
  database,
}) => {
  const rest = await restOf(await publisher());
  const security = { production: { enabled: true, type: "BASIC", username: "u", password: "secret" } };
  const data = {
    ...pizza("http://a:1"),
    endpointConfig: { ...single("http://a:1"), endpoint_security: security },
  };
  const { id } = await read(await rest.send("POST", "/apis", data), 201);
  expect(await rest.changed(id, "Publish")).toBe("PUBLISHED");
  const row = () => database.sql('SELECT draft, "lifeCycle" FROM "Api"');
  const before = await row();
  const told = await read(await rest.call(`/apis/${id}`));
  expect(JSON.stringify(told)).not.toContain("secret");
  await read(await rest.send("PUT", `/apis/${id}`, told));
  expect(await row()).toEqual(before);

  const urls = [{ url: "http://a:1" }, { url: "http://b:2" }];
  const balanced = {
    ...told,
    ...{
      name: "Other",
      version: "9",
      context: "/elsewhere",
      provider: "mallory",
      lifeCycleStatus: "BLOCKED",
    },
    description: "Changed",
    endpointConfig: {
      ...told.endpointConfig,
      ...{ endpoint_type: "load_balance", algoCombo: "org.apache.synapse.endpoints.algorithms.RoundRobin" },
      ...{ production_endpoints: urls, sandbox_endpoints: urls, failOver: "True" },
    },
    operations: [...told.operations, operation("POST", "/orders", "Application & Application User")],
  };
  const changed = await read(await rest.send("PUT", `/apis/${id}`, balanced));
  expect(changed).toMatchObject({
    ...{
      name: "Pizza",
      version: "1.0.0",
      context: "/pizza",
      provider: "admin",
      lifeCycleStatus: "PUBLISHED",
    },
    description: "Changed",
    endpointConfig: { endpoint_type: "load_balance" },
  });
  expect(changed.operations.map(({ verb, target, authType }) => [verb, target, authType])).toEqual([
    ["GET", "/menu", "None"],
    ["POST", "/orders", "Application & Application User"],
  ]);
  // The password goes on: it came back empty, as it was told.
  const [stored] = (await row()) as { draft: string }[];
  expect(stored?.draft).toContain('"username":"u"');
  expect(changed.warnings).toEqual(['policies: ["Gold"] has no effect: requests are not limited here.']);
  const missing = await rest.send("PUT", "/apis/c0000000000000000000000", told);
  expect(await refused(missing)).toMatchObject({ status: 404 });
});

test("an API with very many keys that nobody knows is changed at once", async ({ publisher }) => {
  const rest = await restOf(await publisher());
  const keys = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]));
  const data = { ...pizza("http://a:1"), ...keys };
  const { id } = await read(await rest.send("POST", "/apis", data), 201);
  const from = performance.now();
  await read(await rest.send("PUT", `/apis/${id}`, data));
  // Comparing each with each took a minute, in which nobody else was answered.
  expect(performance.now() - from).toBeLessThan(40_000);
});

test("a definition becomes an API with the endpoints that were said beside it", async ({
  publisher,
  backend,
}) => {
  const running = await publisher();
  const rest = await restOf(running);
  const text = definition("http://elsewhere:1/v2", ["/penne"]);
  const beside = {
    name: "Pasta",
    version: "2.0.0",
    context: "/pasta",
    endpointConfig: single("http://kitchen:1"),
  };
  const additionalProperties = JSON.stringify(beside);
  const made = await read(
    await rest.call("/apis/import-openapi", post(form({ additionalProperties }, text))),
    201,
  );
  expect(made).toMatchObject({
    endpointConfig: { production_endpoints: { url: "http://kitchen:1" } },
    operations: [{ verb: "GET", target: "/penne" }],
  });
  expect(await (await rest.call(`/apis/${made.id}/swagger`)).json()).toMatchObject({
    paths: { "/penne": { get: {} } },
  });

  // By its URL, against which its servers are meant, and with the definition's own endpoints.
  const kitchen = await backend("kitchen", {
    handler: (_request, response) => response.end(definition("/v3", ["/ragu"])),
  });
  const named = JSON.stringify({ name: "Ragu", version: "2.0.0", context: "/ragu" });
  const fetched = await read(
    await rest.call(
      "/apis/import-openapi",
      post(form({ additionalProperties: named, url: `${kitchen.url}/openapi.yaml` })),
    ),
    201,
  );
  expect(fetched.endpointConfig).toMatchObject({ production_endpoints: { url: `${kitchen.url}/v3` } });

  const own = JSON.stringify({ name: "Self", version: "v4", context: "/self" });
  const self = await read(
    await rest.call(
      "/apis/import-openapi",
      post(form({ additionalProperties: own, url: `${running.url}/api/am/publisher/v4/openapi.json` })),
    ),
    201,
  );
  expect(self.operations).toContainEqual(expect.objectContaining({ verb: "PUT", target: "/apis/{id}" }));

  const wrong: [FormData, string][] = [
    [form({}, text), "additionalProperties"],
    [form({ additionalProperties: "[]" }, text), "additionalProperties is an API as a JSON object"],
    [form({ additionalProperties: named }), "Send the definition once"],
    [form({ additionalProperties: named, inlineAPIDefinition: text }, text), "Send the definition once"],
    [form({ additionalProperties: named, inlineAPIDefinition: "openapi: 9" }), "Definitions/swagger.yaml"],
    [form({ additionalProperties: named, url: "http://169.254.169.254/" }), "could not be fetched"],
  ];
  for (const [body, words] of wrong) {
    const { status, description } = await refused(await rest.call("/apis/import-openapi", post(body)));
    expect(status, description).toBe(400);
    expect(description).toContain(words);
  }
  expect((await rest.list()).count).toBe(3);
});

test("a definition is checked without making anything", async ({ publisher }) => {
  const rest = await restOf(await publisher());
  const text = definition("http://kitchen:1/v2", ["/penne", "/ragu"]);
  const check = async (body: FormData, query = "") =>
    (await rest.call(`/apis/validate-openapi${query}`, post(body))).json();
  expect(await check(form({}, text))).toEqual({
    ...{ isValid: true, content: null, errors: [] },
    info: {
      ...{ name: "Pasta", version: "2.0.0", context: "/v2", description: "", openAPIVersion: "3.0.3" },
      endpoints: ["http://kitchen:1/v2"],
      operations: [
        { target: "/penne", verb: "GET" },
        { target: "/ragu", verb: "GET" },
      ],
    },
  });
  expect(await check(form({ inlineAPIDefinition: text }), "?returnContent=true")).toMatchObject({
    // Forms have their own line ends.
    content: text.replaceAll("\n", "\r\n"),
  });
  const bad = await check(form({ inlineAPIDefinition: "openapi: 3.0.0\npaths: [" }));
  expect(bad).toMatchObject({ isValid: false, info: null });
  expect(bad.errors[0].message).toContain("line 2");
  const two = form({}, text);
  two.append("file", new Blob(["openapi: 9"]), "other.yaml");
  expect(await refused(await rest.call("/apis/validate-openapi", post(two)))).toMatchObject({
    status: 400,
    description: "The form has its part named file more than once.",
  });
  const from = performance.now();
  const gap = `{ info: { title: Gap, version: "1" }, paths: {},${"\n".repeat(400_000)}openapi: 3.0.3 }`;
  expect(await check(form({}, gap))).toMatchObject({ isValid: true, info: { name: "Gap" } });
  // Looking from each blank line to the last took more than a minute.
  expect(performance.now() - from).toBeLessThan(30_000);
  expect((await rest.list()).count).toBe(0);
});

test("a newer definition is read into the draft, which keeps its names and endpoints", async ({
  publisher,
}) => {
  const rest = await restOf(await publisher());
  const { id } = await read(await rest.send("POST", "/apis", pizza("http://a:1")), 201);
  const newer = definition("http://elsewhere:1", ["/menu", "/orders"]).replace(/^servers.*\n/m, "");
  const answer = await rest.call(`/apis/${id}/swagger`, post(form({ apiDefinition: newer }), "PUT"));
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ paths: { "/menu": { get: {} }, "/orders": { get: {} } } });
  const changed = await read(await rest.call(`/apis/${id}`));
  expect(changed).toMatchObject({
    ...{ name: "Pizza", version: "1.0.0", context: "/pizza" },
    endpointConfig: { production_endpoints: { url: "http://a:1" } },
  });
  expect(changed.operations).toHaveLength(2);
  const wrong = await rest.call(`/apis/${id}/swagger`, post(form({ apiDefinition: "a: [" }), "PUT"));
  expect(await refused(wrong)).toMatchObject({ status: 400 });
  const missing = "/apis/c0000000000000000000000/swagger";
  expect((await rest.call(missing, post(form({ apiDefinition: newer }), "PUT"))).status).toBe(404);
});
