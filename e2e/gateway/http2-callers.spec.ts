import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { connect as connectTls } from "node:tls";
import { test as base, expect, type Gateway } from "../fixtures";
import { endpoint, neverSuspended, pizza, rawServer, send } from "./client";

/** Opens HTTP/2 connections to a gateway; they end with their test. */
const test = base.extend<{ session(g: Gateway): ClientHttp2Session }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  session: async ({}, use) => {
    const sessions: ClientHttp2Session[] = [];
    await use((g) => {
      const session = connect(g.httpsUrl, { rejectUnauthorized: false, maxSessionMemory: 1_000 });
      session.on("error", () => {});
      sessions.push(session);
      return session;
    });
    for (const session of sessions) session.destroy();
  },
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  early: IncomingHttpHeaders[];
  trailers: IncomingHttpHeaders;
  bytes: Buffer;
  body: string;
}

function open(session: ClientHttp2Session, headers: OutgoingHttpHeaders = {}): ClientHttp2Stream {
  return session.request({ ":path": "/pizza/1.0.0/menu", ...headers });
}

function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const early: IncomingHttpHeaders[] = [];
    const chunks: Buffer[] = [];
    let head: IncomingHttpHeaders & { ":status"?: number } = {};
    let trailers: IncomingHttpHeaders = {};
    stream.on("headers", (headers) => early.push(headers));
    stream.on("response", (headers) => {
      head = headers;
    });
    stream.on("trailers", (headers) => {
      trailers = headers;
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", reject);
    stream.on("aborted", () => reject(new Error("aborted")));
    stream.on("end", () => {
      const bytes = Buffer.concat(chunks);
      resolve({
        status: head[":status"] ?? 0,
        headers: head,
        early,
        trailers,
        bytes,
        body: bytes.toString(),
      });
    });
  });
}

async function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders = {}, body?: string | Buffer) {
  const stream = open(session, headers);
  const answer = answerOf(stream);
  stream.end(body);
  return answer;
}

test("a caller that can speak HTTP/2 does, and one that cannot is served as before", async ({
  backend,
  gateway,
  session,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const h2 = session(g);
  const got = await ask(h2, { ":path": "/pizza/1.0.0/menu?x=%7e", cookie: ["a=1", "b=2"], "X-A": "1" });
  expect(h2.alpnProtocol).toBe("h2");
  expect(got.status).toBe(200);
  expect(JSON.parse(got.body)).toEqual({ backend: "one", method: "GET", url: "/menu?x=%7e" });
  const posted = await ask(h2, { ":method": "POST", "content-type": "text/plain" }, "an order");
  expect(posted.status).toBe(200);
  expect((await send(`${g.httpsUrl}/pizza/1.0.0/menu`)).status).toBe(200);
  const [first, second] = one.requests;
  expect(first!.headers).toMatchObject({ cookie: "a=1; b=2", "x-a": "1", "x-forwarded-proto": "https" });
  expect(first!.headers["x-forwarded-host"]).toBe(new URL(g.httpsUrl).host);
  expect(first!.headers["transfer-encoding"]).toBeUndefined();
  expect(Object.keys(first!.headers).filter((name) => name.startsWith(":"))).toEqual([]);
  expect(second).toMatchObject({ method: "POST", body: "an order" });
  expect(second!.headers["transfer-encoding"]).toBe("chunked");
});

test("answers keep their fields, and lose what belongs to an HTTP/1 connection", async ({
  backend,
  gateway,
  session,
}) => {
  const one = await backend("one", {
    handler: (_req, res) => {
      res.writeHead(201, "Made up", [
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["Vary", "a"],
        ["Vary", "b"],
        ["Connection", "keep-alive, X-Hop"],
        ["X-Hop", "1"],
        ["Keep-Alive", "timeout=5"],
        ["Content-Type", "text/plain"],
        ["Content-Type", "text/html"],
        ["X-Latin", "caf\u00e9"],
      ] as never);
      res.end("made");
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const { status, headers, body } = await ask(session(g));
  expect([status, body]).toEqual([201, "made"]);
  expect(headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  expect(headers).toMatchObject({ vary: "a, b", "content-type": "text/plain", "x-latin": "caf\u00e9" });
  for (const name of ["connection", "keep-alive", "x-hop", "transfer-encoding"])
    expect(headers[name]).toBeUndefined();
  expect(headers["x-request-id"]).toMatch(/./);
});

test("answers without a body are complete, whatever length they announce", async ({
  backend,
  gateway,
  session,
}) => {
  const one = await backend("one", {
    handler: (req, res) => {
      const status = Number(new URL(req.url!, "http://x").searchParams.get("status"));
      res.writeHead(status, status === 200 ? { "Content-Length": "1000" } : {});
      res.end();
    },
  });
  const g = await gateway();
  const resources = ["HEAD", "GET"].map((method) => ({ method: method as "GET", path: "/*" }));
  await g.deploy(pizza([one], {}, { resources }));
  const h2 = session(g);
  for (const [method, status] of [
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ] as const) {
    const path = `/pizza/1.0.0/menu?status=${status}`;
    const answer = await ask(h2, { ":method": method, ":path": path });
    expect([answer.status, answer.body]).toEqual([status, ""]);
  }
  expect(await endpoint(g)).toMatchObject({ failures: 0, inFlight: 0 });
});

test("trailers and informational answers pass", async ({ backend, gateway, session }) => {
  const one = await backend("one", {
    handler: (req, res) => {
      req.resume();
      res.writeProcessing();
      res.writeEarlyHints({ link: "</style.css>; rel=preload" });
      res.writeHead(200, { Trailer: "X-Sum" });
      res.write("body");
      res.addTrailers({ "X-Sum": "42" });
      res.end();
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const answer = await ask(session(g), { ":method": "POST", expect: "100-continue" }, "x");
  expect(answer.early.map((headers) => headers[":status" as "status"])).toEqual([100, 102, 103]);
  expect(answer.early[2]!.link).toBe("</style.css>; rel=preload");
  expect(answer.trailers["x-sum"]).toBe("42");
  expect(answer.body).toBe("body");
});

test("large bodies stream both ways, many at once on one connection", async ({
  backend,
  gateway,
  session,
}) => {
  const one = await backend("one", { handler: (req, res) => void req.pipe(res), readBodies: false });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const h2 = session(g);
  const block = Buffer.alloc(3_000_000, "0123456789abcdef");
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => ask(h2, { ":method": "POST", "content-length": block.length }, block)),
  );
  for (const answer of answers) expect(answer.bytes.equals(block)).toBe(true);
});

test("events reach the caller as they happen, and a caller who cancels ends the request", async ({
  backend,
  gateway,
  session,
}) => {
  const one = await backend("one", {
    handler: (_req, res) => {
      res.writeHead(200, { "Content-Type": "text/event-stream" });
      res.write("data: 1\n\n");
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const h2 = session(g);
  const stream = open(h2);
  const [chunk] = (await once(stream, "data")) as [Buffer];
  expect(chunk.toString()).toBe("data: 1\n\n");
  stream.close(constants.NGHTTP2_CANCEL);
  await expect.poll(() => one.requests[0]!.aborted).toBe(true);
  await expect.poll(async () => (await endpoint(g)).inFlight).toBe(0);
  expect(await endpoint(g)).toMatchObject({ failures: 0, state: "up" });
  expect((await ask(h2, { ":path": "/pizza/1.0.0/other", ":method": "HEAD" })).status).toBe(405);
});

test("a caller who does not read holds the backend back, not the other streams", async ({
  backend,
  gateway,
  session,
}) => {
  let written = 0;
  const one = await backend("one", {
    handler: (req, res) => {
      if (req.url !== "/endless") return void res.end("quick");
      const more = () => {
        while (res.write(Buffer.alloc(64 * 1024))) written += 64 * 1024;
        res.once("drain", more);
      };
      more();
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const h2 = session(g);
  const slow = open(h2, { ":path": "/pizza/1.0.0/endless" });
  slow.on("error", () => {});
  await once(slow, "response");
  let before = -1;
  await expect
    .poll(
      () => {
        const still = written === before;
        before = written;
        return still;
      },
      { intervals: [200] },
    )
    .toBe(true);
  expect(written).toBeLessThan(32_000_000);
  expect((await ask(h2)).body).toBe("quick");
});

test("an upload that its backend does not read does not stop the others on its connection", async ({
  backend,
  gateway,
  session,
}) => {
  const one = await backend("one", {
    readBodies: false,
    handler: (req, res) => {
      if (req.url === "/stuck") return;
      req.resume();
      req.on("end", () => res.end("done"));
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const h2 = session(g);
  for (let i = 0; i < 10; i++) {
    const stuck = open(h2, { ":path": "/pizza/1.0.0/stuck", ":method": "POST" });
    stuck.on("error", () => {});
    stuck.write(Buffer.alloc(8_000_000));
  }
  const block = Buffer.alloc(1_000_000);
  expect((await ask(h2, { ":method": "POST" }, block)).body).toBe("done");
});

test("each caller gets its own answer, however many small ones come at once", async ({
  backend,
  gateway,
  session,
}) => {
  const answer = (path: string) => path.padEnd(200, ".");
  const one = await backend("one", { handler: (req, res) => void res.end(answer(req.url!)) });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const sessions = Array.from({ length: 4 }, () => session(g));
  for (let round = 0; round < 10; round++) {
    const paths = Array.from({ length: 40 }, (_, i) => `/r${round}-${i}`);
    const answers = await Promise.all(
      paths.map((path, i) => ask(sessions[i % sessions.length]!, { ":path": `/pizza/1.0.0${path}` })),
    );
    expect(answers.map(({ body }) => body)).toEqual(paths.map(answer));
  }
});

test("a body is sent again to another endpoint when the first one fails", async ({
  backend,
  gateway,
  session,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two]));
  await one.kill();
  const answer = await ask(session(g), { ":method": "POST" }, "an order");
  expect(JSON.parse(answer.body)).toMatchObject({ backend: "two" });
  expect(two.requests[0]!.body).toBe("an order");
});

test("a backend that dies in the middle of an answer resets the stream, not the connection", async ({
  gateway,
  session,
}) => {
  const server = await rawServer((socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
      setImmediate(() => socket.destroy());
    });
  });
  const g = await gateway();
  await g.deploy(pizza([server], neverSuspended));
  const h2 = session(g);
  for (let i = 0; i < 2; i++) {
    const stream = open(h2);
    await expect(answerOf(stream)).rejects.toThrow(/NGHTTP2_INTERNAL_ERROR|aborted/);
  }
  expect(h2.closed).toBe(false);
  server.close();
});

test("many streams at once survive the death of a backend", async ({ backend, gateway, session }) => {
  const backends = [await backend("one"), await backend("two"), await backend("three")];
  const g = await gateway();
  await g.deploy(pizza(backends, { routing: "loadBalanced" }));
  const h2 = session(g);
  let killed: Promise<void> | undefined;
  const statuses: number[] = [];
  for (let round = 0; round < 10; round++) {
    const answers = Array.from({ length: 60 }, () => ask(h2));
    if (round === 3) killed = backends[1]!.kill();
    for (const { status } of await Promise.all(answers)) statuses.push(status);
  }
  await killed;
  expect(statuses).toEqual(Array(600).fill(200));
});

test("what HTTP/2 forbids is refused, and the gateway serves on", async ({ backend, gateway, session }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const large = await ask(session(g), { "x-large": "x".repeat(17_000) }).catch(() => null);
  expect(large === null || large.status === 431).toBe(true);
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, "1"]));
  expect((await ask(session(g), many)).status).toBe(431);
  const beyond = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`x-${i}`, "1"]));
  expect((await ask(session(g), beyond)).status).toBe(431);
  const far = Object.fromEntries(Array.from({ length: 1_200 }, (_, i) => [`x-${i}`, "1"]));
  expect(await ask(session(g), far).catch(() => null)).toBeNull();
  expect((await ask(session(g), { ":authority": "here.example", host: "elsewhere.example" })).status).toBe(
    400,
  );
  expect((await ask(session(g), { ":path": "/pizza/1.0.0/%2e%2e/x" })).status).toBe(400);
  expect(
    (await ask(session(g), { ":method": "DELETE", "content-length": "5" }, "four").catch(() => null))?.status,
  ).not.toBe(200);
  const connectStream = session(g).request({ ":method": "CONNECT", ":authority": "example.com:443" });
  expect((await answerOf(connectStream)).status).toBe(400);
  expect(one.requests.filter((r) => r.method !== "DELETE")).toHaveLength(0);
  expect((await ask(session(g))).status).toBe(200);
});

test.describe(() => {
  test.use({ installation: "own" });

  test("a gateway that stops lets streams finish and takes no new ones", async ({
    backend,
    gateway,
    session,
  }) => {
    const one = await backend("one");
    const g = await gateway();
    await g.deploy(pizza([one]));
    const h2 = session(g);
    await ask(h2);
    let release = () => {};
    one.answer((_req, res) => {
      release = () => res.end("late but whole");
    });
    const answer = ask(h2);
    await expect.poll(() => one.requests.length).toBe(2);
    const away = once(h2, "goaway");
    const stopped = g.stop();
    await away;
    release();
    expect((await answer).body).toBe("late but whole");
    expect(await stopped).toBe(0);
  });

  test("a connection that says nothing after choosing HTTP/2 does not keep the gateway from stopping", async ({
    gateway,
  }) => {
    const g = await gateway();
    const { port } = new URL(g.httpsUrl);
    const socket = connectTls({
      host: "127.0.0.1",
      port: Number(port),
      rejectUnauthorized: false,
      ALPNProtocols: ["h2"],
    });
    await once(socket, "secureConnect");
    expect(await g.stop()).toBe(0);
    socket.destroy();
  });
});
