import type { EventEmitter } from "node:events";

/**
 * What one exchange can break is that exchange. Whatever a caller or a backend sends ends up in a handler of some
 * event; an exception in there would reach the process and end all exchanges at once. So every handler on a
 * socket, stream, request or response is attached here (lint refuses `.on` and `.once` elsewhere in gateway/): what
 * throws inside is logged once, with the request's id, and ends the one whose handler it was.
 */

/** Whom an exception concerns. */
export interface Exposed {
  /** For the log; "" where there is no request, or none yet. */
  readonly requestId: string;
  /** Ends it, without blame for anybody outside: the fault is ours. May be called at any time, and again. */
  breakOff(): void;
}

/** Every place where something of an exchange is handled: whose event, and as the last word, which. */
export const points = [
  // A listener for callers.
  "server connection",
  "server request",
  "server checkExpectation",
  "server upgrade",
  "server connect",
  "server clientError",
  "server tlsClientError",
  "server secureConnection",
  "first readable",
  "first end",
  "first error",
  "first timeout",
  "server error",
  "refusal error",
  "caller close",
  "linger end",
  "earlier close",
  "last finish",
  "detached error",
  "detached drain",
  "detached close",
  // HTTP/2 from callers.
  "http2 session",
  "http2 sessionError",
  "http2 stream",
  "session error",
  "session close",
  "session timeout",
  "session check",
  "stream error",
  "stream close",
  "stream head",
  "stream wantTrailers",
  "stream timeout",
  // A request and its answer.
  "answer close",
  "answer drain",
  "body data",
  "body end",
  "body close",
  "body gathered",
  "form data",
  "form end",
  "form error",
  "form close",
  // A connection to an endpoint, and what is sent on it.
  "opening error",
  "opening connect",
  "opening secureConnect",
  "backend data",
  "backend drain",
  "backend error",
  "backend end",
  "backend close",
  "attempt timeout",
  "upload data",
  "upload end",
  "upload error",
  // The same where the endpoint speaks HTTP/2.
  "client connect",
  "client remoteSettings",
  "client goaway",
  "client close",
  "exchange headers",
  "exchange response",
  "exchange data",
  "exchange trailers",
  "exchange end",
  "exchange drain",
  "exchange close",
  // Whether somebody is still there, on either side.
  "liveness pong",
  "liveness timeout",
  // Health checks.
  "probe response",
  "probe error",
  "probe connect",
  // WebSockets.
  "socket error",
  "socket close",
  "handshake close",
  "handshake proxyReqWs",
  "handshake upgrade",
  "handshake open",
  "handshake response",
  "handshake timeout",
  "joined close",
  "joined data",
  "joined end",
  // When the gateway stops.
  "joined drain",
  "joined timeout",
] as const;
export type Point = (typeof points)[number];

const events = new Map<Point, string>(points.map((point) => [point, point.slice(point.indexOf(" ") + 1)]));

/** A test may make any point throw: it sets this before the gateway is loaded. */
const trip = (globalThis as { sluiceTrip?: (point: Point) => void }).sluiceTrip;

/** For those who cannot afford a function a time, and catch by themselves with `broke`. */
export function tripOver(point: Point): void {
  trip?.(point);
}

/** Handles an event of an exchange. Returns what was attached, for `off`. */
export function listen<A extends unknown[]>(
  point: Point,
  emitter: Pick<EventEmitter, "on">,
  exposed: Exposed,
  handler: (...args: A) => void,
): (...args: A) => void {
  const guarded = guard(point, exposed, handler);
  emitter.on(events.get(point)!, guarded as (...args: unknown[]) => void);
  return guarded;
}

/** The same for the next such event only. */
export function listenOnce<A extends unknown[]>(
  point: Point,
  emitter: Pick<EventEmitter, "once">,
  exposed: Exposed,
  handler: (...args: A) => void,
): (...args: A) => void {
  const guarded = guard(point, exposed, handler);
  emitter.once(events.get(point)!, guarded as (...args: unknown[]) => void);
  return guarded;
}

/** Handles the events of a listener: each concerns what `exposedBy` makes of its arguments. */
export function listenAs<A extends unknown[]>(
  point: Point,
  emitter: Pick<EventEmitter, "on">,
  exposedBy: (...args: never[]) => Exposed,
  handler: (...args: A) => void,
): void {
  emitter.on(events.get(point)!, (...args: unknown[]) => {
    try {
      trip?.(point);
      handler(...(args as A));
    } catch (error) {
      broke(point, exposedBy(...(args as never[])), error);
    }
  });
}

/** A callback that is no event's: a timer's, or one handed to a library. Undefined when it threw. */
export function guard<A extends unknown[], R>(
  point: Point,
  exposed: Exposed,
  handler: (...args: A) => R,
): (...args: A) => R | undefined {
  return (...args) => {
    try {
      trip?.(point);
      return handler(...args);
    } catch (error) {
      broke(point, exposed, error);
      return undefined;
    }
  };
}

/** Errors that tell nobody anything: what is ended anyway may fail as it likes. An unheard one ends the process. */
export function ignoreErrors(emitter: Pick<EventEmitter, "on">): void {
  emitter.on("error", () => {});
}

/** A connection as such, before or beside any request on it. */
export function connectionOf(socket: { destroy(): unknown }): Exposed {
  return { requestId: "", breakOff: () => void socket.destroy() };
}

/** Those that were logged: what is broken off tends to break again. */
const logged = new WeakSet<Exposed>();

/** Ends the exchange in which an exception came up. For those who catch by themselves, too. */
export function broke(point: Point, exposed: Exposed, error: unknown): void {
  if (!logged.has(exposed)) {
    logged.add(exposed);
    const id = exposed.requestId;
    console.error(`${id === "" ? "A connection" : `Request ${id}`} was broken off, ${point}:`, error);
  }
  try {
    exposed.breakOff();
  } catch (further) {
    console.error(`Breaking it off failed, ${point}:`, further);
  }
}
