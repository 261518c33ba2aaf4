import { type Database, expect, test } from "../fixtures";
import { pizza } from "../gateway/client";

/** With several writers, who looked before it wrote met what another one had done since: errors, and lost ends of tokens. */

test.use({ installation: "own", signedIn: false });

/** Every change says so here, after it has looked and written, and before it is committed. */
const SAYING = 'LOCK TABLE "AuditEntry" IN EXCLUSIVE MODE';

const apiNamed = (name: string, more: object = {}) =>
  pizza([{ url: "http://127.0.0.1:9" }], {}, { name, context: `/${name.toLowerCase()}`, ...more });

async function clientsOf(database: Database, application: string): Promise<string[]> {
  const rows = await database.sql<{ clientId: string }>(
    `SELECT "clientId" FROM "ApplicationKey" WHERE "applicationId" = '${application}' ORDER BY "clientId"`,
  );
  return rows.map(({ clientId }) => clientId);
}

test("changes of an application wait for each other, and for the end of an API", async ({ database }) => {
  const anew = async (apis: string[] = []) => {
    const { id } = await database.application(`App ${Math.random()}`, apis);
    return id;
  };
  const [app, bare] = [await anew(), await anew()];
  await database.sql(`DELETE FROM "ApplicationKey" WHERE "applicationId" = '${bare}'`);
  expect(
    await database.together(SAYING, [
      ["createKey", bare],
      ["createKey", bare],
    ]),
  ).toEqual(["ok", "missing"]);
  const outcomes = await database.together(SAYING, [
    ["deleteKey", app],
    ["rotateKey", app],
    ["createKey", app],
  ]);
  expect(outcomes).toEqual(["ok", "missing", "ok"]);
  const pizzas = await database.save(apiNamed("Pizza"));
  expect(
    await database.together(SAYING, [
      ["subscribe", app, pizzas],
      ["subscribe", app, pizzas],
    ]),
  ).toEqual(["ok", "ok"]);
  expect(
    await database.together(SAYING, [
      ["deleteApplication", app],
      ["deleteApplication", app],
      ["rotateKey", app],
      ["subscribe", app, pizzas],
    ]),
  ).toEqual(["ok", "missing", "missing", "missing"]);

  const late = await anew();
  expect(
    await database.together(SAYING, [
      ["deleteApi", pizzas],
      ["subscribe", late, pizzas],
    ]),
  ).toEqual(["ok", "missing"]);
  // The tokens that were got meanwhile end too: nobody is subscribed, or gets keys, while an API goes.
  const soups = await database.save(apiNamed("Soup"));
  const guest = await anew();
  const [client = ""] = await clientsOf(database, guest);
  expect(
    await database.together(SAYING, [
      ["subscribe", guest, soups],
      ["deleteApi", soups],
    ]),
  ).toEqual(["ok", "ok"]);
  const ended = await database.sql(`SELECT "kind" FROM "Revocation" WHERE "value" = '${client}'`);
  expect(ended).toEqual([{ kind: "client" }]);
});

test("whoever waits for a client has nothing that another one waits for", async ({ database }) => {
  const api = await database.save(apiNamed("Pizza"));
  const { id } = await database.application("Both", [api]);
  const [first = "", second = ""] = await clientsOf(database, id);
  const waitsForFirst = `SELECT pg_advisory_xact_lock(hashtextextended('client:${first}', 0))`;
  expect(
    await database.together(waitsForFirst, [
      ["unsubscribe", id, api],
      ["deleteApi", api],
    ]),
  ).toEqual(["ok", "ok"]);
  // What ran out is forgotten on the way.
  await database.sql(
    `INSERT INTO "Revocation" ("kind", "value", "issuedBefore", "expiresAt") VALUES ('token', 'old', '2020-01-01', '2020-01-01')`,
  );
  const forgets = `SELECT 1 FROM "Revocation" WHERE "value" = 'old' FOR UPDATE`;
  expect(
    await database.together(forgets, [
      ["deleteApplication", id],
      ["revokeClient", second],
    ]),
  ).toEqual(["ok", "ok"]);
});

test("a transaction that met another one in a circle is done again", async ({ database }) => {
  const version = (of: string) => apiNamed("Pizza", { version: of, isDefaultVersion: true });
  const { id: first } = await database.deploy(version("1.0.0"));
  const { id: second } = await database.deploy(version("2.0.0"));
  // The path that the first gives up is the second's then, whose row has another name already.
  const paths = `SELECT pg_advisory_xact_lock(hashtextextended('paths', 0))`;
  expect(
    await database.together(paths, [
      ["undeploy", first],
      ["renameAndDeploy", second, "Calzone"],
    ]),
  ).toEqual(["ok", "ok"]);
  expect(await database.sql(`SELECT "name" FROM "Api" WHERE "id" = '${second}'`)).toEqual([
    { name: "Calzone" },
  ]);
  expect(await database.sql(`SELECT "apiId" FROM "LivePath" WHERE "path" = '/pizza'`)).toEqual([
    { apiId: second },
  ]);
});

test("an API that is deleted is not copied without its credentials", async ({ database }) => {
  const api = await database.save(apiNamed("Pizza"));
  expect(
    await database.together(SAYING, [
      ["deleteApi", api],
      ["copyApi", api],
    ]),
  ).toEqual(["ok", "missing"]);
  const { id } = await database.issuer({
    name: "Theirs",
    issuer: "https://i.example",
    jwksUrl: "https://i.example/k",
  });
  expect(
    await database.together(SAYING, [
      ["deleteIssuer", id],
      ["deleteIssuer", id],
    ]),
  ).toEqual(["ok", "missing"]);
});

test("what goes between the statements of one question is not there", async ({ database }) => {
  const api = await database.save(apiNamed("Pizza"));
  const { id } = await database.application("Guest", [api]);
  const reads = await database.together(
    'LOCK TABLE "Api" IN ACCESS EXCLUSIVE MODE',
    [["readApplication", id]],
    `DELETE FROM "Api" WHERE "id" = '${api}'`,
  );
  expect(reads).toEqual(["ok"]);
  const user = await database.user("late", "open sesame, please", "admin");
  await database.sql(
    `INSERT INTO "Session" ("id", "token", "userId", "expiresAt", "updatedAt") VALUES ('s', 't', '${user}', now() + interval '1 h', now())`,
  );
  const sessions = await database.together(
    'LOCK TABLE "User" IN ACCESS EXCLUSIVE MODE',
    [["readSession", "t"]],
    `DELETE FROM "User" WHERE "id" = '${user}'`,
  );
  expect(sessions).toEqual(["none"]);
});

test("a server with other habits is spoken to in ours", async ({ database }) => {
  const name = new URL(database.url).pathname.slice(1);
  for (const habit of [
    "datestyle = 'SQL, DMY'",
    "timezone = 'America/St_Johns'",
    "default_transaction_isolation = 'serializable'",
    "standard_conforming_strings = off",
  ]) {
    await database.sql(`ALTER DATABASE "${name}" SET ${habit}`);
  }
  await database.close();
  const api = await database.save(apiNamed("Pizza", { description: "a\\b" }));
  const { id } = await database.application("Guest");
  const twice = await database.together(SAYING, [
    ["subscribe", id, api],
    ["subscribe", id, api],
  ]);
  expect(twice).toEqual(["ok", "ok"]);
  await database.revokeClient("somebody");
  const [row] = await database.sql<{ s: number; at: string }>(
    `SELECT EXTRACT(EPOCH FROM "issuedBefore" AT TIME ZONE 'UTC' - now())::float8 AS s, "issuedBefore" AS at FROM "Revocation"`,
  );
  expect(Math.abs(row!.s)).toBeLessThan(60);
  expect(Math.abs(Date.parse(row!.at) - Date.now())).toBeLessThan(60_000);
});
