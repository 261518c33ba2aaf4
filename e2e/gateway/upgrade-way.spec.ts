import { once } from "node:events";
import { WebSocket } from "ws";
import { installationSecret, keyFor, seal } from "#lib/node/secret";
import { TRACE_HEADER, TRACE_PURPOSE, type Trace } from "#lib/traffic/trace";
import { type Backend, expect, test } from "../fixtures";
import { neverSuspended, pizza, rawServer } from "./client";
import { endpoint } from "./traffic";
import { bodyOf, echoing, open, refused } from "./webSockets";

/** A WebSocket's handshake goes the way of every request, with all that holds for one there. */

const codeOf = async (answer: Parameters<typeof bodyOf>[0]) =>
  (JSON.parse(await bodyOf(answer)) as { code: string }).code;

/** Refuses handshakes with a status as long as that is set, and answers like any WebSocket server then. */
function moody(name: string, refusing: { status: number; headers?: string }) {
  const { options } = echoing(name);
  const upgrade: typeof options.upgrade = (request, socket, head) => {
    if (refusing.status === 0) return options.upgrade(request, socket, head);
    socket.end(`HTTP/1.1 ${refusing.status} No\r\n${refusing.headers ?? ""}Content-Length: 2\r\n\r\nno`);
  };
  return { upgrade };
}

async function silent(): Promise<{ url: string; close(): void; connections(): number }> {
  return rawServer(() => {});
}

test("most connections: an open WebSocket takes a place, and the next one waits in line", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one", echoing("one").options);
  const g = await gateway();
  const circuitBreakers = { maxConnections: 1, maxPendingRequests: 1 };
  await g.deploy(pizza([one], { circuitBreakers }, { limits: { deadlineMs: 60_000 } }));
  const first = await open(g);
  const second = open(g);
  await expect
    .poll(async () => {
      const third = await refused(g).catch(() => null);
      return third && [third.status, await codeOf(third.answer)];
    })
    .toEqual([503, "102505"]);
  first.ws.close();
  await expect.poll(async () => (await second).messages).toEqual(["one"]);
  (await second).ws.close();
});

test("all attempts together end at the deadline", async ({ gateway }) => {
  const [one, two] = [await silent(), await silent()];
  const g = await gateway();
  const limits = { deadlineMs: 800, responseTimeoutMs: 30_000, connectTimeoutMs: 500 };
  await g.deploy(pizza([one, two], neverSuspended, { limits }));
  const { status, answer } = await refused(g);
  expect(status).toBe(504);
  expect(await codeOf(answer)).toBe("101504");
  expect(two.connections()).toBe(0);
  one.close();
  two.close();
});

test("a handshake that was dropped is tried elsewhere within the retry budget only", async ({
  backend,
  gateway,
}) => {
  const closing = await rawServer((socket) => socket.once("data", () => socket.destroy()));
  const hanging = await silent();
  const two = await backend("two", echoing("two").options);
  const g = await gateway();
  const breaker = { ...neverSuspended, routing: "failover", circuitBreakers: { maxRetries: 1 } } as const;
  await g.deploy(pizza([closing, hanging], breaker, { limits: { responseTimeoutMs: 30_000 } }));
  const waiting = new WebSocket(`${g.url.replace("http", "ws")}/pizza/1.0.0/live`);
  waiting.on("error", () => {});
  await expect.poll(() => hanging.connections()).toBe(1);
  // The one place is taken.
  expect(await codeOf((await refused(g)).answer)).toBe("101505");
  waiting.terminate();
  await g.deploy(pizza([closing, two], breaker));
  await expect.poll(async () => (await open(g)).messages).toEqual(["two"]);
  closing.close();
  hanging.close();
});

test("listed statuses count as failures of a handshake, too, and its answer passes", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one", moody("one", { status: 503 }));
  const g = await gateway();
  await g.deploy(pizza([one], { failureStatuses: [503] }));
  const { status, answer } = await refused(g);
  expect([status, await bodyOf(answer)]).toEqual([503, "no"]);
  expect(await endpoint(g, "ep-1")).toMatchObject({
    state: "suspended",
    lastError: { words: "answered 503" },
  });
});

test("listed statuses are asked again for", async ({ backend, gateway }) => {
  const refusing = { status: 503 };
  const one = await backend("one", moody("one", refusing));
  const two = await backend("two", echoing("two").options);
  const g = await gateway();
  const retryOnStatus = { count: 1, statusCodes: [503] };
  await g.deploy(pizza([one, two], { ...neverSuspended, routing: "failover", retryOnStatus }));
  const { ws, messages } = await open(g);
  ws.send("hello");
  await expect.poll(() => messages).toEqual(["two", "hello"]);
  ws.close();
});

test("a status that HTTP does not have is no answer to a handshake", async ({ backend, gateway }) => {
  const one = await backend("one", moody("one", { status: 700 }));
  const g = await gateway();
  await g.deploy(pizza([one]));
  expect((await refused(g)).status).toBe(502);
});

test("Discard Message: a handshake that gets no answer in time ends without a reply", async ({ gateway }) => {
  const one = await silent();
  const g = await gateway();
  const settings = { action: "discard" as const, responseTimeoutMs: 200, suspension: { initialMs: 0 } };
  await g.deploy(pizza([one], { each: { settings } }, { limits: { connectTimeoutMs: 200 } }));
  const ws = new WebSocket(`${g.url.replace("http", "ws")}/pizza/1.0.0/live`);
  const [error] = (await once(ws, "error")) as [Error];
  expect(error.message).toBe("socket hang up");
  expect(await endpoint(g, "ep-1")).toMatchObject({ failures: 1, inFlight: 0 });
  one.close();
});

test("credentials that an endpoint refuses are renewed for a handshake, once", async ({
  backend,
  gateway,
}) => {
  const asked: (string | undefined)[] = [];
  const { options } = echoing("one");
  const one: Backend = await backend("one", {
    upgrade: (request, socket, head) => {
      asked.push(request.headers.authorization);
      if (request.headers.authorization?.includes('nonce="n1"'))
        return options.upgrade(request, socket, head);
      const challenge = 'Digest realm="r", qop="auth", nonce="n1"';
      socket.end(`HTTP/1.1 401 No\r\nWWW-Authenticate: ${challenge}\r\nContent-Length: 0\r\n\r\n`);
    },
  });
  const g = await gateway();
  const digest = { username: "anna", password: { plain: "open sesame" } };
  await g.deploy(pizza([one], { security: { kind: "digest", digest } }));
  const { ws, messages } = await open(g);
  await expect.poll(() => messages).toEqual(["one"]);
  expect(asked).toEqual([undefined, expect.stringContaining('username="anna"')]);
  expect(await endpoint(g, "ep-1")).toMatchObject({ failures: 0 });
  ws.close();
});

test("the publisher is told what its handshake met, while the WebSocket is open", async ({
  backend,
  database,
  gateway,
}) => {
  const gone = await backend("gone");
  await gone.kill();
  const two = await backend("two", echoing("two").options);
  const g = await gateway();
  const { id: apiId } = await g.deploy(pizza([gone, two], { ...neverSuspended, routing: "failover" }));
  const secret = installationSecret(database.folder, undefined);
  const ticket = { id: "handshake-1", expiresAt: Date.now() + 60_000, apiId, production: "all" };
  const header = seal(keyFor(secret, TRACE_PURPOSE), JSON.stringify(ticket));
  const { ws } = await open(g, undefined, { headers: { [TRACE_HEADER]: header } });
  const trace = (await (await fetch(`${g.adminUrl}/trace?id=${ticket.id}`)).json()) as Trace;
  expect(trace.attempts.map(({ endpointId, words, answered }) => [endpointId, words, answered])).toEqual([
    ["ep-1", "connection refused", false],
    ["ep-2", "answered 101", true],
  ]);
  ws.close();
});
