import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { connectionOf, type Exposed, guard, listen, listenAs, listenOnce } from "../boundary";
import { Liveness } from "../http/liveness";
import { handOver, notePieces } from "../http/nodeTricks";
import type { CallerConnections } from "./connections";
import { Http2Answer, Http2Request, streamOf } from "./http2Stream";

/**
 * HTTP/2 from callers (RFC 9113), spoken on TLS connections that chose it and on others that begin with it. A stream is
 * dressed as the request and the answer that the rest of the gateway knows (`http2Stream.ts`); what differs between the
 * two protocols is in these two files only.
 */

/** Requests at once on one connection. */
const MAX_STREAMS = 128;
/**
 * Header fields of a request, pseudo-fields included; what is within is judged like HTTP/1's. Callers may send each
 * cookie as a field of its own (RFC 9113, section 8.2.3).
 */
const MAX_FIELDS = 1_000;
/** What a connection's streams may have under way: a stalled upload must leave room for the others, bytes. */
const SESSION_WINDOW = (MAX_STREAMS + 1) * 65_535;
/** Memory of one connection, MB: windows and answers that wait to be sent. */
const SESSION_MEMORY = 32;
/** The highest id that a stream can have. */
const LAST_STREAM = 2 ** 31 - 1;
/** How long a caller may take to hang up after the last answer, ms. */
const LINGER_MS = 1_000;
/** How often connections without a stream are looked at: whether they still are any, ms. */
const CHECK_MS = 5_000;
/** Frames that make no sense and streams over the limit, after which a connection is closed. */
const MAX_INVALID = 100;
/**
 * Streams that are reset before they are this old and answered, ms, and how many of them between two looks end their
 * connection, whoever reset them: each may be work at an endpoint that nobody waits for, and they are not under
 * way long enough for the limit of streams at once to bound them (CVE-2023-44487, CVE-2025-8671).
 */
const BRIEF_MS = 500;
const MAX_BRIEF = 256;
/** DATA frames of a connection that wait to be read; each costs about 100 bytes besides its own. */
const MAX_UNREAD = 131_072;

export interface Http2Options {
  maxHeaderBytes: number;
  /** How long a connection without a stream is kept, ms. */
  idleMs: number;
}

export interface Http2Listener {
  /** Takes over a connection that speaks HTTP/2. */
  accept(socket: Socket): void;
  /** Asks callers to come no more; those who come all the same are still served. */
  announce(): void;
  /** Tells callers to come no more; streams under way finish, then the connections end. */
  goAway(): void;
}

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

export function http2Listener(
  handler: Handler,
  callers: CallerConnections,
  options: Http2Options,
): Http2Listener {
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
    const connection = new Connection(session, accepting, options.idleMs);
    connections.set(session, connection);
    callers.speaks(session, accepting, () => connection.isIdle);
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
    const res = new Http2Answer(stream, req.method === "HEAD", connection.liveness);
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
      handOver(server, "connection", socket);
    },
    announce() {
      for (const connection of connections.values()) connection.announce();
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
  private brief = 0;
  private unread = 0;
  readonly liveness: Liveness;

  constructor(
    private readonly session: ServerHttp2Session,
    readonly socket: Socket,
    private readonly idleMs: number,
  ) {
    this.liveness = new Liveness(session, socket, connectionOf(socket));
    session.setTimeout(idleMs, guard("session timeout", connectionOf(socket), this.onIdle));
  }

  /**
   * node tells nobody when a connection error has ended a session (it sends GOAWAY and stops to read), so that its
   * socket would stay half closed until the idle time is over. Whoever sent something since the last look and has
   * no stream is asked for a sign of life; one who gives none until the next look is gone.
   */
  check(): void {
    const { session, socket } = this;
    this.brief = 0;
    if (this.streams > 0) this.unanswered = false;
    else if (this.unanswered) socket.destroy();
    else if (socket.bytesRead !== this.bytesRead && !session.destroyed) {
      this.bytesRead = socket.bytesRead;
      this.unanswered = true;
      this.liveness.ping((alive) => {
        if (!alive) return;
        this.unanswered = false;
        this.bytesRead = socket.bytesRead;
      });
    }
  }

  get isIdle(): boolean {
    return this.streams === 0;
  }

  opened(stream: ServerHttp2Stream): void {
    this.streams++;
    const openedAt = performance.now();
    const forget = stream.endAfterHeaders ? undefined : this.countUnread(stream);
    // A broken stream is one whose caller has left.
    listen("stream error", stream, streamOf(stream), () => {});
    listenOnce("stream close", stream, streamOf(stream), () => {
      this.streams--;
      forget?.();
      const inVain = stream.rstCode !== constants.NGHTTP2_NO_ERROR && !stream.headersSent;
      if (inVain && performance.now() - openedAt < BRIEF_MS && ++this.brief === MAX_BRIEF) this.calm();
      if (this.leaving) this.endWhenUnused();
    });
  }

  /**
   * node keeps each frame that nobody reads yet as a piece of its own, and only windows bound them: 65535 of one byte a
   * stream. Returns what is to be done when the stream is over.
   */
  private countUnread(stream: ServerHttp2Stream): () => void {
    let unread = 0;
    const forget = () => {
      this.unread -= unread;
      unread = 0;
    };
    notePieces(stream, () => {
      if (stream.readableFlowing) return forget();
      unread++;
      if (++this.unread === MAX_UNREAD) this.calm();
    });
    return forget;
  }

  /** Streams that cross this on their way are served (RFC 9113, section 6.8). */
  announce(): void {
    if (!this.session.destroyed) this.session.goaway(constants.NGHTTP2_NO_ERROR, LAST_STREAM);
  }

  /** No more streams; those under way finish. */
  goAway(): void {
    this.leaving = true;
    this.session.close();
    this.endWhenUnused();
  }

  /** Ends it at once, and says why. */
  private calm(): void {
    const { session } = this;
    if (session.destroyed) return;
    session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    // Closed before it is destroyed: then what is written is sent.
    session.close();
    session.destroy();
    setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
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

function sessionOf(_error: Error, session: ServerHttp2Session): Exposed {
  return connectionOf(session);
}
