import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type ClientOptions, WebSocket, WebSocketServer } from "ws";
import type { Gateway } from "../fixtures";

/** Options of a backend that speaks WebSocket: it says its name first, then echoes. */
export function echoing(name: string) {
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  const handshakes: IncomingMessage[] = [];
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    handshakes.push(request);
    server.handleUpgrade(request, socket, head, (ws) => {
      ws.on("error", () => {});
      ws.on("message", (data, binary) => ws.send(data, { binary }));
      ws.send(name);
    });
  };
  return { options: { upgrade }, handshakes, server };
}

interface Client {
  ws: WebSocket;
  /** The answer to the handshake. */
  handshake: IncomingMessage;
  /** What has arrived. */
  messages: (string | Buffer)[];
}

export async function open(
  g: Gateway,
  path = "/pizza/1.0.0/live",
  options: ClientOptions = {},
): Promise<Client> {
  const messages: (string | Buffer)[] = [];
  const ws = new WebSocket(g.url.replace("http", "ws") + path, ["chat.v1"], options);
  ws.on("message", (data: Buffer, binary) => messages.push(binary ? data : data.toString()));
  const [handshake] = (await once(ws, "upgrade")) as [IncomingMessage];
  if (ws.readyState !== WebSocket.OPEN) await once(ws, "open");
  return { ws, handshake, messages };
}

/** The answer to a handshake that is refused. */
export async function refused(
  g: Gateway,
  path = "/pizza/1.0.0/live",
  options: ClientOptions = {},
): Promise<{ status: number; answer: IncomingMessage }> {
  const ws = new WebSocket(g.url.replace("http", "ws") + path, options);
  ws.on("error", () => {});
  const [, answer] = (await once(ws, "unexpected-response")) as [unknown, IncomingMessage];
  return { status: answer.statusCode ?? 0, answer };
}

/** The text of an answer. */
export async function bodyOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
