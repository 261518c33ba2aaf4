import type { Readable } from "node:stream";
import type { Exposed } from "../boundary";

/** What connections to endpoints have in common, whichever version of HTTP is spoken on them. */

/** Who is told of one exchange. Exactly one of `onComplete` and `onError` ends it, unless it is dropped first. */
export interface AnswerHandler extends Exposed {
  /** The connection is open; the request is written next, unless this returns false. */
  onConnect(): boolean;
  /** The first byte of an answer came. */
  onResponseStarted(): void;
  /** A head, also an interim one (1xx). Headers: name, value, ... */
  onHeaders(status: number, headers: string[], statusText: string): void;
  /** A piece of the body, lent for this call only. False: no more until `resume`. */
  onData(chunk: Buffer): boolean;
  onComplete(trailers: string[] | null): void;
  onError(error: Error): void;
  /** Instead of either: the server does not speak HTTP/2. Nothing was sent. */
  onHttp1(request: Request, servername: string | undefined): void;
}

/** What is sent. */
export interface Request {
  method: string;
  path: string;
  /** Name, value, ...; without Connection and Transfer-Encoding, with Host only when it is not the endpoint's. */
  headers: readonly string[];
  body: Readable | undefined;
  /** The caller has said that it understands trailers. */
  takesTrailers: boolean;
}

/** The answer breaks HTTP. */
export class ProtocolError extends Error {
  readonly code = "PROTOCOL";
}

/** Something of ours threw while a connection was opened: nobody out there is to blame. */
export class BrokenOff extends Error {}

/** The connection ended before the answer did. */
export class Closed extends Error {
  readonly code = "CLOSED";
}

/** The server did not look at the request (RFC 9113, section 8.7): it may be sent again, whatever its method. */
export class NotProcessed extends Error {}

/** Characters that a request target, or the value of a field, cannot have. */
export const unfit = {
  forPath: /[^\x21-\x7e\x80-\xff]/,
  forValue: /[^\t\x20-\x7e\x80-\xff]/,
} as const;

/** What can be given up, also while it is being opened. */
export interface Destroyable {
  /** Of an open connection. */
  readonly remoteAddress?: string | undefined;
  destroy(error?: Error): void;
}

/** What the owner of a connection hands in, and is told. */
export interface Dial {
  /** To an open connection, ms. */
  timeoutMs: number;
  /** The socket, before it is connected. */
  onSocket(socket: Destroyable): void;
  onOpen(): void;
  onClose(): void;
}

/** One exchange at a time: a connection of HTTP/1.1, a stream of HTTP/2. */
export interface Wire {
  dispatch(request: Request, servername: string | undefined, handler: AnswerHandler): void;
  resume(): void;
  destroy(): void;
  /** For how long the other side says that it keeps an idle connection, ms. */
  readonly keepAliveMs?: number;
  /** Tells whether the other side is still there, where the protocol has a way to ask. */
  isThere?(done: (alive: boolean) => void): void;
}

/** Stands in for a connection that has none yet. */
export const unopened: Wire = { dispatch() {}, resume() {}, destroy() {} };

/** As if the system had refused a descriptor. */
export const noRoom: Wire = {
  ...unopened,
  dispatch(_request, _servername, handler) {
    handler.onError(Object.assign(new Error("no free descriptors"), { code: "EMFILE" }));
  },
};
