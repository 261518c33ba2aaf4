import { once } from "node:events";
import {
  type ClientHttp2Session,
  connect,
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer as createTcpServer, type Socket } from "node:net";
import { expect, type Gateway, test } from "../fixtures";
import { certificate } from "./certificate";
import { endpoint, pizza, send } from "./client";
import { END_HEADERS, END_STREAM, frame } from "./frames";

/** What an endpoint that is set to HTTP/2 gets and gives, over TLS and without. */

const path = "/pizza/1.0.0/menu";
const http2 = { each: { settings: { http2: true, verifyTls: false } } };

interface Seen {
  headers: IncomingHttpHeaders;
  body: string;
}

interface Backend {
  url: string;
  seen: Seen[];
  sessions: Set<ServerHttp2Session>;
}

type Answering = (stream: ServerHttp2Stream, seen: Seen) => void;

const echo: Answering = (stream, { headers, body }) => {
  stream.respond({ ":status": 200, "content-type": "text/plain" });
  stream.end(`${headers[":method"]} ${body}`);
};

const opened: (() => void)[] = [];
test.afterEach(() => {
  for (const close of opened.splice(0)) close();
});

/** A server that speaks HTTP/2 and nothing else. It answers when it has the whole request. */
async function speaking(tls: boolean, answer: Answering = echo, atOnce = false): Promise<Backend> {
  const server: Http2Server = tls ? createSecureServer({ ...certificate }) : createServer();
  const sessions = new Set<ServerHttp2Session>();
  const seen: Seen[] = [];
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => {});
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", async (stream, headers) => {
    stream.on("error", () => {});
    const one: Seen = { headers, body: "" };
    if (atOnce) answer(stream, one);
    for await (const chunk of stream) one.body += chunk;
    seen.push(one);
    if (!atOnce) answer(stream, one);
  });
  const port = await listening(server);
  opened.push(() => {
    server.close();
    for (const session of sessions) session.destroy();
  });
  return { url: `${tls ? "https" : "http"}://127.0.0.1:${port}`, seen, sessions };
}

async function listening(server: { listen(port: number, host: string): unknown; address(): unknown }) {
  server.listen(0, "127.0.0.1");
  await once(server as never, "listening");
  return (server.address() as { port: number }).port;
}

/** Frames by hand: `answer` is called with each stream that is opened. */
async function framed(
  answer: (stream: number, socket: Socket) => void,
): Promise<{ url: string; open(): number }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    let rest = Buffer.alloc(0);
    let preface = 24;
    socket.write(frame(4, 0, 0));
    socket.on("data", (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      if (preface > 0 && rest.length >= preface) {
        rest = rest.subarray(preface);
        preface = 0;
      }
      while (preface === 0 && rest.length >= 9) {
        const length = rest.readUIntBE(0, 3);
        if (rest.length < 9 + length) return;
        const [type, flags, stream] = [rest[3]!, rest[4]!, rest.readUInt32BE(5)];
        const payload = rest.subarray(9, 9 + length);
        rest = rest.subarray(9 + length);
        if (type === 4 && flags === 0) socket.write(frame(4, 1, 0));
        if (type === 6 && flags === 0) socket.write(frame(6, 1, 0, payload));
        if (type === 1) answer(stream, socket);
      }
    });
  });
  const port = await listening(server);
  opened.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${port}`, open: () => sockets.size };
}

const numbers = (...given: number[]) => {
  const bytes = Buffer.alloc(4 * given.length);
  for (const [i, one] of given.entries()) bytes.writeUInt32BE(one, 4 * i);
  return bytes;
};
const reset = (stream: number, code: number) => frame(3, 0, stream, numbers(code));
const goAway = (last: number, code = 0) => frame(7, 0, 0, numbers(last, code));
/** ":status: 200" of the static table, and a body. */
const ok = (stream: number, body: string, end = true) =>
  Buffer.concat([
    frame(1, END_HEADERS, stream, Buffer.of(0x88)),
    frame(0, end ? END_STREAM : 0, stream, Buffer.from(body)),
  ]);

/** One request over HTTP/2 with everything that comes back. */
async function ask(g: Gateway, headers: Record<string, string> = {}, body?: string) {
  const session: ClientHttp2Session = connect(g.httpsUrl, { rejectUnauthorized: false });
  opened.push(() => session.destroy());
  const stream = session.request({ ":path": path, ...headers }, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (given) => {
    trailers = given;
  });
  const [found] = await once(stream, "response");
  let text = "";
  for await (const chunk of stream) text += chunk;
  return { headers: found as IncomingHttpHeaders & { ":status": number }, trailers, body: text };
}

for (const tls of [true, false]) {
  const over = tls ? "over TLS" : "without TLS";

  test(`a body reaches an HTTP/2 endpoint ${over} with any method`, async ({ gateway }) => {
    const one = await speaking(tls);
    const g = await gateway();
    const methods = ["GET", "HEAD", "DELETE", "OPTIONS", "POST"] as const;
    await g.deploy(pizza([one], http2, { resources: methods.map((method) => ({ method, path: "/*" })) }));
    for (const method of methods) {
      const got = await send(g.url + path, { method, body: `with ${method}` });
      expect(got.status, method).toBe(200);
      expect(one.seen.at(-1), method).toMatchObject({
        headers: { ":method": method, "content-length": String(`with ${method}`.length) },
        body: `with ${method}`,
      });
      const chunked = { "Transfer-Encoding": "chunked" };
      await send(g.url + path, { method, headers: chunked, body: "in pieces" });
      expect(one.seen.at(-1), method).toMatchObject({ headers: { ":method": method }, body: "in pieces" });
    }
    const big = "x".repeat(3_000_000);
    expect((await send(g.url + path, { method: "POST", body: big })).body).toBe(`POST ${big}`);
    expect(one.sessions.size).toBe(1);
  });

  test(`trailers of an HTTP/2 endpoint ${over} reach callers of both versions`, async ({ gateway }) => {
    const one = await speaking(tls, (stream) => {
      stream.respond({ ":status": 200, trailer: "x-sum" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "42", "retry-after": "1" }));
      stream.end("body");
    });
    const g = await gateway();
    await g.deploy(pizza([one], http2));
    const h1 = await send(g.url + path);
    expect(h1).toMatchObject({ status: 200, body: "body", headers: { trailer: "x-sum" } });
    expect(h1.trailers).toEqual({ "x-sum": "42" });
    const h2 = await ask(g);
    expect(h2.body).toBe("body");
    expect(h2.trailers["retry-after"]).toBeUndefined();
    expect(h2.trailers).toMatchObject({ "x-sum": "42" });
  });
}

test("trailers of an HTTP/1.1 endpoint reach HTTP/2 callers", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (_, res) => {
      res.writeHead(200, { Trailer: "X-Sum" });
      res.write("body");
      res.addTrailers({ "X-Sum": "42" });
      res.end();
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const got = await ask(g);
  expect(got.body).toBe("body");
  expect(got.trailers).toMatchObject({ "x-sum": "42" });
});

test("te passes to an HTTP/2 endpoint where it says trailers and nothing else", async ({ gateway }) => {
  const one = await speaking(true);
  const g = await gateway();
  await g.deploy(pizza([one], http2));
  await ask(g, { te: "trailers" });
  await send(g.url + path, { headers: { TE: "trailers", Connection: "TE" } });
  await send(g.url + path, { headers: { TE: "gzip", Connection: "TE" } });
  await send(g.url + path);
  expect(one.seen.map(({ headers }) => headers.te)).toEqual(["trailers", "trailers", undefined, undefined]);
});

test("informational answers of an HTTP/2 endpoint pass, and many cookies", async ({ gateway }) => {
  const one = await speaking(true, (stream, { headers }) => {
    stream.additionalHeaders({ ":status": 103, link: "</a.css>; rel=preload" });
    stream.respond({ ":status": 201, "set-cookie": ["a=1", "b=2"], "x-cookie": String(headers.cookie) });
    stream.end();
  });
  const g = await gateway();
  await g.deploy(pizza([one], http2));
  const got = await send(g.url + path, { headers: { Cookie: "c=1; d=2" } });
  expect(got.early).toMatchObject([{ status: 103, headers: { link: "</a.css>; rel=preload" } }]);
  expect(got).toMatchObject({
    status: 201,
    headers: { "set-cookie": ["a=1", "b=2"], "x-cookie": "c=1; d=2" },
  });
});

test("a stream that was refused is sent again, a POST too, and nobody is blamed", async ({ gateway }) => {
  let streams = 0;
  const one = await framed((stream, socket) => {
    socket.write(++streams === 1 ? reset(stream, constants.NGHTTP2_REFUSED_STREAM) : ok(stream, "one"));
  });
  const g = await gateway();
  await g.deploy(pizza([one], http2));
  expect(await send(g.url + path, { method: "POST", body: "x" })).toMatchObject({ status: 200, body: "one" });
  expect(streams).toBe(2);
  expect(await endpoint(g)).toMatchObject({ state: "up" });
});

test("an endpoint that refuses every stream leaves a POST to the next one", async ({ gateway }) => {
  const one = await framed((stream, socket) => socket.write(reset(stream, constants.NGHTTP2_REFUSED_STREAM)));
  const two = await speaking(false);
  const g = await gateway();
  await g.deploy(pizza([one, two], http2));
  expect(await send(g.url + path, { method: "POST", body: "x" })).toMatchObject({
    status: 200,
    body: "POST x",
  });
});

for (const code of [constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_ENHANCE_YOUR_CALM]) {
  test(`a POST beyond what GOAWAY ${code} names goes out again on another connection`, async ({
    gateway,
  }) => {
    let streams = 0;
    const one = await framed((stream, socket) => {
      streams++;
      if (streams === 2) socket.end(goAway(1, code));
      else socket.write(ok(stream, `on ${stream}`));
    });
    const g = await gateway();
    await g.deploy(pizza([one], http2));
    const post = () => send(g.url + path, { method: "POST", body: "x" });
    expect((await post()).body).toBe("on 1");
    expect(await post()).toMatchObject({ status: 200, body: "on 1" });
    expect(streams).toBe(3);
  });
}

test("streams that GOAWAY lets finish do", async ({ gateway }) => {
  const waiting: (() => void)[] = [];
  const one = await framed((stream, socket) => {
    waiting.push(() => socket.write(ok(stream, `on ${stream}`)));
    if (stream === 3) {
      socket.write(goAway(3));
      for (const go of waiting) go();
    }
  });
  const g = await gateway();
  await g.deploy(pizza([one], http2));
  const first = send(g.url + path);
  await expect.poll(() => waiting.length).toBe(1);
  const second = send(g.url + path, { method: "POST", body: "x" });
  expect((await Promise.all([first, second])).map(({ body }) => body)).toEqual(["on 1", "on 3"]);
  // The next one goes on another connection.
  const third = send(g.url + path);
  await expect.poll(() => waiting.length).toBe(3);
  waiting[2]!();
  expect((await third).body).toBe("on 1");
});

test("a POST that a reset stream may have been processed of is not sent again", async ({ gateway }) => {
  let streams = 0;
  const one = await framed((stream, socket) => {
    streams++;
    socket.write(reset(stream, constants.NGHTTP2_INTERNAL_ERROR));
  });
  const g = await gateway();
  await g.deploy(pizza([one], http2));
  expect((await send(g.url + path, { method: "POST", body: "x" })).status).toBe(502);
  expect(streams).toBe(1);
});

for (const code of [constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_CANCEL, constants.NGHTTP2_INTERNAL_ERROR]) {
  test(`an answer that is reset with ${code} before its end is not taken for the whole`, async ({
    gateway,
  }) => {
    const one = await framed((stream, socket) => {
      socket.write(Buffer.concat([ok(stream, "half", false), reset(stream, code)]));
    });
    const g = await gateway();
    await g.deploy(pizza([one], http2));
    const ended = await send(g.url + path).catch((error: Error) => error);
    expect(ended).toBeInstanceOf(Error);
  });
}

test("many calls at once share a connection, and one that is given up hurts no other", async ({
  gateway,
}) => {
  const streams: ServerHttp2Stream[] = [];
  const one = await speaking(true, (stream) => void streams.push(stream));
  const g = await gateway();
  await g.deploy(pizza([one], http2));
  const first = send(g.url + path);
  await expect.poll(() => streams.length).toBe(1);
  const more = Array.from({ length: 19 }, () => send(g.url + path));
  await expect.poll(() => streams.length).toBe(20);
  expect(one.sessions.size).toBe(1);
  const session = connect(g.httpsUrl, { rejectUnauthorized: false });
  opened.push(() => session.destroy());
  const given = session.request({ ":path": path });
  given.on("error", () => {});
  await expect.poll(() => streams.length).toBe(21);
  given.close(constants.NGHTTP2_CANCEL);
  await once(streams[20]!, "close");
  expect(streams[20]!.rstCode).toBe(constants.NGHTTP2_CANCEL);
  for (const stream of streams.slice(0, 20)) {
    stream.respond({ ":status": 200 });
    stream.end("fine");
  }
  for (const answer of await Promise.all([first, ...more])) expect(answer.body).toBe("fine");
  expect(one.sessions.size).toBe(1);
});

test("a caller who does not read holds up no other one on the same connection", async ({ gateway }) => {
  const big = Buffer.alloc(8_000_000, "x");
  const one = await speaking(true, (stream, { headers }) => {
    stream.respond({ ":status": 200 });
    stream.end(headers["x-big"] ? big : "small");
  });
  const g = await gateway();
  await g.deploy(pizza([one], http2));
  const session = connect(g.httpsUrl, { rejectUnauthorized: false });
  opened.push(() => session.destroy());
  const stalled = session.request({ ":path": path, "x-big": "1" });
  await once(stalled, "response");
  for (let i = 0; i < 5; i++) expect((await send(g.url + path)).body).toBe("small");
  expect(one.sessions.size).toBe(1);
  let bytes = 0;
  for await (const chunk of stalled) bytes += chunk.length;
  expect(bytes).toBe(big.length);
});

test("a server that does not offer HTTP/2 is spoken to in HTTP/1.1", async ({ backend, gateway }) => {
  const one = await backend("one", { tls: certificate });
  const g = await gateway();
  await g.deploy(pizza([one], http2));
  const calls = Array.from({ length: 5 }, () => send(g.url + path, { method: "POST", body: "order" }));
  for (const { status } of await Promise.all(calls)) expect(status).toBe(200);
  expect(one.requests.map(({ body }) => body)).toEqual(Array(5).fill("order"));
  expect(await endpoint(g)).toMatchObject({ state: "up", failures: 0, inFlight: 0 });
});

for (const tls of [true, false]) {
  test(`active checks speak HTTP/2 to an endpoint that speaks nothing else: ${tls ? "TLS" : "h2c"}`, async ({
    gateway,
  }) => {
    let status = 500;
    const one = await speaking(tls, (stream, { headers }) => {
      stream.respond({ ":status": headers[":path"] === "/up" ? status : 200 });
      stream.end();
    });
    const g = await gateway();
    const healthCheck = { enabled: true, path: "/up", intervalMs: 200, unhealthyAfter: 1, healthyAfter: 1 };
    await g.deploy(pizza([one], { ...http2, healthCheck }));
    await expect.poll(async () => (await endpoint(g)).state).toBe("checkFailing");
    expect((await endpoint(g)).lastError?.words).toBe("answered 500, expected 200-399");
    status = 204;
    await expect.poll(async () => (await endpoint(g)).state).toBe("up");
    expect((await send(g.url + path)).status).toBe(200);
  });
}
