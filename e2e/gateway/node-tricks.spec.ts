import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as http2 from "node:http2";
import * as https from "node:https";
import {
  type AddressInfo,
  connect,
  createServer as createNetServer,
  type Server,
  type Socket,
} from "node:net";
import { connect as connectTls } from "node:tls";
import { expect, test } from "@playwright/test";
import * as tricks from "../../gateway/http/nodeTricks";
import { certificate } from "./certificate";
import { bodyOf, END_HEADERS, END_STREAM, FrameCaller, frame, spelled } from "./frames";

/** What `gateway/http/nodeTricks.ts` takes for granted of node, on bare servers: what fails here, node has changed. */

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const GET = get("/");
const UPGRADE = "GET /asked HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n";
const trusting = { rejectUnauthorized: false };

const open: { close(): unknown }[] = [];
test.afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** Its port. Closed after the test, with all that is open on it. */
async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  open.push({
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** What comes on a connection until its end, or until it contains `last`. */
async function talk(socket: Socket, text: string, last?: string): Promise<string> {
  let got = "";
  socket.on("data", (data) => {
    got += data.toString("latin1");
    if (last && got.includes(last)) socket.destroy();
  });
  socket.on("error", () => {});
  socket.write(text, "latin1");
  await once(socket, "close");
  return got;
}

const plain = (port: number) => connect(port, "127.0.0.1");
const encrypted = (port: number, ALPNProtocols: string[]) =>
  connectTls({ port, host: "127.0.0.1", ALPNProtocols, ...trusting });

test("who takes over a server's connections reads them by node's own listener, or not at all", async () => {
  let requests = 0;
  const server = createServer((_req, res) => {
    requests++;
    res.end("read");
  });
  const read = tricks.takeOver(server, "connection");
  let taken = 0;
  server.on("connection", (socket: Socket) => {
    if (taken++ === 0) read(socket);
    else socket.resume().end("HTTP/1.1 204 Not read\r\n\r\n");
  });
  const port = await listening(server);
  expect(await talk(plain(port), GET, "read")).toContain("200 OK");
  expect(await talk(plain(port), GET)).toContain("204 Not read");
  expect(requests).toBe(1);
});

test("who takes over TLS connections gives each to the reader of its protocol", async () => {
  const server = https.createServer(
    { ...certificate, ALPNProtocols: ["h2", "http/1.1"] },
    (_req, res) => void res.end("one"),
  );
  const second = http2.createServer((_req, res) => void res.end("two"));
  const readFirst = tricks.takeOver(server, "secureConnection");
  const told: unknown[] = [];
  second.on("session", (session) => told.push(session));
  server.on("secureConnection", (socket) => {
    if (socket.alpnProtocol !== "h2") return readFirst(socket);
    tricks.handOver(second, "connection", socket);
    // A session is told at once: only so it is known whose it is.
    told.push(told.length);
  });
  const port = await listening(server);
  expect(await talk(encrypted(port, ["http/1.1"]), GET, "one")).toContain("200 OK");
  const session = http2.connect(`https://127.0.0.1:${port}`, trusting);
  open.push(session);
  const [body] = await once(session.request({ ":path": "/" }).setEncoding("utf8"), "data");
  expect(body).toBe("two");
  expect(told).toEqual([expect.anything(), 1]);
});

test("a TLS handshake that fails is a client's error to node, unless that is taken over", async () => {
  const seen: string[] = [];
  for (const taken of [false, true]) {
    const server = https.createServer(certificate);
    if (taken) tricks.takeOver(server, "tlsClientError");
    for (const event of ["tlsClientError", "clientError"]) {
      server.on(event, (_error: Error, socket: Socket) => {
        seen.push(event);
        socket.destroy();
      });
    }
    await talk(plain(await listening(server)), GET);
  }
  expect(seen.sort()).toEqual(["clientError", "tlsClientError", "tlsClientError"]);
});

for (const event of ["connection", "secureConnection"] as const) {
  test(`a connection that was let go of for an upgrade is read again (${event})`, async () => {
    const answer = (req: IncomingMessage, res: ServerResponse) => void res.end(`answer to ${req.url}`);
    const isPlain = event === "connection";
    const server = isPlain ? createServer(answer) : https.createServer(certificate, answer);
    server.on("upgrade", (_req: IncomingMessage, socket: Socket, head: Buffer) => {
      socket.unshift(Buffer.concat([Buffer.from(get("/again")), head]));
      tricks.handOver(server, event, socket);
    });
    const port = await listening(server);
    const got = await talk(isPlain ? plain(port) : encrypted(port, []), UPGRADE + get("/last"), "to /last");
    expect(got.match(/answer to .[a-z]+/g)).toEqual(["answer to /again", "answer to /last"]);
  });
}

test("idle connections are closed but for those that are spared, which close as ever after that", async () => {
  const server = createServer((_req, res) => void res.end("done"));
  const sockets: Socket[] = [];
  server.on("connection", (socket: Socket) => sockets.push(socket));
  const port = await listening(server);
  for (let i = 0; i < 2; i++) {
    const caller = plain(port);
    caller.write(GET);
    await once(caller, "data");
  }
  const [spared, other] = sockets;
  tricks.sparing([spared!], () => server.closeIdleConnections());
  expect([spared!.destroyed, other!.destroyed]).toEqual([false, true]);
  server.closeIdleConnections();
  expect(spared!.destroyed).toBe(true);
});

test("what is done instead of closing a connection after its last answer takes the place of closing it", async () => {
  const server = createServer((_req, res) => {
    tricks.insteadOfClosing(res.socket!, function () {
      this.end(" and more");
    });
    res.writeHead(200, { Connection: "close", "Content-Length": 4 }).end("body");
  });
  expect(await talk(plain(await listening(server)), GET)).toMatch(/body and more$/);
});

test("nobody ends a socket that is held, node neither", async () => {
  const ended = new EventEmitter();
  const server = createNetServer((socket) => {
    const release = tricks.holdEnd(socket);
    socket.end("not said");
    release();
    tricks.holdEnd(socket);
    tricks.endable(socket);
    socket.end("said");
    ended.emit("ended");
  });
  expect(await talk(plain(await listening(server)), "")).toBe("said");
});

test("an answer behind which an upgrade came goes on only when it is told that all is sent", async () => {
  const server = createServer();
  let answer: ServerResponse;
  let drains = 0;
  server.on("request", (_req, res: ServerResponse) => {
    answer = res;
    res.on("drain", () => drains++);
    res.writeHead(200, { "Content-Length": 20_000_000 });
    res.write(Buffer.alloc(10_000_000));
  });
  const upgraded = once(server, "upgrade");
  const caller = plain(await listening(server));
  caller.write(GET + UPGRADE);
  const [, socket] = (await upgraded) as [IncomingMessage, Socket];
  expect(answer!.writableNeedDrain).toBe(true);
  let got = 0;
  caller.on("data", (data) => {
    got += data.length;
  });
  await once(socket, "drain");
  await new Promise(setImmediate);
  expect(drains).toBe(0);
  tricks.drained(answer!);
  expect(drains).toBe(1);
  answer!.end(Buffer.alloc(10_000_000));
  await expect.poll(() => got).toBeGreaterThan(20_000_000);
});

test("an answer's head and body go into one write of the socket", async () => {
  const writes: unknown[] = [];
  const server = createServer((_req, res) => {
    const socket = res.socket!;
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.write = (...args: unknown[]) => {
      writes.push(args[0]);
      return write(...args);
    };
    res.writeHead(200, { "Content-Length": 5, Connection: "close" });
    tricks.endWith(res, Buffer.from("b\xe4\xff\0y", "latin1"));
  });
  const got = await talk(plain(await listening(server)), GET);
  expect(got).toMatch(/\r\n\r\nb\xe4\xff\0y$/);
  expect(writes).toEqual([got]);
});

/** The streams that HEADERS opened, behind the preface of 24 bytes. */
function opened(bytes: Buffer): string {
  const found: number[] = [];
  for (let at = 24; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    if (bytes[at + 3] === 1) found.push(bytes.readUInt32BE(at + 5));
  }
  return found.join(" ");
}

test("the end of a stream is told apart from a reset without an error, which ends it for node as well", async () => {
  const head = Buffer.of(0x88);
  const server = createNetServer((socket) => {
    socket.write(frame(4, 0, 0));
    socket.on("error", () => {});
    let asked = Buffer.alloc(0);
    socket.on("data", (data) => {
      asked = Buffer.concat([asked, data]);
      if (opened(asked) !== "1 3") return;
      socket.write(Buffer.concat([frame(1, END_HEADERS, 1, head), frame(0, END_STREAM, 1, Buffer.of(1))]));
      // RST_STREAM with NO_ERROR
      socket.write(Buffer.concat([frame(1, END_HEADERS, 3, head), frame(0, 0, 3, Buffer.of(1))]));
      socket.write(frame(3, 0, 3, Buffer.alloc(4)));
      asked = Buffer.alloc(0);
    });
  });
  const session = http2.connect(`http://127.0.0.1:${await listening(server)}`);
  open.push(session);
  const ends: string[] = [];
  const streams = ["whole", "reset"].map((what) => {
    const stream = session.request({ ":path": "/" });
    tricks.noteEnd(stream, () => ends.push(`${what}: from the other side`));
    stream.on("end", () => ends.push(`${what}: ended`));
    return once(stream.resume(), "close");
  });
  await Promise.all(streams);
  expect(ends.sort()).toEqual(["reset: ended", "whole: ended", "whole: from the other side"]);
});

test("each frame of a body is a piece, which is told of while nobody reads", async () => {
  const server = http2.createSecureServer(certificate);
  let pieces = 0;
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    tricks.notePieces(stream, () => pieces++);
    stream.respond({ ":status": 200 });
  });
  const caller = await FrameCaller.open({ httpsUrl: `https://127.0.0.1:${await listening(server)}` });
  const id = caller.ask("POST", "/", { open: true });
  for (let i = 0; i < 3; i++) caller.write(0, 0, id, Buffer.of(i));
  await expect.poll(() => pieces).toBe(3);
  caller.socket.destroy();
});

test("the connection of a request that is held gives no more of its body, though what came of it is taken", async () => {
  let [bytes, release] = [0, () => {}];
  const server = createServer((req) => {
    let pieces = 0;
    req.on("data", (data: Buffer) => {
      bytes += data.length;
      // By the second one node has started to read.
      if (++pieces === 2) release = tricks.holdPaused(req.socket);
    });
  });
  const socket = plain(await listening(server));
  const length = 50_000_000;
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`);
  socket.write(Buffer.alloc(length));
  await expect.poll(() => bytes).toBeGreaterThan(0);
  // One read of the socket at most; and whoever has a whole answer of another server has had many turns.
  const turns = createServer((_req, res) => void setTimeout(() => res.end("later"), 100));
  await talk(plain(await listening(turns)), GET, "later");
  expect(bytes).toBeLessThan(200_000);
  release();
  await expect.poll(() => bytes).toBe(length);
  socket.destroy();
});

/** A caller of HTTP/2 who lets no byte of a body come until it widens the window of its stream by 12,000. */
async function narrow(method: "GET" | "POST", answer: (stream: http2.ServerHttp2Stream) => void) {
  const server = http2.createSecureServer(certificate);
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.respond({ ":status": 200 });
    answer(stream);
  });
  const caller = await FrameCaller.open({ httpsUrl: `https://127.0.0.1:${await listening(server)}` });
  // SETTINGS_INITIAL_WINDOW_SIZE 0
  caller.write(4, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));
  const id = caller.ask(method, "/", { open: method === "POST" });
  await expect.poll(() => spelled(caller.of(id))).toEqual(["HEADERS"]);
  const window = Buffer.alloc(4);
  window.writeUInt32BE(12_000);
  return { caller, id, widen: () => caller.write(8, 0, id, window) };
}

for (const [kept, last] of [
  [true, /^HEADERS( DATA)* DATA\+end( RST_STREAM\(0\))?$/],
  [false, /^HEADERS( DATA)* RST_STREAM\(0\)$/],
] as const) {
  const what = kept ? "ends with its end" : "is reset before its end";
  test(`an answer that fills the window, of a stream that is ${kept ? "" : "not "}kept, ${what}`, async () => {
    for (const method of ["GET", "POST"] as const) {
      let stream!: http2.ServerHttp2Stream;
      const { caller, id, widen } = await narrow(method, (one) => {
        stream = one;
        one.write(Buffer.alloc(6_000));
      });
      if (kept) tricks.keepUntilEnd(stream);
      stream.end(Buffer.alloc(6_000));
      widen();
      await expect.poll(() => bodyOf(caller.of(id)).length).toBe(12_000);
      widen();
      await caller.answer(id);
      expect(spelled(caller.of(id)).join(" "), method).toMatch(last);
      caller.socket.destroy();
    }
  });
}

test("that an answer's end is on its way is told of its stream, and only later than its finish", async () => {
  let stream!: http2.ServerHttp2Stream;
  const { caller, id, widen } = await narrow("POST", (one) => {
    stream = one;
    tricks.keepUntilEnd(one);
    one.write(Buffer.alloc(6_000));
  });
  stream.end(Buffer.alloc(6_000));
  widen();
  await once(stream, "finish");
  await expect.poll(() => bodyOf(caller.of(id)).length).toBe(12_000);
  expect(tricks.isEndSent(stream)).toBe(false);
  widen();
  await expect.poll(() => tricks.isEndSent(stream)).toBe(true);
  expect(spelled(caller.of(id)).at(-1)).toBe("DATA+end");
  caller.socket.destroy();
});

test("the body of a request with an upgrade is in the request, or is what follows the head", async () => {
  for (const framing of [
    "Content-Length: 5\r\n\r\nhello",
    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  ]) {
    const server = createServer();
    const port = await listening(server);
    const asked = once(server, "upgrade") as Promise<[IncomingMessage, Socket, Buffer]>;
    const socket = plain(port);
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: other\r\n${framing}behind`);
    const [req, , head] = await asked;
    expect(head.toString().includes("hello")).toBe(!tricks.readsBodiesOfUpgrades);
    expect(head.toString().endsWith("behind")).toBe(true);
    expect(String(req.read() ?? "")).toBe(tricks.readsBodiesOfUpgrades ? "hello" : "");
    socket.destroy();
  }
});
