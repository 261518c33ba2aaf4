import { connect } from "node:net";
import { ZipFile } from "yazl";
import { ApiDefinition } from "#lib/schemas/definition";
import { writeProject } from "#lib/wso2/writeProject";
import { admin, BOTH, expect, type Publisher, test } from "../fixtures";

import { certificate, expired } from "../gateway/certificate";

/** The adapter API, driven as `apictl mg` drives it: a token, then the project's ZIP as multipart. */

test.use({ signedIn: false });

const base = ({ url }: Publisher) => `${url}/api/mgw/adapter/0.1`;
const json = { "content-type": "application/json" };

interface Told {
  code: number;
  message: string;
  description: string;
}

async function login(publisher: Publisher, credentials: object = admin): Promise<Response> {
  const body = JSON.stringify(credentials);
  return fetch(`${base(publisher)}/oauth2/token`, { method: "POST", headers: json, body });
}

async function bearer(publisher: Publisher): Promise<Record<string, string>> {
  const { accessToken } = (await (await login(publisher)).json()) as { accessToken: string };
  return { authorization: `Bearer ${accessToken}` };
}

type Files = Record<string, string | Buffer>;

async function zipped(files: Files, mode = 0o100644): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), path, { mode });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function post(publisher: Publisher, headers: Record<string, string>, zip: Buffer, query = "override=false") {
  const body = new FormData();
  body.append("file", new Blob([new Uint8Array(zip)]), "project.zip");
  return fetch(`${base(publisher)}/apis?${query}`, { method: "POST", headers, body });
}

/** `apictl mg undeploy api`, which sends all of these, empty where nothing was said. */
function remove(publisher: Publisher, headers: Record<string, string>, query = "vhost=&environments=") {
  const url = `${base(publisher)}/apis?apiName=Petstore&version=1.0.0&${query}`;
  return fetch(url, { method: "DELETE", headers });
}

/** The status line as it comes over the socket, which is all that `apictl mg deploy` shows. */
function statusLine(publisher: Publisher, request: string, body: Buffer = Buffer.alloc(0)): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(publisher.url);
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${request}\r\nHost: ${hostname}\r\nContent-Length: ${body.length}\r\n\r\n`);
      socket.write(body);
    });
    let read = "";
    socket.setEncoding("utf8");
    socket.on("error", reject);
    socket.on("data", (chunk: string) => {
      read += chunk;
      const end = read.indexOf("\r\n");
      if (end < 0) return;
      socket.destroy();
      resolve(read.slice(0, end));
    });
    socket.on("end", () => reject(new Error(`No status line, only ${JSON.stringify(read)}`)));
  });
}

/** The layout that `apictl init` makes, template endpoints included. */
function project(
  swagger: string,
  { name = "Petstore", version = "1.0.0", context = "/petstore" } = {},
): Files {
  return {
    [`${name}/api.yaml`]: `type: api
version: v4.1.0
data:
  name: ${name}
  context: ${context}
  version: ${version}
  endpointConfig:
    endpoint_type: http
    failover: "False"
    production_endpoints: {url: "http://localhost:8080"}
    sandbox_endpoints: {url: "http://localhost:8081"}
`,
    [`${name}/Definitions/swagger.yaml`]: swagger,
    [`${name}/api_meta.yaml`]: `name: ${name}\nversion: ${version}\n`,
    [`${name}/deployment_environments.yaml`]: "type: deployment_environments\ndata: []\n",
  };
}

const swagger = (production: string, sandbox: string, more = "") => `openapi: 3.0.1
info: {title: Petstore, version: 1.0.0}
x-wso2-production-endpoints: {urls: ["${production}"]}
x-wso2-sandbox-endpoints: {urls: ["${sandbox}"]}
${more}
paths:
  /pet/{id}:
    get: {responses: {"200": {description: fine}}}
`;

test("a project in the layout of apictl init is live and invocable over both key types", {
  tag: BOTH,
}, async ({ publisher, gateway, backend, database }) => {
  const [live, trial] = await Promise.all([backend("live"), backend("trial")]);
  const g = await gateway();
  const running = await publisher();
  const headers = await bearer(running);
  const zip = await zipped(project(swagger(live.url, trial.url)));
  const answer = await post(running, headers, zip);
  expect(answer.status, await answer.clone().text()).toBe(200);
  const body = await answer.json();
  expect(body).toMatchObject({ apiName: "Petstore", version: "1.0.0", revision: 1, live: true });

  const call = async (path: string, keyType: "production" | "sandbox") => {
    const { token, generation } = await database.token({ keyType, clientId: "c", validitySeconds: 60 });
    await g.reaches(generation);
    const got = await fetch(g.url + path, { headers: { authorization: `Bearer ${token}` } });
    return `${got.status} ${((await got.json()) as { backend?: string }).backend ?? ""}`.trim();
  };
  expect(await call("/petstore/1.0.0/pet/7", "production")).toBe("200 live");
  expect(await call("/petstore/1.0.0/pet/7", "sandbox")).toBe("200 trial");

  const list = await fetch(`${base(running)}/apis?query=type:http&limit=10`, { headers });
  const entry = {
    apiName: "Petstore",
    version: "1.0.0",
    apiType: "HTTP",
    context: "/petstore/1.0.0",
    "gateway-envs": ["Default"],
    vhost: expect.any(String),
  };
  expect(await list.json()).toEqual({ total: 1, count: 1, list: [entry] });
  expect(await database.sql("SELECT author FROM Deployment")).toEqual([{ author: "admin" }]);

  // The same again: refused, then replaced, and Basic is as good as a token.
  const twice = await post(running, headers, zip);
  expect([twice.status, ((await twice.json()) as Told).description]).toEqual([
    409,
    "There is already an API named Petstore with version 1.0.0. To replace it, use --override, or override=true by HTTP.",
  ]);
  const basic = { authorization: `Basic ${Buffer.from(`admin:${admin.password}`).toString("base64")}` };
  const swapped = await zipped(project(swagger(trial.url, live.url)));
  const replaced = await post(running, basic, swapped, "override=true");
  expect(await replaced.json()).toMatchObject({ revision: 2, live: true });
  expect(await call("/petstore/1.0.0/pet/7", "production")).toBe("200 trial");
  const other = await zipped(project(swagger(live.url, trial.url), { name: "Other" }));
  const taken = await post(running, headers, other, "override=true");
  expect([taken.status, ((await taken.json()) as Told).description]).toEqual([
    409,
    expect.stringContaining("/petstore/1.0.0 already belongs to Petstore 1.0.0."),
  ]);

  expect((await remove(running, headers)).status).toBe(200);
  expect(await call("/petstore/1.0.0/pet/7", "production")).toBe("404");
  const again = await remove(running, headers);
  expect([again.status, ((await again.json()) as Told).description]).toEqual([
    404,
    "No API named Petstore with version 1.0.0 is deployed.",
  ]);
  expect(await (await fetch(`${base(running)}/apis`, { headers })).json()).toMatchObject({
    total: 0,
    list: [],
  });
});

test("an undeployed API stays, with its revisions, subscriptions and tokens", { tag: BOTH }, async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const b = await backend("kept");
  const g = await gateway();
  const running = await publisher();
  const headers = await bearer(running);
  const zip = await zipped(project(swagger(b.url, b.url)));
  expect((await post(running, headers, zip)).status).toBe(200);
  const rows = () => database.sql<{ id: string; draft: string }>('SELECT id, draft FROM "Api"');
  const [before] = await rows();
  const { production } = await database.application("Reader", [before?.id ?? ""]);
  const basic = Buffer.from(`${production.clientId}:${production.secret}`).toString("base64");
  const issued = await fetch(`${running.url}/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
    body: "grant_type=client_credentials",
  });
  const { access_token } = (await issued.json()) as { access_token: string };
  const call = async () => {
    const authorization = `Bearer ${access_token}`;
    return (await fetch(`${g.url}/petstore/1.0.0/pet/7`, { headers: { authorization } })).status;
  };
  await expect.poll(call).toBe(200);

  const queries = {
    "vhost=elsewhere&environments=": "There is no vhost elsewhere in Default; there is 127.0.0.1.",
    "vhost=&environments=Elsewhere": "There is no environment Elsewhere; there is Default.",
  };
  const { list } = (await (await fetch(`${base(running)}/apis`, { headers })).json()) as {
    list: { vhost: string }[];
  };
  const vhost = list[0]?.vhost ?? "";
  for (const [query, words] of Object.entries(queries)) {
    const refused = await remove(running, headers, query);
    expect([refused.status, ((await refused.json()) as Told).description], query).toEqual([
      404,
      words.replace("127.0.0.1", vhost),
    ]);
  }
  expect(await call()).toBe(200);
  expect((await remove(running, headers, `vhost=${vhost}&environments=Other:Default`)).status).toBe(200);
  expect(await call()).toBe(404);
  expect(await rows()).toEqual([before]);
  expect(await database.sql('SELECT number FROM "Revision"')).toEqual([{ number: 1 }]);
  expect(await database.sql('SELECT * FROM "Subscription"')).toHaveLength(1);

  // What nobody has worked on since is replaced without being asked to; the application's token goes on.
  const more = swagger(b.url, b.url, "x-wso2-auth-header: Authorization");
  expect((await post(running, headers, await zipped(project(more)))).status).toBe(200);
  expect(await call()).toBe(200);
  expect((await remove(running, headers, "vhost=localhost&environments=")).status).toBe(200);
  await database.save({ ...JSON.parse(before?.draft ?? "{}"), description: "Somebody's work" });
  const kept = await post(running, headers, zip);
  expect([kept.status, ((await kept.json()) as Told).description]).toEqual([
    409,
    "Petstore 1.0.0 has changes that were not deployed. To replace it, use --override, or override=true by HTTP.",
  ]);
  expect((await post(running, headers, zip, "override=true")).status).toBe(200);
});

test.describe("without a gateway", () => {
  test.use({ installation: "own" });
  test("an override keeps the ids of endpoints, and with them health and sessions", { tag: BOTH }, async ({
    publisher,
    database,
  }) => {
    const running = await publisher();
    const headers = await bearer(running);
    const ids = async () => {
      const [row] = await database.sql<{ draft: string }>('SELECT draft FROM "Api"');
      const { production } = JSON.parse(row?.draft ?? "{}").endpoints;
      return production.endpoints.map((e: { id: string }) => e.id);
    };
    // Without a gateway the deployment stands, and the answer says that it was not seen.
    const first = await post(running, headers, await zipped(project(swagger("http://a:1", "http://b:1"))));
    expect(await first.json()).toMatchObject({ revision: 1, live: false });
    const before = await ids();
    const more = swagger("http://a:1", "http://b:1", "x-wso2-auth-header: X-Token");
    await post(running, headers, await zipped(project(more)), "override=true");
    expect(await ids()).toEqual(before);
  });
});

test("who may not is told so in the form that apictl shows", async ({ publisher }) => {
  const running = await publisher();
  const wrong = await login(running, { username: "admin", password: "wrong" });
  expect([wrong.status, await wrong.json()]).toEqual([
    401,
    { code: 401, message: "Unauthorized", description: expect.stringContaining("password is wrong") },
  ]);
  expect((await login(running, { user: 1 })).status).toBe(400);
  const zip = await zipped(project(swagger("http://a:1", "http://b:1")));
  expect((await post(running, {}, zip)).status).toBe(401);
  expect((await post(running, { authorization: "Bearer a.b.c" }, zip)).status).toBe(401);
  await running.signInAs("creator");
  const { accessToken } = await (
    await login(running, { username: "creator", password: "creator password" })
  ).json();
  const refused = await post(running, { authorization: `Bearer ${accessToken}` }, zip);
  expect([refused.status, ((await refused.json()) as Told).description]).toEqual([
    403,
    "Your role (creator) may not deploy APIs; admin or publisher may.",
  ]);
});

test("the status line says why, in one line that terminals can show", async ({ publisher, database }) => {
  const running = await publisher();
  const headers = await bearer(running);
  const told = (path: string, head: string, body?: Buffer) =>
    statusLine(running, `POST /api/mgw/adapter/0.1${path} HTTP/1.1\r\n${head}`, body);
  const form = async (files: Files) => {
    const data = new FormData();
    data.append("file", new Blob([new Uint8Array(await zipped(files))]), "project.zip");
    const built = new Response(data);
    return {
      head: `Content-Type: ${built.headers.get("content-type")}`,
      body: Buffer.from(await built.arrayBuffer()),
    };
  };
  const asked = async (files: Files, authorization = headers.authorization) => {
    const { head, body } = await form(files);
    return told("/apis", `Authorization: ${authorization}\r\n${head}`, body);
  };
  const wrong = (name: string) => asked(project(swagger(name, "http://b:1")));
  expect(await wrong("ftp://caf\u00e9")).toMatch(
    /^HTTP\/1\.1 400 Definitions\/swagger\.yaml, line 3, .*caf\u00e9.*https:\/\//,
  );
  expect(await wrong("ftp://\u732b")).toMatch(
    /^HTTP\/1\.1 400 Definitions\/swagger\.yaml, line 3, .*ftp:\/\/\?/,
  );
  const long = await wrong(`ftp://${"x".repeat(1_000)}`);
  expect(long.length).toBeLessThanOrEqual("HTTP/1.1 400 ".length + 200);
  expect(await told("/oauth2/token", "Content-Type: application/json", Buffer.from("{}"))).toBe(
    "HTTP/1.1 400 Send {username, password} as JSON.",
  );
  const good = project(swagger("http://a:1", "http://b:1"));
  expect(await asked(good, "Bearer a.b.c")).toBe("HTTP/1.1 401 The session token is unknown or has ended.");
  const { token } = await running.signInAs("creator");
  expect(await asked(good, `Bearer ${token}`)).toBe(
    "HTTP/1.1 403 Your role (creator) may not deploy APIs; admin or publisher may.",
  );
  const { head } = await form(good);
  const large = Buffer.alloc(22 * 1024 * 1024);
  expect(await told("/apis", `Authorization: ${headers.authorization}\r\n${head}`, large)).toBe(
    "HTTP/1.1 413 The file is larger than 20 MiB.",
  );
  expect(await asked(good)).toMatch(/^HTTP\/1\.1 200 OK$/);
  expect(await asked(good)).toMatch(
    /^HTTP\/1\.1 409 There is already an API named Petstore with version 1\.0\.0\./,
  );

  const guess = JSON.stringify({ username: "nobody", password: "wrong" });
  const guessed = () => told("/oauth2/token", "Content-Type: application/json", Buffer.from(guess));
  for (let i = 0; i < 8; i++)
    expect(await guessed()).toContain(" 401 The user name or the password is wrong");
  expect(await guessed()).toMatch(/^HTTP\/1\.1 429 Too many failed attempts\. Try again in \d/);

  await database.sql("UPDATE Account SET password = 'another:hash'");
  expect(await asked(good)).toBe("HTTP/1.1 401 The token has ended: log in again.");
});

test("an adapter token is nobody's key at the gateway, and ends with the password", async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const b = await backend();
  const g = await gateway();
  const running = await publisher();
  const headers = await bearer(running);
  await post(running, headers, await zipped(project(swagger(b.url, b.url))));
  const got = await fetch(`${g.url}/petstore/1.0.0/pet/7`, { headers });
  expect(got.status).toBe(401);
  await database.sql("UPDATE Account SET password = 'another:hash'");
  expect((await fetch(`${base(running)}/apis`, { headers })).status).toBe(401);
});

test("backends are trusted by the certificates of the project, also after a renewal", { tag: BOTH }, async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const b = await backend("safe", { tls: certificate });
  const g = await gateway();
  const running = await publisher();
  const headers = await bearer(running);
  const folder = "Petstore/Endpoint-certificates";
  const send = async (pem: string) => {
    const files = {
      ...project(swagger(b.url, b.url, "x-wso2-disable-security: true")),
      [`${folder}/endpoint_certificates.yaml`]: `type: endpoint_certificates
data:
  - {alias: safe, endpoint: "${b.url}/", certificate: safe.crt}
`,
      [`${folder}/safe.crt`]: pem,
    };
    return post(running, headers, await zipped(files), "override=true");
  };
  const refused = await send("no certificate");
  expect([refused.status, ((await refused.json()) as Told).description]).toEqual([
    400,
    expect.stringContaining("Endpoint-certificates, safe: "),
  ]);
  expect(await database.sql('SELECT id FROM "Api"')).toEqual([]);
  const stored = () => database.sql("SELECT alias, origin, expiresAt FROM BackendCertificate");
  expect((await send(expired.cert)).status).toBe(200);
  const [before] = await stored();
  expect((await send(certificate.cert)).status).toBe(200);
  expect(await (await fetch(`${g.url}/petstore/1.0.0/pet/7`)).json()).toMatchObject({ backend: "safe" });
  const after = await stored();
  expect(after).toMatchObject([{ alias: "safe", origin: before?.origin }]);
  expect(after[0]?.expiresAt).not.toEqual(before?.expiresAt);
  expect((await send(certificate.cert)).status).toBe(200);
  expect(await stored()).toEqual(after);

  // Trust takes effect at once, so a draft of somebody who may not deploy brings none.
  await database.sql("DELETE FROM BackendCertificate");
  const { token } = await running.signInAs("creator");
  const form = new FormData();
  const files = {
    ...project(swagger(b.url, b.url)),
    [`${folder}/endpoint_certificates.yaml`]: `data: [{alias: safe, endpoint: "${b.url}/", certificate: safe.crt}]\n`,
    [`${folder}/safe.crt`]: certificate.cert,
  };
  form.append("file", new Blob([new Uint8Array(await zipped(files))]), "project.zip");
  const drafted = await fetch(`${running.url}/api/v1/apis?override=true`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  expect(await drafted.json()).toMatchObject({
    created: false,
    revision: null,
    warnings: expect.arrayContaining([
      { place: "Endpoint-certificates", message: expect.stringContaining("your role (creator) may not") },
    ]),
  });
  expect(await stored()).toEqual([]);
});

test("what is exported deploys again where there is nothing, and answers as before", { tag: BOTH }, async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const backends = await Promise.all([backend("one"), backend("two"), backend("own")]);
  const [one = "", two = "", own = ""] = backends.map((b) => b.url);
  const g = await gateway();
  const running = await publisher();
  const headers = await bearer(running);
  const files = project(`openapi: 3.0.1
info: {title: Petstore, version: 1.0.0}
x-wso2-basePath: /pets
x-wso2-disable-security: true
x-wso2-production-endpoints: {urls: ["${one}", "${two}"], type: failover}
paths:
  /pet:
    get: {responses: {"200": {description: fine}}}
  /own:
    get:
      x-wso2-production-endpoints: {urls: ["${own}"]}
      responses: {"200": {description: fine}}
`);
  const draft = async () => {
    const [row] = await database.sql<{ draft: string }>('SELECT draft FROM "Api"');
    return ApiDefinition.parse(JSON.parse(row?.draft ?? "{}"));
  };
  const answers = async () => {
    const of = async (path: string) => {
      const got = await fetch(g.url + path);
      return got.ok ? ((await got.json()) as { backend?: string }).backend : got.status;
    };
    return Promise.all(["/pets/pet", "/pets/1.0.0/pet", "/pets/own", "/pets/other"].map(of));
  };
  expect((await post(running, headers, await zipped(files))).status).toBe(200);
  expect(await answers()).toEqual(["one", "one", "own", 404]);
  const before = await draft();

  const [row] = await database.sql<{ id: string }>('SELECT id FROM "Api"');
  await g.reaches(await database.delete(row?.id ?? ""));
  expect(await answers()).toEqual([404, 404, 404, 404]);
  const exported = Object.fromEntries(writeProject(before));
  const again = await post(running, headers, await zipped(exported));
  expect(await again.json()).toMatchObject({ live: true });
  expect(await answers()).toEqual(["one", "one", "own", 404]);
});

test("what is wrong with a project is told with file, place and what is allowed", async ({
  publisher,
  database,
}) => {
  const running = await publisher();
  const headers = await bearer(running);
  const told = async (files: Files) => {
    const answer = await post(running, headers, await zipped(files));
    expect(answer.status).toBe(400);
    return ((await answer.json()) as Told).description;
  };
  expect(await told({ "readme.md": "x" })).toContain("no api.yaml");
  expect(await told(project(swagger("ftp://a", "http://b:1")))).toMatch(
    /Definitions\/swagger\.yaml, line 3.*http:\/\/ or https:\/\//,
  );
  const relative = project("openapi: 3.0.1\ninfo: {title: P, version: 1.0.0}\npaths: {}\n");
  relative["Petstore/api.yaml"] = "data: {name: Petstore, version: 1.0.0, context: /p}";
  expect(await told(relative)).toContain("Add a production or a sandbox endpoint");
  const login = "{type: BASIC, username: u}";
  const open = swagger("http://a:1", "http://b:1", `x-wso2-endpoints: [{one: {urls: [http://c]}}]`);
  const withLogin = open.replace('["http://a:1"]', `["http://a:1"], securityConfig: ${login}`);
  expect(await told(project(withLogin))).toContain("Production endpoint security: Enter the password");
  const inYaml = project(open);
  inYaml["Petstore/api.yaml"] += `    endpoint_security: {sandbox: ${login}}\n`;
  expect(await told(inYaml)).toContain("Sandbox endpoint security: Enter the password");
  const nothing = await fetch(`${base(running)}/apis`, { method: "POST", headers });
  expect([nothing.status, await nothing.json()]).toEqual([
    400,
    { code: 400, message: "Bad Request", description: expect.stringContaining("multipart/form-data") },
  ]);
  expect(await database.sql('SELECT id FROM "Api"')).toEqual([]);
});

test("hostile ZIP files are refused with a sentence and harm nothing", async ({ publisher, database }) => {
  const running = await publisher();
  const headers = await bearer(running);
  const told = async (zip: Buffer) => {
    const answer = await post(running, headers, zip);
    return `${answer.status} ${((await answer.json()) as Told).description}`;
  };
  const renamed = async (from: string, to: string) => {
    const bytes = await zipped({ [from]: "x" });
    for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
    return bytes;
  };
  const good = await zipped(project(swagger("http://a:1", "http://b:1")));
  expect(await told(Buffer.from("no zip"))).toBe("400 This is not a ZIP file, or it is damaged.");
  expect(await told(good.subarray(0, good.length - 30))).toContain("400 This is not a ZIP file");
  for (const name of ["../evil", "/xxevil", "C:/evil", "x\\xevil"])
    expect(await told(await renamed("xxxevil", name)), name).toMatch(/^400 The ZIP file/);
  expect(await told(await zipped({ "api.yaml": "/etc/passwd" }, 0o120777))).toContain(
    "is a link or a device",
  );
  const encrypted = Buffer.from(good);
  const central = encrypted.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  encrypted.writeUInt16LE(encrypted.readUInt16LE(central + 8) | 1, central + 8);
  expect(await told(encrypted)).toContain("is encrypted");
  const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`f${i}`, ""]));
  expect(await told(await zipped(many))).toBe("400 The ZIP file has more than 1000 entries.");
  const bomb = await zipped({ "a/zeros": Buffer.alloc(101 * 1024 * 1024) });
  expect(await told(bomb)).toBe("400 The ZIP file holds more than 100 MiB.");
  expect(await told(Buffer.alloc(21 * 1024 * 1024))).toBe("413 The file is larger than 20 MiB.");
  expect(await database.sql('SELECT id FROM "Api"')).toEqual([]);
  expect((await post(running, headers, good)).status).toBe(200);
});
