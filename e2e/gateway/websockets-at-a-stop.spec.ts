import { once } from "node:events";
import type { Socket } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { expect, type Gateway, test } from "../fixtures";
import { pizza, rawServer, type Wire, wire } from "./client";

/** A gateway that stopped cut its WebSockets when its 30 s were over, without a close frame (RFC 6455, 7.4.1: 1001). */

test.use({ installation: "own" });

const handshake =
  "GET /pizza/1.0.0/live HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const agreed = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const goingAway = "\x88\x02\x03\xe9";
const bytes = (text: string) => Buffer.from(text, "latin1");
/** A frame of a client, masked with zeros. */
const masked = (opcode: number, text: string) =>
  bytes(`${String.fromCharCode(0x80 | opcode, 0x80 | text.length)}\0\0\0\0${text}`);

/** A real server of WebSockets; what each connection was told, and how it ended. */
function listening(onOpen: (ws: WebSocket) => void = () => {}) {
  const server = new WebSocketServer({ noServer: true });
  const heard: string[] = [];
  const upgrade = (request: never, socket: never, head: Buffer) =>
    server.handleUpgrade(request, socket, head, (ws) => {
      ws.on("message", (data) => heard.push(data.toString()));
      ws.on("close", (code) => heard.push(`closed ${code}`));
      ws.on("error", (error) => heard.push(String(error)));
      onOpen(ws);
    });
  return { options: { upgrade } as object, heard };
}

/** Stops it, which must not take its 30 s. */
async function stopped(g: Gateway): Promise<void> {
  const began = Date.now();
  expect(await g.stop("SIGTERM")).toBe(0);
  expect(Date.now() - began).toBeLessThan(20_000);
}

/** What came behind the answer to the handshake. */
const frames = (caller: Wire) => caller.received().split("\r\n\r\n").slice(1).join("\r\n\r\n");

async function raw(g: Gateway): Promise<Wire> {
  const caller = await wire(g.url);
  caller.write(handshake);
  return caller;
}

test("both ends of each WebSocket are told that the gateway goes away, over TCP and TLS", async ({
  backend,
  gateway,
}) => {
  const { options, heard } = listening((ws) => ws.send("hello"));
  const g = await gateway();
  await g.deploy(pizza([await backend("one", options)]));
  const callers: WebSocket[] = [];
  for (const url of [g.url, g.httpsUrl]) {
    const ws = new WebSocket(`${url.replace("http", "ws")}/pizza/1.0.0/live`, { rejectUnauthorized: false });
    await once(ws, "message");
    callers.push(ws);
  }
  const codes = Promise.all(callers.map(async (ws) => (await once(ws, "close"))[0] as number));
  await stopped(g);
  expect(await codes).toEqual([1001, 1001]);
  await expect.poll(() => heard).toEqual(["closed 1001", "closed 1001"]);
});

test("a backend that goes on sending has its last frame whole at the caller, and the close frame behind it", async ({
  backend,
  gateway,
}) => {
  // Some end in a piece of their own, some in the middle of one.
  const message = (i: number) => `${i} `.padEnd([5, 130, 70_000, 999_999][i % 4]!, "x");
  const { options } = listening((ws) => {
    let i = 0;
    const next = () => {
      for (let j = 0; j < 20; j++) ws.send(message(i++));
      if (ws.readyState === WebSocket.OPEN) ws.send(message(i++), next);
    };
    next();
  });
  const g = await gateway();
  await g.deploy(pizza([await backend("one", options)]));
  const ws = new WebSocket(`${g.url.replace("http", "ws")}/pizza/1.0.0/live`);
  let count = 0;
  let wrong = 0;
  ws.on("message", (data) => {
    if (data.toString() !== message(count++)) wrong++;
  });
  const errors: unknown[] = [];
  ws.on("error", (error) => errors.push(error));
  await expect.poll(() => count).toBeGreaterThan(30);
  const closed = once(ws, "close");
  await stopped(g);
  expect([(await closed)[0], wrong, errors]).toEqual([1001, 0, []]);
});

test("no close frame is put into another frame, and nothing of the backend's comes behind it", async ({
  gateway,
}) => {
  let server!: Socket;
  let heard = "";
  const one = await rawServer((socket) => {
    server = socket;
    socket.once("data", () => {
      socket.write(bytes(`${agreed}\x82\x0a01234`));
      socket.on("data", (data) => {
        heard += data.toString("latin1");
      });
    });
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const caller = await raw(g);
  await expect.poll(() => frames(caller)).toBe("\x82\x0a01234");
  const stopping = stopped(g);
  await expect.poll(() => fetch(`${g.url}/`).catch(() => "refused")).toBe("refused");
  // Still within the frame; its end and the beginning of the next one come in one piece.
  server.write("56");
  await expect.poll(() => frames(caller)).toBe("\x82\x0a0123456");
  server.write(bytes("789\x81\x05never"));
  await expect.poll(() => frames(caller)).toBe(`\x82\x0a0123456789${goingAway}`);
  // What the caller has to say goes on to the backend, its close frame last.
  caller.write(masked(1, "last words"));
  caller.write(masked(8, "\x03\xe9"));
  const said = masked(1, "last words").toString("latin1") + masked(8, "\x03\xe9").toString("latin1");
  await expect.poll(() => heard).toBe(said);
  server.end(bytes(goingAway));
  await stopping;
  expect(await caller.closed).toContain(`789${goingAway}`);
  expect(frames(caller)).toBe(`\x82\x0a0123456789${goingAway}`);
  one.close();
});

test("a caller who closes nothing does not hold up the end; the backend is told in its place", async ({
  backend,
  gateway,
}) => {
  const { options, heard } = listening();
  const g = await gateway();
  await g.deploy(pizza([await backend("one", options)]));
  const caller = await raw(g);
  caller.write(masked(1, "hello"));
  await expect.poll(() => heard).toEqual(["hello"]);
  await stopped(g);
  await caller.closed;
  expect(frames(caller)).toBe(goingAway);
  await expect.poll(() => heard).toEqual(["hello", "closed 1001"]);
});

test("a handshake that is under way at the stop is completed, and closed", async ({ gateway }) => {
  let agree = () => {};
  const one = await rawServer((socket) => {
    socket.once("data", () => {
      agree = () => void socket.write(agreed);
      socket.on("data", () => socket.end());
    });
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const caller = await raw(g);
  await expect.poll(() => one.connections()).toBe(1);
  const stopping = stopped(g);
  await expect.poll(() => fetch(`${g.url}/`).catch(() => "refused")).toBe("refused");
  agree();
  await expect.poll(() => frames(caller)).toBe(goingAway);
  caller.write(masked(8, "\x03\xe9"));
  await stopping;
  one.close();
});
