import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { expect, test } from "../fixtures";
import { endpoint, exchange, pizza, rawServer, send, wire } from "./client";

const menu = (g: { url: string }) => `${g.url}/pizza/1.0.0/menu`;
const MIB = 1024 * 1024;

test("server-sent events arrive one by one while the answer is open", async ({ backend, gateway }) => {
  let stream: ServerResponse | undefined;
  const one = await backend("one", {
    handler: (_, res) => {
      stream = res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
      stream.write("data: 1\n\n");
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const caller = await wire(g.url);
  caller.write("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\nAccept: text/event-stream\r\n\r\n");
  for (let n = 1; n <= 3; n++) {
    await expect.poll(() => caller.received()).toContain(`data: ${n}\n\n`);
    expect(caller.received()).not.toContain(`data: ${n + 1}`);
    stream!.write(`data: ${n + 1}\n\n`);
  }
  stream!.end();
  await expect.poll(() => caller.received()).toContain("\r\n0\r\n\r\n");
  caller.socket.destroy();
});

/** Waits until a number has stopped growing; fails when it passes `limit`. */
async function expectToStall(read: () => number, limit: number): Promise<void> {
  let before = -1;
  const stalled = () => {
    const now = read();
    expect(now).toBeLessThan(limit);
    const same = now === before && now > 0;
    before = now;
    return same;
  };
  await expect.poll(stalled, { intervals: [400] }).toBe(true);
}

test("a large download goes at the caller's pace and arrives whole", async ({ backend, gateway }) => {
  const total = 128 * MIB;
  const chunk = randomBytes(MIB);
  let written = 0;
  const one = await backend("one", {
    handler: async (_, res) => {
      res.setHeader("Content-Length", total);
      while (written < total && !res.destroyed) {
        written += chunk.length;
        if (!res.write(chunk)) await once(res, "drain");
      }
      res.end();
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const req = request(menu(g), { agent: false }).end();
  const [answer] = (await once(req, "response")) as [IncomingMessage];
  // Nobody reads: what is under way fits into the sockets' buffers.
  await expectToStall(() => written, 48 * MIB);
  const hash = createHash("sha256");
  let received = 0;
  for await (const data of answer as AsyncIterable<Buffer>) {
    received += data.length;
    hash.update(data);
  }
  expect(received).toBe(total);
  const wanted = createHash("sha256");
  for (let i = 0; i < total / MIB; i++) wanted.update(chunk);
  expect(hash.digest("hex")).toBe(wanted.digest("hex"));
});

test("a large upload goes at the backend's pace and arrives whole", async ({ backend, gateway }) => {
  const total = 128 * MIB;
  let reading: IncomingMessage | undefined;
  const one = await backend("one", {
    readBodies: false,
    handler: (req) => {
      reading = req;
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const req = request(menu(g), { method: "POST", agent: false });
  const answered = once(req, "response") as Promise<[IncomingMessage]>;
  const chunk = randomBytes(MIB);
  let written = 0;
  const pump = async () => {
    while (written < total) {
      written += chunk.length;
      if (!req.write(chunk)) await once(req, "drain");
    }
    req.end();
  };
  const pumped = pump();
  await expectToStall(() => written, 48 * MIB);
  const hash = createHash("sha256");
  reading!.on("data", (data: Buffer) => hash.update(data));
  await once(reading!, "end");
  await pumped;
  const wanted = createHash("sha256");
  for (let i = 0; i < total / MIB; i++) wanted.update(chunk);
  expect(hash.digest("hex")).toBe(wanted.digest("hex"));
  // The request is complete; the backend still owes its answer.
  req.destroy();
  await answered.catch(() => {});
});

test("a caller that stops reading for too long is let go and the endpoint is not blamed", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one", { handler: (_, res) => res.end(Buffer.alloc(64 * MIB)) });
  const g = await gateway();
  await g.deploy(pizza([one], {}, { limits: { idleTimeoutMs: 500 } }));
  const req = request(menu(g), { agent: false }).end();
  const [answer] = (await once(req, "response")) as [IncomingMessage];
  await expect.poll(async () => (await endpoint(g)).inFlight).toBe(0);
  expect(await endpoint(g)).toMatchObject({ failures: 0, state: "up" });
  // What was sent can be read, but it does not look complete.
  const failure = once(answer, "error");
  answer.resume();
  await failure;
  expect(answer.complete).toBe(false);
});

test("HEAD passes with the length of what GET would send, and without a body", async ({ gateway }) => {
  const one = await rawServer((socket) => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nETag: "a"\r\nTrailer: X-Sum\r\n\r\n';
    socket.on("data", () => socket.write(head));
  });
  const g = await gateway();
  await g.deploy(pizza([one], {}, { resources: [{ method: "HEAD", path: "/*" }] }));
  for (let i = 0; i < 2; i++) {
    const answer = await send(menu(g), { method: "HEAD" });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ "content-length": "1234", etag: '"a"' });
    expect(answer.bytes).toHaveLength(0);
  }
  one.close();
});

test("204 and 304 pass without a body", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (req, res) => res.writeHead(Number(req.url!.slice(-3)), { ETag: '"a"', "X-A": "1" }).end(),
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  for (const status of [204, 304]) {
    const received = await exchange(
      g.url,
      `GET /pizza/1.0.0/${status} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`,
    );
    expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(received).toMatch(/\r\netag: "a"\r\n/i);
    expect(received).not.toMatch(/transfer-encoding/i);
    expect(received).toMatch(/\r\n\r\n$/);
  }
});

test("ranges pass in both directions", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (_, res) =>
      res.writeHead(206, { "Content-Range": "bytes 5-9/10", "Content-Length": 5 }).end("56789"),
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const answer = await send(menu(g), { headers: { Range: "bytes=5-", "If-Range": '"a"' } });
  expect(one.requests[0]?.headers).toMatchObject({ range: "bytes=5-", "if-range": '"a"' });
  expect(answer).toMatchObject({ status: 206, body: "56789" });
  expect(answer.headers).toMatchObject({ "content-range": "bytes 5-9/10", "content-length": "5" });
});

test("status, reason, headers and their order and spelling pass unchanged", async ({ backend, gateway }) => {
  const raw = [
    "X-OdD",
    "1",
    "Date",
    "Thu, 01 Jan 2015 00:00:00 GMT",
    "Set-Cookie",
    "a=1",
    "x-odd",
    "2",
    "Via",
    "x",
  ];
  const one = await backend("one", { handler: (_, res) => res.writeHead(299, "Quite Fine", raw).end("ok") });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const answer = await send(menu(g));
  expect(answer).toMatchObject({ status: 299, statusText: "Quite Fine", body: "ok" });
  expect(answer.rawHeaders.slice(0, raw.length)).toEqual(raw);
});

test("odd but harmless answers pass: reasons in UTF-8, bytes beyond ASCII in headers", async ({
  gateway,
}) => {
  const one = await rawServer((socket) => {
    const head = "HTTP/1.1 200 日本 OK\r\nX-Text: caf\xc3\xa9\r\nContent-Length: 2\r\n\r\nok";
    socket.on("data", () => socket.write(Buffer.from(head.replace("caf\xc3\xa9", "café"), "utf8")));
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const answer = await send(menu(g));
  expect(answer).toMatchObject({ status: 200, body: "ok" });
  expect(Buffer.from(answer.headers["x-text"] as string, "latin1").toString()).toBe("café");
  one.close();
});

test("compressed bodies pass byte for byte", async ({ backend, gateway }) => {
  const zipped = gzipSync(randomBytes(50_000));
  const one = await backend("one", {
    // Not before it has all of it: an answer that comes earlier ends the upload.
    handler: (req, res) =>
      req.on("end", () => res.writeHead(200, { "Content-Encoding": "gzip" }).end(zipped)),
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const headers = { "Accept-Encoding": "gzip, br", "Content-Encoding": "gzip" };
  const answer = await send(menu(g), { method: "POST", headers, body: zipped });
  expect(answer.bytes.equals(zipped)).toBe(true);
  expect(answer.headers["content-encoding"]).toBe("gzip");
  expect(one.requests[0]!.headers).toMatchObject({
    "accept-encoding": "gzip, br",
    "content-encoding": "gzip",
  });
  expect(one.requests[0]!.bytes.equals(zipped)).toBe(true);
});

test("a request without a body stays without one, whatever the method", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  for (const method of ["GET", "DELETE"]) {
    await send(menu(g), { method });
    expect(one.requests.at(-1)!.headers["transfer-encoding"], method).toBeUndefined();
    expect(one.requests.at(-1)!.headers["content-length"], method).toBeUndefined();
  }
  await send(menu(g), { method: "POST", headers: { "Content-Length": 0 } });
  expect(one.requests.at(-1)!.headers["content-length"]).toBe("0");
});

test("a body reaches the backend whatever the method and its framing", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  for (const method of ["GET", "DELETE", "POST", "PUT", "PATCH"]) {
    for (const headers of [{ "Transfer-Encoding": "chunked" }, { "Content-Length": 5 }]) {
      const answer = await send(menu(g), { method, headers, body: "hello" });
      expect(answer.status, `${method} ${Object.keys(headers)}`).toBe(200);
      expect(one.requests.at(-1)).toMatchObject({ method, body: "hello" });
    }
  }
});

test("trailers of an answer reach the caller", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (_, res) => {
      res.writeHead(200, { Trailer: "X-Sum" });
      res.write("body");
      res.addTrailers({ "X-Sum": "4" });
      res.end();
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const answer = await send(menu(g));
  expect(answer.headers.trailer).toBe("X-Sum");
  expect(answer).toMatchObject({ body: "body", trailers: { "x-sum": "4" } });
});

test("a trailer that is announced without chunks does no harm", async ({ gateway }) => {
  const one = await rawServer((socket) => {
    socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nContent-Length: 2\r\n\r\nok"));
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  expect(await send(menu(g))).toMatchObject({ status: 200, body: "ok" });
  one.close();
});

test("early hints reach the caller before the answer", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (_, res) => {
      res.writeProcessing();
      res.writeEarlyHints({ link: ["</a.css>; rel=preload; as=style", "</b.js>; rel=preload; as=script"] });
      res.end("ok");
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const answer = await send(menu(g));
  expect(answer.early.map(({ status }) => status)).toEqual([102, 103]);
  expect(answer.early[1]!.headers.link).toBe(
    "</a.css>; rel=preload; as=style, </b.js>; rel=preload; as=script",
  );
  expect(answer).toMatchObject({ status: 200, body: "ok" });
  // HTTP/1.0 knows no informational answers.
  const old = await exchange(g.url, "GET /pizza/1.0.0/menu HTTP/1.0\r\nHost: gw\r\n\r\n");
  expect(old).toMatch(/^HTTP\/1\.1 200 OK/);
});

test("a hint that cannot be passed on does not fail the answer", async ({ gateway }) => {
  const one = await rawServer((socket) => {
    const hint = "HTTP/1.1 103 Early Hints\r\nLink: not a link at all\r\n\r\n";
    socket.on("data", () => socket.write(`${hint}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`));
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  expect(await send(menu(g))).toMatchObject({ status: 200, body: "ok" });
  one.close();
});

test("an answer without a length ends with the backend's connection", async ({ gateway }) => {
  const one = await rawServer((socket) => {
    socket.once("data", () => socket.end("HTTP/1.0 200 OK\r\n\r\nall there is"));
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  expect(await send(menu(g))).toMatchObject({ status: 200, body: "all there is" });
  expect(await endpoint(g)).toMatchObject({ failures: 0 });
  one.close();
});
