import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import {
  constants,
  createServer,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import { connectionOf, type Exposed, guard, ignoreErrors, listen, listenAs, listenOnce } from "./boundary";

/**
 * HTTP/2 from callers (RFC 9113), spoken on TLS connections that chose it. A stream is dressed as the request and
 * the answer that the rest of the gateway knows; what differs between the two protocols is in this file only.
 */

/** Requests at once on one connection. */
const MAX_STREAMS = 128;
/** Header fields of a request, pseudo-fields included; what is within is judged like HTTP/1's. */
const MAX_FIELDS = 160;
/** What a connection's streams may have under way: a stalled upload must leave room for the others, bytes. */
const SESSION_WINDOW = (MAX_STREAMS + 1) * 65_535;
/** Memory of one connection, MB: windows and answers that wait to be sent. */
const SESSION_MEMORY = 32;
/** How often it is looked whether an answer is on its way, ms. */
const SENT_CHECK_MS = 10;
/** How long a caller may take to hang up after the last answer, ms. */
const LINGER_MS = 1_000;
/** How often connections without a stream are looked at: whether they still are any, ms. */
const CHECK_MS = 5_000;
/** Frames that make no sense and streams over the limit, after which a connection is closed. */
const MAX_INVALID = 100;

export interface Http2Options {
  maxHeaderBytes: number;
  /** How long a connection without a stream is kept, ms. */
  idleMs: number;
}

export interface Http2Listener {
  /** Takes over a connection that speaks HTTP/2. */
  accept(socket: Socket): void;
  /** Tells callers to come no more; streams under way finish, then the connections end. */
  goAway(): void;
}

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

export function http2Listener(handler: Handler, options: Http2Options): Http2Listener {
  const connections = new Map<unknown, Connection>();
  let accepting: Socket;
  const server = createServer({
    settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: options.maxHeaderBytes },
    maxHeaderListPairs: MAX_FIELDS,
    maxSessionMemory: SESSION_MEMORY,
    maxSessionInvalidFrames: MAX_INVALID,
    maxSessionRejectedStreams: MAX_INVALID,
  });
  listenAs("http2 session", server, connectionOf, (session: ServerHttp2Session) => {
    connections.set(session, new Connection(session, accepting, options.idleMs));
    session.setLocalWindowSize(SESSION_WINDOW);
    // Broken connections are the caller's matter; their streams end like those of one who left.
    listen("session error", session, connectionOf(session), () => {});
    listen("session close", session, connectionOf(accepting), () => connections.delete(session));
  });
  listenAs("http2 sessionError", server, sessionOf, () => {});
  const onStream = (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    _flags: number,
    rawHeaders: string[],
  ) => {
    const connection = connections.get(stream.session);
    if (!connection) return stream.destroy();
    connection.opened(stream);
    const req = new Http2Request(stream, headers, rawHeaders, connection.socket);
    if (headers.expect?.toLowerCase() === "100-continue") stream.additionalHeaders({ ":status": 100 });
    const res = new Http2Answer(stream, req.method === "HEAD");
    handler(req as unknown as IncomingMessage, res as unknown as ServerResponse);
  };
  listenAs("http2 stream", server, streamOf, onStream);
  const soundCheck = () => {
    for (const connection of connections.values()) connection.check();
  };
  setInterval(guard("session check", { requestId: "", breakOff() {} }, soundCheck), CHECK_MS).unref();
  return {
    accept(socket) {
      accepting = socket;
      server.emit("connection", socket);
    },
    goAway() {
      for (const connection of connections.values()) connection.goAway();
    },
  };
}

/** One caller's connection: ended when nothing has been asked on it for long, or when the gateway stops. */
class Connection {
  private streams = 0;
  private leaving = false;
  private bytesRead = 0;
  private unanswered = false;

  constructor(
    private readonly session: ServerHttp2Session,
    readonly socket: Socket,
    private readonly idleMs: number,
  ) {
    session.setTimeout(idleMs, guard("session timeout", connectionOf(socket), this.onIdle));
  }

  /**
   * node tells nobody when a connection error has ended a session (it sends GOAWAY and stops to read), so that its
   * socket would stay half closed until the idle time is over. Whoever sent something since the last look and has
   * no stream is asked for a sign of life; one who gives none until the next look is gone.
   */
  check(): void {
    const { session, socket } = this;
    if (this.streams > 0) this.unanswered = false;
    else if (this.unanswered) socket.destroy();
    else if (socket.bytesRead !== this.bytesRead && !session.destroyed) {
      this.bytesRead = socket.bytesRead;
      this.unanswered = true;
      session.ping(
        guard("session pong", connectionOf(socket), (error: Error | null) => {
          if (error) return;
          this.unanswered = false;
          this.bytesRead = socket.bytesRead;
        }),
      );
    }
  }

  opened(stream: ServerHttp2Stream): void {
    this.streams++;
    // A broken stream is one whose caller has left.
    listen("stream error", stream, streamOf(stream), () => {});
    listenOnce("stream close", stream, streamOf(stream), () => {
      this.streams--;
      if (this.leaving) this.endWhenUnused();
    });
  }

  /** No more streams; those under way finish. */
  goAway(): void {
    this.leaving = true;
    this.session.close();
    this.endWhenUnused();
  }

  private readonly onIdle = () => {
    if (this.streams === 0) this.goAway();
    // A stream that waits has timeouts of its own; look again later.
    else
      this.session.setTimeout(this.idleMs, guard("session timeout", connectionOf(this.socket), this.onIdle));
  };

  /** node waits for the caller to hang up, which one who does not read never does. */
  private endWhenUnused(): void {
    if (this.streams === 0) setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
  }
}

/** What request and answer have in common: events, which whoever wants them attaches through `boundary.ts`. */
class Half {
  constructor(protected readonly stream: ServerHttp2Stream) {}

  on(event: string, listener: (...args: unknown[]) => void): this {
    // biome-ignore lint/plugin: called by boundary.ts
    this.stream.on(event, listener);
    return this;
  }

  once(event: string, listener: (...args: unknown[]) => void): this {
    // biome-ignore lint/plugin: called by boundary.ts
    this.stream.once(event, listener);
    return this;
  }
}

/** A stream as node's HTTP/1 request, as far as the gateway reads one. */
class Http2Request extends Half {
  readonly method: string;
  readonly url: string;
  /** Without pseudo-fields; `:authority` is the Host field, which stays when it says something else. */
  readonly rawHeaders: string[];
  readonly httpVersionMajor = 2;
  /** As 1.1: the caller understands trailers, informational answers and bodies without a length. */
  readonly httpVersionMinor = 1;

  constructor(
    stream: ServerHttp2Stream,
    readonly headers: IncomingHttpHeaders,
    raw: readonly string[],
    readonly socket: Socket,
  ) {
    super(stream);
    const pseudo = headers as Record<string, string | undefined>;
    this.method = pseudo[":method"] ?? "";
    this.url = pseudo[":path"] ?? "";
    const authority = pseudo[":authority"];
    const fields = authority === undefined ? [] : ["host", authority];
    let lengthKnown = false;
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i]!;
      if (name.startsWith(":") || (name === "host" && raw[i + 1] === authority)) continue;
      if (name === "content-length") lengthKnown = true;
      fields.push(name, raw[i + 1]!);
    }
    // A body of unknown length, which HTTP/1 calls chunked.
    if (!lengthKnown && !stream.endAfterHeaders) fields.push("transfer-encoding", "chunked");
    this.rawHeaders = fields;
  }

  pause(): this {
    this.stream.pause();
    return this;
  }

  resume(): this {
    this.stream.resume();
    return this;
  }

  isPaused(): boolean {
    return this.stream.isPaused();
  }
}

type Fields = readonly string[] | Readonly<Record<string, string | number>>;

/** A stream as node's HTTP/1 answer, as far as the gateway writes one. */
class Http2Answer extends Half {
  statusCode = 200;
  /** Connections are not ended for one stream. */
  readonly socket = null;
  private bodiless = false;
  private ended = false;
  private trailers: OutgoingHttpHeaders = {};

  constructor(
    stream: ServerHttp2Stream,
    private readonly toHead: boolean,
  ) {
    super(stream);
  }

  get headersSent(): boolean {
    return this.stream.headersSent;
  }

  get destroyed(): boolean {
    return this.stream.destroyed || this.stream.closed;
  }

  /** node ends the stream of a caller who cancels, so being finished has to be meant. */
  get writableFinished(): boolean {
    const { writableFinished, rstCode } = this.stream;
    return this.ended && writableFinished && rstCode === constants.NGHTTP2_NO_ERROR;
  }

  /** As node's, with or without the status text, which HTTP/2 does not have. */
  writeHead(status: number, textOrFields: string | Fields, after?: Fields): void {
    const { stream } = this;
    if (this.destroyed) return;
    this.statusCode = status;
    const fields = outgoing((typeof textOrFields === "string" ? after : textOrFields) ?? []);
    this.bodiless = this.toHead || status === 204 || status === 205 || status === 304;
    // Trailers belong to bodies of unknown length only, as in HTTP/1.
    const waitForTrailers = !this.bodiless && fields["content-length"] === undefined;
    if (waitForTrailers) {
      listenOnce("stream wantTrailers", stream, streamOf(stream), () => stream.sendTrailers(this.trailers));
    }
    stream.respond({ ...fields, ":status": status }, { endStream: this.bodiless, waitForTrailers });
  }

  write(chunk: Buffer): boolean {
    if (this.bodiless || this.destroyed) return true;
    return this.stream.write(chunk);
  }

  end(chunk?: Buffer | string, encoding?: BufferEncoding): void {
    const { stream } = this;
    if (this.destroyed) return;
    this.ended = true;
    if (!this.bodiless) {
      if (chunk === undefined) stream.end();
      else stream.end(typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
    }
    if (!stream.endAfterHeaders && !stream.readableEnded) this.stopReading();
  }

  /**
   * Answered before all was read: the rest is not wanted, and nothing went wrong (RFC 9113, section 8.1). But only
   * once the answer's end is on its way: node says "finish" before it has sent that.
   */
  private stopReading(): void {
    const { stream } = this;
    if (stream.closed || stream.readableEnded) return;
    if (stream.state.localClose === 1) stream.close(constants.NGHTTP2_NO_ERROR);
    else
      setTimeout(
        guard("stream timeout", streamOf(stream), () => this.stopReading()),
        SENT_CHECK_MS,
      ).unref();
  }

  addTrailers(pairs: readonly (readonly [string, string])[]): void {
    this.trailers = outgoing(pairs.flat());
  }

  writeProcessing(): void {
    if (!this.destroyed) this.stream.additionalHeaders({ ":status": 102 });
  }

  writeEarlyHints(hints: Record<string, string | string[]>): void {
    if (!this.destroyed) this.stream.additionalHeaders({ ...hints, ":status": 103 });
  }

  /** Resets the stream, so that what was sent cannot be taken for the whole. */
  destroy(): void {
    this.stream.destroy(new Error("cut"));
  }
}

/** One stream, as whom it concerns when something of it throws. */
function streamOf(stream: ServerHttp2Stream): Exposed {
  const breakOff = () => {
    ignoreErrors(stream);
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  };
  return { requestId: "", breakOff };
}

function sessionOf(_error: Error, session: ServerHttp2Session): Exposed {
  return connectionOf(session);
}

/** Meant for an HTTP/1 connection only (RFC 9113, 8.2.2). */
const connectionSpecific = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "te",
  "trailer",
]);

/**
 * Fields that HTTP/2 in node sends once (`kSingleValueHeaders`; it throws at two); of several the first is taken, as
 * most HTTP/1 clients do.
 */
const single = new Set([
  "access-control-allow-credentials",
  "access-control-allow-methods",
  "access-control-max-age",
  "access-control-request-method",
  "age",
  "authorization",
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-md5",
  "content-range",
  "content-type",
  "date",
  "dnt",
  "etag",
  "expires",
  "from",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "last-modified",
  "location",
  "max-forwards",
  "proxy-authorization",
  "range",
  "referer",
  "retry-after",
  "tk",
  "upgrade-insecure-requests",
  "user-agent",
  "x-content-type-options",
]);

function outgoing(given: Fields): OutgoingHttpHeaders {
  const list = Array.isArray(given) ? (given as readonly string[]) : Object.entries(given).flat();
  const fields: Record<string, string | string[]> = {};
  for (let i = 0; i < list.length; i += 2) {
    const name = String(list[i]).toLowerCase();
    if (connectionSpecific.has(name)) continue;
    const value = String(list[i + 1]);
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (!single.has(name)) fields[name] = [before, value].flat();
  }
  return fields;
}
