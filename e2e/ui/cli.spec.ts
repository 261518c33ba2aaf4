import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";
import { admin, type Backend, expect, outputFolder, type Publisher, test } from "../fixtures";
import { neutralEnvironment, root } from "../processes";

/** The command line, run as a process against a real publisher and gateway. */

test.use({ signedIn: false });

interface Ended {
  code: number;
  out: string;
  err: string;
}

function sluice(args: string[], env: Record<string, string> = {}, input = ""): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, "bin/sluice.mjs"), ...args],
      { env: { ...neutralEnvironment(), ...env } },
      (error, out, err) => resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }),
    );
    child.stdin?.end(input);
  });
}

const signedIn = ({ url }: Publisher) => ({
  SLUICE_URL: url,
  SLUICE_USERNAME: admin.username,
  SLUICE_PASSWORD: admin.password,
});

const document = (one: Backend, two: Backend, title = "Menu") => `openapi: 3.0.1
info: {title: ${title}, version: 1.0.0}
x-wso2-basePath: /menu
x-wso2-production-endpoints: {urls: ["${one.url}", "${two.url}"], type: load_balance}
x-wso2-sandbox-endpoints: {urls: ["${two.url}"]}
paths:
  /items/{id}:
    get: {responses: {"200": {description: fine}}}
`;

test("a folder made by init is imported, deployed, called, rolled back and undeployed", async ({
  publisher,
  gateway,
  backend,
}) => {
  const [one, two, three] = [await backend("one"), await backend("two"), await backend("three")];
  const g = await gateway();
  const env = signedIn(await publisher());
  const oas = join(outputFolder(), "menu.yaml");
  const folder = join(outputFolder(), "project");
  await writeFile(oas, document(one, two));

  expect(await sluice(["init", folder, "--oas", oas])).toMatchObject({ code: 0, err: "" });
  expect((await readdir(folder)).sort()).toEqual([
    "Definitions",
    "api.yaml",
    "api_meta.yaml",
    "deployment_environments.yaml",
  ]);
  expect(await readFile(join(folder, "Definitions/swagger.yaml"), "utf8")).toBe(document(one, two));
  const twice = await sluice(["init", folder]);
  expect(twice).toMatchObject({ code: 2, err: `The folder ${folder} is not empty.\n` });

  const imported = await sluice(["import", "api", "-f", folder, "--deploy", "--note", "first"], env);
  expect(imported).toEqual({
    code: 0,
    out: "Imported Menu 1.0.0. Deployed r1. The gateway serves it.\n",
    err: "",
  });
  const again = await sluice(["import", "api", "-f", folder, "--deploy"], env);
  expect(again).toMatchObject({
    code: 1,
    err: expect.stringContaining("There is already an API named Menu"),
  });

  const call = async (keytype: string) => {
    const token = await sluice(["token", "-n", "Menu", "--keytype", keytype], env);
    const headers = { authorization: `Bearer ${token.out.trim()}` };
    const answer = await fetch(`${g.url}/menu/items/7`, { headers });
    return `${answer.status} ${((await answer.json()) as { backend?: string }).backend}`;
  };
  expect([await call("PRODUCTION"), await call("production"), await call("SANDBOX")]).toEqual([
    "200 one",
    "200 two",
    "200 two",
  ]);

  await writeFile(join(folder, "Definitions/swagger.yaml"), document(three, three));
  const replaced = await sluice(["--json", "import", "api", "-f", folder, "--override"], env);
  expect(JSON.parse(replaced.out)).toMatchObject({ created: false, revision: null, name: "Menu" });
  const deployed = await sluice(["deploy", "-n", "Menu", "-v", "1.0.0", "--note", "to three"], env);
  expect(deployed.out).toBe("Deployed r2 of Menu 1.0.0. The gateway serves it.\n");
  expect(await call("PRODUCTION")).toBe("200 three");

  const revisions = JSON.parse((await sluice(["--json", "get", "revisions", "-n", "Menu"], env)).out);
  expect(revisions).toMatchObject([
    { number: 2, live: true, note: "to three", author: "admin" },
    { number: 1, live: false, note: "first" },
  ]);
  const back = await sluice(["rollback", "-n", "Menu", "-r", "1"], env);
  expect(back.out).toBe("Deployed r1 of Menu 1.0.0. The gateway serves it.\n");
  expect(await call("SANDBOX")).toBe("200 two");
  expect((await sluice(["get", "apis"], env)).out).toMatch(
    /^NAME +VERSION +PATH +DEPLOYED\nMenu +1\.0\.0 +\S+ +r1, draft differs\n$/,
  );

  const gone = await sluice(["undeploy", "-n", "Menu"], env);
  expect(gone.out).toBe("Undeployed Menu 1.0.0. The gateway does not serve it any more.\n");
  expect((await fetch(`${g.url}/menu/items/7`)).status).toBe(404);
});

test("what goes wrong is one sentence and an exit code", async ({ publisher, database }) => {
  const running = await publisher();
  const env = signedIn(running);
  const missing = await sluice(["deploy", "-n", "Nothing"], env);
  expect(missing).toEqual({ code: 1, out: "", err: "There is no API named Nothing.\n" });
  const asJson = await sluice(["--json", "deploy", "-n", "Nothing"], env);
  expect([asJson.code, JSON.parse(asJson.out)]).toEqual([1, { error: "There is no API named Nothing." }]);
  expect(await sluice(["get", "apis"], { SLUICE_URL: running.url })).toMatchObject({
    code: 2,
    err: expect.stringContaining("Not signed in: set SLUICE_TOKEN"),
  });
  expect(await sluice(["get", "apis"], { ...env, SLUICE_PASSWORD: "wrong" })).toMatchObject({ code: 1 });
  expect(await sluice(["get", "apis"], { ...env, SLUICE_URL: "http://localhost:1" })).toMatchObject({
    code: 1,
    err: expect.stringContaining("cannot be reached"),
  });
  expect(await sluice(["frobnicate"], env)).toMatchObject({
    code: 2,
    err: expect.stringContaining("unknown command"),
  });
  expect(await sluice(["rollback", "-n", "Menu", "-r", "six"], env)).toMatchObject({ code: 2 });
  await database.save({ name: "Menu", context: "/menu", version: "1.0.0" });
  expect(await sluice(["rollback", "-n", "Menu", "-r", "6"], env)).toMatchObject({
    code: 1,
    err: "This API has no revision r6.\n",
  });
  expect(await sluice(["undeploy", "-n", "Menu"], env)).toMatchObject({
    code: 0,
    out: "Menu 1.0.0 was not deployed.\n",
  });
  const help = await sluice(["import", "api", "--help"]);
  expect(help).toMatchObject({ code: 0, out: expect.stringContaining("--params <file>") });

  const broken = join(outputFolder(), "broken.yaml");
  await writeFile(broken, "openapi: 3.0.1\ninfo: {title: A, version: '1'}\npaths:\n  /a: [\n");
  const refused = await sluice(["import", "api", "-f", broken], env);
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/^line \d/) });
  await writeFile(broken, "openapi: 3.0.1\ninfo: {title: A, version: '1'}\npaths: {}\n");
  const unnamed = await sluice(["import", "api", "-f", broken], env);
  expect(unnamed).toMatchObject({ code: 1, err: expect.stringContaining("context") });
  expect(await sluice(["import", "api", "-f", broken, "--context", "/a"], env)).toMatchObject({ code: 0 });

  await running.signInAs("viewer");
  const viewer = { SLUICE_URL: running.url, SLUICE_USERNAME: "viewer", SLUICE_PASSWORD: "viewer password" };
  expect(await sluice(["deploy", "-n", "A"], viewer)).toMatchObject({
    code: 1,
    err: "Your role (viewer) may not deploy APIs; admin or publisher may.\n",
  });
});

test("a parameter file takes its variables from the environment, and a token stands for a password", async ({
  publisher,
}) => {
  const running = await publisher();
  const login = await sluice(["login", "-u", "admin"], { SLUICE_URL: running.url }, `${admin.password}\n`);
  expect(login).toMatchObject({ code: 0, err: "" });
  const env = { SLUICE_URL: running.url, SLUICE_TOKEN: login.out.trim() };
  const folder = join(outputFolder(), "project");
  await mkdir(folder);
  await writeFile(
    join(folder, "api.yaml"),
    "type: api\ndata: {name: Orders, context: /orders, version: '1.0', endpointConfig: {endpoint_type: http, production_endpoints: {url: 'http://dev:1'}}}\n",
  );
  const params = join(outputFolder(), "params.yaml");
  await writeFile(
    params,
    `environments:
  - name: live
    configs:
      endpoints: {production: {url: "http://\${ORDERS_HOST}:8080"}}
  - name: other
    configs:
      endpoints: {production: {url: "http://\${NEVER_SET}:8080"}}
`,
  );
  const args = ["import", "api", "-f", folder, "--params", params, "-e", "live"];
  const unset = await sluice(args, env);
  expect(unset).toMatchObject({
    code: 1,
    err: expect.stringContaining("The variable ORDERS_HOST is not set."),
  });
  expect(await sluice(args, { ...env, ORDERS_HOST: "orders-live" })).toMatchObject({ code: 0, err: "" });
  const exported = await sluice(["export", "api", "-n", "Orders", "--format", "yaml"], env);
  expect(exported.out).toContain("http://orders-live:8080");
  const wrong = await sluice([...args.slice(0, -1), "test"], env);
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("Known are live, other.") });
});

const yaml = (name: string, context: string, backend = "http://orders:1") =>
  `type: api\ndata: {name: ${name}, context: ${context}, version: '1.0', endpointConfig: {endpoint_type: http, production_endpoints: {url: '${backend}'}}}\n`;

const openapi = (title: string, context: string) =>
  `openapi: 3.0.1\ninfo: {title: ${title}, version: '1.0'}\nx-wso2-basePath: ${context}\npaths: {/list: {get: {}}}\n`;

/** What lies about after an export: a project, one in a ZIP file with its top folder, definitions, and other things. */
async function folderOfMany(): Promise<string> {
  const folder = join(outputFolder(), "many");
  await mkdir(join(folder, "a-project"), { recursive: true });
  await mkdir(join(folder, "notes"));
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(yaml("Packed", "/packed")), "Packed-1.0/api.yaml");
  zip.end();
  const files: Record<string, string | Buffer> = {
    "a-project/api.yaml": yaml("Orders", "/orders"),
    "b-packed.zip": await buffer(zip.outputStream),
    "c-broken.yaml": "openapi: 3.0.1\ninfo: {title: A, version: '1'}\npaths:\n  /a: [\n",
    "d-pets.json": JSON.stringify({
      components: {},
      openapi: "3.0.1",
      info: { title: "Pets", version: "2" },
    }),
    "e-shops.yml": openapi("Shops", "/shops"),
    "notes/api-list.txt": "",
    "params.yaml": "environments: []\n",
    ".hidden.yaml": openapi("Hidden", "/hidden"),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

test("a folder of projects and definitions is imported, and what is wrong with one keeps back no other", async ({
  publisher,
  gateway,
}) => {
  await gateway();
  const env = signedIn(await publisher());
  const folder = await folderOfMany();
  const bring = (...more: string[]) => sluice(["import", "api", "-f", folder, ...more], env);
  const told = (word: string) => [
    expect.stringMatching(/^FILE +NAME +VERSION +RESULT$/),
    expect.stringMatching(new RegExp(`^a-project +Orders +1\\.0 +${word}$`)),
    expect.stringMatching(new RegExp(`^b-packed\\.zip +Packed +1\\.0 +${word}$`)),
    expect.stringMatching(/^c-broken\.yaml +failed: line \d/),
    expect.stringMatching(/^d-pets\.json +failed: .*context/),
    expect.stringMatching(new RegExp(`^e-shops\\.yml +Shops +1\\.0 +${word}$`)),
    "",
    "Skipped, being no project, ZIP file or OpenAPI document: .hidden.yaml, notes, params.yaml",
    "",
  ];
  const lines = ({ code, out }: Ended) => [code, out.split("\n")];

  expect(lines(await bring("--dry-run"))).toEqual([1, told("would be created")]);
  expect((await sluice(["get", "apis"], env)).out).toBe("There are no APIs.\n");
  expect(lines(await bring())).toEqual([1, told("created")]);
  expect(lines(await bring("--override", "--dry-run"))).toEqual([1, told("would be unchanged")]);
  expect(lines(await bring("--override"))).toEqual([1, told("unchanged")]);
  expect((await bring("--dry-run")).out).toContain("failed: There is already an API named Orders");

  await rm(join(folder, "c-broken.yaml"));
  await rm(join(folder, "d-pets.json"));
  await writeFile(join(folder, "a-project/api.yaml"), yaml("Orders", "/orders", "http://orders:2"));
  const deployed = await sluice(["--json", "import", "api", "-f", folder, "--override"], env);
  expect([deployed.code, JSON.parse(deployed.out)]).toMatchObject([
    0,
    [
      { file: "a-project", name: "Orders", version: "1.0", created: false, unchanged: false, revision: null },
      { file: "b-packed.zip", name: "Packed", unchanged: true },
      { file: "e-shops.yml", name: "Shops", unchanged: true },
      { file: ".hidden.yaml", skipped: true },
      { file: "notes", skipped: true },
      { file: "params.yaml", skipped: true },
    ],
  ]);
  // One that has no endpoints cannot be deployed; the others are.
  const refused = await bring("--override", "--deploy");
  expect(refused.out).toMatch(/^a-project .* unchanged, deployed r1$/m);
  expect(refused.out).toMatch(/^e-shops\.yml +failed: .*endpoint/m);
});

test("a folder is told to be no folder of APIs, and one that nobody may import is told once", async ({
  publisher,
}) => {
  const env = signedIn(await publisher());
  const folder = await folderOfMany();
  const bring = (path: string, ...more: string[]) => sluice(["import", "api", "-f", path, ...more], env);
  expect(await bring(join(folder, "notes"))).toMatchObject({
    code: 2,
    err: expect.stringContaining("notes is no project, and has none in it, nor a ZIP file"),
  });
  await mkdir(join(folder, "empty"));
  expect(await bring(join(folder, "empty"))).toMatchObject({
    code: 2,
    err: expect.stringMatching(/is empty/),
  });
  expect(await bring(folder, "--name", "One")).toMatchObject({
    code: 2,
    err: expect.stringContaining("--name, --api-version and --context are for one API."),
  });
  const wrong = { ...env, SLUICE_PASSWORD: "wrong" };
  const stranger = await sluice(["import", "api", "-f", folder], wrong);
  expect(stranger).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/^[^\n]+\n$/) });
});

test("a dry run says all that an import would refuse, and writes nothing", async ({
  publisher,
  database,
}) => {
  const env = signedIn(await publisher());
  const file = join(outputFolder(), "api.yaml");
  const dry = async (text: string, ...more: string[]) => {
    await writeFile(file, text);
    return sluice(["import", "api", "--dry-run", "-f", file, ...more], env);
  };
  const served = await database.deploy({
    ...{ name: "Served", context: "/served", version: "1.0" },
    endpoints: { production: { enabled: true, endpoints: [{ id: "ep_a", url: "http://a:1" }] } },
  });
  await database.save({ name: "Menu", context: "/menu", version: "1.0" });
  // Certificates, audit lines and changes among them.
  const written = () =>
    database.sql(`SELECT (SELECT "value" FROM "Generation") "change", (SELECT COUNT(*) FROM "AuditEntry"
      WHERE "action" LIKE 'api.%') "audit", (SELECT COUNT(*) FROM "EarlierDraft") "drafts"`);

  expect(await dry(openapi("Shops", "/shops"))).toEqual({
    code: 0,
    out: "Would import Shops 1.0.\n",
    err: "",
  });
  expect(await dry(openapi("Menu", "/other"))).toMatchObject({
    code: 1,
    err: expect.stringContaining("There is already an API named Menu with version 1.0."),
  });
  expect((await dry(openapi("Menu", "/menu"), "--override")).out).toBe(
    "Would replace the draft of Menu 1.0.\n",
  );
  expect(await dry(openapi("Shops", "/menu"))).toMatchObject({
    code: 1,
    err: "context: /menu/1.0 already belongs to Menu 1.0. Choose another context or version.\n",
  });
  expect(await dry(openapi("Shops", "/shops"), "--deploy")).toMatchObject({
    code: 1,
    err: expect.stringContaining("endpoint"),
  });
  // Where its draft answers and what it has deployed are two paths: only the one that writes sees the latter.
  await database.save({ ...{ id: served.id, name: "Served" }, context: "/moved", version: "1.0" });
  const before = await written();
  const urls = 'x-wso2-production-endpoints: {urls: ["http://b:1"]}\n';
  expect(await dry(openapi("Shops", "/served") + urls, "--deploy")).toMatchObject({
    code: 1,
    err: expect.stringContaining("/served/1.0 is served by Served 1.0 (r1) now."),
  });
  expect((await dry(openapi("Shops", "/shops") + urls, "--deploy")).out).toBe(
    "Would import Shops 1.0. Would deploy r1.\n",
  );
  expect((await sluice(["get", "apis"], env)).out.match(/^\w+/gm)).toEqual(["NAME", "Menu", "Served"]);
  expect(await written()).toEqual(before);
});

test("a dry run of a folder knows that two of its files are one API, or answer at one path", async ({
  publisher,
}) => {
  const env = signedIn(await publisher());
  const folder = join(outputFolder(), "twins");
  await mkdir(folder);
  await writeFile(join(folder, "a.yaml"), openapi("Shops", "/shops"));
  await writeFile(join(folder, "b.yaml"), openapi("Shops", "/other"));
  await writeFile(join(folder, "c.yaml"), openapi("Stores", "/shops"));
  const { code, out } = await sluice(["import", "api", "-f", folder, "--dry-run"], env);
  expect([code, out.split("\n").slice(2, 4)]).toEqual([
    1,
    [
      expect.stringMatching(/^b\.yaml +failed: a\.yaml is Shops 1\.0, too\.$/),
      expect.stringMatching(/^c\.yaml +failed: \/shops\/1\.0 would belong to Shops 1\.0 of a\.yaml\.$/),
    ],
  ]);
});

test("where a token ends while a folder is imported, what is left is not tried", async () => {
  const folder = await folderOfMany();
  let calls = 0;
  const made = {
    name: "Orders",
    version: "1.0",
    created: true,
    unchanged: false,
    revision: null,
    live: false,
  };
  const server = createServer((request, response) => {
    calls++;
    request.resume().on("end", () => {
      response.writeHead(calls === 1 ? 201 : 401, { "content-type": "application/json" });
      response.end(JSON.stringify(calls === 1 ? { ...made, warnings: [] } : { message: "Sign in again." }));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const env = { SLUICE_URL: `http://127.0.0.1:${port}`, SLUICE_TOKEN: "token" };
  const { code, out } = await sluice(["import", "api", "-f", folder], env);
  server.close();
  expect([code, calls, out.split("\n").slice(1, 6)]).toEqual([
    1,
    2,
    [
      expect.stringMatching(/^a-project +Orders +1\.0 +created$/),
      expect.stringMatching(/^b-packed\.zip +failed: Sign in again\.$/),
      expect.stringMatching(/^c-broken\.yaml +failed: Not tried, after what came before\.$/),
      expect.stringMatching(/^d-pets\.json +failed: Not tried/),
      expect.stringMatching(/^e-shops\.yml +failed: Not tried/),
    ],
  ]);
});
