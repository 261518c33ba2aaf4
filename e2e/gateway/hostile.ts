import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect, type Gateway } from "../fixtures";
import { send } from "./client";

/** What the tests of hostile load have in common: somebody well behaved beside the attack, and what it costs. */

/** How often each of the two well-behaved callers calls, ms. */
const EVERY_MS = 50;
/** A call of theirs that takes longer was not served, ms; generous, the machine is busy with the attack as well. */
const PATIENCE_MS = 8_000;

export interface Bystander {
  /** Ends it: each of its calls was answered. */
  expectServed(): Promise<void>;
}

/** Goes on to call this path over HTTP/1.1, on a new connection each time, and over HTTP/2, on one. */
export function bystander(g: Gateway, path: string): Bystander {
  const session = connectHttp2(g.httpsUrl, { rejectUnauthorized: false });
  session.on("error", () => {});
  const overHttp2 = () =>
    new Promise<number>((resolve, reject) => {
      const stream = session.request({ ":path": path });
      stream.on("response", (headers) => resolve(Number(headers[":status"])));
      stream.on("error", reject);
      stream.on("close", () => reject(new Error("closed")));
      stream.resume();
    });
  const overHttp1 = async () => (await send(g.url + path)).status;
  const outcomes: Promise<string>[] = [];
  const timer = setInterval(() => {
    for (const call of [overHttp1, overHttp2]) {
      const since = performance.now();
      const outcome = (what: unknown) => (performance.now() - since > PATIENCE_MS ? "late" : String(what));
      outcomes.push(call().then(outcome, outcome));
    }
  }, EVERY_MS);
  return {
    async expectServed() {
      // An attack may be over sooner than a few calls were made.
      await expect.poll(() => outcomes.length).toBeGreaterThan(4);
      clearInterval(timer);
      const seen = new Set(await Promise.all(outcomes));
      session.destroy();
      expect([...seen]).toEqual(["200"]);
    },
  };
}

/** A figure of the gateway's metrics. */
export async function metric(g: Gateway, name: string): Promise<number> {
  const text = await (await fetch(`${g.adminUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
}

/** Its memory, MB. */
export const memory = async (g: Gateway) => (await metric(g, "process_resident_memory_bytes")) / 2 ** 20;

/** A connection of an attacker, who reads nothing but whether it is over. */
export interface Hostile {
  socket: Socket;
  over(): boolean;
  /** The beginning of what came back. */
  received(): string;
}

export function hostile(url: string, { tls = false } = {}): Promise<Hostile> {
  const { hostname, port } = new URL(url);
  const place = { host: hostname, port: Number(port) };
  const socket = tls ? connectTls({ ...place, rejectUnauthorized: false }) : connect(place);
  let [isOver, received] = [false, ""];
  for (const event of ["end", "close", "error"]) {
    socket.on(event, () => {
      isOver = true;
    });
  }
  socket.on("data", (data: Buffer) => {
    if (received.length < 1_000) received += data.toString("latin1");
  });
  return new Promise((resolve) => {
    socket.once(tls ? "secureConnect" : "connect", () =>
      resolve({ socket, over: () => isOver, received: () => received }),
    );
  });
}

/** Writes this until the connection is over or it was written so often; waits for the other side to take it. */
export async function flood({ socket, over }: Hostile, text: string | Buffer, times: number): Promise<void> {
  for (let i = 0; i < times && !over() && socket.writable; i++) {
    if (socket.write(text)) continue;
    await new Promise<void>((resolve) => {
      const done = () => {
        for (const event of ["drain", "close", "error"]) socket.off(event, done);
        resolve();
      };
      for (const event of ["drain", "close", "error"]) socket.on(event, done);
    });
  }
}
