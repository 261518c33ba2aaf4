import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { rename, rm, truncate, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { connect } from "node:http2";
import { createServer } from "node:net";
import { WebSocket } from "ws";
import { type ApiInput, type Backend, expect, type Gateway, test } from "../fixtures";
import { launchGateway } from "../installation";
import { freePort } from "../ports";
import { root, run } from "../processes";
import { type Answer, endpoint, expectOwnAnswer, neverSuspended, pizza, send, wire } from "./client";

const menu = (g: { url: string }) => `${g.url}/pizza/1.0.0/menu`;
const ready = async (g: Gateway) => {
  const answer = await fetch(`${g.adminUrl}/readyz`);
  return { status: answer.status, ...((await answer.json()) as { databaseError: string | null }) };
};

// About beginnings and ends of gateways and databases.
test.use({ installation: "own" });

test("SIGTERM finishes the requests under way, takes no new ones and exits with 0", async ({
  backend,
  gateway,
}) => {
  let release = () => {};
  const one = await backend("one", {
    handler: (_, res) => {
      res.write("first half, ");
      release = () => res.end("second half");
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const caller = await wire(g.url);
  caller.write("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\n\r\n");
  await expect.poll(() => caller.received()).toContain("first half");
  const stopped = g.stop("SIGTERM");
  await expect
    .poll(() => send(`${g.url}/unknown`).catch((error: NodeJS.ErrnoException) => error.code))
    .toBe("ECONNREFUSED");
  expect((await ready(g)).status).toBe(503);
  release();
  expect(await stopped).toBe(0);
  expect(caller.received()).toMatch(/second half\r\n0\r\n\r\n$/);
});

test("SIGTERM waits no longer than it is told to", async ({ backend, gateway }) => {
  const one = await backend("one", { handler: (_, res) => void res.write("endless") });
  const g = await gateway({ GATEWAY_DRAIN_MS: "300" });
  await g.deploy(pizza([one]));
  const caller = await wire(g.url);
  caller.write("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\n\r\n");
  await expect.poll(() => caller.received()).toContain("endless");
  expect(await g.stop("SIGTERM")).toBe(0);
});

test("idle kept-alive connections do not hold up the end", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const caller = await wire(g.url);
  caller.write("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\n\r\n");
  await expect.poll(() => caller.received()).toContain("one");
  expect(await g.stop("SIGINT")).toBe(0);
  await caller.closed;
});

test.describe(() => {
  // What of it no gateway has to begin or end for.
  test.use({ installation: "common" });

  test("one API's bad row keeps its last good revision serving, shows the error and harms no other", async ({
    backend,
    database,
    gateway,
  }) => {
    const [one, two] = [await backend("one"), await backend("two")];
    const other = { ...pizza([two], {}, { name: "Other", context: "/other" }) };
    other.endpoints!.production!.endpoints![0]!.id = "other";
    const g = await gateway();
    const { id } = await g.deploy(pizza([one]));
    const bad = [`{"name":`, `{"name": "Pizza"}`, `[]`];
    for (const [i, text] of bad.entries()) {
      const revision = `bad-${i}`;
      await database.sql(
        `INSERT INTO Revision (id, apiId, number, definition) VALUES ('${revision}', '${id}', ${i + 2}, '${text}')`,
      );
      await database.sql(`INSERT INTO Deployment (apiId, revisionId) VALUES ('${id}', '${revision}')`);
      const { generation } = await g.deploy({ ...other, description: String(i) });
      expect((await send(menu(g))).status).toBe(200);
      expect((await send(`${g.url}/other/1.0.0/`)).status).toBe(200);
      const status = await g.status();
      expect(status.generation).toBe(generation);
      expect(status.databaseError).toBeNull();
      const api = status.apis.find((a) => a.apiId === id)!;
      expect(api.revision).toBe(1);
      expect(api.error).toMatch(/^The revision cannot be read: ./);
      expect(status.apis.find((a) => a.apiId !== id)!.error).toBeNull();
    }
    // A good revision ends it.
    await g.deploy(pizza([one], {}, { description: "good again" }));
    expect((await g.status()).apis.find((a) => a.apiId === id)).toMatchObject({ error: null });
  });

  test("a request under way finishes at the endpoint that a deploy has removed", async ({
    backend,
    gateway,
  }) => {
    const [one, two] = [await backend("one"), await backend("two")];
    let release = () => {};
    one.answer((_, res) => {
      release = () => res.end("from the removed one");
    });
    const g = await gateway();
    await g.deploy(pizza([one]));
    const pending = send(menu(g));
    await expect.poll(() => one.requests.length).toBe(1);
    await g.deploy(pizza([two]));
    expect(JSON.parse((await send(menu(g))).body)).toMatchObject({ backend: "two" });
    release();
    expect(await pending).toMatchObject({ status: 200, body: "from the removed one" });
  });

  test("state of an unchanged endpoint survives a deploy, a changed URL starts afresh", async ({
    backend,
    gateway,
  }) => {
    const [gone, two] = [await backend("gone"), await backend("two")];
    await gone.kill();
    const g = await gateway();
    await g.deploy(pizza([gone, two]));
    for (let i = 0; i < 3; i++) await send(menu(g));
    const [first, second] = [await endpoint(g, "ep-1"), await endpoint(g, "ep-2")];
    expect(first).toMatchObject({ state: "suspended", failures: 1, requests: 1 });
    expect(second).toMatchObject({ state: "up", requests: 3 });

    await g.deploy(pizza([gone, two], { routing: "loadBalanced" }, { description: "changed" }));
    const kept = await endpoint(g, "ep-1");
    expect(kept).toMatchObject({ state: "suspended", failures: 1, lastError: first.lastError });
    expect(Math.abs(Date.parse(kept.until!) - Date.parse(first.until!))).toBeLessThan(1000);
    expect(await endpoint(g, "ep-2")).toMatchObject({ state: "up", requests: 3 });

    await g.deploy(pizza([{ url: `${gone.url}/moved` }, two]));
    expect(await endpoint(g, "ep-1")).toMatchObject({ state: "notChecked", failures: 0, lastError: null });
    expect(await endpoint(g, "ep-2")).toMatchObject({ requests: 3 });
  });

  test("/status tells of every endpoint: state, since, until, counts, last error and latencies", async ({
    backend,
    gateway,
  }) => {
    const [gone, two] = [await backend("gone"), await backend("two")];
    await gone.kill();
    const g = await gateway();
    const { id, revision, generation } = await g.deploy(pizza([gone, two]));
    await send(menu(g));
    const status = await g.status();
    expect(status).toMatchObject({
      generation,
      databaseError: null,
      urls: { http: expect.stringMatching(/^http:/) },
    });
    expect(Date.parse(status.startedAt)).toBeLessThanOrEqual(Date.now());
    expect(status.apis).toHaveLength(1);
    expect(status.apis[0]).toMatchObject({
      apiId: id,
      name: "Pizza",
      basePath: "/pizza/1.0.0",
      revision,
      error: null,
    });
    const [first, second] = status.apis[0]!.endpoints;
    expect(first).toMatchObject({
      id: "ep-1",
      url: gone.url,
      state: "suspended",
      inFlight: 0,
      requests: 1,
      failures: 1,
      lastMinute: 1,
      lastMinuteFailures: 1,
      lastError: { words: "connection refused" },
    });
    // 30 s unless set otherwise.
    expect(Date.parse(first!.until!) - Date.parse(first!.since!)).toBe(30_000);
    expect(second).toMatchObject({
      state: "up",
      until: null,
      requests: 1,
      failures: 0,
      lastMinute: 1,
      lastMinuteFailures: 0,
      lastError: null,
    });
    expect(second!.p50).toBeGreaterThan(0);
    expect(second!.p99).toBeGreaterThanOrEqual(second!.p50!);
  });

  test("the admin interface knows its paths and methods", async ({ gateway }) => {
    const g = await gateway();
    const of = async (path: string, method = "GET") => (await fetch(g.adminUrl + path, { method })).status;
    expect(await of("/healthz")).toBe(200);
    expect(await of("/readyz", "HEAD")).toBe(200);
    expect(await of("/other")).toBe(404);
    expect(await of("/status", "POST")).toBe(405);
  });
});

test("a gateway that starts on a bad row serves all the others", async ({ backend, database, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const { id } = await database.deploy(pizza([one]));
  const other = pizza([two], {}, { name: "Other", context: "/other" });
  other.endpoints!.production!.endpoints![0]!.id = "other";
  await database.deploy(other);
  await database.sql(`UPDATE Revision SET definition = 'no JSON' WHERE apiId = '${id}'`);
  const g = await gateway();
  expect((await send(`${g.url}/other/1.0.0/`)).status).toBe(200);
  expect((await send(menu(g))).status).toBe(404);
  expect((await g.status()).apis.find((a) => a.apiId === id)).toMatchObject({
    revision: null,
    error: expect.stringMatching(/not JSON/),
  });
});

test("what served before a restart serves after it, although the newest revision cannot", async ({
  backend,
  database,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const api = (description: string, algorithm: string) =>
    pizza(
      [one, two],
      { routing: "loadBalanced", algorithm: { name: "other", className: algorithm } },
      { description },
    );
  const { id } = await database.deploy(
    pizza([one, two], { routing: "loadBalanced" }, { description: "good" }),
  );
  await database.deploy(api("bad", "NotHere"));
  const { generation } = await database.deploy(api("worse", "NorHere"));
  const g = await gateway();
  const serves = { revision: 1, error: "The gateway has no algorithm named NorHere. None is installed." };
  expect((await g.status()).apis).toEqual([expect.objectContaining(serves)]);
  expect(g.output()).toContain(`API ${id}: ${serves.error} r1 serves.`);
  expect((await send(menu(g))).status).toBe(200);

  // Operators' switches hold for it too, before a restart and after.
  await g.reaches(await database.switch(id, "ep-1", "off"));
  for (const running of [g, await gateway()]) {
    expect((await running.status()).apis).toEqual([expect.objectContaining(serves)]);
    for (let i = 0; i < 3; i++) expect((await send(menu(running))).body).toContain("two");
  }

  // An API that was not deployed in between does not come back by itself.
  await database.undeploy(id);
  expect((await database.deploy(api("worst", "NeitherHere"))).generation).toBeGreaterThan(generation);
  const later = await gateway();
  expect((await send(menu(later))).status).toBe(404);
  expect((await later.status()).apis).toEqual([expect.objectContaining({ revision: null })]);
});

test("a revision that stands in does not take the path of one that is live", async ({
  backend,
  database,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const moved = { context: "/moved" };
  const { id } = await database.deploy(pizza([one]));
  await database.deploy(
    pizza([one, two], { routing: "loadBalanced", algorithm: { name: "other", className: "NotHere" } }, moved),
  );
  const other = pizza([two], {}, { name: "Other", context: "/pizza" });
  other.endpoints!.production!.endpoints![0]!.id = "other";
  await database.deploy(other);
  const g = await gateway();
  expect((await send(menu(g))).body).toContain("two");
  expect((await g.status()).apis.find(({ apiId }) => apiId === id)).toMatchObject({ revision: null });
});

test("a database that goes missing, is corrupt or replaced leaves the routes serving and is reported", async ({
  backend,
  database,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const { generation } = await g.deploy(pizza([one]));
  const serves = async () => expect((await send(menu(g))).status).toBe(200);
  const error = async () => (await g.status()).databaseError;

  await rename(database.file, `${database.file}.away`);
  await expect.poll(error).toMatch(/no file/);
  await serves();
  expect(await ready(g)).toMatchObject({ status: 200, databaseError: expect.stringMatching(/no file/) });

  await rename(`${database.file}.away`, database.file);
  await expect.poll(error).toBeNull();
  await serves();
  expect((await g.status()).generation).toBe(generation);

  // Another file in its place, where SQLite would go on reading the old one.
  await rename(database.file, `${database.file}.away`);
  await writeFile(
    database.file,
    "this is no database, only text that is long enough to be read as its header".repeat(20),
  );
  // The log of the one before would destroy a database; whoever writes to that one empties it.
  await expect.poll(error).toMatch(/log \(-wal\) of the one before/);
  await database.sql("SELECT 1").catch(() => {});
  await expect.poll(error).toMatch(/not a database|malformed/);
  await serves();
  await rm(database.file);
  await rename(`${database.file}.away`, database.file);
  await expect.poll(error).toBeNull();

  await g.deploy(pizza([one], {}, { description: "seen again" }));
  await truncate(database.file, 4096);
  await database.sql("SELECT 1").catch(() => {});
  await serves();
});

test("a locked database does not hold up requests, is reported, and is read again afterwards", async ({
  backend,
  database,
  gateway,
}) => {
  const one = await backend("one");
  // With a write-ahead log nobody can lock readers out for long.
  await database.sql("PRAGMA journal_mode = DELETE");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const lock = await lockDatabase(database.file);
  await expect.poll(async () => (await g.status()).databaseError).toMatch(/locked/);
  // A wait for the lock inside the gateway would stop everything for seconds.
  let slowest = 0;
  for (let i = 0; i < 30; i++) {
    const started = performance.now();
    expect((await send(menu(g))).status).toBe(200);
    slowest = Math.max(slowest, performance.now() - started);
  }
  expect(slowest).toBeLessThan(3000);
  expect((await ready(g)).databaseError).toMatch(/locked/);
  lock.kill("SIGKILL");
  await once(lock, "close");
  await expect.poll(async () => (await g.status()).databaseError).toBeNull();
  await g.deploy(pizza([one], {}, { description: "seen again" }));
});

/** A process that keeps all others out of the file, readers too. */
async function lockDatabase(file: string): Promise<ChildProcess> {
  const code = `
    const db = new (require("better-sqlite3"))(${JSON.stringify(file)}, { timeout: 100 });
    const lock = () => {
      try {
        db.exec("BEGIN EXCLUSIVE");
        console.log("locked");
        setInterval(() => {}, 1000);
      } catch { setTimeout(lock, 20); }
    };
    lock();`;
  const child = spawn(process.execPath, ["-e", code], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

test("a gateway that starts before its database serves as soon as there is one", async ({
  backend,
  database,
  gateway,
}) => {
  const one = await backend("one");
  await database.deploy(pizza([one]));
  await database.sql("PRAGMA wal_checkpoint(TRUNCATE)");
  await rename(database.file, `${database.file}.later`);
  const starting = gateway();
  // Not ready, but alive and able to say why; the fixture waits for readiness.
  await rename(`${database.file}.later`, database.file);
  const g = await starting;
  expect((await send(menu(g))).status).toBe(200);
});

/** Callers of every kind learn that this gateway knows no routing table yet. */
async function expectNoTable(g: Gateway): Promise<void> {
  const expectIt = (answer: Answer) => {
    expectOwnAnswer(answer, 503, "102507");
    expect(answer.headers["retry-after"]).toBe("1");
  };
  expectIt(await send(menu(g)));
  expectIt(await send(menu({ url: g.httpsUrl })));
  const soap = await send(menu(g), { headers: { "Content-Type": "text/xml" }, method: "POST", body: "<a/>" });
  expect(soap).toMatchObject({ status: 503, body: expect.stringContaining("102507") });
  const ws = new WebSocket(menu(g).replace("http", "ws"));
  ws.on("error", () => {});
  const [, refused] = (await once(ws, "unexpected-response")) as [unknown, IncomingMessage];
  expect(refused).toMatchObject({ statusCode: 503, headers: { "retry-after": "1" } });
  const session = connect(g.httpsUrl, { rejectUnauthorized: false });
  const [head] = (await once(session.request({ ":path": "/pizza/1.0.0/menu" }), "response")) as [object];
  expect(head).toMatchObject({ ":status": 503, "retry-after": "1" });
  session.destroy();
}

/** How many threads of the process let others go first: those with a nice value (proc(5), field 19 of stat). */
function stepsBack({ pid }: Gateway): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const stats = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8"));
  return stats.filter((stat) => Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]) > 0).length;
}

test("before it could read a database the gateway is alive, not ready, and tells callers 503", async ({
  backend,
  database,
  firstGatewayPorts,
  ownProcesses,
}) => {
  const one = await backend("one");
  const away = `${database.file}.away`;
  await database.sql("PRAGMA wal_checkpoint(TRUNCATE)");
  await rename(database.file, away);
  const { gateway: g, isReady } = launchGateway(database, firstGatewayPorts);
  ownProcesses.push(g);
  const healthz = () => fetch(`${g.adminUrl}/healthz`).catch(() => undefined);
  await expect.poll(async () => (await healthz())?.status, { timeout: 20_000 }).toBe(200);
  expect(await ready(g)).toMatchObject({
    ...{ status: 503, ready: false },
    databaseError: expect.stringMatching(/no file/),
  });
  await expectNoTable(g);
  // Nobody is served yet whom reading the database could slow down; a start from behind takes long on a busy machine.
  expect(stepsBack(g)).toBe(0);

  // Without an API it is a routing table all the same.
  await rename(away, database.file);
  await isReady();
  await expect.poll(() => stepsBack(g)).toBe(1);
  expectOwnAnswer(await send(menu(g)), 404, "404");
  await g.deploy(pizza([one]));
  expect((await send(menu(g))).status).toBe(200);
  await rename(database.file, away);
  await expect.poll(async () => (await g.status()).databaseError).toMatch(/no file/);
  expect((await send(menu(g))).status).toBe(200);
  expectOwnAnswer(await send(`${g.url}/unknown`), 404, "404");
  await rename(away, database.file);
});

test("a gateway that starts with a damaged table tells callers 503, and serves once it is mended", async ({
  backend,
  database,
  firstGatewayPorts,
  ownProcesses,
}) => {
  const one = await backend("one");
  await database.deploy(pizza([one]));
  await database.sql("ALTER TABLE Deployment RENAME TO Damaged");
  const { gateway: g, isReady } = launchGateway(database, firstGatewayPorts);
  ownProcesses.push(g);
  await expect.poll(g.output, { timeout: 20_000 }).toContain("(admin ");
  await expectNoTable(g);
  await database.sql("ALTER TABLE Damaged RENAME TO Deployment");
  await isReady();
  expect((await send(menu(g))).status).toBe(200);
  await database.sql("ALTER TABLE Deployment RENAME TO Damaged");
  await database.sql("UPDATE Generation SET value = value + 1");
  await expect.poll(async () => (await g.status()).databaseError).not.toBeNull();
  expect((await send(menu(g))).status).toBe(200);
});

test("deploys under load with a backend killed lose no request", async ({ backend, gateway }) => {
  test.slow();
  const backends = await Promise.all(["one", "two", "three"].map((name) => backend(name)));
  const g = await gateway({ GATEWAY_ACCESS_LOG: "off" });
  const group = { routing: "loadBalanced", algorithm: { name: "roundRobin" } } as const;
  const revision = (n: number): ApiInput => pizza(backends, group, { description: `revision ${n}` });
  await g.deploy(revision(0));
  const failed: string[] = [];
  let served = 0;
  let over = false;
  const loop = async () => {
    while (!over) {
      const answer = await fetch(menu(g)).catch((error: Error) => error);
      if (answer instanceof Error) failed.push(String(answer.cause ?? answer));
      else if (answer.status !== 200) failed.push(`${answer.status} ${await answer.text()}`);
      else await answer.text();
      served++;
    }
  };
  const loops = Array.from({ length: 20 }, loop);
  for (let n = 1; n <= 5; n++) {
    await g.deploy(revision(n));
    if (n === 2) await (backends[1] as Backend).kill();
    const before = served;
    await expect.poll(() => served, { timeout: 20_000 }).toBeGreaterThan(before + 100);
  }
  over = true;
  await Promise.all(loops);
  expect(failed).toEqual([]);
  expect((await g.status()).apis[0]).toMatchObject({ revision: 6 });
  expect((await g.status()).apis[0]!.endpoints.map((e) => e.inFlight)).toEqual([0, 0, 0]);
});

test("an undeployed API is gone, another gateway's requests included", async ({
  backend,
  database,
  gateway,
}) => {
  const one = await backend("one");
  const [a, b] = await Promise.all([gateway(), gateway()]);
  const { id, generation } = await database.deploy(pizza([one], neverSuspended));
  for (const g of [a, b]) {
    await g.reaches(generation);
    expect((await send(menu(g))).status).toBe(200);
  }
  const gone = await database.undeploy(id);
  for (const g of [a, b]) {
    await g.reaches(gone);
    expect((await send(menu(g))).status).toBe(404);
  }
});

for (const variable of ["GATEWAY_HTTP_PORT", "GATEWAY_ADMIN_PORT"]) {
  test(`a port that is in use ends the start with a sentence naming it and ${variable}`, async ({
    database,
    processes,
  }) => {
    const taken = await freePort();
    const server = createServer().listen(taken, "127.0.0.1");
    await once(server, "listening");
    const free = { GATEWAY_HTTP_PORT: await freePort(), GATEWAY_ADMIN_PORT: await freePort() };
    const ports = Object.entries({ ...free, GATEWAY_HTTPS_PORT: await freePort(), [variable]: taken });
    const env = Object.fromEntries(ports.map(([name, port]) => [name, String(port)]));
    const running = run("gateway", { DATABASE_URL: database.url, ...env });
    processes.push(running);
    expect(await running.exited).toBe(1);
    expect(running.output().trim()).toBe(
      `Gateway: Port ${taken} is already in use. Stop the program that uses it or set ${variable} to a free port.`,
    );
    server.close();
  });
}

test("an invalid variable ends the start with a sentence that names it", async ({ processes }) => {
  const cases = [
    [{ GATEWAY_HTTP_PORT: "99999" }, 'GATEWAY_HTTP_PORT must be a port from 1 to 65535 (it is "99999").'],
    [{ GATEWAY_POLL_MS: "soon" }, 'GATEWAY_POLL_MS must be a whole number of milliseconds (it is "soon").'],
    [
      { DATABASE_URL: "mysql://x" },
      "DATABASE_URL must be file:path or postgresql://user:password@host:5432/database.",
    ],
    [
      { GATEWAY_TRUSTED_PROXIES: "10.0.0.0/99" },
      'GATEWAY_TRUSTED_PROXIES: "10.0.0.0/99" is neither an address nor a network such as 10.0.0.0/8.',
    ],
  ] as const;
  const started = cases.map(([env]) => run("gateway", { SLUICE_SECRET: "x", ...env }));
  processes.push(...started);
  for (const [i, running] of started.entries()) {
    expect(await running.exited).toBe(1);
    expect(running.output().trim()).toBe(`Gateway: ${cases[i]![1]}`);
  }
});
