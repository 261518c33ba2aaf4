import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type Backend, expect, test } from "../fixtures";
import { endpoint, exchange, neverSuspended, pizza, rawServer, send, statuses, wire } from "./client";
import { bodyOf, echoing, open, refused } from "./webSockets";

test("messages of any kind and size go through in both directions", async ({ backend, gateway }) => {
  const { options } = echoing("one");
  const one = await backend("one", options);
  const g = await gateway();
  await g.deploy(pizza([one]));
  const { ws, messages } = await open(g);
  await expect.poll(() => messages).toEqual(["one"]);
  const large = Buffer.alloc(3 * 1024 * 1024, "x");
  ws.send("hello");
  ws.send(large);
  ws.send("");
  await expect.poll(() => messages.length).toBe(4);
  expect(messages[1]).toBe("hello");
  expect((messages[2] as Buffer).equals(large)).toBe(true);
  expect(messages[3]).toBe("");
  ws.close(4001, "done");
  const [code] = (await once(ws, "close")) as [number];
  expect(code).toBe(4001);
});

test("the handshake goes through the same matching and header rules as requests", async ({
  backend,
  gateway,
}) => {
  const { options, handshakes } = echoing("one");
  const one = await backend("one", options);
  const g = await gateway();
  await g.deploy(pizza([{ url: `${one.url}/base` }]));
  const { handshake, ws } = await open(g, "/pizza/1.0.0/live/a%2Fb?x=%7e", {
    headers: {
      Cookie: "a=1",
      Authorization: "Bearer x",
      "X-Forwarded-For": "203.0.113.9",
      "Proxy-Authorization": "Basic eDp5",
      "X-Request-ID": "from-the-caller",
    },
  });
  expect(handshakes[0]?.url).toBe("/base/live/a%2Fb?x=%7e");
  expect(handshakes[0]?.headers).toMatchObject({
    host: `127.0.0.1:${one.port}`,
    upgrade: "websocket",
    "sec-websocket-protocol": "chat.v1",
    cookie: "a=1",
    authorization: "Bearer x",
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "http",
    "x-forwarded-host": new URL(g.url).host,
    "x-request-id": "from-the-caller",
  });
  expect(handshakes[0]?.headers["proxy-authorization"]).toBeUndefined();
  expect(handshake.headers["x-request-id"]).toBe("from-the-caller");
  expect(ws.protocol).toBe("chat.v1");
  expect((await refused(g, "/unknown/1.0.0/live")).status).toBe(404);
  expect((await refused(g, "/pizza/1.0.0/../live")).status).toBe(404);
});

test("another endpoint is tried until the handshake is complete", async ({ backend, gateway }) => {
  const { options } = echoing("four");
  const gone = await backend("gone");
  await gone.kill();
  const closing = await rawServer((socket) => socket.once("data", () => socket.destroy()));
  const four = await backend("four", options);
  const g = await gateway();
  await g.deploy(pizza([gone, closing, four], neverSuspended));
  const { ws, messages } = await open(g);
  ws.send("hello");
  await expect.poll(() => messages).toEqual(["four", "hello"]);
  expect(await endpoint(g, "ep-1")).toMatchObject({
    failures: 1,
    lastError: { words: "connection refused" },
  });
  expect(await endpoint(g, "ep-2")).toMatchObject({ failures: 1, lastError: { words: "connection closed" } });
  closing.close();
});

test("a handshake that is not answered in time moves on", async ({ backend, gateway }) => {
  const { options } = echoing("two");
  const silent = await rawServer(() => {});
  const two = await backend("two", options);
  const g = await gateway();
  const limits = { connectTimeoutMs: 200, responseTimeoutMs: 200 };
  await g.deploy(pizza([silent, two], neverSuspended, { limits }));
  const { messages } = await open(g);
  await expect.poll(() => messages).toEqual(["two"]);
  silent.close();
});

test("when no endpoint takes the handshake the caller learns why", async ({ backend, gateway }) => {
  const gone = await backend();
  await gone.kill();
  const g = await gateway();
  await g.deploy(pizza([gone], neverSuspended));
  const failed = await refused(g);
  expect(failed.status).toBe(502);
  expect(JSON.parse(await bodyOf(failed.answer))).toMatchObject({
    code: "101503",
    requestId: failed.answer.headers["x-request-id"],
  });
  await g.deploy(pizza([gone], { each: { state: "off" } }));
  const off = await refused(g);
  expect(off.status).toBe(503);
  expect(off.answer.headers["retry-after"]).toMatch(/^\d+$/);
});

test("a backend's refusal of the handshake passes through", async ({ backend, gateway }) => {
  const body = "Members only";
  const upgrade = (_: IncomingMessage, socket: Duplex) =>
    void socket.end(
      `HTTP/1.1 403 Forbidden\r\nX-Why: members\r\nContent-Length: ${body.length}\r\nConnection: keep-alive\r\n\r\n${body}`,
    );
  const one = await backend("one", { upgrade });
  const two = await backend("two", echoing("two").options);
  const g = await gateway();
  await g.deploy(pizza([one, two]));
  const { status, answer } = await refused(g);
  expect(status).toBe(403);
  expect(answer.headers["x-why"]).toBe("members");
  expect(answer.headers["x-request-id"]).toMatch(/./);
  expect(await bodyOf(answer)).toBe(body);
  expect(await endpoint(g)).toMatchObject({ failures: 0, state: "up" });
  await expect.poll(async () => (await endpoint(g)).inFlight).toBe(0);
});

test("a backend that knows no WebSocket answers like any request", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (_, res) => res.writeHead(426).write("chunked ") && res.end("body"),
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const { status, answer } = await refused(g);
  expect(status).toBe(426);
  expect(await bodyOf(answer)).toBe("chunked body");
});

test("handshakes are balanced, and a session's cookie set on 101 keeps the client on its endpoint", async ({
  backend,
  gateway,
}) => {
  const names = ["one", "two", "three"];
  const kinds = names.map(echoing);
  const backends = await Promise.all(names.map((name, i) => backend(name, kinds[i]!.options)));
  const g = await gateway();
  await g.deploy(pizza(backends, { routing: "loadBalanced", session: { kind: "transport" } }));
  const first = [await open(g), await open(g), await open(g)];
  await expect.poll(() => first.map(({ messages }) => messages[0]).sort()).toEqual([...names].sort());
  const cookie = first[1]!.handshake.headers["set-cookie"]![0]!.split(";")[0]!;
  for (let i = 0; i < 3; i++) {
    const again = await open(g, undefined, { headers: { Cookie: cookie } });
    await expect.poll(() => again.messages[0]).toBe(first[1]!.messages[0]);
  }
  // Plain requests of the same client go there too; the backend never sees the cookie.
  const answer = await send(`${g.url}/pizza/1.0.0/menu`, { headers: { Cookie: cookie } });
  expect(JSON.parse(answer.body)).toMatchObject({ backend: first[1]!.messages[0] });
  expect(kinds.flatMap((kind) => kind.handshakes).map((h) => h.headers.cookie)).not.toContain(cookie);
});

test.describe(() => {
  test.use({ installation: "own" });

  test("open sockets count as in flight until they end, and are logged then", async ({
    backend,
    gateway,
  }) => {
    const { options } = echoing("one");
    const one = await backend("one", options);
    const g = await gateway();
    await g.deploy(pizza([one]));
    const clients = [await open(g), await open(g)];
    expect(await endpoint(g)).toMatchObject({ inFlight: 2, requests: 2, state: "up" });
    for (const { ws } of clients) ws.terminate();
    await expect.poll(async () => (await endpoint(g)).inFlight).toBe(0);
    await expect.poll(() => g.output().match(/"status":101/g)?.length).toBe(2);
    const line = g
      .output()
      .split("\n")
      .find((text) => text.includes('"status":101'))!;
    expect(JSON.parse(line)).toMatchObject({
      method: "GET",
      path: "/pizza/1.0.0/live",
      api: "Pizza",
      endpoint: "ep-1",
    });
  });
});

test("when the backend's side breaks, the caller's side ends, and the other way round", async ({
  backend,
  gateway,
}) => {
  const { options, server } = echoing("one");
  const one: Backend = await backend("one", options);
  const g = await gateway();
  await g.deploy(pizza([one]));
  const left = await open(g);
  await expect.poll(() => server.clients.size === 0 || left.messages.length).toBeTruthy();
  left.ws.terminate();
  await expect.poll(async () => (await endpoint(g)).inFlight).toBe(0);
  const stays = await open(g);
  const closed = once(stays.ws, "close");
  await one.kill();
  await closed;
  await expect.poll(async () => (await endpoint(g)).inFlight).toBe(0);
});

test("a deploy leaves the open sockets of an unchanged endpoint alone", async ({ backend, gateway }) => {
  const [one, two] = [
    await backend("one", echoing("one").options),
    await backend("two", echoing("two").options),
  ];
  const g = await gateway();
  await g.deploy(pizza([one]));
  const { ws, messages } = await open(g);
  await g.deploy(pizza([one, two], { routing: "loadBalanced" }, { description: "changed" }));
  ws.send("still here");
  await expect.poll(() => messages).toEqual(["one", "still here"]);
  expect((await endpoint(g)).inFlight).toBe(1);
  // Also when it leaves the list: it drains, nothing is cut off.
  await g.deploy(pizza([two]));
  ws.send("still here, too");
  await expect.poll(() => messages).toEqual(["one", "still here", "still here, too"]);
});

test("a WebSocket handshake with a body is refused", async ({ backend, gateway }) => {
  const one = await backend("one", echoing("one").options);
  const g = await gateway();
  await g.deploy(pizza([one]));
  const key = createHash("md5").update("k").digest("base64");
  const head =
    `GET /pizza/1.0.0/live HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n`;
  const smuggled = "GET /pizza/1.0.0/smuggled HTTP/1.1\r\nHost: gw\r\n\r\n";
  for (const framing of [`Content-Length: ${smuggled.length}\r\n`, "Transfer-Encoding: chunked\r\n"]) {
    const received = await exchange(g.url, `${head}${framing}\r\n${smuggled}`);
    expect(statuses(received)).toEqual([400]);
  }
  expect(one.requests).toEqual([]);
});

test("frames sent right behind the handshake are not lost", async ({ backend, gateway }) => {
  const upgrade = (_: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    socket.write(head);
    socket.pipe(socket);
  };
  const gone = await backend("gone");
  await gone.kill();
  const one = await backend("one", { upgrade });
  const g = await gateway();
  await g.deploy(pizza([gone, one], neverSuspended));
  const caller = await wire(g.url);
  caller.write(
    "GET /pizza/1.0.0/live HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly ",
  );
  await expect.poll(() => caller.received()).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\nearly $/);
  caller.write("late");
  await expect.poll(() => caller.received()).toMatch(/\r\n\r\nearly late$/);
  caller.socket.destroy();
});
