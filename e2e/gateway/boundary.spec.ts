import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect as connectH2, createSecureServer } from "node:http2";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { WebSocket, WebSocketServer } from "ws";
import { type Backend, expect, type Gateway, root, test } from "../fixtures";
import { freePort } from "../ports";
import { certificate } from "./certificate";
import { endpoint, neverSuspended, pizza, rawServer, send } from "./client";
import { FrameCaller } from "./frames";

/**
 * A handler that throws ends its own exchange and nothing else. Every point of `gateway/boundary.ts` is made to
 * throw in turn while traffic of its kind goes through; a stream of events that was open before is open after.
 */

/** What no traffic reaches, and why. */
const unreachable: Record<string, string> = {
  "session timeout": "a connection is idle for 65 s before it",
  "server error": "the system has to refuse a connection",
  "liveness timeout": "somebody has to leave a ping without an answer for 5 s",
  "last finish": "node 26 has to meet an upgrade with a body",
  "first timeout": "a caller has to be silent for 10 s",
  "joined drain": "a gateway that stops has to meet a caller who does not read",
  "joined timeout": "a gateway that stops has to meet somebody who closes no WebSocket",
  "upload error":
    "our own bodies never fail; the handler is there because an error without one would be fatal",
};

const points = [
  ...readFileSync(join(root, "gateway/boundary.ts"), "utf8")
    .split("export const points = [")[1]!
    .split("] as const")[0]!
    .matchAll(/^ {2}"([^"]+)",$/gm),
].map((match) => match[1]!);

const base = "/pizza/1.0.0";
const big = Buffer.alloc(20_000_000, "x");

/** Resolves when the connection is over, however that comes about; nobody waits longer than this. */
function over(socket: Socket, ms = 3_000): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), ms);
    socket.on("error", () => {});
    socket.on("data", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Bytes on a connection of its own, and what the caller does once something has come back. */
async function raw(
  url: string,
  text: string | Buffer,
  then?: (socket: Socket) => void,
  connected?: (socket: Socket) => void,
): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connectTcp(Number(port), hostname);
  const ended = over(socket);
  if (connected) socket.once("connect", () => connected(socket));
  if (text.length > 0) socket.write(text);
  if (then) socket.once("data", () => then(socket));
  await ended;
}

const quietly = (work: Promise<unknown>) => work.then(() => {}).catch(() => {});

/** Kinds of traffic, by what they reach. */
function traffic(g: Gateway) {
  const get = (path: string) => `GET ${base}${path} HTTP/1.1\r\nHost: gw\r\n`;
  const h1 = {
    get: () => quietly(send(`${g.url}${base}/menu`)),
    post: () => quietly(send(`${g.url}${base}/menu`, { method: "POST", body: big })),
    pieces: () =>
      raw(
        g.url,
        `POST ${base}/menu HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n` +
          `${"1\r\nx\r\n".repeat(1_000)}0\r\n\r\n`,
        (socket) => socket.end(),
      ),
    closing: () => quietly(send(`${g.url}${base}/closing`)),
    resetting: () => quietly(send(`${g.url}${base}/resetting`)),
    slow: () => quietly(send(`${g.url}/slow/1.0.0/menu`)),
    gone: () => quietly(send(`${g.url}/gone/1.0.0/menu`)),
    expecting: () => raw(g.url, `${get("/menu")}Expect: wonders\r\nConnection: close\r\n\r\n`),
    // A caller who does not read at once.
    slowReader: () =>
      raw(g.url, `${get("/big")}Connection: close\r\n\r\n`, (socket) => {
        socket.pause();
        setTimeout(() => socket.resume(), 100);
      }),
    soap: () =>
      quietly(
        send(`${g.url}/soap/1.0.0/x`, {
          method: "POST",
          headers: { "Content-Type": "text/xml", SOAPAction: "x" },
          body: `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header/></e:Envelope>`,
        }),
      ),
    // Cut off while its body is looked into.
    soapCut: () => {
      const head =
        "POST /soap/1.0.0/x HTTP/1.1\r\nHost: gw\r\nContent-Type: text/xml\r\nSOAPAction: x\r\nContent-Length: 900\r\n\r\n<a>";
      const { hostname, port } = new URL(g.url);
      const socket = connectTcp(Number(port), hostname);
      const ended = over(socket);
      socket.write(head, () => setTimeout(() => socket.destroy(), 100));
      return ended;
    },
  };
  const connection = {
    connect: () => raw(g.url, "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"),
    garbage: () => raw(g.url, "garbage\r\n\r\n"),
    silent: () => raw(g.url, "", undefined, (socket) => socket.end()),
    silentReset: () => raw(g.url, "", undefined, (socket) => socket.resetAndDestroy()),
    refusedReset: () => raw(g.url, `CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n`, (s) => s.resetAndDestroy()),
    behind: () => raw(g.url, `${get("/late")}\r\ngarbage\r\n\r\n`),
    unread: () =>
      raw(
        g.url,
        `POST /nothing HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n`,
        (s) => s.end(),
      ),
    tooLong: () =>
      raw(g.url, `POST ${base}/../x HTTP/1.1\r\nHost: gw\r\nContent-Length: 9\r\n\r\n1`, (s) => s.end()),
    detached: () =>
      raw(g.url, `${get("/big")}\r\nCONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n`, (socket) => {
        socket.pause();
        setTimeout(() => socket.resume(), 100);
      }),
    detachedCut: () =>
      raw(g.url, `${get("/big")}\r\nCONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n`, (s) => s.resetAndDestroy()),
    tls: () => quietly(send(`${g.httpsUrl}${base}/menu`)),
    tlsGarbage: () => raw(g.httpsUrl.replace("https", "http"), "no TLS at all\r\n\r\n"),
    upgrade: () => raw(g.url, `${get("/menu")}Connection: Upgrade\r\nUpgrade: foo\r\n\r\n`, (s) => s.end()),
  };
  const h2 = {
    frames: async () => {
      const caller = await FrameCaller.open(g);
      const streams = [
        caller.ask("GET", `${base}/menu`),
        caller.ask("GET", `${base}/chunked`),
        caller.ask("POST", `${base}/menu`, { body: "x" }),
        caller.ask("POST", "/nothing", { body: "x", open: true }),
      ];
      const done = () =>
        caller.ended ||
        streams.every((s) => caller.of(s).some(({ end, type }) => end || type === "RST_STREAM"));
      for (let i = 0; i < 60 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
      caller.write(0, 0, 0, Buffer.of(1));
      setTimeout(() => caller.socket.destroy(), 50);
    },
    cancelled: () =>
      new Promise<void>((resolve) => {
        const session = connectH2(g.httpsUrl, { rejectUnauthorized: false });
        session.on("error", () => {});
        const stream = session.request({ ":path": `${base}/late` });
        stream.on("error", () => {});
        stream.close(8);
        stream.on("close", () => {
          session.destroy();
          resolve();
        });
        setTimeout(() => session.destroy(new Error("enough")), 1_000);
      }),
    brokenStream: async () => {
      const caller = await FrameCaller.open(g);
      caller.ask("POST", `${base}/late`, { body: "x", open: true });
      // A window that overflows is an error of the stream, then of the connection.
      caller.write(8, 0, 1, Buffer.from([0x7f, 0xff, 0xff, 0xff]));
      caller.write(8, 0, 0, Buffer.from([0x7f, 0xff, 0xff, 0xff]));
      setTimeout(() => caller.socket.destroy(), 100);
    },
    noPreface: async () => {
      const { hostname, port } = new URL(g.httpsUrl);
      const socket = connectTls({
        ...{ host: hostname, port: Number(port), ALPNProtocols: ["h2"], rejectUnauthorized: false },
      });
      socket.on("secureConnect", () => socket.write("GET / HTTP/1.1\r\nHost: this is not HTTP/2\r\n\r\n"));
      await over(socket, 300);
    },
  };
  const idle = {
    connection: async () => {
      const caller = await FrameCaller.open(g);
      await over(caller.socket, 6_000);
    },
  };
  const form = {
    whole: () =>
      quietly(
        send(`${g.url}/testkey`, {
          method: "POST",
          headers: {
            Authorization: `Basic ${btoa("a:b")}`,
            "Content-Type": "application/x-www-form-urlencoded",
          },
          body: "scope=x",
        }),
      ),
    cut: () => {
      const req = request(`${g.url}/testkey`, {
        method: "POST",
        headers: { Authorization: `Basic ${btoa("a:b")}`, "Content-Length": 50 },
      });
      req.on("error", () => {});
      req.write("scope");
      setTimeout(() => req.socket?.resetAndDestroy(), 50);
      return new Promise<void>((resolve) => req.on("close", () => setTimeout(resolve, 50)));
    },
  };
  const toH2 = {
    get: () => quietly(send(`${g.url}/h2/1.0.0/menu`)),
    cut: () => quietly(send(`${g.url}/h2/1.0.0/cut`)),
    trailers: () => quietly(send(`${g.url}/h2/1.0.0/trailers`)),
    post: () => quietly(send(`${g.url}/h2/1.0.0/menu`, { method: "POST", body: big })),
    leave: () => quietly(send(`${g.url}/h2/1.0.0/leave`)),
    // Alone on its connection, so that nothing else is heard there.
    hang: () => quietly(send(`${g.url}/silent/1.0.0/hang`)),
  };
  const live = (path: string, then: (ws: WebSocket) => void) =>
    new Promise<void>((resolve) => {
      const ws = new WebSocket(g.url.replace("http", "ws") + path);
      const timer = setTimeout(() => ws.terminate(), 2_000);
      ws.on("open", () => then(ws));
      ws.on("error", () => {});
      ws.on("close", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  const sockets = {
    closed: () => live(`${base}/live`, (ws) => ws.close()),
    reset: () =>
      live(`${base}/live`, (ws) => (ws as unknown as { _socket: Socket })._socket.resetAndDestroy()),
    refused: () => live(`${base}/refused`, (ws) => ws.close()),
    slow: () => live("/slow/1.0.0/live", (ws) => ws.close()),
    left: () => {
      const ws = new WebSocket(`${g.url.replace("http", "ws")}/slow/1.0.0/live`);
      ws.on("error", () => {});
      setTimeout(() => (ws as unknown as { _req: { socket: Socket } })._req?.socket.resetAndDestroy(), 60);
      return new Promise<void>((resolve) => ws.on("close", () => resolve()));
    },
  };
  return { h1, connection, h2, idle, form, toH2, sockets };
}

/** Which traffic reaches the points of a kind. */
const reaches: Record<string, (keyof ReturnType<typeof traffic>)[]> = {
  server: ["connection", "h1", "sockets"],
  refusal: ["connection"],
  caller: ["connection"],
  linger: ["connection"],
  earlier: ["connection"],
  detached: ["connection"],
  http2: ["h2"],
  session: ["h2"],
  "session check": ["idle"],
  "liveness pong": ["toH2"],
  first: ["connection"],
  stream: ["h2"],
  answer: ["h1"],
  body: ["h1"],
  form: ["form"],
  opening: ["h1"],
  "opening secureConnect": ["toH2"],
  backend: ["h1"],
  attempt: ["h1"],
  upload: ["h1"],
  client: ["toH2"],
  exchange: ["toH2"],
  probe: [],
  socket: ["sockets"],
  handshake: ["sockets"],
  joined: ["sockets"],
};

/** A backend that does whatever its path says. */
async function obliging(
  backend: (name: string, options: object) => Promise<Backend>,
): Promise<{ one: Backend; events: { write(): void } }> {
  const server = new WebSocketServer({ noServer: true });
  const events = { write: () => {} };
  const one = await backend("one", {
    readBodies: false,
    upgrade: (req: { url?: string }, socket: Socket, head: Buffer) => {
      if (req.url === "/refused") socket.end("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
      else server.handleUpgrade(req as never, socket, head, (ws) => ws.on("error", () => {}));
    },
    handler: (req: import("node:http").IncomingMessage, res: import("node:http").ServerResponse) => {
      if (req.url === "/events") {
        res.writeHead(200);
        events.write = () => void res.write("event\n");
        events.write();
        return;
      }
      if (req.url === "/big") return void res.end(Buffer.alloc(20_000_000, "x"));
      if (req.url === "/closing")
        return void res.writeHead(200, { "Content-Length": 9 }).write("half", () => req.socket.end());
      if (req.url === "/resetting")
        return void res
          .writeHead(200, { "Content-Length": 9 })
          .write("half", () => setTimeout(() => req.socket.resetAndDestroy(), 20));
      if (req.url === "/late") return void setTimeout(() => res.end("late"), 150);
      // Reads slowly, so that an upload has to wait.
      setTimeout(() => req.resume(), 100);
      if (req.url === "/chunked") {
        res.write("piece");
        res.addTrailers({ "X-Sum": "1" });
        return void res.end();
      }
      req.on("end", () => res.end("ok"));
    },
  });
  return { one, events };
}

test.describe(() => {
  test.use({ installation: "own" });

  test("a handler that throws ends its own exchange and nothing else, wherever it stands", async ({
    backend,
    gateway,
  }) => {
    test.setTimeout(240_000);
    const file = join(tmpdir(), `sluice-trip-${process.pid}-${Date.now()}`);
    writeFileSync(file, "");
    const g = await gateway({
      NODE_OPTIONS: `--import=${join(root, "e2e/gateway/tripping.mjs")}`,
      TRIP_FILE: file,
    });
    const { one, events } = await obliging(backend as never);
    const gone = await backend("gone");
    await gone.kill();
    const silent = await rawServer(() => {});
    const h2Port = await freePort();
    const h2Server = createSecureServer({ ...certificate }, (req, res) => {
      res.stream.on("error", () => {});
      if (req.url === "/cut") return res.stream.close(2);
      if (req.url === "/hang") return;
      if (req.url === "/leave") res.stream.session?.close();
      if (req.url === "/trailers") {
        res.writeEarlyHints({ link: "</a.css>; rel=preload" });
        res.addTrailers({ "x-sum": "1" });
      }
      req.resume();
      req.on("end", () => res.end("h2"));
    });
    h2Server.on("sessionError", () => {});
    h2Server.listen(h2Port, "127.0.0.1");
    const other = (name: string, url: string, group: object = {}, rest: object = {}) =>
      g.deploy({
        ...pizza([{ url }], { ...neverSuspended, ...group }, rest),
        name,
        context: `/${name.toLowerCase()}`,
      });
    const checked = { healthCheck: { enabled: true, intervalMs: 1_000, timeoutMs: 500 } };
    // The stream's own timer comes up when this time has passed, and could be the one that meets the exception.
    const long = { limits: { responseTimeoutMs: 600_000 } };
    await g.deploy(pizza([one], { ...neverSuspended, ...checked }, long));
    await other("Tcp", one.url, { healthCheck: { ...checked.healthCheck, kind: "tcp" } });
    await other("Gone", gone.url);
    await other("Unwell", gone.url, checked);
    const slow = { limits: { connectTimeoutMs: 200, responseTimeoutMs: 200 } };
    await other("Slow", silent.url, {}, slow);
    await other("Soap", one.url, { routing: "loadBalanced", session: { kind: "soap" } });
    const http2 = { each: { settings: { http2: true, verifyTls: false, suspension: { initialMs: 0 } } } };
    await other("H2", `https://127.0.0.1:${h2Port}`, http2);
    await other("Silent", `https://127.0.0.1:${h2Port}`, http2, slow);

    // Somebody else's stream, open from the beginning to the end.
    let seen = "";
    let broken = false;
    const stream = request(`${g.url}${base}/events`, (res) => {
      res.on("data", (data) => {
        seen += data;
      });
      res.on("close", () => {
        broken = true;
      });
    });
    stream.on("error", () => {});
    stream.end();
    await expect.poll(() => seen).toContain("event");

    const kinds = traffic(g);
    for (const point of points) {
      if (unreachable[point]) continue;
      // It must not be the one that meets the exception, nor be quiet for too long.
      const before = seen.length;
      events.write();
      await expect.poll(() => seen.length).toBeGreaterThan(before);
      writeFileSync(file, point);
      const wanted = reaches[point] ?? reaches[point.split(" ")[0]!];
      if (!wanted) throw new Error(`Which traffic reaches "${point}"?`);
      const calls = () => wanted.flatMap((kind) => Object.values(kinds[kind]).map((call) => call()));
      await expect(async () => {
        await Promise.all(calls());
        expect(g.output()).toContain(`was broken off, ${point}:`);
      }, point).toPass({ timeout: 30_000 });
      writeFileSync(file, "");
      const answer = await send(`${g.url}${base}/menu`);
      expect([answer.status, answer.body], point).toEqual([200, "ok"]);
      await expect.poll(async () => (await endpoint(g)).inFlight, point).toBe(1);
      expect(broken, point).toBe(false);
    }
    // What was ours to answer for is nobody's failure.
    const before = seen.length;
    events.write();
    await expect.poll(() => seen.length).toBeGreaterThan(before);
    const h2 = (await g.status()).apis.find((api) => api.name === "H2")!;
    expect(h2.endpoints[0]).toMatchObject({ state: "up", inFlight: 0 });
    for (const kind of ["h1", "h2", "sockets", "toH2"] as const) {
      await Promise.all(Object.values(kinds[kind]).map((call) => call()));
    }
    expect(broken).toBe(false);
    stream.destroy();
    silent.close();
    h2Server.close();
  });
});
