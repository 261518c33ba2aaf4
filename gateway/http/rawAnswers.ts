import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { type Answer, LINGER_MS } from "./answers";

/** An answer on a bare connection, which it ends: before an upgrade, or when there is no request to speak of. */
export function sendRaw(socket: Socket, answer: Answer, requestId: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { code, message, description, status } = answer;
  const headers: Record<string, string> = {
    ...answer.headers,
    Connection: "close",
    "X-Request-ID": requestId,
  };
  let body = "";
  if (status !== 204) {
    body = JSON.stringify({ code, message, description, requestId });
    headers["Content-Type"] = "application/json; charset=utf-8";
    headers["Content-Length"] = String(Buffer.byteLength(body));
  }
  // Closing at once, with bytes of the caller's still unread, would reset the connection before it has read this.
  // Nothing that it still sends is read as anything; what is not read at all would keep it open.
  socket.resume();
  socket.end(rawHead(status, STATUS_CODES[status] ?? "", Object.entries(headers).flat()) + body);
  lingerRaw(socket);
}

/** The head of an answer as it is written; `headers` are name, value, name, value ... */
export function rawHead(status: number, reason: string, headers: readonly string[]): string {
  let head = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${head}\r\n`;
}

/** Gives a caller whose connection was ended the time to read what it was sent, and no more. */
export function lingerRaw(socket: Socket): void {
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
