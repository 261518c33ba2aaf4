import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
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
