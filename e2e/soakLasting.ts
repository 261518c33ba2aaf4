import { once } from "node:events";
import { get, type IncomingMessage, type RequestListener } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { WebSocket, WebSocketServer } from "ws";
import { type Backend, startBackend } from "./backends";
import type { Database } from "./database";
import { type Orders, OrdersClient, ordersServer, SERVICE } from "./gateway/grpcService";

/**
 * What lasts, beside the requests of soak.ts: WebSockets, streams of events, calls of gRPC. What ends with its backend
 * is opened anew; that it cannot be is a failure, as is a call of gRPC that fails in any other way.
 */

const SOCKETS = 20;
const STREAMS = 20;
const WATCHES = 10;
const CALLS_PER_SECOND = 20;
const SERVERS = 3;
/** Between two messages of one, ms. */
const MESSAGE_MS = 500;
/** The longest that one is kept by its caller, ms. */
const LIFE_MS = 60_000;

/** A backend that answers requests, has events to tell and echoes what comes on WebSockets. */
export function lastingBackend(name: string): Promise<Backend> {
  const sockets = new WebSocketServer({ noServer: true });
  const handler: RequestListener = (req, res) => {
    if (req.url!.endsWith("/events")) {
      res.writeHead(200, { "Content-Type": "text/event-stream" });
      const timer = setInterval(() => res.write(`data: ${name}\n\n`), MESSAGE_MS);
      res.on("close", () => clearInterval(timer));
      return;
    }
    req.on("end", () => res.end(JSON.stringify({ backend: name })));
    req.resume();
  };
  return startBackend(name, {
    handler,
    upgrade: (req, socket, head) =>
      sockets.handleUpgrade(req, socket, head, (ws) => {
        ws.on("error", () => {});
        ws.on("message", (data) => ws.send(data));
      }),
  });
}

export class Lasting {
  private opened = 0;
  private messages = 0;
  private calls = 0;
  /** Calls whose server ended while they were under way: their client asks again. */
  private again = 0;
  private end = 0;

  private constructor(
    private readonly url: string,
    private readonly servers: Orders[],
    private readonly failed: (what: string) => void,
  ) {}

  static async start(url: string, database: Database, failed: (what: string) => void): Promise<Lasting> {
    const servers: Orders[] = [];
    for (let i = 0; i < SERVERS; i++) servers.push(await ordersServer(`s${i}`, false));
    await database.deploy({
      ...{ name: "Orders", context: SERVICE, version: "1.0.0", isDefaultVersion: true },
      security: { kind: "none" },
      endpoints: {
        production: {
          enabled: true,
          routing: "loadBalanced",
          endpoints: servers.map((server, i) => ({
            ...{ id: `ep_${i}_grpc`, url: server.url },
            settings: { http2: true, suspension: { initialMs: 500, maxMs: 2_000, factor: 2 } },
          })),
        },
      },
    });
    const client = new OrdersClient(url);
    // The gateway polls.
    while (!(await client.get({}).catch(() => null))) await sleep(50);
    client.close();
    return new Lasting(url, servers, failed);
  }

  figures(): string {
    const { opened, messages, calls, again } = this;
    return `${opened} WebSockets and streams opened, ${messages} messages on them; ${calls} calls of gRPC, ${again} made again`;
  }

  async run(end: number): Promise<void> {
    this.end = end;
    const client = new OrdersClient(this.url);
    const times = (count: number, run: () => Promise<void>) => Array.from({ length: count }, () => run());
    await Promise.all([
      ...times(SOCKETS, () => this.repeated(() => this.socket())),
      ...times(STREAMS, () => this.repeated(() => this.events())),
      ...times(WATCHES, () => this.repeated(() => this.watch(client))),
      this.callOften(client),
      this.trouble(),
    ]);
    client.close();
    for (const server of this.servers) server.stop();
  }

  private async repeated(open: () => Promise<void>): Promise<void> {
    while (Date.now() < this.end) {
      try {
        await open();
        this.opened++;
      } catch (error) {
        this.failed((error as Error).message);
        await sleep(MESSAGE_MS);
      }
    }
  }

  /** How long the next one is kept, ms. */
  private life(): number {
    return Math.max(0, Math.min(this.end - Date.now(), Math.random() * LIFE_MS));
  }

  private async socket(): Promise<void> {
    const ws = new WebSocket(`${this.url.replace("http", "ws")}/soak/1.0.0/live`);
    await once(ws, "open").catch((error: Error) => {
      throw new Error(`WebSocket: ${error.message}`);
    });
    ws.on("error", () => {});
    ws.on("message", () => this.messages++);
    const timer = setInterval(() => ws.send("message"), MESSAGE_MS);
    const life = setTimeout(() => ws.close(), this.life());
    await once(ws, "close");
    clearInterval(timer);
    clearTimeout(life);
  }

  private async events(): Promise<void> {
    const req = get(`${this.url}/soak/1.0.0/events`, { agent: false });
    const [res] = (await once(req, "response")) as [IncomingMessage];
    if (res.statusCode !== 200) throw new Error(`events: ${res.statusCode}`);
    req.on("error", () => {});
    res.on("error", () => {});
    res.on("data", () => this.messages++);
    const life = setTimeout(() => res.destroy(), this.life());
    if (!res.closed) await once(res, "close").catch(() => {});
    clearTimeout(life);
  }

  private async watch(client: OrdersClient): Promise<void> {
    const deadline = Date.now() + this.life() + 100;
    const stream = client.watch({ count: 1e9, waitMs: MESSAGE_MS }, { deadline });
    try {
      for await (const _ of stream) this.messages++;
    } catch (error) {
      const { code, message } = error as { code: number; message: string };
      if (code !== status.UNAVAILABLE && code !== status.DEADLINE_EXCEEDED)
        throw new Error(`watch: ${message}`);
    }
  }

  private async callOften(client: OrdersClient): Promise<void> {
    const call = async (tries: number): Promise<void> => {
      try {
        await client.get({}, { deadline: Date.now() + 5_000 });
      } catch (error) {
        const { code, message } = error as { code: number; message: string };
        if (code !== status.UNAVAILABLE || tries === 3) return this.failed(`gRPC: ${message}`);
        this.again++;
        await call(tries + 1);
      }
    };
    while (Date.now() < this.end) {
      this.calls++;
      void call(1);
      await sleep(1_000 / CALLS_PER_SECOND);
    }
  }

  /** One server after another ends and comes back. */
  private async trouble(): Promise<void> {
    for (let i = 0; Date.now() < this.end; i = (i + 1) % SERVERS) {
      const { url, stop } = this.servers[i]!;
      await sleep(1_000 + Math.random() * 3_000);
      stop();
      await sleep(1_000 + Math.random() * 3_000);
      this.servers[i] = await ordersServer(`s${i}`, false, Number(new URL(url).port));
    }
  }
}
