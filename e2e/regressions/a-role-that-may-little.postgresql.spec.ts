import { expect, test } from "../fixtures";
import { migrated } from "../installations/migrated";
import { importApi } from "../writers";

/** A publisher whose role may write rows and not tables; its password has every sign that a URL has a use for. */

test.use({ installation: "own", signedIn: false });

const PASSWORD = "p@ss/?#%:SECRET";

test("a publisher does with the rights on rows, says which it lacks, and tells nobody its password", async ({
  database,
  publisher,
}) => {
  const role = `publisher_${process.pid}_${Date.now()}`;
  await database.sql(`CREATE ROLE "${role}" LOGIN PASSWORD '${PASSWORD}'`);
  const rows = `INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public`;
  await database.sql(`GRANT SELECT, ${rows} TO "${role}"`);
  await database.sql(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "${role}"`);
  await database.sql(`REVOKE INSERT, UPDATE, DELETE ON "_prisma_migrations" FROM "${role}"`);
  const url = new URL(database.url);
  url.username = role;
  url.password = encodeURIComponent(PASSWORD);
  const DATABASE_URL = String(url);
  expect(await migrated(DATABASE_URL)).toBe("");
  const p = await publisher({ DATABASE_URL });
  const { token, cookie } = await p.signIn();
  const save = (name: string) => importApi(p.url, token, { name, note: "x", deploy: true });
  const told: string[] = [];
  const saved = async (name: string) => {
    const { status, text } = await save(name);
    told.push(text);
    return status === 201 ? 201 : [status, JSON.parse(text).message];
  };
  expect(await saved("Before")).toBe(201);

  await database.sql(`REVOKE ${rows} FROM "${role}"`);
  expect(await saved("Lacking")).toEqual([
    503,
    "The database does not allow this to the user of DATABASE_URL.",
  ]);
  await database.sql(`ALTER ROLE "${role}" NOLOGIN`);
  const connections = `FROM pg_stat_activity WHERE usename = '${role}'`;
  await database.sql(`SELECT pg_terminate_backend(pid)::text ${connections}`);
  expect(await saved("Out")).toEqual([503, "The server of the database cannot be reached."]);
  for (const path of ["/readyz", "/apis", "/settings/gateways"])
    told.push(await (await fetch(p.url + path, { headers: { cookie } })).text());
  await expect.poll(() => p.output()).toContain(`${url.host}${url.pathname}: The server of the database`);
  told.push(p.output(), await migrated(DATABASE_URL));
  for (const text of told) expect(text).not.toMatch(/SECRET/);

  await database.sql(`ALTER ROLE "${role}" LOGIN`);
  await database.sql(`GRANT ${rows} TO "${role}"`);
  await expect.poll(() => saved("After")).toBe(201);
  await p.stop();
  await database.sql(`DROP OWNED BY "${role}"`);
  await database.sql(`DROP ROLE "${role}"`);
});
