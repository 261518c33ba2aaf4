import { expect, test } from "../fixtures";
import {
  endpoint,
  exchange,
  expectOwnAnswer,
  neverSuspended,
  pizza,
  rawServer,
  send,
  statuses,
  wire,
} from "./client";

const menu = (g: { url: string }) => `${g.url}/pizza/1.0.0/menu`;
const backendOf = async (g: { url: string }) =>
  (JSON.parse((await send(menu(g))).body) as { backend: string }).backend;

test("a refused connection is tried at the next endpoint, whatever the method", async ({
  backend,
  gateway,
}) => {
  const [gone, two] = [await backend("gone"), await backend("two")];
  await gone.kill();
  const g = await gateway();
  await g.deploy(pizza([gone, two], neverSuspended));
  for (const method of ["GET", "POST", "PATCH", "PUT", "DELETE"]) {
    const answer = await send(menu(g), { method, body: method === "GET" ? undefined : "an order" });
    expect(JSON.parse(answer.body), method).toMatchObject({ backend: "two", method });
  }
  expect(two.requests[1]?.body).toBe("an order");
});

test("connect timeouts, unknown hosts and failed TLS are tried at the next endpoint, POST too", async ({
  backend,
  gateway,
}) => {
  const two = await backend("two");
  const silent = await rawServer(() => {});
  const g = await gateway();
  const firsts = [
    silent.url.replace("http:", "https:"),
    "http://no-such-host.invalid",
    two.url.replace("http", "https"),
  ];
  for (const first of firsts) {
    await g.deploy(pizza([{ url: first }, two], neverSuspended, { limits: { connectTimeoutMs: 300 } }));
    const answer = await send(menu(g), { method: "POST", body: "an order" });
    expect(answer.status, first).toBe(200);
  }
  expect(two.requests.map((r) => r.body)).toEqual(["an order", "an order", "an order"]);
  silent.close();
});

test("after bytes were written only methods that may be repeated are tried again", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  one.answer((req) => req.socket.destroy());
  const g = await gateway();
  const methods = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "POST", "PATCH"] as const;
  await g.deploy(
    pizza([one, two], neverSuspended, { resources: methods.map((method) => ({ method, path: "/*" })) }),
  );
  for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
    expect((await send(menu(g), { method })).status, method).toBe(200);
  }
  for (const method of ["POST", "PATCH"]) {
    expectOwnAnswer(await send(menu(g), { method, body: "x" }), 502, "101505");
  }
  expect(two.requests.map((r) => r.method)).not.toContain("POST");
  const keyed = await send(menu(g), { method: "POST", body: "x", headers: { "Idempotency-Key": "order-1" } });
  expect(keyed.status).toBe(200);
  expect(two.requests.at(-1)).toMatchObject({ method: "POST", body: "x" });
});

test("a response timeout is tried at the next endpoint", async ({ backend, gateway }) => {
  const [slow, two] = [await backend("slow"), await backend("two")];
  slow.hang();
  const g = await gateway();
  await g.deploy(pizza([slow, two], {}, { limits: { responseTimeoutMs: 300 } }));
  expect(await backendOf(g)).toBe("two");
});

test("nothing is tried again where failover is off", async ({ backend, gateway }) => {
  const [gone, two] = [await backend("gone"), await backend("two")];
  await gone.kill();
  const g = await gateway();
  await g.deploy(pizza([gone, two], { ...neverSuspended, routing: "loadBalanced", failover: false }));
  const statuses = [(await send(menu(g))).status, (await send(menu(g))).status];
  expect(statuses.sort()).toEqual([200, 502]);
});

test("an endpoint's own timeout goes before the group's, the group's before the API's", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  one.answer((_, res) => void setTimeout(() => res.end("slow"), 700));
  const g = await gateway();
  const limits = { responseTimeoutMs: 200 };
  await g.deploy(pizza([one], neverSuspended, { limits }));
  expect((await send(menu(g))).status).toBe(504);
  await g.deploy(pizza([one], { ...neverSuspended, responseTimeoutMs: 10_000 }, { limits }));
  expect((await send(menu(g))).status).toBe(200);
  const each = { settings: { responseTimeoutMs: 200, suspension: { initialMs: 0 } } };
  await g.deploy(pizza([one], { each, responseTimeoutMs: 10_000 }, { limits }));
  expect((await send(menu(g))).status).toBe(504);
});

test("the deadline ends all attempts together", async ({ backend, gateway }) => {
  const backends = await Promise.all(["a", "b", "c"].map((name) => backend(name)));
  for (const one of backends) one.hang();
  const g = await gateway();
  const endpoints = backends.map(({ url }, i) => ({
    ...{ id: `ep-${i + 1}`, url },
    settings: { responseTimeoutMs: i === 0 ? 700 : 60_000 },
  }));
  const production = { enabled: true, routing: "failover" as const, endpoints };
  await g.deploy(pizza([], {}, { endpoints: { production }, limits: { deadlineMs: 1700 } }));
  const started = performance.now();
  expectOwnAnswer(await send(menu(g)), 504, "101504");
  const took = performance.now() - started;
  expect(took).toBeGreaterThanOrEqual(1690);
  // The second has a minute of its own.
  expect(took).toBeLessThan(30_000);
  expect(backends.map((b) => b.requests.length)).toEqual([1, 1, 0]);
});

test("at most three attempts by default, an endpoint once per request", async ({ backend, gateway }) => {
  const backends = await Promise.all(["a", "b", "c", "d"].map((name) => backend(name)));
  for (const one of backends) one.answer((req) => req.socket.destroy());
  const g = await gateway();
  await g.deploy(pizza(backends, neverSuspended));
  expect((await send(menu(g))).status).toBe(502);
  expect(backends.map((b) => b.requests.length)).toEqual([1, 1, 1, 0]);
  await g.deploy(pizza(backends, neverSuspended, { limits: { maxAttempts: 4 } }));
  expect((await send(menu(g))).status).toBe(502);
  expect(backends.map((b) => b.requests.length)).toEqual([2, 2, 2, 1]);
  await g.deploy(pizza(backends.slice(0, 2), neverSuspended, { limits: { maxAttempts: 10 } }));
  expect((await send(menu(g))).status).toBe(502);
  expect(backends.map((b) => b.requests.length)).toEqual([3, 3, 2, 1]);
});

test("the retry budget stops retries when it is used up", async ({ backend, gateway }) => {
  const [slow, two] = [await backend("slow"), await backend("two")];
  slow.answer((req) => req.socket.destroy());
  const held: (() => void)[] = [];
  two.answer((_, res) => void held.push(() => res.end("late")));
  const g = await gateway();
  const limits = { retryBudgetMin: 2, retryBudgetPercent: 0 };
  await g.deploy(pizza([slow, two], neverSuspended, { limits }));
  const both = [send(menu(g)), send(menu(g))];
  await expect.poll(() => held.length).toBe(2);
  // Both places are taken by the requests that wait at the second endpoint.
  expectOwnAnswer(await send(menu(g)), 502, "101505");
  for (const release of held) release();
  expect((await Promise.all(both)).map((answer) => answer.body)).toEqual(["late", "late"]);
  two.answer();
  expect(await backendOf(g)).toBe("two");
});

test("listed statuses are tried again: other endpoints first, the last answer passes through", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  for (const busy of [one, two])
    busy.answer((_, res) => res.writeHead(503, { "X-From": busy.name }).end(busy.name));
  const g = await gateway();
  const retryOnStatus = { count: 2, statusCodes: [503] };
  await g.deploy(pizza([one, two], { retryOnStatus }));
  const answer = await send(menu(g));
  expect(answer.status).toBe(503);
  expect(answer.body).toBe(answer.headers["x-from"]);
  expect([one.requests.length, two.requests.length].sort()).toEqual([1, 2]);
  two.answer();
  expect(await backendOf(g)).toBe("two");
  // Statuses that are not listed pass at once.
  one.answer((_, res) => res.writeHead(500).end());
  const before = two.requests.length;
  expect((await send(menu(g))).status).toBe(500);
  expect(two.requests).toHaveLength(before);
});

test("a single endpoint is tried again on listed statuses", async ({ backend, gateway }) => {
  const one = await backend("one");
  let answered = 0;
  one.answer((_, res) => res.writeHead(++answered < 3 ? 503 : 200).end(String(answered)));
  const g = await gateway();
  await g.deploy(pizza([one], { retryOnStatus: { count: 2, statusCodes: [503] } }));
  expect(await send(menu(g))).toMatchObject({ status: 200, body: "3" });
});

test("a discarding endpoint's timeout closes the connection without a reply and still counts", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  one.hang();
  const g = await gateway();
  await g.deploy(pizza([one], { each: { settings: { action: "discard", responseTimeoutMs: 200 } } }));
  const received = await exchange(g.url, "GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\n\r\n");
  expect(received).toBe("");
  expect(await endpoint(g)).toMatchObject({ failures: 1, lastError: { words: "no response in time" } });
});

test("when the caller leaves, the backend's request is aborted and the endpoint is not blamed", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  one.hang();
  const g = await gateway();
  await g.deploy(pizza([one]));
  const caller = await wire(g.url);
  caller.write("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\n\r\n");
  await expect.poll(() => one.requests.length).toBe(1);
  caller.socket.destroy();
  await expect.poll(() => one.requests[0]?.aborted).toBe(true);
  await expect.poll(async () => (await endpoint(g)).inFlight).toBe(0);
  expect(await endpoint(g)).toMatchObject({ failures: 0, lastError: null, state: "notChecked" });
});

test("when the caller leaves in the middle of an answer, the backend's request is aborted", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one", { handler: (_, res) => void res.write("the first half") });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const caller = await wire(g.url);
  caller.write("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\n\r\n");
  await expect.poll(() => caller.received()).toContain("the first half");
  caller.socket.destroy();
  await expect.poll(() => one.requests[0]?.aborted).toBe(true);
  await expect.poll(async () => (await endpoint(g)).inFlight).toBe(0);
  expect(await endpoint(g)).toMatchObject({ failures: 0, state: "up" });
});

for (const framing of ["chunked", "announced"] as const) {
  test(`an upstream that dies in the middle of a body ends the caller's connection (${framing})`, async ({
    backend,
    gateway,
  }) => {
    const one = await backend("one", {
      handler: (_, res) => {
        if (framing === "announced") res.setHeader("Content-Length", "1000");
        res.write("the first half");
      },
    });
    const two = await backend("two");
    const g = await gateway();
    await g.deploy(pizza([one, two]));
    const caller = await wire(g.url);
    caller.write("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\n\r\n");
    await expect.poll(() => caller.received()).toContain("the first half");
    await one.kill();
    const received = await caller.closed;
    // Neither the end of a chunked body nor a second answer.
    expect(received).not.toContain("\r\n0\r\n\r\n");
    expect(statuses(received)).toEqual([200]);
    expect(two.requests).toEqual([]);
    expect((await endpoint(g)).failures).toBe(1);
  });
}

test("an upstream that stalls in the middle of a body ends the caller's connection", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one", { handler: (_, res) => void res.write("the first half") });
  const g = await gateway();
  await g.deploy(pizza([one], {}, { limits: { idleTimeoutMs: 300 } }));
  const received = await exchange(g.url, "GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\n\r\n");
  expect(received).toContain("the first half");
  expect(received).not.toContain("\r\n0\r\n\r\n");
  expect((await endpoint(g)).lastError?.words).toBe("no more of the answer in time");
});

test("a body that keeps coming outlives every timeout", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (_, res) => {
      let sent = 0;
      const timer = setInterval(() => {
        res.write("tick ");
        if (++sent === 10) {
          clearInterval(timer);
          res.end("done");
        }
      }, 100);
    },
  });
  const g = await gateway();
  await g.deploy(
    pizza([one], {}, { limits: { idleTimeoutMs: 600, responseTimeoutMs: 600, deadlineMs: 600 } }),
  );
  expect((await send(menu(g))).body).toMatch(/done$/);
});

/** Answers each connection's first request and hangs up as the second arrives. */
function hangingUp() {
  return rawServer((socket, connection) => {
    socket.once("data", () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${connection}`);
      socket.once("data", () => socket.destroy());
    });
  });
}

test("a kept-alive connection that the backend closed as the request was sent is replaced", async ({
  gateway,
}) => {
  const one = await hangingUp();
  const g = await gateway();
  await g.deploy(pizza([one]));
  const bodies = [];
  for (let i = 0; i < 3; i++) bodies.push((await send(menu(g))).body);
  expect(bodies).toEqual(["1", "2", "3"]);
  expect(await endpoint(g)).toMatchObject({ failures: 0, state: "up" });
  one.close();
});

test("a stale connection does not repeat a POST; it is counted, and does not suspend the endpoint", async ({
  gateway,
}) => {
  const one = await hangingUp();
  const g = await gateway();
  await g.deploy(pizza([one]));
  expect((await send(menu(g))).body).toBe("1");
  expectOwnAnswer(await send(menu(g), { method: "POST", body: "x" }), 502, "101505");
  expect(one.connections()).toBe(1);
  expect(await endpoint(g)).toMatchObject({
    requests: 2,
    failures: 1,
    lastMinute: 2,
    lastMinuteFailures: 1,
    lastError: { words: "connection closed" },
    state: "up",
  });
  one.close();
});

test("connections to a backend are used again", async ({ gateway }) => {
  const one = await rawServer((socket, connection) => {
    socket.on("data", () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${connection}`));
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  for (let i = 0; i < 3; i++) expect((await send(menu(g))).body).toBe("1");
  expect(one.connections()).toBe(1);
  one.close();
});

test("over its most requests in flight a group answers 503 102505 at once", async ({ backend, gateway }) => {
  const one = await backend("one");
  one.hang();
  const g = await gateway();
  await g.deploy(pizza([one], { circuitBreakers: { maxRequests: 2 } }));
  const callers = [await wire(g.url), await wire(g.url)];
  for (const caller of callers) caller.write("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\n\r\n");
  await expect.poll(() => one.requests.length).toBe(2);
  expectOwnAnswer(await send(menu(g)), 503, "102505");
  expect(one.requests).toHaveLength(2);
  for (const caller of callers) caller.socket.destroy();
  await expect.poll(async () => (await endpoint(g)).inFlight).toBe(0);
  one.answer();
  expect(await backendOf(g)).toBe("one");
});

test("over its most connections requests wait in line, and beyond the line get 503 102505", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const held: (() => void)[] = [];
  one.answer((req, res) => void held.push(() => res.end(req.url)));
  const g = await gateway();
  await g.deploy(pizza([one], { circuitBreakers: { maxConnections: 1, maxPendingRequests: 1 } }));
  const first = send(`${menu(g)}/1`);
  await expect.poll(() => held.length).toBe(1);
  const second = send(`${menu(g)}/2`);
  const third = send(`${menu(g)}/3`);
  // One of them waits, the other finds the line full.
  const refused = await Promise.race([second, third]);
  expectOwnAnswer(refused, 503, "102505");
  expect(one.requests).toHaveLength(1);
  held[0]!();
  await expect.poll(() => held.length).toBe(2);
  held[1]!();
  expect((await first).body).toBe("/menu/1");
  expect((await Promise.all([second, third])).map((answer) => answer.status).sort()).toEqual([200, 503]);
});

test.describe(() => {
  test.use({ installation: "own" });

  test("a caller that leaves the line for a connection makes room in it", async ({ backend, gateway }) => {
    const one = await backend("one");
    const held: (() => void)[] = [];
    one.answer((req, res) => void held.push(() => res.end(req.url)));
    const g = await gateway();
    await g.deploy(pizza([one], { circuitBreakers: { maxConnections: 1, maxPendingRequests: 1 } }));
    const first = send(`${menu(g)}/1`);
    await expect.poll(() => held.length).toBe(1);
    // Of these two one waits and the other is refused, which tells that the line is full.
    const pair = [await wire(g.url), await wire(g.url)];
    for (const caller of pair) caller.write("GET /pizza/1.0.0/left HTTP/1.1\r\nHost: gw\r\n\r\n");
    await expect.poll(() => pair.flatMap((caller) => statuses(caller.received()))).toEqual([503]);
    for (const caller of pair) caller.socket.destroy();
    const gone = async () => (await fetch(`${g.adminUrl}/metrics`)).text();
    await expect.poll(gone).toMatch(/sluice_requests_total\{[^}]*code="gone"\} 1/);
    const second = send(`${menu(g)}/2`);
    const third = send(`${menu(g)}/3`);
    expect((await Promise.race([second, third])).status).toBe(503);
    held[0]!();
    await expect.poll(() => held.length).toBe(2);
    held[1]!();
    expect((await first).status).toBe(200);
    expect((await Promise.all([second, third])).map((answer) => answer.status).sort()).toEqual([200, 503]);
    expect(one.requests.map((r) => r.url)).not.toContain("/left");
  });
});

test("waiting for a connection ends with the deadline", async ({ backend, gateway }) => {
  const one = await backend("one", { handler: (_, res) => void res.write("an endless answer") });
  const g = await gateway();
  await g.deploy(pizza([one], { circuitBreakers: { maxConnections: 1 } }, { limits: { deadlineMs: 500 } }));
  const endless = await wire(g.url);
  endless.write("GET /pizza/1.0.0/ HTTP/1.1\r\nHost: gw\r\n\r\n");
  await expect.poll(() => endless.received()).toContain("endless");
  expectOwnAnswer(await send(menu(g)), 503, "102505");
  endless.socket.destroy();
});

test("the most retries at once are limited too", async ({ backend, gateway }) => {
  const [broken, two] = [await backend("broken"), await backend("two")];
  broken.answer((req) => req.socket.destroy());
  const held: (() => void)[] = [];
  two.answer((_, res) => void held.push(() => res.end("late")));
  const g = await gateway();
  await g.deploy(pizza([broken, two], { ...neverSuspended, circuitBreakers: { maxRetries: 1 } }));
  const first = send(menu(g));
  await expect.poll(() => held.length).toBe(1);
  expectOwnAnswer(await send(menu(g)), 502, "101505");
  held[0]!();
  expect((await first).body).toBe("late");
});
