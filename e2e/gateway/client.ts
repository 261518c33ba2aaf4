import { once } from "node:events";
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request as requestHttp } from "node:http";
import { type RequestOptions, request as requestHttps } from "node:https";
import { createServer, connect as netConnect, type Socket } from "node:net";
import type * as z from "zod";
import type { EndpointGroup } from "#lib/edit/endpoints";
import { type ApiInput, expect, type Gateway } from "../fixtures";
import { freePort } from "../ports";

type GroupInput = z.input<typeof EndpointGroup>;
type EndpointInput = NonNullable<GroupInput["endpoints"]>[number];
type EndpointChange = Omit<Partial<EndpointInput>, "url">;

/** The API of most tests: open to all, at /pizza/1.0.0. Its endpoints are `ep-1`, `ep-2` ... in list order. */
export function pizza(
  backends: readonly { url: string }[],
  group: Omit<GroupInput, "endpoints"> & { each?: EndpointChange } = {},
  rest: Partial<ApiInput> = {},
): ApiInput {
  const { each = {}, ...policy } = group;
  return {
    name: "Pizza",
    context: "/pizza",
    version: "1.0.0",
    security: { kind: "none" },
    endpoints: {
      production: {
        enabled: true,
        routing: backends.length > 1 ? "failover" : "single",
        endpoints: backends.map(({ url }, i) => ({ id: `ep-${i + 1}`, url, ...each })),
        ...policy,
      },
    },
    ...rest,
  };
}

export interface Answer {
  status: number;
  statusText: string;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  trailers: NodeJS.Dict<string>;
  /** Informational answers before the final one. */
  early: { status: number; headers: IncomingHttpHeaders }[];
  body: string;
  bytes: Buffer;
}

export interface Sending {
  method?: string;
  /** A list (name, value, ...) is sent in this order and spelling. */
  headers?: OutgoingHttpHeaders | readonly string[];
  body?: string | Buffer;
  /** Of an https URL; without it any certificate will do. */
  tls?: Pick<RequestOptions, "ca" | "minVersion" | "maxVersion">;
}

/** One request on a connection of its own, with everything that fetch hides. */
export function send(
  url: string,
  { method = "GET", headers = {}, body, tls = {} }: Sending = {},
): Promise<Answer> {
  const request = url.startsWith("https:") ? requestHttps : requestHttp;
  const verify = { rejectUnauthorized: tls.ca !== undefined, ...tls };
  return new Promise((resolve, reject) => {
    const early: Answer["early"] = [];
    // node announces no body for some methods, DELETE for one; whoever gives one here means it to arrive.
    if (body !== undefined && !Array.isArray(headers)) {
      const given = headers as OutgoingHttpHeaders;
      if (!given["Transfer-Encoding"]) headers = { "Content-Length": Buffer.byteLength(body), ...given };
    }
    // As given: node would read dot segments out of a path.
    const [, path] = /^https?:\/\/[^/]*([^#]*)/.exec(url)!;
    const target = path === "" ? {} : { path };
    const options = {
      ...{ method, headers: headers as OutgoingHttpHeaders, agent: false },
      ...verify,
      ...target,
    } as const;
    const req = request(url, options, (res) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk));
      res.on("error", reject);
      res.on("end", () => {
        const bytes = Buffer.concat(chunks);
        resolve({
          status: res.statusCode ?? 0,
          statusText: res.statusMessage ?? "",
          headers: res.headers,
          rawHeaders: res.rawHeaders,
          trailers: res.trailers,
          early,
          body: bytes.toString(),
          bytes,
        });
      });
    });
    req.on("information", ({ statusCode, headers }) => early.push({ status: statusCode, headers }));
    req.on("error", reject);
    req.end(body);
  });
}

/** A bare connection, for what no HTTP client would send. */
export interface Wire {
  socket: Socket;
  write(text: string | Buffer): void;
  /** What has arrived so far, one character per byte. */
  received(): string;
  /** Resolves when the other side has ended or reset the connection, with all that arrived. */
  closed: Promise<string>;
}

export async function wire(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const socket = netConnect(Number(port), hostname);
  const chunks: Buffer[] = [];
  const received = () => Buffer.concat(chunks).toString("latin1");
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => {});
  const closed = new Promise<string>((resolve) => {
    socket.on("close", () => resolve(received()));
    socket.on("end", () => resolve(received()));
  });
  await once(socket, "connect");
  return { socket, write: (text) => void socket.write(text), received, closed };
}

/** Sends these bytes and waits until the gateway closes the connection. */
export async function exchange(url: string, text: string | Buffer): Promise<string> {
  const connection = await wire(url);
  connection.write(text);
  const received = await connection.closed;
  connection.socket.destroy();
  return received;
}

/** The status lines in what came over a wire. */
export function statuses(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}

/** What one of the gateway's own answers must look like. */
export function expectOwnAnswer(answer: Answer, status: number, code: string): void {
  expect(answer.status).toBe(status);
  const json = JSON.parse(answer.body) as Record<string, unknown>;
  expect(json).toEqual({
    code,
    message: expect.stringMatching(/./),
    description: expect.stringMatching(/./),
    requestId: answer.headers["x-request-id"],
  });
  expect(answer.headers["x-request-id"]).toMatch(/./);
}

/** A TCP server that answers by hand; `onData` gets what a connection has sent so far. */
export async function rawServer(
  onConnection: (socket: Socket, connection: number) => void,
): Promise<{ url: string; port: number; connections(): number; close(): void }> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    onConnection(socket, ++count);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    connections: () => count,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** What the gateway knows of one of this test's endpoints (`ep-1`, `ep-2` ...). */
export async function endpoint(g: Gateway, id = "ep-1") {
  const found = (await g.status()).apis.flatMap((api) => api.endpoints).find((e) => e.id === id);
  if (!found) throw new Error(`The gateway has no endpoint ${id}.`);
  return found;
}

/** Settings under which no failure suspends, for tests that are not about suspension. */
export const neverSuspended = { each: { settings: { suspension: { initialMs: 0 } } } };
