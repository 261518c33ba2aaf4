import type { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import type { Http2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Duplex, Readable } from "node:stream";

/**
 * Every liberty that we take with node's insides: what is not documented, or replaced on one of its objects. Each has a
 * test on bare node (`e2e/gateway/node-tricks.spec.ts`), which fails on the day node does it otherwise.
 */

/**
 * Takes an event of a server from node, which handles it by listeners of its own: "connection" starts a parser or a
 * handshake, "secureConnection" the parser of HTTP/1 whatever protocol was chosen, "tlsClientError" emits "clientError".
 * Returns what node would have done.
 */
export function takeOver(server: EventEmitter, event: string): (socket: Socket) => void {
  const own = server.listeners(event);
  server.removeAllListeners(event);
  return (socket) => {
    for (const listener of own) listener.call(server, socket);
  };
}

/**
 * Has a server read a connection that it has let go of, or that another one accepted. A new session of HTTP/2 is told
 * ("session") before this returns.
 */
export function handOver(
  server: EventEmitter,
  event: "connection" | "secureConnection",
  socket: Socket,
): void {
  server.emit(event, socket);
}

/**
 * Whether node has read the body of a request with an upgrade, and gives its bytes in the request (from 26 on); before,
 * they are what follows the head.
 */
export const readsBodiesOfUpgrades = Number(process.versions.node.split(".", 1)[0]) >= 26;

/** Runs `close` without these being closed: node's `closeIdleConnections` calls `destroy` of each that is idle. */
export function sparing(connections: readonly { destroy(): unknown }[], close: () => void): void {
  for (const connection of connections) connection.destroy = () => connection;
  close();
  for (const connection of connections) Reflect.deleteProperty(connection, "destroy");
}

/** Replaces how node closes a connection once its last answer is handed over (`destroySoon`). */
export function insteadOfClosing(socket: Socket, act: (this: Socket) => void): void {
  socket.destroySoon = act;
}

/** Lets nobody end a socket until the returned function is called, or `endable`. */
export function holdEnd(socket: Socket): () => void {
  const held = () => socket;
  socket.end = held;
  return () => {
    if (socket.end === held) endable(socket);
  };
}

/** Undoes `holdEnd`. */
export function endable(socket: Socket): void {
  Reflect.deleteProperty(socket, "end");
}

/**
 * Lets an answer go on that waits for "drain". node tells it so until an upgrade behind it takes the connection away
 * from the server, and nobody after that.
 */
export function drained(res: ServerResponse): void {
  res.emit("drain");
}

/**
 * Ends an answer whose head is written but not sent with its whole body, in one plain write. `end(body)` makes
 * three pieces and a gathering write of it, which costs a tenth of a small request. The field is node's own
 * (`OutgoingMessage._header`, the head as text until it is sent); where it is another thing, `end` does the work.
 */
export function endWith(
  res: ServerResponse & { _header?: unknown; _headerSent?: unknown },
  body: Buffer,
): void {
  if (typeof res._header !== "string" || res._headerSent !== false) {
    // Over HTTP/2 it is written after this has returned, when its memory may have the next answer of somebody else.
    res.end(Buffer.from(body));
    return;
  }
  res._header += body.toString("latin1");
  res.end();
}

/**
 * Tells when the end of a stream comes from its other side: node also ends one that was reset without an error. It
 * has a stream marked as closed by then.
 */
export function noteEnd(stream: Duplex & { readonly closed: boolean }, onEnd: () => void): void {
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk === null && !stream.closed) onEnd();
    return push(chunk, encoding);
  };
}

/** Tells of each piece that comes from the other side of a stream, also while nobody reads. */
export function notePieces(stream: Duplex, onPiece: () => void): void {
  const push = stream.push;
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk !== null) onPiece();
    return push.call(stream, chunk, encoding);
  };
}

/**
 * Pauses what a body comes from until the returned function is called: node makes the connection of a request go on
 * with each piece that is taken of its body.
 */
export function holdPaused(source: Readable): () => void {
  source.pause();
  source.resume = () => source;
  return () => {
    Reflect.deleteProperty(source, "resume");
    source.resume();
  };
}

/** Whether the end of an answer is on its way: node says "finish" before it has sent that. */
export function isEndSent(stream: Http2Stream): boolean {
  return stream.state.localClose === 1;
}

/**
 * Keeps a stream until its answer's end is sent. node resets a stream that nobody reads once it has sent all bytes, but
 * an end that comes after them may still wait for the caller's window (`kMaybeDestroy` in its http2/core.js asks for
 * `readableFlowing === null`). Without a body there is nothing to let go, and to pause costs less.
 */
export function keepUntilEnd(stream: Duplex & { readonly endAfterHeaders: boolean }): void {
  if (stream.readableFlowing === null) stream[stream.endAfterHeaders ? "pause" : "resume"]();
}
