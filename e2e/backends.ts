import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { freePort } from "./ports";

/** A request as it reached the backend. */
export interface Recorded {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  /** Names as they were sent, with repeated fields: name, value, name, value ... */
  rawHeaders: string[];
  /** What has arrived so far; all of it once the backend has answered by itself. */
  readonly body: string;
  readonly bytes: Buffer;
  /** The caller went away before the answer was complete. */
  aborted: boolean;
}

export interface BackendOptions {
  /** Answers instead of 200 `{"backend": name, "method": ..., "url": ...}`. Requests are recorded all the same. */
  handler?: RequestListener;
  /** Takes WebSocket and other upgrades. */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** PEM texts make it an https backend. */
  tls?: { key: string; cert: string };
  /** False leaves request bodies to the handler, for tests of back-pressure. */
  readBodies?: boolean;
}

/** A real HTTP server on a loopback port of its own. */
export interface Backend {
  name: string;
  url: string;
  port: number;
  /** Every request in order of arrival, also over `kill` and `restart`. */
  requests: Recorded[];
  /** Answers with this from now on; without argument, as it was made. */
  answer(handler?: RequestListener): void;
  /** Takes requests and never answers, until `answer()` or `restart()`. */
  hang(): void;
  /** Resets every connection and closes the port: what a crashed backend looks like. */
  kill(): Promise<void>;
  /** Listens on the same port again and answers as it was made. */
  restart(): Promise<void>;
}

export async function startBackend(name = "backend", options: BackendOptions = {}): Promise<Backend> {
  const port = await freePort();
  const requests: Recorded[] = [];
  const sockets = new Set<Socket>();
  const own = options.handler ?? echo(name);
  let handler = own;
  let server: Server;

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    requests.push(record(request, response, options.readBodies ?? true));
    handler(request, response);
  }

  async function listen(): Promise<void> {
    server = options.tls ? createTlsServer(options.tls, onRequest) : createServer(onRequest);
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      // Resets are what tests provoke.
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    });
    if (options.upgrade) server.on("upgrade", options.upgrade);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
  }

  async function kill(): Promise<void> {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  }

  await listen();
  return {
    name,
    port,
    url: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    requests,
    answer: (other = own) => {
      handler = other;
    },
    hang: () => {
      handler = () => {};
    },
    kill,
    restart: async () => {
      await kill();
      handler = own;
      await listen();
    },
  };
}

/** Answers once the request is complete, so that its body is recorded by then. */
function echo(backend: string): RequestListener {
  return (request, response) => {
    request.on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ backend, method: request.method, url: request.url }));
    });
    request.resume();
  };
}

function record(request: IncomingMessage, response: ServerResponse, readBody: boolean): Recorded {
  const chunks: Buffer[] = [];
  if (readBody) request.on("data", (chunk: Buffer) => chunks.push(chunk));
  const recorded: Recorded = {
    method: request.method ?? "",
    url: request.url ?? "",
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    get body() {
      return this.bytes.toString();
    },
    get bytes() {
      return Buffer.concat(chunks);
    },
    aborted: false,
  };
  response.on("close", () => {
    recorded.aborted = !response.writableFinished;
  });
  return recorded;
}
