import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { admin, type Database, expect, type Gateway, root, test } from "../fixtures";
import { pizza, send } from "../gateway/client";
import { postSession } from "../installation";
import { freePort } from "../ports";
import { neutralEnvironment, type Running, run } from "../processes";

/**
 * A publisher that was started with another secret served as if nothing were wrong: what was stored could not be read
 * any more, and what it stored could not be read by the others. Docs: operate.md section 8.
 */

test.use({ installation: "own", signedIn: false });

const PASSWORD = "open sesame";
const NEW = "a new secret of thirty-two characters";
const refusal = "The database was written with another SLUICE_SECRET than this one";

function reseal(database: Database, env: Record<string, string>, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "bin/sluice.mjs"), "reseal", ...args],
    { env: { ...neutralEnvironment(), DATABASE_URL: database.url, ...env } },
  );
  return { code: status, out: String(stdout), err: String(stderr) };
}

/** What a publisher says that is refused. */
async function refused(database: Database, processes: Running[], env: Record<string, string>) {
  const port = String(await freePort());
  const running = run("publisher", { DATABASE_URL: database.url, PORT: port, ...env });
  processes.push(running);
  expect(await running.exited).toBe(1);
  return running.output();
}

const secretOf = ({ folder }: Database) => readFileSync(join(folder, "sluice.secret"), "utf8");
const menu = (g: Gateway, token: string) =>
  send(`${g.url}/pizza/1.0.0/menu`, { headers: { Authorization: `Bearer ${token}` } });

/** An API whose endpoint asks for a password, on a database that no publisher has marked, as 0.1.0 left them. */
async function sealed(database: Database, url: string) {
  const security = { kind: "basic", basic: { username: "anna", password: { plain: PASSWORD } } } as const;
  await database.user(admin.username, admin.password, "admin");
  await database.deploy({ ...pizza([{ url }], { security }), security: { kind: "jwt" } });
  return (await database.token({ keyType: "production", subject: "alice", validitySeconds: 3600 })).token;
}

test("another secret is refused at the start, and taken when all was sealed anew with it", async ({
  backend,
  database,
  gateway,
  publisher,
  ownProcesses,
}) => {
  test.slow();
  const one = await backend("one");
  const token = await sealed(database, one.url);
  // Nothing but what is sealed tells which one it was.
  expect(await refused(database, ownProcesses, { SLUICE_SECRET: NEW })).toContain(refusal);
  const first = await publisher();
  const before = secretOf(database);
  await database.close();
  expect(reseal(database, { SLUICE_SECRET: NEW, SLUICE_SECRET_PREVIOUS: before }).err).toContain(
    "is in use. Stop Sluice, then change the secret. Nothing was changed.",
  );
  await first.stop();
  // Now there is a mark, too.
  expect(await refused(database, ownProcesses, { SLUICE_SECRET: NEW })).toContain(refusal);

  await database.close();
  const rows = "1 password or key of endpoints of Pizza 1.0.0 and 1 signing key";
  expect(reseal(database, {})).toMatchObject({
    code: 1,
    err: expect.stringContaining("there is nothing to"),
  });
  expect(reseal(database, { SLUICE_SECRET: NEW })).toMatchObject({
    code: 1,
    err: `The secret does not open ${rows}. Give the one from before in SLUICE_SECRET_PREVIOUS, or, if it is lost, drop what cannot be opened: npx sluice reseal --forget. Nothing was changed.\n`,
  });
  expect(reseal(database, { SLUICE_SECRET: NEW, SLUICE_SECRET_PREVIOUS: "wrong" })).toMatchObject({
    code: 1,
    err: expect.stringContaining(`Neither the secret nor SLUICE_SECRET_PREVIOUS opens ${rows}. Give`),
  });
  expect(reseal(database, { SLUICE_SECRET: NEW, SLUICE_SECRET_PREVIOUS: before })).toEqual({
    code: 0,
    out: `Sealed anew: ${rows}.\nStart all publishers and gateways with this secret. Everybody signs in anew.\n`,
    err: "",
  });

  const p = await publisher({ SLUICE_SECRET: NEW });
  expect((await postSession(p.url, admin.username, admin.password)).token).not.toBe("");
  const g = await gateway({ SLUICE_SECRET: NEW });
  expect((await menu(g, token)).status).toBe(200);
  expect(one.requests[0]!.headers.authorization).toBe(`Basic ${btoa(`anna:${PASSWORD}`)}`);
  expect(await refused(database, ownProcesses, {})).toContain(refusal);
});

test("what a lost secret had sealed is dropped when told to, and named", async ({
  backend,
  database,
  gateway,
  publisher,
}) => {
  const one = await backend("one");
  const token = await sealed(database, one.url);
  await database.close();
  expect(reseal(database, { SLUICE_SECRET: NEW }, "--forget")).toEqual({
    code: 0,
    out: "Nothing was sealed anew.\nDropped: 1 password or key of endpoints of Pizza 1.0.0 and 1 signing key. Enter passwords and keys again; tokens of a dropped signing key end.\nStart all publishers and gateways with this secret. Everybody signs in anew.\n",
    err: "",
  });
  await publisher({ SLUICE_SECRET: NEW });
  const g = await gateway({ SLUICE_SECRET: NEW });
  expect((await g.status()).apis[0]!.error).toContain("A stored password or key cannot be read");
  await g.deploy({ ...pizza([one]), security: { kind: "jwt" } });
  expect((await menu(g, token)).status).toBe(401);
});
