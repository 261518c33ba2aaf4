import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { expect, test } from "../fixtures";
import { endpoint, expectOwnAnswer, neverSuspended, pizza, send, statuses, wire } from "./client";

const menu = (g: { url: string }) => `${g.url}/pizza/1.0.0/menu`;
const KIB = 1024;

test("a body is replayed intact at the next endpoint after the first has consumed it", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  // Takes all of it, then breaks.
  one.answer((req) => void req.on("end", () => req.socket.destroy()));
  const g = await gateway();
  await g.deploy(pizza([one, two], neverSuspended));
  const body = randomBytes(1000 * KIB);
  for (const headers of [{}, { "Transfer-Encoding": "chunked" }]) {
    const answer = await send(menu(g), { method: "PUT", body, headers });
    expect(answer.status).toBe(200);
    expect(two.requests.at(-1)!.bytes.equals(body)).toBe(true);
    expect(one.requests.at(-1)!.bytes.equals(body)).toBe(true);
  }
});

test("a body that is being sent when the first endpoint breaks arrives whole at the next", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  one.answer((req) => void req.once("data", () => req.socket.destroy()));
  const g = await gateway();
  await g.deploy(pizza([one, two], neverSuspended));
  const halves = [randomBytes(100 * KIB), randomBytes(100 * KIB)];
  const req = request(menu(g), { method: "PUT", agent: false });
  const answered = once(req, "response") as Promise<[IncomingMessage]>;
  req.write(halves[0]);
  // The second half comes when the second endpoint is already at work.
  await expect.poll(() => two.requests.length).toBe(1);
  req.end(halves[1]);
  const [answer] = await answered;
  answer.resume();
  expect(answer.statusCode).toBe(200);
  expect(two.requests[0]!.bytes.equals(Buffer.concat(halves))).toBe(true);
});

test("a larger body streams through and is not replayed once consumed", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  one.answer((req) => void req.on("end", () => req.socket.destroy()));
  const g = await gateway();
  await g.deploy(pizza([one, two], neverSuspended, { limits: { replayBytes: 64 * KIB } }));
  const body = randomBytes(1000 * KIB);
  expectOwnAnswer(await send(menu(g), { method: "PUT", body }), 502, "101505");
  expect(one.requests[0]!.bytes.equals(body)).toBe(true);
  expect(two.requests).toEqual([]);
  one.answer();
  expect((await send(menu(g), { method: "PUT", body })).status).toBe(200);
  expect(one.requests[1]!.bytes.equals(body)).toBe(true);
});

test("a larger body goes to the next endpoint when nothing of it was consumed", async ({
  backend,
  gateway,
}) => {
  const [gone, two] = [await backend("gone"), await backend("two")];
  await gone.kill();
  const g = await gateway();
  await g.deploy(pizza([gone, two], neverSuspended, { limits: { replayBytes: 0 } }));
  const body = randomBytes(1000 * KIB);
  expect((await send(menu(g), { method: "POST", body })).status).toBe(200);
  expect(two.requests[0]!.bytes.equals(body)).toBe(true);
});

test("a request streams: the backend has the beginning while the caller is still sending", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const caller = await wire(g.url);
  caller.write(
    "POST /pizza/1.0.0/ HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nContent-Length: 11\r\n\r\nhello",
  );
  await expect.poll(() => one.requests[0]?.body).toBe("hello");
  caller.write(" world");
  expect(statuses(await caller.closed)).toEqual([200]);
  expect(one.requests[0]?.body).toBe("hello world");
});

test("a backend may answer before it has the whole body", async ({ backend, gateway }) => {
  const one = await backend("one", {
    readBodies: false,
    handler: (_, res) => res.writeHead(413).end("too much for me"),
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const answer = await send(menu(g), { method: "POST", body: Buffer.alloc(4 * KIB * KIB) });
  expect(answer).toMatchObject({ status: 413, body: "too much for me" });
  expect((await endpoint(g)).failures).toBe(0);
});

test("a caller that stops sending gets 408 and the endpoint is not blamed", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], {}, { limits: { responseTimeoutMs: 300 } }));
  const caller = await wire(g.url);
  caller.write("PUT /pizza/1.0.0/ HTTP/1.1\r\nHost: gw\r\nContent-Length: 11\r\n\r\nhello");
  expect(statuses(await caller.closed)).toEqual([408]);
  expect(await endpoint(g)).toMatchObject({ failures: 0 });
  expect(two.requests).toEqual([]);
});

test("a caller that leaves in the middle of its body aborts the backend's request", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const caller = await wire(g.url);
  caller.write("POST /pizza/1.0.0/ HTTP/1.1\r\nHost: gw\r\nContent-Length: 11\r\n\r\nhello");
  await expect.poll(() => one.requests[0]?.body).toBe("hello");
  caller.socket.destroy();
  await expect.poll(() => one.requests[0]?.aborted).toBe(true);
  await expect.poll(async () => (await endpoint(g)).inFlight).toBe(0);
  expect(await endpoint(g)).toMatchObject({ failures: 0, state: "notChecked" });
});
