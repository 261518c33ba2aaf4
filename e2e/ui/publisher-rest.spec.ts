import { can, type Permission, roles } from "#lib/access/roles";
import { publisherRest } from "#lib/contract/publisherRest";
import { Apictl, apictlOf, type Files, nameOf, packed, refusalOf, unpacked } from "../apictl";
import { admin, BOTH, expect, test } from "../fixtures";
import { certificate } from "../gateway/certificate";
import { apiWith } from "../pages/apis";

/** WSO2's Publisher REST API, called in the order and in the bytes of `apictl`. */

test.use({ signedIn: false });

interface Given {
  name?: string;
  version?: string;
  context?: string;
  data?: string;
  environments?: string;
}

const DEFAULT =
  "type: deployment_environments\nversion: v4.3.0\ndata:\n - displayOnDevportal: true\n   deploymentEnvironment: Default\n";

/** A project as `apictl init` makes it, with one endpoint for all. */
function project(url: string, given: Given = {}): Files {
  const { name = "Pizza", version = "1.0.0", context = "/pizza", data = "" } = given;
  const api = `type: api
version: v4.7.0
data:
  name: ${name}
  context: ${context}
  version: ${version}
  provider: chef
  lifeCycleStatus: PUBLISHED
  policies: [Unlimited]
  tags: [food]
${data}  endpointConfig:
    endpoint_type: http
    production_endpoints: {url: "${url}"}
    sandbox_endpoints: {url: "${url}"}
`;
  const swagger = `openapi: 3.0.1
info: {title: ${name}, version: ${version}}
x-wso2-disable-security: true
paths:
  /menu:
    get: {responses: {"200": {description: fine}}}
`;
  return {
    [`${name}/api.yaml`]: api,
    [`${name}/Definitions/swagger.yaml`]: swagger,
    [`${name}/deployment_environments.yaml`]: given.environments ?? DEFAULT,
    [`${name}/api_meta.yaml`]: `name: ${name}\nversion: ${version}\n`,
  };
}

test("import, list, revisions, export, undeploy and delete go as apictl sends them", { tag: BOTH }, async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const b = await backend("oven");
  const g = await gateway();
  const running = await publisher();
  const apictl = await apictlOf(running);
  const menu = async () => (await fetch(`${g.url}/pizza/1.0.0/menu`)).status;

  const imported = await apictl.import(await packed(project(b.url)));
  const text = await imported.text();
  expect(imported.status, text).toBe(200);
  const id = await apictl.idOf("Pizza", "1.0.0");
  expect(JSON.parse(text)).toEqual({ id, revision: "1", warnings: [] });
  expect(await menu()).toBe(200);

  const entry = { id, name: "Pizza", context: "/pizza", version: "1.0.0", provider: "chef" };
  expect(await apictl.list()).toEqual({ count: 1, list: [{ ...entry, lifeCycleStatus: "PUBLISHED" }] });
  expect(await apictl.get(id)).toMatchObject({ ...entry, tags: ["food"], policies: ["Unlimited"] });
  const deployed = [{ name: "Default", displayOnDevportal: true }];
  const description = "Revision created after importing the API";
  const first = { displayName: "Revision 1", description, deploymentInfo: deployed };
  expect(await apictl.revisions(id)).toMatchObject({ count: 1, list: [first] });
  expect(await apictl.revisions(id, "?query=deployed:false")).toEqual({ count: 0, list: [] });

  // The same again is a duplicate, and with --update it is replaced.
  const zip = await packed(project(b.url, { data: "  description: Better\n" }));
  expect(await refusalOf(await apictl.import(zip))).toMatchObject({
    status: 409,
    code: 900250,
    description: expect.stringContaining("To replace it, use --update, or overwrite=true by HTTP."),
  });
  const update = "overwrite=true&preserveProvider=false&rotateRevision=true";
  expect(await (await apictl.import(zip, update)).json()).toMatchObject({ id, revision: "2" });
  expect(await apictl.get(id)).toMatchObject({ description: "Better", provider: "admin" });
  const live = await apictl.revisions(id, "?query=deployed:true");
  expect(live.list.map(({ displayName }) => displayName)).toEqual(["Revision 2"]);

  // A revision that is not live is left as it is; of the live one nothing is deployed any more.
  const older = await apictl.undeploy(id, "1", ["Default"]);
  expect([older.status, await older.json(), await menu()]).toEqual([201, [], 200]);
  expect((await apictl.undeploy(id, "2", ["Elsewhere"])).status).toBe(404);
  expect((await apictl.undeploy(id, "7", null)).status).toBe(404);
  const none = await apictl.undeploy(id, "2", []);
  expect([none.status, await menu()]).toEqual([400, 200]);
  const ended = await apictl.undeploy(id, "2", null);
  expect([ended.status, await ended.json(), await menu()]).toEqual([201, [], 404]);
  expect((await apictl.list()).count).toBe(1);

  const deleted = await apictl.delete(id);
  expect([deleted.status, await deleted.text()]).toEqual([200, ""]);
  expect(await refusalOf(await apictl.delete(id))).toMatchObject({ status: 404, message: "Not Found" });
  expect((await apictl.search("Pizza", "1.0.0")).count).toBe(0);
  expect(await database.sql('SELECT id FROM "Api"')).toEqual([]);
});

test("a search in quotes finds that API alone, a list goes on until it is empty", { tag: BOTH }, async ({
  publisher,
  database,
}) => {
  for (const [name, version] of [
    ["Pizza", "1.0.0"],
    ["Pizza Shack", "1.0.0"],
    ["pizza", "1.0.0"],
    ["Pizza", "1.0.01"],
  ] as const) {
    const context = `/${name}-${version}`.replace(" ", "-");
    await database.save({ ...apiWith(["http://a:1"]), name, version, context });
  }
  const running = await publisher();
  const apictl = await apictlOf(running);
  const names = async (query: string) => (await apictl.list(query)).list.map((a) => `${a.name} ${a.version}`);
  const found = await apictl.search("Pizza", "1.0.0");
  expect(found.list.map(({ name, version }) => ({ name, version }))).toEqual([
    { name: "Pizza", version: "1.0.0" },
  ]);
  expect(found.pagination).toEqual({ offset: 0, limit: 25, total: 1, next: "", previous: "" });
  expect((await apictl.search("Pizza Shack", "1.0.0", ' provider:"admin"')).count).toBe(1);
  for (const more of [' provider:"other"', ' type:"APIProduct"', ' type:"MCP"', ' unknown:"x"'])
    expect((await apictl.search("Pizza", "1.0.0", more)).count, more).toBe(0);
  expect((await apictl.search("Pizz", "1.0.0")).count).toBe(0);

  expect(await names("limit=25&query=shack")).toEqual(["Pizza Shack 1.0.0"]);
  expect(await names("limit=25&query=name%3APizza+version%3A1.0.01")).toEqual(["Pizza 1.0.01"]);
  expect(await names("limit=25&query=status%3Acreated+provider%3Aadm")).toHaveLength(4);
  expect(await names("limit=25&query=context%3A%2Fnone")).toEqual([]);
  const seen: string[] = [];
  for (let offset = 0; offset < 20; offset += 3) {
    const page = await names(`limit=3&offset=${offset}`);
    seen.push(...page);
    if (page.length === 0) break;
  }
  expect(seen).toEqual(["Pizza 1.0.0", "Pizza 1.0.01", "Pizza Shack 1.0.0", "pizza 1.0.0"]);
  const { pagination } = await (await apictl.call("/apis?limit=1&offset=1&query=Pizza")).json();
  expect(pagination).toEqual({
    ...{ offset: 1, limit: 1, total: 4 },
    next: "/apis?limit=1&offset=2&query=Pizza",
    previous: "/apis?limit=1&offset=0&query=Pizza",
  });
  for (const query of ["limit=many", "limit=-1", "offset=x", `query=${"a".repeat(1_001)}`])
    expect(await refusalOf(await apictl.call(`/apis?${query}`)), query).toMatchObject({ status: 400 });
  for (const version of ["v2", "v3"])
    expect((await new Apictl(running.url, (await running.signIn()).token, version).list()).count).toBe(4);
});

/** What `apictl import api --params` sends. */
async function withParams(files: Files, beside: Files): Promise<Buffer> {
  const inner = Object.entries(files).map(([path, text]) => [path.replace(/^[^/]+/, "SourceArchive"), text]);
  return packed({ "artifact/SourceArchive.zip": await packed(Object.fromEntries(inner)), ...beside });
}

test("parameters of an environment come beside the project and are applied to it", async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const [one, two, safe] = [
    await backend("one"),
    await backend("two"),
    await backend("safe", { tls: certificate }),
  ];
  const g = await gateway();
  const apictl = await apictlOf(await publisher());
  const answers = async (context: string) => {
    const got = await fetch(`${g.url}${context}/1.0.0/menu`);
    return got.ok ? ((await got.json()) as { backend: string }).backend : got.status;
  };
  const file = await withParams(project("http://nowhere.invalid:1"), {
    "artifact/intermediate_params.yaml": `endpoints:
  production: {url: "${one.url}"}
  sandbox: {url: "${two.url}"}
`,
  });
  const imported = await apictl.import(file);
  expect(imported.status, await imported.clone().text()).toBe(200);
  expect(await answers("/pizza")).toBe("one");

  const folder = await withParams(
    project("http://nowhere.invalid:1", { name: "Pasta", context: "/pasta", environments: "data: []\n" }),
    {
      "artifact/Deployment/intermediate_params.yaml": `endpointRoutingPolicy: load_balanced
loadBalanceEndpoints:
  production: [{url: "${safe.url}"}, {url: "${safe.url}/"}]
certs:
  - {hostName: "${safe.url}", alias: safe, path: safe.crt}
deploymentEnvironments:
  - {displayOnDevportal: true, deploymentEnvironment: default, deploymentVhost: other.example}
`,
      "artifact/Deployment/certificates/safe.crt": certificate.cert,
    },
  );
  const second = await (await apictl.import(folder)).json();
  expect(second).toMatchObject({
    revision: "1",
    warnings: [expect.stringContaining("The vhost other.example has no effect")],
  });
  expect(await answers("/pasta")).toBe("safe");
  expect(await database.sql("SELECT alias FROM BackendCertificate")).toEqual([{ alias: "safe" }]);

  const wrong = await withParams(project(one.url), {
    "artifact/intermediate_params.yaml": 'endpoints: {production: {url: "ftp://a"}}\n',
  });
  const refused = await refusalOf(await apictl.import(wrong, "overwrite=true"));
  expect(refused).toMatchObject({ status: 400, message: "Bad Request" });
  expect(refused.error[0]?.message).toMatch(/^intermediate_params\.yaml, endpoints\.production/);
  const broken = await packed({ "artifact/SourceArchive.zip": Buffer.from("PK no zip") });
  expect((await refusalOf(await apictl.import(broken))).description).toContain("SourceArchive.zip: ");
  expect((await refusalOf(await apictl.import(Buffer.from("type: api")))).description).toContain(
    "This is not a ZIP file.",
  );
});

test("where a project is deployed is decided before anything is written", { tag: BOTH }, async ({
  publisher,
  database,
}) => {
  const apictl = await apictlOf(await publisher());
  const rows = () => database.sql('SELECT name FROM "Api"');
  const elsewhere = "data:\n - {deploymentEnvironment: Default}\n - {deploymentEnvironment: Elsewhere}\n";
  const zip = await packed(project("http://a:1", { environments: elsewhere }));
  expect(await refusalOf(await apictl.import(zip))).toMatchObject({
    ...{ status: 404, code: 900506 },
    description: "deployment_environments: There is no environment Elsewhere; there is Default.",
  });
  const dry = await apictl.dryRun(zip);
  expect(dry).toEqual({ result: "fail", found: [expect.objectContaining({ severity: "ERROR" })] });
  expect(await apictl.dryRun(await packed(project("http://a:1")))).toEqual({ result: "pass", found: [] });
  const warned = await packed(project("http://a:1", { data: "  apiThrottlingPolicy: 10KPerMin\n" }));
  expect(await apictl.dryRun(warned)).toEqual({
    result: "fail",
    found: [{ path: "api.yaml, data.apiThrottlingPolicy", message: expect.any(String), severity: "WARN" }],
  });
  expect(await rows()).toEqual([]);

  const { "Pizza/deployment_environments.yaml": _left, ...skipped } = project("http://a:1");
  for (const files of [skipped, project("http://a:1", { environments: "data: []\n" })]) {
    const drafted = await apictl.import(await packed(files), "overwrite=true&preserveProvider=true");
    expect(await drafted.json()).toMatchObject({ revision: "" });
  }
  expect(await database.sql("SELECT id FROM Revision")).toEqual([]);
  const taken = await packed(project("http://a:1", { name: "Other" }));
  expect(await refusalOf(await apictl.import(taken))).toMatchObject({ status: 409, code: 900251 });
});

test("an export is a project in one folder that imports again", async ({ publisher, database }) => {
  const apictl = await apictlOf(await publisher());
  expect((await apictl.import(await packed(project("http://a:1")))).status).toBe(200);
  const id = await apictl.idOf("Pizza", "1.0.0");
  const draft = await packed(project("http://b:1", { environments: "data: []\n" }));
  expect((await apictl.import(draft, "overwrite=true&preserveProvider=true")).status).toBe(200);
  const exported = async (more?: string) => {
    const answer = await apictl.export("Pizza", "1.0.0", more);
    expect(answer.status, await answer.clone().text()).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/zip");
    return unpacked(Buffer.from(await answer.arrayBuffer()));
  };
  const working = await exported();
  expect([...working.keys()]).toEqual([
    "Pizza-1.0.0/api.yaml",
    "Pizza-1.0.0/Definitions/swagger.yaml",
    "Pizza-1.0.0/api_meta.yaml",
  ]);
  expect(working.get("Pizza-1.0.0/api.yaml")).toContain("http://b:1");
  expect(working.get("Pizza-1.0.0/api.yaml")).toContain("lifeCycleStatus: PUBLISHED");

  for (const more of ["&format=JSON&revisionNumber=1", "&format=json&latestRevision=true"]) {
    const live = await exported(more);
    expect([...live.keys()]).toContain("Pizza-1.0.0/Definitions/swagger.json");
    const api = JSON.parse(live.get("Pizza-1.0.0/api.json") ?? "");
    expect(api).toMatchObject({
      type: "api",
      data: { provider: "chef", endpointConfig: { production_endpoints: { url: "http://a:1" } } },
    });
    const environments = JSON.parse(live.get("Pizza-1.0.0/deployment_environments.json") ?? "");
    expect(environments.data).toMatchObject([{ deploymentEnvironment: "Default" }]);
    expect((await apictl.delete(await apictl.idOf("Pizza", "1.0.0"))).status).toBe(200);
    const again = await apictl.import(await packed(Object.fromEntries(live)));
    expect(await again.json()).toMatchObject({ revision: "1" });
  }
  expect(await database.sql('SELECT id FROM "Api"')).not.toEqual([{ id }]);

  const told = async (more: string) => (await refusalOf(await apictl.export("Pizza", "1.0.0", more))).status;
  expect(await told("&revisionNumber=9")).toBe(404);
  expect(await told("&format=XML")).toBe(400);
  expect((await refusalOf(await apictl.export("Nothing", "1.0.0"))).status).toBe(404);
  const foreign = "/apis/export?name=Pizza&version=1.0.0&providerName=other&format=YAML";
  expect((await refusalOf(await apictl.call(foreign))).status).toBe(404);
  const reset =
    "/apis/export?name=Pizza&version=1.0.0&providerName=chef&preserveStatus=false&preserveCredentials=true";
  const bare = await unpacked(Buffer.from(await (await apictl.call(reset)).arrayBuffer()));
  expect(bare.get("Pizza-1.0.0/api.yaml")).toContain("lifeCycleStatus: CREATED");
});

test("revisions are deployed, restored and read as a definition", { tag: BOTH }, async ({
  publisher,
  gateway,
  backend,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const apictl = await apictlOf(await publisher());
  for (const { url } of [one, two])
    expect((await apictl.import(await packed(project(url)), "overwrite=true")).status).toBe(200);
  const id = await apictl.idOf("Pizza", "1.0.0");
  const menu = async () => {
    const got = await fetch(`${g.url}/pizza/1.0.0/menu`);
    return got.ok ? ((await got.json()) as { backend: string }).backend : got.status;
  };
  const endpoint = async () => (await apictl.get(id)).endpointConfig.production_endpoints;
  const post = (path: string, body?: unknown) =>
    apictl.call(`/apis/${id}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const [first, second] = (await apictl.revisions(id)).list.map((revision) => revision.id);
  expect(await menu()).toBe("two");
  const place = { name: "Default", vhost: "localhost", displayOnDevportal: true };
  const deployed = await post(`deploy-revision?revisionId=${first}`, [place]);
  expect(deployed.status).toBe(201);
  const there = await deployed.json();
  expect(there).toEqual([
    {
      ...{ revisionUuid: first, name: "Default", status: "APPROVED", vhost: expect.any(String) },
      displayOnDevportal: true,
      ...{ deployedTime: expect.any(String), successDeployedTime: expect.any(String) },
      ...{ liveGatewayCount: 1, deployedGatewayCount: 1, failedGatewayCount: 0 },
    },
  ]);
  expect(await (await apictl.call(`/apis/${id}/deployments`)).json()).toEqual(there);
  expect(await menu()).toBe("one");
  for (const [query, body, status] of [
    [`revisionId=${second}`, [{ ...place, name: "Elsewhere" }], 404],
    [`revisionId=${second}`, [{ ...place, vhost: "elsewhere.example" }], 404],
    [`revisionId=${second}`, null, 400],
    [`revisionId=${second}`, { name: "Default" }, 400],
    ["revisionId=none", [place], 404],
    ["", [place], 404],
  ] as const)
    expect((await refusalOf(await post(`deploy-revision?${query}`, body))).status, query).toBe(status);
  expect(await menu()).toBe("one");

  expect(await endpoint()).toMatchObject({ url: two.url });
  const restored = await post(`restore-revision?revisionId=${first}`);
  expect([restored.status, await restored.json()]).toEqual([
    201,
    expect.objectContaining({ id, name: "Pizza", provider: "chef" }),
  ]);
  expect(await endpoint()).toMatchObject({ url: one.url });
  expect((await refusalOf(await post("restore-revision?revisionId=none"))).status).toBe(404);

  const definition = await apictl.call(`/apis/${id}/swagger`);
  expect(definition.headers.get("content-disposition")).toContain("swagger.json");
  expect(await definition.json()).toMatchObject({ openapi: "3.0.1", paths: { "/menu": { get: {} } } });
});

test("a state of the life cycle is a name, but for blocked and retired", { tag: BOTH }, async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const b = await backend("oven");
  const g = await gateway();
  const running = await publisher();
  const apictl = await apictlOf(running);
  const files = project(b.url, { data: "  lifeCycleStatus: BLOCKED\n" });
  files["Pizza/api.yaml"] = String(files["Pizza/api.yaml"]).replace("  lifeCycleStatus: PUBLISHED\n", "");
  expect((await apictl.import(await packed(files))).status).toBe(200);
  const other = await packed(project(b.url, { name: "Pasta", context: "/pasta" }));
  expect((await apictl.import(other)).status).toBe(200);
  const id = await apictl.idOf("Pizza", "1.0.0");
  const call = async (context = "/pizza") => (await fetch(`${g.url}${context}/1.0.0/menu`)).status;
  const rows = () => database.sql('SELECT draft, "draftVersion" FROM "Api" ORDER BY name');
  const before = await rows();

  // What a project came with blocks nothing, so it is as if it were new.
  expect([(await apictl.get(id)).lifeCycleStatus, await call()]).toEqual(["CREATED", 200]);
  const refused = await refusalOf(await apictl.changeStatus(id, "Block"));
  expect(refused).toMatchObject({
    status: 400,
    description: "Block is not possible while the API is CREATED: Publish, Deploy as a Prototype.",
  });
  expect(await apictl.changed(id, "Publish")).toBe("PUBLISHED");
  expect((await apictl.list("limit=1&query=status%3APUBLISHED+name%3APizza")).count).toBe(1);
  expect(await apictl.state(id)).toMatchObject({ state: "PUBLISHED" });

  expect(await apictl.changed(id, "Block")).toBe("BLOCKED");
  const blocked = await fetch(`${g.url}/pizza/1.0.0/menu`);
  expect([blocked.status, await blocked.json()]).toEqual([
    503,
    expect.objectContaining({ code: "700700", description: expect.stringContaining("This API is blocked") }),
  ]);
  expect([(await fetch(`${g.url}/pizza/1.0.0/none`)).status, await call("/pasta")]).toEqual([503, 200]);
  const { cookie } = await running.signIn();
  const page = await fetch(`${running.url}/apis/${id}/endpoints`, { headers: { cookie } });
  expect(await page.text()).toContain("blocked: callers get 503");
  // States are no changes of the draft.
  expect(await rows()).toEqual(before);
  expect((await apictl.revisions(id, "?query=deployed:true")).count).toBe(1);
  // A newer revision is blocked as well, and an import opens nothing.
  const newer = await packed(project(b.url, { data: "  description: Newer\n" }));
  expect((await apictl.import(newer, "overwrite=true&preserveProvider=true")).status).toBe(200);
  expect([(await apictl.get(id)).lifeCycleStatus, await call()]).toEqual(["BLOCKED", 503]);
  const exported = await unpacked(
    Buffer.from(await (await apictl.export("Pizza", "1.0.0", "&latestRevision=true")).arrayBuffer()),
  );
  expect(exported.get("Pizza-1.0.0/api.yaml")).toContain("lifeCycleStatus: BLOCKED");
  const { token } = await running.signInAs("creator");
  const creator = new Apictl(running.url, token);
  for (const action of ["Deprecate", "Re-Publish"])
    expect((await refusalOf(await creator.changeStatus(id, action))).status, action).toBe(403);
  expect(await apictl.changed(id, "Re-Publish")).toBe("PUBLISHED");
  expect(await call()).toBe(200);

  // Retired is undeployed; published again, it answers as before.
  expect(await creator.changed(id, "deprecate")).toBe("DEPRECATED");
  expect(await call()).toBe(200);
  expect(await apictl.changed(id, "Retire")).toBe("RETIRED");
  expect([await call(), (await apictl.revisions(id, "?query=deployed:true")).count]).toEqual([404, 0]);
  expect(await apictl.changed(id, "Re-Publish")).toBe("PUBLISHED");
  expect(await call()).toBe(200);
  // What was undeployed before stays so; whoever deploys a retired API publishes it.
  expect((await apictl.undeploy(id, "2", null)).status).toBe(201);
  for (const action of ["Deprecate", "Retire", "Re-Publish", "Deprecate", "Retire"])
    await apictl.changed(id, action);
  expect(await call()).toBe(404);
  expect((await apictl.import(newer, "overwrite=true&preserveProvider=true")).status).toBe(200);
  expect([(await apictl.get(id)).lifeCycleStatus, await call()]).toEqual(["PUBLISHED", 200]);
  const missing = await refusalOf(await apictl.changeStatus("c0000000000000000000000", "Publish"));
  expect(missing.status).toBe(404);
  expect((await refusalOf(await apictl.changeStatus(id, ""))).status).toBe(400);
});

test("calls are for who may make them, and tell nobody else whether an API exists", async ({
  publisher,
  database,
}) => {
  const running = await publisher();
  const draft = await packed(
    project("http://a:1", { name: "Drafted", context: "/d", environments: "data: []\n" }),
  );
  const live = await packed(project("http://a:1", { name: "Deployed", context: "/l" }));
  const body = (zip: Buffer) => {
    const form = new FormData();
    form.append("file", new Blob([new Uint8Array(zip)]), "project.zip");
    return form;
  };
  const certificateForm = () => {
    const form = new FormData();
    form.append("certificate", new Blob([certificate.cert]), "there.crt");
    for (const [name, value] of [
      ["alias", "added"],
      ["endpoint", "https://a.example"],
    ] as const)
      form.append(name, value);
    return form;
  };
  const walked = apiWith(["http://a:1"]);
  const sandbox = { enabled: true, endpoints: [{ id: "Orders-s1", url: "http://a:1" }] };
  const trusted = { alias: "there", origin: "https://a.example", certificate: certificate.cert };
  let serial = 2;
  /** An API as JSON, another one each time. */
  const made = () => JSON.stringify({ name: `New${serial}`, version: "1", context: `/new${serial++}` });
  const definitionForm = (more: Record<string, string> = {}) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(more)) form.append(name, value);
    form.append(
      "file",
      new Blob(["openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {/a: {get: {}}}\n"]),
      "a.yaml",
    );
    return form;
  };
  type Init = RequestInit | (() => RequestInit);
  const calls: [string, Permission, (id: string, revision: string) => string, Init?][] = [
    ["list", "api.read", () => "/apis"],
    ["search", "api.read", () => "/search?query=name:%22Orders%22"],
    ["creation", "api.edit", () => "/apis", () => ({ method: "POST", body: made() })],
    [
      "change",
      "api.edit",
      (id) => `/apis/${id}`,
      { method: "PUT", body: JSON.stringify({ description: "Changed" }) },
    ],
    [
      "import of a definition",
      "api.edit",
      () => "/apis/import-openapi",
      () => ({ method: "POST", body: definitionForm({ additionalProperties: made() }) }),
    ],
    [
      "check of a definition",
      "api.edit",
      () => "/apis/validate-openapi",
      { method: "POST", body: definitionForm() },
    ],
    [
      "change of a definition",
      "api.edit",
      (id) => `/apis/${id}/swagger`,
      { method: "PUT", body: definitionForm() },
    ],
    ["get", "api.read", (id) => `/apis/${id}`],
    ["revisions", "api.read", (id) => `/apis/${id}/revisions`],
    ["export", "api.read", (id) => `/apis/export?apiId=${id}`],
    [
      "import of a draft",
      "api.edit",
      () => "/apis/import?overwrite=true",
      { method: "POST", body: body(draft) },
    ],
    [
      "import that deploys",
      "api.deploy",
      () => "/apis/import?overwrite=true",
      { method: "POST", body: body(live) },
    ],
    [
      "undeploy",
      "api.deploy",
      (id) => `/apis/${id}/undeploy-revision?revisionNumber=1&allEnvironments=true`,
      { method: "POST", body: "null" },
    ],
    [
      "making of a revision",
      "api.edit",
      (id) => `/apis/${id}/revisions`,
      { method: "POST", body: '{"description":""}' },
    ],
    ["revision", "api.read", (id, revision) => `/apis/${id}/revisions/${revision}`],
    [
      "deletion of a revision",
      "api.edit",
      (id, revision) => `/apis/${id}/revisions/${revision}`,
      { method: "DELETE" },
    ],
    ["deployments", "api.read", (id) => `/apis/${id}/deployments`],
    ["swagger", "api.read", (id) => `/apis/${id}/swagger`],
    [
      "deploy",
      "api.deploy",
      (id) => `/apis/${id}/deploy-revision?revisionNumber=1`,
      { method: "POST", body: '[{"name":"Default"}]' },
    ],
    ["restore", "api.edit", (id) => `/apis/${id}/restore-revision?revisionNumber=1`, { method: "POST" }],
    ["state", "api.read", (id) => `/apis/${id}/lifecycle-state`],
    ["history of states", "api.read", (id) => `/apis/${id}/lifecycle-history`],
    ["key", "api.read", (id) => `/apis/${id}/generate-key`, { method: "POST" }],
    [
      "check of an endpoint",
      "api.edit",
      (id) => `/apis/validate-endpoint?endpointUrl=ftp://a&apiId=${id}`,
      { method: "POST" },
    ],
    [
      "publish",
      "api.edit",
      (id) => `/apis/change-lifecycle?apiId=${id}&action=Publish`,
      { method: "POST", headers: { "content-type": "application/json" }, body: "" },
    ],
    [
      "block",
      "api.deploy",
      (id) => `/apis/change-lifecycle?apiId=${id}&action=Block`,
      { method: "POST", headers: { "content-type": "application/json" }, body: "" },
    ],
    ["certificates", "api.read", () => "/endpoint-certificates"],
    [
      "addition of a certificate",
      "api.deploy",
      () => "/endpoint-certificates",
      { method: "POST", body: certificateForm() },
    ],
    ["certificate", "api.read", () => "/endpoint-certificates/there"],
    ["content", "api.read", () => "/endpoint-certificates/there/content"],
    ["usage", "api.read", () => "/endpoint-certificates/there/usage"],
    [
      "renewal of a certificate",
      "api.deploy",
      () => "/endpoint-certificates/there",
      { method: "PUT", body: certificateForm() },
    ],
    ["deletion of a certificate", "api.deploy", () => "/endpoint-certificates/there", { method: "DELETE" }],
    ["settings", "api.read", () => "/settings"],
    ["policies", "api.read", () => "/throttling-policies/subscription"],
    ["categories", "api.read", () => "/api-categories"],
    ["key managers", "api.read", () => "/key-managers"],
    ["policies of operations", "api.read", () => "/operation-policies"],
    ["copy", "api.edit", (id) => `/apis/copy-api?apiId=${id}&newVersion=v${serial++}`, { method: "POST" }],
    ["delete", "api.delete", (id) => `/apis/${id}`, { method: "DELETE" }],
  ];
  const tokens = new Map<string, string>();
  for (const role of roles)
    tokens.set(
      role,
      (role === "admin" ? await running.signIn(admin.username) : await running.signInAs(role)).token,
    );
  const all = new Apictl(running.url, tokens.get("admin") ?? "");
  const walkedRows = new Set<string | undefined>();
  for (const [what, needs, path, given] of calls) {
    const initOf = () => (typeof given === "function" ? given() : given);
    walkedRows.add(nameOf(publisherRest, initOf()?.method ?? "GET", path("x", "y")));
    for (const role of roles) {
      const { id } = await database.deploy({ ...walked, endpoints: { ...walked.endpoints, sandbox } });
      await database.sql('UPDATE "Api" SET "lifeCycle" = \'PUBLISHED\'');
      await database.sql('DELETE FROM "BackendCertificate"');
      await database.trust(trusted);
      // Only for calls of one: those that are kept are not many.
      const kept =
        path.length > 1 ? (await (await all.send("POST", `/apis/${id}/revisions`, {})).json()).id : "";
      const apictl = new Apictl(running.url, tokens.get(role) ?? "");
      const got = await apictl.call(path(id, kept), initOf());
      if (can(role, needs)) {
        expect(got.ok, `${what} by ${role}: ${await got.text()}`).toBe(true);
        continue;
      }
      const there = await refusalOf(got);
      expect(there, `${what} by ${role}`).toMatchObject({ status: 403, code: 403, message: "Forbidden" });
      const missing = await refusalOf(await apictl.call(path("c0000000000000000000000", "none"), initOf()));
      expect(missing, `${what} by ${role} of none`).toEqual(there);
    }
    const nobody = await fetch(`${running.url}/api/am/publisher/v4${path("x", "none")}`, initOf());
    expect(await refusalOf(nobody), `${what} by nobody`).toMatchObject({ status: 401, code: 900902 });
    const forged = new Apictl(running.url, "a.b.c");
    expect(await refusalOf(await forged.call(path("x", "none"), initOf()))).toMatchObject({
      status: 401,
      code: 900901,
    });
  }
  expect([...walkedRows].sort(), "calls that are not walked").toEqual(
    Object.keys(publisherRest.calls).sort(),
  );
  // What a browser adds by itself counts for nothing, wherever the page is from.
  const { cookie } = await running.signIn();
  const browser = { cookie, origin: "http://elsewhere.example", "sec-fetch-site": "cross-site" };
  const asked = await fetch(`${running.url}/api/am/publisher/v4/apis`, { headers: browser });
  expect(await refusalOf(asked)).toMatchObject({ status: 401, code: 900902 });
  const absent = await new Apictl(running.url, tokens.get("admin") ?? "").call("/mcp-servers");
  expect(await refusalOf(absent)).toMatchObject({ status: 404 });
});
