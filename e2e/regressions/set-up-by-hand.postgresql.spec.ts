import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { admin, type Database, expect, root, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { callWith } from "../gateway/jwt";
import { neutralEnvironment } from "../processes";

/** What is done by hand on PostgreSQL, with the very files of docs/several-machines.md. */

test.use({ installation: "own" });

function sluice(env: Record<string, string>, ...args: string[]) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) =>
    execFile(
      process.execPath,
      [join(root, "bin/sluice.mjs"), ...args],
      { env: { ...neutralEnvironment(), ...env } },
      (error, out, err) => resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }),
    ),
  );
}

const as = (user: string, url: string) => url.replace(/\/\/[^@]*@/, `//${user}@`);

/** Statements of a file of the docs, with names of this test's own. */
function statements(file: string, owner: string): string[] {
  const text = readFileSync(join(root, "docs/several-machines", file), "utf8");
  return text
    .replace(/^--.*$/gm, "")
    .replaceAll(/\bsluice(?=_gateway\b|\b)/g, owner)
    .split(/;\n|(?<=\\connect .*)\n/)
    .map((statement) => statement.trim())
    .filter(Boolean);
}

test("a database that is made by hand and migrated by the command serves a gateway that may only write its row", async ({
  backend,
  database,
  databases,
  gateway,
}) => {
  const { server } = await databases.postgres();
  test.skip(server.pid === null, "Roles are made on a server of its own.");
  const owner = new URL(database.url).pathname.slice(1).replace("sluice_", "byhand");
  const roles = statements("roles.sql", owner);
  const connect = roles.findIndex((statement) => statement.startsWith("\\connect"));
  expect(roles.map((statement) => statement.split(" ", 2).join(" "))).toEqual([
    ...["CREATE ROLE", "CREATE ROLE", "CREATE DATABASE"],
    ...[`\\connect ${owner}`, "ALTER DEFAULT"],
  ]);
  const byRoot = databases.opened(server.url(owner), "", database.folder);
  for (const statement of roles.slice(0, connect)) await database.sql(statement);
  for (const statement of roles.slice(connect + 1)) await byRoot.sql(statement);

  const url = as(owner, server.url(owner));
  const env = { DATABASE_URL: url, SLUICE_DATA: database.folder };
  expect(await sluice(env, "migrate")).toEqual({
    code: 0,
    out: expect.stringMatching(/^Applied to the database: \w+_init, .*\n.* is as this version has it\.\n$/),
    err: "",
  });
  for (const statement of statements("gateway-table.sql", owner)) await byRoot.sql(statement);
  const byOwner = databases.opened(url, "", database.folder);
  const one = await backend("one");
  await byOwner.deploy({ ...pizza([one]), security: { kind: "jwt" } });
  const { token, generation } = await byOwner.token({ keyType: "production", validitySeconds: 600 });

  const limited = as(`${owner}_gateway`, url);
  const g = await gateway({ DATABASE_URL: limited });
  await g.reaches(generation);
  expect((await callWith(g, token)).status).toBe(200);
  await expect.poll(() => byOwner.sql(`SELECT "generation" FROM "Gateway"`)).toEqual([{ generation }]);
  const byGateway = databases.opened(limited, "", database.folder);
  const tables = await byOwner.sql<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  expect(tables.length).toBeGreaterThan(20);
  for (const { name } of tables.filter(({ name }) => name !== "Gateway")) {
    await byGateway.sql(`SELECT * FROM "${name}"`);
    await expect(byGateway.sql(`DELETE FROM "${name}"`), name).rejects.toThrow("permission denied");
  }
  await expect(byGateway.sql(`CREATE TABLE "Mine" (id int)`)).rejects.toThrow("permission denied");

  // What a version before deployed knew nothing of paths; the command writes them, as the start of a publisher does.
  await byOwner.sql(`DELETE FROM "LivePath"`);
  await byOwner.sql(`DELETE FROM "Live"`);
  expect((await sluice(env, "migrate")).out).toContain("was not written for 1 API; now it is.");
  expect(await byOwner.sql(`SELECT "path" FROM "LivePath" ORDER BY "path"`)).toContainEqual({
    path: "/pizza/1.0.0",
  });
  // With nothing to do it writes nothing, and asks for no right to.
  expect(await sluice({ ...env, DATABASE_URL: limited }, "migrate")).toMatchObject({ code: 0, err: "" });
  for (const one of [byRoot, byOwner, byGateway]) await one.close();
});

test("the secret is changed on a server, while nobody uses it", async ({ backend, database, gateway }) => {
  const one = await backend("one");
  const security = { kind: "basic", basic: { username: "anna", password: { plain: "open" } } } as const;
  await database.user(admin.username, admin.password, "admin");
  await database.deploy({ ...pizza([one], { security }), security: { kind: "jwt" } });
  const { token } = await database.token({ keyType: "production", validitySeconds: 600 });
  await database.close();
  const secretOf = ({ folder }: Database) => readFileSync(join(folder, "sluice.secret"), "utf8");
  const changed = "a new secret of thirty-two characters";
  const env = { ...database.env, SLUICE_SECRET: changed, SLUICE_SECRET_PREVIOUS: secretOf(database) };

  const g = await gateway();
  const refused = { code: 1, out: "", err: expect.stringMatching(/ is in use: .*Nothing was changed\.\n$/) };
  expect(await sluice(env, "reseal")).toEqual(refused);
  await g.stop();
  expect(await sluice(env, "reseal")).toEqual({
    code: 0,
    out: expect.stringMatching(
      /^Sealed anew: 1 password or key of endpoints of Pizza 1.0.0 and 1 signing key\./,
    ),
    err: "",
  });
  expect((await sluice(env, "reseal")).err).toContain("there is nothing to change");

  const again = await gateway({ SLUICE_SECRET: changed });
  expect((await callWith(again, token)).status).toBe(200);
  expect(one.requests.at(-1)!.headers.authorization).toBe(`Basic ${btoa("anna:open")}`);
  const away = { ...env, DATABASE_URL: "postgresql://sluice@127.0.0.1:9/sluice" };
  expect((await sluice(away, "reseal")).err).toBe(
    "The secret could not be changed: The server of the database cannot be reached. Nothing was changed.\n",
  );
});
