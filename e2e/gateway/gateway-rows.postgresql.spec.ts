import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";

/** What a gateway says of itself in the database: docs/decisions/029-gateways-rows.md. */

test.use({ installation: "own" });

interface Row {
  id: string;
  version: string;
  httpUrl: string | null;
  httpsUrl: string | null;
  adminUrl: string;
  generation: number;
  lastSeenAt: string;
  problems: string;
}

test("a gateway says at once what it serves and where, and is gone with a clean stop", async ({
  database,
  gateway,
}) => {
  const rows = () => database.sql<Row>(`SELECT * FROM "Gateway" ORDER BY "id"`);
  await database.deploy(apiWith(["http://127.0.0.1:1"], {}, "Unreadable"));
  await database.sql(`UPDATE "Revision" SET "definition" = '{'`);
  const first = await gateway({ GATEWAY_ID: "gw-a" });
  await gateway({
    GATEWAY_ID: "gw-b",
    GATEWAY_PUBLIC_URL: "https://api.example, http://api.example:8080",
    GATEWAY_ADMIN_URL: "http://gw-b.internal:9096/",
  });
  await expect.poll(rows).toMatchObject([
    {
      id: "gw-a",
      version: "0.1.0",
      httpUrl: first.url.replace("127.0.0.1", "localhost"),
      adminUrl: first.adminUrl,
    },
    {
      ...{ id: "gw-b", httpUrl: "http://api.example:8080", httpsUrl: "https://api.example" },
      adminUrl: "http://gw-b.internal:9096",
    },
  ]);
  expect((await rows())[0]?.problems).toContain("The revision cannot be read");
  // Sooner than after the five seconds in which nothing new is said; a busy machine may be late once.
  await expect(async () => {
    const before = await rows();
    const { generation } = await database.deploy(apiWith(["http://127.0.0.1:1"]));
    await expect
      .poll(async () => (await rows()).map((row) => row.generation))
      .toEqual([generation, generation]);
    for (const [i, { lastSeenAt }] of (await rows()).entries())
      expect(Date.parse(lastSeenAt) - Date.parse(before[i]?.lastSeenAt ?? "")).toBeLessThan(4_000);
  }).toPass({ intervals: [0], timeout: 60_000 });
  expect(await first.stop()).toBe(0);
  expect((await rows()).map(({ id }) => id)).toEqual(["gw-b"]);
});

test("of two processes with one id the second is refused, and takes over what a killed one left", async ({
  database,
  gateway,
}) => {
  const first = await gateway({ GATEWAY_ID: "gw-a" });
  const rowOf = () => database.sql<{ instance: string }>(`SELECT "instance" FROM "Gateway"`);
  await expect.poll(rowOf).toHaveLength(1);
  const [held] = await rowOf();
  const second = await gateway({ GATEWAY_ID: "gw-a" });
  const ready = () => fetch(`${second.adminUrl}/readyz`);
  await expect.poll(async () => (await ready()).status).toBe(503);
  expect(await (await ready()).json()).toMatchObject({
    ready: false,
    unannounced: expect.stringContaining('with the id "gw-a" runs on'),
  });
  expect(second.output().match(/Another gateway with the id "gw-a"/g)).toHaveLength(1);
  expect((await second.status()).unannounced).toContain("set another GATEWAY_ID");
  expect(await rowOf()).toEqual([held]);
  await first.stop("SIGKILL");
  await expect.poll(async () => (await ready()).status, { timeout: 15_000 }).toBe(200);
  expect(await rowOf()).not.toEqual([held]);

  // What the row says of its time is no reason to wait for ever: a clock was set back, or somebody wrote it.
  const [left] = await rowOf();
  await second.stop("SIGKILL");
  await database.sql(`UPDATE "Gateway" SET "lastSeenAt" = 'infinity'`);
  await gateway({ GATEWAY_ID: "gw-a" });
  await expect.poll(rowOf, { timeout: 15_000 }).not.toEqual([left]);
});

test("a row that no gateway of this installation wrote does not keep the place of one", async ({
  database,
  gateway,
}) => {
  await database.sql(
    `INSERT INTO "Gateway" VALUES ('gw-a', 'x', 'x', '9', NULL, NULL, 'http://evil.example', now(), now() + interval '1 day', 1, '[]', 'forged')`,
  );
  await gateway({ GATEWAY_ID: "gw-a" });
  const addresses = () => database.sql<Row>(`SELECT "adminUrl" FROM "Gateway"`);
  await expect.poll(async () => (await addresses())[0]?.adminUrl).toContain("http://127.0.0.1:");
});

test("a gateway whose role may only read serves all the same, and says it once", async ({
  database,
  gateway,
  backend,
}) => {
  const { url } = await backend();
  const role = `reader_${process.pid}_${Date.now()}`;
  await database.sql(`CREATE ROLE "${role}" LOGIN`);
  await database.sql(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO "${role}"`);
  const reader = new URL(database.url);
  reader.username = role;
  const serving = await gateway({ DATABASE_URL: String(reader) });
  await database.deploy({ ...apiWith([url]), security: { kind: "none" } });
  await expect.poll(async () => (await fetch(`${serving.url}/orders/1.0.0`)).status).toBe(200);
  const said = /may not write the table "Gateway"/g;
  await expect.poll(() => serving.output().match(said)?.length).toBe(1);
  expect((await serving.status()).unannounced).toMatch(said);
  expect((await fetch(`${serving.adminUrl}/readyz`)).status).toBe(200);
  await database.sql(`GRANT INSERT, UPDATE, DELETE ON "Gateway" TO "${role}"`);
  await expect.poll(async () => (await serving.status()).unannounced).toBe(null);
  expect(serving.output().match(said)).toHaveLength(1);

  // No connection is left for it.
  const connections = (limit: number) => database.sql(`ALTER ROLE "${role}" CONNECTION LIMIT ${limit}`);
  await connections(0);
  await database.sql(
    `SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE usename = '${role}'`,
  );
  const troubles = async () => {
    const { databaseError, unannounced } = await serving.status();
    return [databaseError, unannounced];
  };
  const away = expect.stringContaining("The server of the database cannot be reached.");
  await expect.poll(troubles).toEqual([away, away]);
  await connections(-1);
  await expect.poll(troubles).toEqual([null, null]);
  await serving.stop();
  await database.sql(`DROP OWNED BY "${role}"`);
  await database.sql(`DROP ROLE "${role}"`);
});

test("a gateway whose database is away serves on, says so once, and is back in its row by itself", async ({
  database,
  databases,
  gateway,
  backend,
}) => {
  const { url } = await backend();
  const serving = await gateway();
  await serving.deploy({ ...apiWith([url]), security: { kind: "none" } });
  const { server } = await databases.postgres();
  test.skip(server.pid === null, "A server that is given is not stopped.");
  await server.kill();
  await expect.poll(async () => (await serving.status()).unannounced).toContain("cannot be reached");
  expect((await fetch(`${serving.url}/orders/1.0.0`)).status).toBe(200);
  expect((await fetch(`${serving.adminUrl}/readyz`)).status).toBe(200);
  await server.restart();
  await expect.poll(async () => (await serving.status()).unannounced).toBe(null);
  expect(serving.output().match(/The publisher does not learn of this gateway/g)).toHaveLength(1);
  const seen = () =>
    database.sql<{ isNew: boolean }>(
      `SELECT "lastSeenAt" > now() - interval '5 s' AS "isNew" FROM "Gateway"`,
    );
  await expect.poll(seen).toEqual([{ isNew: true }]);
});
