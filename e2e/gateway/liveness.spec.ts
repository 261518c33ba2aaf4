import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer, type ServerHttp2Session } from "node:http2";
import { connect as connectTcp, createServer as createTcpServer, type Socket } from "node:net";
import { Liveness } from "../../gateway/http/liveness";
import { expect, test } from "../fixtures";

/** Whether the other side of a connection of HTTP/2 is there: real connections, and a clock of the test's own. */

const MINUTE = 60_000;

interface Pair {
  client: ClientHttp2Session;
  server: ServerHttp2Session;
  socket: Socket;
  pings(): number;
  asked(atMs: number): Promise<boolean>;
  close(): void;
}

async function pair(): Promise<Pair> {
  const listener = createServer();
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as { port: number };
  const socket = connectTcp(port, "127.0.0.1");
  const client = connect(`http://127.0.0.1:${port}`, { createConnection: () => socket });
  client.on("error", () => {});
  const [server] = (await once(listener, "session")) as [ServerHttp2Session];
  server.on("error", () => {});
  let pings = 0;
  server.on("ping", () => pings++);
  if (client.connecting) await once(client, "connect");
  let now = 0;
  const exposed = { requestId: "", breakOff: () => {} };
  const liveness = new Liveness(client, socket, exposed, () => now);
  return {
    ...{ client, server, socket },
    pings: () => pings,
    asked: (atMs) => {
      now = atMs;
      return new Promise((resolve) => liveness.ask(resolve));
    },
    close: () => {
      client.destroy();
      listener.close();
    },
  };
}

test("a quiet side is asked no more often than servers of gRPC bear", async () => {
  const two = await pair();
  for (let minute = 0; minute < 30; minute += 0.5) expect(await two.asked(minute * MINUTE)).toBe(true);
  expect(two.pings()).toBeGreaterThanOrEqual(2);
  expect(two.pings()).toBeLessThanOrEqual(30 / 5);
  two.close();
});

test("whoever sends pings is there, and is not asked", async () => {
  const two = await pair();
  for (let minute = 1; minute < 60; minute += 10) {
    const { bytesRead } = two.socket;
    await new Promise((resolve) => two.server.ping(resolve));
    expect(two.socket.bytesRead).toBeGreaterThan(bytesRead);
    expect(await two.asked(minute * MINUTE)).toBe(true);
  }
  expect(two.pings()).toBe(0);
  two.close();
});

test("a side that leaves a ping without an answer is gone, for all that ask", async () => {
  // It takes connections, and reads nothing.
  const listener = createTcpServer((socket) => socket.pause());
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as { port: number };
  const socket = connectTcp(port, "127.0.0.1");
  const client = connect(`http://127.0.0.1:${port}`, { createConnection: () => socket });
  client.on("error", () => {});
  await once(client, "connect");
  let now = 0;
  const exposed = { requestId: "", breakOff: () => {} };
  const liveness = new Liveness(client, socket, exposed, () => now, 50);
  const ask = () => new Promise((resolve) => liveness.ask(resolve));
  expect(await ask()).toBe(true);
  now = 10 * MINUTE;
  expect(await Promise.all([ask(), ask()])).toEqual([false, false]);
  expect(await ask()).toBe(false);
  client.destroy();
  expect(await ask()).toBe(false);
  listener.close();
});
