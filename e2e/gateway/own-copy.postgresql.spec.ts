import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { keyFor, seal, unseal } from "#lib/node/secret";
import { type Database, expect, type Gateway, test } from "../fixtures";
import { type Environment, gatewayPorts, launchGateway } from "../installation";
import { expectOwnAnswer, pizza, send } from "./client";
import { callWith, jwt } from "./jwt";

/** A gateway that starts while PostgreSQL is away serves what it kept of it (docs/decisions/030-own-copy.md). */

test.use({ installation: "own" });
// One server for all of them, which goes away.
test.describe.configure({ mode: "serial" });

const PASSWORD = "the endpoint's own";
const basic = { kind: "basic", basic: { username: "anna", password: { plain: PASSWORD } } } as const;
const users = "correct horse battery";
const folderOf = (database: Database) => join(database.folder, "gateway-cache");
const filesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
const revisionsIn = (folder: string) =>
  filesIn(folder).filter((name) => /^revision-[0-9a-f]{32}\.sealed$/.test(name));
const open = (g: Gateway) => send(`${g.url}/open/1.0.0/menu`);
const testKey = (g: Gateway) =>
  send(`${g.url}/testkey`, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(`alice:${users}`).toString("base64")}` },
  });

test.afterEach(async ({ databases }) => {
  const { server } = await databases.postgres();
  if (server.pid === null) await server.restart();
});

/** Two APIs, of which one needs tokens and has credentials of its own, and two tokens, of which one is revoked. */
async function deployed(database: Database, url: string) {
  await database.user("alice", users, "admin");
  await database.deploy(pizza([{ url }], { security: basic }, jwt));
  await database.deploy(pizza([{ url }], { each: { id: "ep-open" } }, { name: "Open", context: "/open" }));
  const request = { keyType: "production", validitySeconds: 600 } as const;
  const [good, revoked] = [await database.token(request), await database.token(request)];
  const generation = await database.revokeToken(revoked.id, revoked.expiresAt);
  return { good: good.token, revoked: revoked.token, generation };
}

test("a gateway that starts without its database serves its own copy, says so, and goes back", async ({
  backend,
  database,
  databases,
  gateway,
}) => {
  const one = await backend("one");
  const { good, revoked, generation } = await deployed(database, one.url);
  const folder = folderOf(database);
  const first = await gateway();
  await first.reaches(generation);
  await expect.poll(() => filesIn(folder)).toContain("manifest.sealed");
  // A new revision takes the place of the one before, whose file goes.
  const before = revisionsIn(folder);
  expect(before).toHaveLength(2);
  // One that cannot be served leaves the one before in its place, in the copy as well.
  const [{ id: openId } = { id: "" }] = await database.sql<{ id: string }>(
    `SELECT "id" FROM "Api" WHERE "name" = 'Open'`,
  );
  await database.sql(
    `INSERT INTO "Revision" ("id", "apiId", "number", "definition") VALUES ('bad', '${openId}', 2, 'bad')`,
  );
  await database.sql(`INSERT INTO "Deployment" ("apiId", "revisionId") VALUES ('${openId}', 'bad')`);
  const changed = await first.deploy(pizza([one], { security: basic }, { ...jwt, description: "changed" }));
  await expect.poll(() => revisionsIn(folder).filter((name) => before.includes(name))).toHaveLength(1);
  expect(revisionsIn(folder)).toHaveLength(3);
  // Not told to stop: what is there was written while it ran.
  await first.stop("SIGKILL");
  const secrets = await database.sql<{ text: string }>(
    `SELECT "password" AS text FROM "Account" UNION ALL SELECT "privateJwk" FROM "SigningKey"`,
  );
  const { server } = await databases.postgres();
  await server.kill();

  const g = await gateway();
  const words = /its own copy of \d\d:\d\d UTC\.$/;
  expect((await callWith(g, good)).status).toBe(200);
  expect(one.requests.at(-1)!.headers.authorization).toMatch(/^Basic /);
  expect((await callWith(g, revoked)).status).toBe(401);
  expect((await open(g)).status).toBe(200);
  expect((await g.status()).apis.find(({ apiId }) => apiId === openId)).toMatchObject({
    revision: 1,
    error: expect.stringMatching(/^The revision cannot be read/),
  });
  expect((await testKey(g)).status).toBe(503);
  const ready = await fetch(`${g.adminUrl}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({ ready: true, databaseError: expect.stringMatching(words) });
  const status = await g.status();
  expect(status).toMatchObject({
    generation: changed.generation,
    databaseError: expect.stringMatching(words),
    copy: { refusesTokens: false },
  });
  expect(Date.now() - Date.parse(status.copy!.confirmedAt)).toBeLessThan(120_000);
  expect(g.output()).toMatch(/The database cannot be read: .* own copy of \d\d:\d\d UTC\.$/m);

  await server.restart();
  await expect.poll(async () => (await g.status()).databaseError).toBeNull();
  expect((await g.status()).copy).toBeNull();
  expect((await testKey(g)).status).toBe(200);
  await g.deploy(pizza([one], {}, { name: "Later", context: "/later" }));
  expect((await send(`${g.url}/later/1.0.0/menu`)).status).toBe(200);

  // Sealed all of it, and with neither what signs nor what users are known by.
  const key = keyFor(readFileSync(join(database.folder, "sluice.secret")), "gateway-copy");
  const texts = readdirSync(folder).map((name) => {
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    const text = readFileSync(join(folder, name), "utf8");
    expect(text).not.toContain(PASSWORD);
    return unseal(key, text.split("\n")[1]!) ?? "";
  });
  expect(texts.filter((text) => text.includes(PASSWORD))).toHaveLength(1);
  expect(texts.filter((text) => /"kty\\+":/.test(text))).toHaveLength(1);
  expect(secrets.length).toBeGreaterThan(1);
  for (const text of texts) {
    expect(text).not.toMatch(/\\"d\\+":|privateJwk|passwordHash|alice/);
    for (const secret of secrets) expect(text).not.toContain(secret.text);
  }
});

test("a copy that is damaged, foreign, of a later version or too old is named, and not used", async ({
  backend,
  database,
  databases,
  gateway,
}) => {
  const one = await backend("one");
  const { good, generation } = await deployed(database, one.url);
  const first = await gateway();
  await first.reaches(generation);
  await expect.poll(() => filesIn(folderOf(database))).toContain("confirmed.sealed");
  // A stop writes what came since, and a start writes anew what is damaged.
  await first.stop("SIGKILL");
  const [some = ""] = revisionsIn(folderOf(database));
  writeFileSync(join(folderOf(database), some), "");
  const second = await gateway();
  const { generation: last } = await database.deploy(
    pizza([one], { each: { id: "ep-last" } }, { name: "Last", context: "/last" }),
  );
  await second.reaches(last);
  expect(await second.stop("SIGTERM")).toBe(0);
  expect(revisionsIn(folderOf(database))).toHaveLength(3);
  const { server } = await databases.postgres();
  await server.kill();

  /** A gateway on a copy of the copy, which something was done to; it need not become ready. */
  const started: Gateway[] = [];
  async function on(change: (folder: string) => void, env: Environment = {}) {
    const folder = join(database.folder, `copy-${started.length}`);
    await cp(folderOf(database), folder, { recursive: true });
    change(folder);
    const { gateway: g } = launchGateway(database, await gatewayPorts(), { GATEWAY_CACHE: folder, ...env });
    started.push(g);
    const databaseError = async () => (await g.status().catch(() => null))?.databaseError ?? "";
    await expect.poll(databaseError).toMatch(/./);
    return { g, folder, error: await databaseError() };
  }
  const rewrite = (file: string, change: (text: string) => string) =>
    writeFileSync(file, change(readFileSync(file, "utf8")));
  const flipped = (text: string) =>
    text.replace(/.{9}\n$/, (end) => end.replace(/[\w-]/, "_A".replace(end[0]!, "")[0]!));
  const notUsed = (folder: string, why: string) =>
    `The gateway's own copy is not used: ${folder}/manifest.sealed ${why}.`;

  try {
    const manifest = (change: (text: string) => string) => (folder: string) =>
      rewrite(join(folder, "manifest.sealed"), change);
    const damaged = [
      [manifest(flipped), {}, "is damaged"],
      [manifest(() => ""), {}, "is damaged"],
      [
        manifest((text) => text.replace("sluice-copy 1", "sluice-copy 2")),
        {},
        "has form 2, of a later version; this one knows 1",
      ],
      [() => {}, { SLUICE_SECRET: "x".repeat(43) }, "is sealed with another SLUICE_SECRET"],
    ] as const;
    for (const [change, env, why] of damaged) {
      const { g, folder, error } = await on(change, env);
      expect(error).toContain(notUsed(folder, why));
      expectOwnAnswer(await open(g), 503, "102507");
      await g.stop("SIGKILL");
    }

    // A revision costs its own API alone.
    const half = await on((folder) => {
      const [largest = ""] = revisionsIn(folder).sort(
        (a, b) => statSync(join(folder, b)).size - statSync(join(folder, a)).size,
      );
      rewrite(join(folder, largest), flipped);
    });
    const { apis } = await half.g.status();
    const broken = apis.find(({ error }) => error !== null)!;
    expect(broken.error).toMatch(
      /^r1 of Pizza 1\.0\.0 cannot be read from the gateway's own copy: .*sealed is damaged\. It is served when/,
    );
    expect(apis.filter(({ error }) => error !== null)).toHaveLength(1);
    expect((await callWith(half.g, good)).status).toBe(404);
    expect((await open(half.g)).status).toBe(200);
    await half.g.stop("SIGKILL");

    // A clock that is behind makes no copy younger: nobody knows its age.
    const ahead = await on((folder) => {
      const key = keyFor(readFileSync(join(database.folder, "sluice.secret")), "gateway-copy");
      rewrite(join(folder, "confirmed.sealed"), (text) => {
        const [head = "", sealed = ""] = text.split("\n");
        const later = (unseal(key, sealed) ?? "").replace(/"at":\d+/, `"at":${Date.now() + 3_600_000}`);
        return `${head}\n${seal(key, later)}\n`;
      });
    });
    expectOwnAnswer(await callWith(ahead.g, good), 503, "102515");
    expect(ahead.error).toMatch(/own copy of .* UTC\. By this machine's clock that is yet to come/);
    expect((await open(ahead.g)).status).toBe(200);
    await ahead.g.stop("SIGKILL");

    // Older than it may be, already or after a while: what needs no token is served.
    const old = await on(() => {}, { GATEWAY_CACHE_MAX_AGE: "1" });
    await expect.poll(async () => (await old.g.status()).copy?.refusesTokens).toBe(true);
    expectOwnAnswer(await callWith(old.g, good), 503, "102515");
    expect((await callWith(old.g, "no.such.token")).status).toBe(401);
    expect((await open(old.g)).status).toBe(200);
    expect((await old.g.status()).databaseError).toMatch(
      /longer ago than GATEWAY_CACHE_MAX_AGE allows \(1 s\)/,
    );
    await server.restart();
    await expect.poll(async () => (await old.g.status()).copy).toBeNull();
    expect((await callWith(old.g, good)).status).toBe(200);
  } finally {
    for (const g of started) await g.stop("SIGKILL");
  }
});
