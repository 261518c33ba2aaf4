import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect, type Gateway, type Publisher, root, test } from "../fixtures";
import { send } from "../http";
import { importApi } from "../writers";

/** PostgreSQL on its bad days: what was acknowledged holds, traffic goes on, and nobody has to be restarted. */

test.use({ installation: "own", signedIn: false });

const away = "The server of the database cannot be reached.";

/** An API that has answered before the bad day, and goes on. */
const steady = ({ url }: { url: string }) => ({
  ...{ name: "Steady", version: "1", context: "/steady", security: { kind: "none" as const } },
  endpoints: { production: { enabled: true, endpoints: [{ id: "e-one", url }] } },
});

/** Calls the gateway until it is told to stop; tells what was no 200. */
function traffic(url: string) {
  let stopped = false;
  const wrong: string[] = [];
  const calling = (async () => {
    let calls = 0;
    for (; !stopped; calls++) {
      const answer = await send(url).catch((error) => ({ status: 0, text: String(error) }));
      if (answer.status !== 200) wrong.push(`${answer.status} ${answer.text}`);
      await sleep(5);
    }
    return calls;
  })();
  return {
    wrong,
    stop: () => {
      stopped = true;
      return calling;
    },
  };
}

async function saverOf(p: Publisher) {
  const { token } = await p.signIn();
  return (name: string, deploy = false) => importApi(p.url, token, { name, note: "x", deploy });
}

/** The message of an answer that is to be a refusal. */
const messageOf = ({ status, text }: { status: number; text: string }) => [
  status,
  (JSON.parse(text) as { message?: string }).message,
];

async function serves(g: Gateway, path: string): Promise<void> {
  await expect.poll(async () => (await send(`${g.url}${path}`)).status, { timeout: 30_000 }).not.toBe(404);
}

test("a server that is killed under traffic and saves is told, and used again when it is back", async ({
  databases,
  database,
  backend,
  gateway,
  publisher,
}) => {
  const [{ server }, g, p] = await Promise.all([databases.postgres(), gateway(), publisher()]);
  await g.deploy(steady(await backend("one")));
  const save = await saverOf(p);
  expect((await save("Before")).status).toBe(201);
  const calls = traffic(`${g.url}/steady/1/x`);
  const saves = Array.from({ length: 8 }, (_, n) => save(`Under${n}`));
  await server.kill();
  const outcomes = await Promise.all(saves);
  for (const outcome of outcomes.filter(({ status }) => status !== 201)) {
    expect(messageOf(outcome)).toEqual([503, away]);
  }
  expect(messageOf(await save("Lost"))).toEqual([503, away]);
  expect((await send(`${p.url}/readyz`)).status).toBe(503);
  await expect.poll(() => p.output()).toContain(away);
  await expect.poll(async () => (await g.status()).databaseError).toBe(away);
  await server.restart();
  await expect.poll(async () => (await save("After", true)).status).toBe(201);
  await serves(g, "/after/1.0.0/x");
  await expect.poll(async () => (await g.status()).databaseError).toBe(null);
  const names = await database.sql<{ name: string }>(`SELECT "name" FROM "Api" ORDER BY "name"`);
  const kept = outcomes.flatMap(({ status }, n) => (status === 201 ? [`Under${n}`] : []));
  expect(names.map(({ name }) => name)).toEqual(expect.arrayContaining(["After", "Before", ...kept]));
  expect(await calls.stop()).toBeGreaterThan(0);
  expect(calls.wrong).toEqual([]);
});

test("a server that is frozen holds nobody for ever, and deployments go on when it moves again", async ({
  databases,
  backend,
  gateway,
  publisher,
}) => {
  const [{ server }, g, p] = await Promise.all([databases.postgres(), gateway(), publisher()]);
  await g.deploy(steady(await backend("one")));
  const save = await saverOf(p);
  const calls = traffic(`${g.url}/steady/1/x`);
  server.freeze();
  try {
    // A poll without an answer is an error after five seconds, a statement of the publisher's after twelve.
    await expect.poll(async () => (await g.status()).databaseError, { timeout: 30_000 }).toBe(away);
    expect(messageOf(await save("Lost"))).toEqual([503, away]);
  } finally {
    server.thaw();
  }
  await expect.poll(async () => (await save("After", true)).status, { timeout: 30_000 }).toBe(201);
  await serves(g, "/after/1.0.0/x");
  expect(await calls.stop()).toBeGreaterThan(0);
  expect(calls.wrong).toEqual([]);
});

test("a deployment that is committed late is served, although a later one was seen before", async ({
  database,
  gateway,
  publisher,
}) => {
  const [g, p] = await Promise.all([gateway(), publisher()]);
  const save = await saverOf(p);
  // It has its number of a row early and commits late.
  await database.sql(`CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN IF NEW.note = ''slow'' OR NEW."apiId" = (SELECT id FROM "Api" WHERE name = ''Slow'') THEN PERFORM pg_sleep(2); END IF; RETURN NEW; END'`);
  await database.sql(
    `CREATE TRIGGER slowly AFTER INSERT ON "Deployment" FOR EACH ROW EXECUTE FUNCTION slowly()`,
  );
  const slow = save("Slow", true);
  await expect
    .poll(() => database.sql(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`))
    .not.toEqual([]);
  expect((await save("Quick", true)).status).toBe(201);
  await serves(g, "/quick/1.0.0/x");
  expect((await send(`${g.url}/slow/1.0.0/x`)).status).toBe(404);
  expect((await slow).status).toBe(201);
  await serves(g, "/slow/1.0.0/x");
});

test("an endpoint is switched off at once while a large import is written", async ({
  database,
  gateway,
  publisher,
}) => {
  const [g, p] = await Promise.all([gateway(), publisher()]);
  const { id } = await g.deploy(steady({ url: "http://127.0.0.1:9" }));
  const { token } = await p.signIn();
  const importing = importLarge(p.url, token);
  // It is in its transaction: the row of the API is there and not committed.
  await expect
    .poll(
      () =>
        database.sql(
          `SELECT 1 FROM pg_stat_activity WHERE xact_start IS NOT NULL AND application_name = 'sluice' AND query LIKE '%"Api"%' AND query NOT LIKE 'SELECT 1%'`,
        ),
      { intervals: [1], timeout: 60_000 },
    )
    .not.toEqual([]);
  const since = performance.now();
  const generation = await database.switch(id, "e-one", "off");
  await g.reaches(generation);
  const took = performance.now() - since;
  expect((await importing).status).toBe(201);
  // The bound is a second; a machine that is busy has five.
  expect(took).toBeLessThan(5_000);
});

/** 10 MiB that are an API. */
async function importLarge(url: string, token: string): Promise<Response> {
  const noise = (n: number) => createHash("sha512").update(String(n)).digest("base64").repeat(20);
  const paths = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, n) => [
      `/p${n}`,
      { get: { summary: noise(n), responses: { 200: { description: "ok" } } } },
    ]),
  );
  const info = { title: "Large", version: "1.0.0" };
  const document = JSON.stringify({
    openapi: "3.0.3",
    info,
    servers: [{ url: "http://127.0.0.1:9" }],
    paths,
  });
  const form = new FormData();
  form.set("file", new Blob([document]), "openapi.json");
  form.set("context", "/large");
  return fetch(`${url}/api/v1/apis?deploy=true`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
}

test("what a publisher revokes is over, though another one's clock is five seconds behind", async ({
  database,
  publisher,
  gateway,
  backend,
}) => {
  const behind = pathToFileURL(`${root}/e2e/regressions/clockBehind.mjs`).href;
  const [g, late, right, one] = await Promise.all([
    gateway(),
    publisher({ NODE_OPTIONS: `--import=${behind}` }),
    publisher(),
    backend("one"),
  ]);
  const { id } = await g.deploy({
    name: "Kept",
    version: "1",
    context: "/kept",
    security: { kind: "jwt" },
    endpoints: { production: { enabled: true, endpoints: [{ id: "e-one", url: one.url }] } },
  });
  const other = await database.save({ name: "Ended", version: "1", context: "/ended" });
  const { production } = await database.application("caller", [id, other]);
  const tokenOf = async ({ url }: Publisher) => {
    const answer = await send(`${url}/oauth2/token`, {
      method: "POST",
      headers: {
        authorization: `Basic ${btoa(`${production.clientId}:${production.secret}`)}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "grant_type=client_credentials",
    });
    return (JSON.parse(answer.text) as { access_token: string }).access_token;
  };
  const call = async (token: string) =>
    (await send(`${g.url}/kept/1/x`, { headers: { authorization: `Bearer ${token}` } })).status;
  const before = [await tokenOf(right), await tokenOf(late)];
  for (const token of before) expect(await call(token)).toBe(200);
  // It ends the tokens of whoever is subscribed, by the time that it takes for now.
  const { token: session } = await late.signIn();
  const ended = await send(`${late.url}/api/am/publisher/v4/apis/${other}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${session}` },
  });
  expect(ended.status).toBe(200);
  for (const token of before) await expect.poll(() => call(token)).toBe(401);
  for (const token of [await tokenOf(late), await tokenOf(right)]) {
    await expect.poll(() => call(token)).toBe(200);
  }
});
