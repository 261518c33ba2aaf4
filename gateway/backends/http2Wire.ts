import type { IncomingHttpHeaders } from "node:http";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { Readable } from "node:stream";
import { type Exposed, ignoreErrors, listen } from "../boundary";
import { http2Fields } from "../http/http2Fields";
import { noteEnd } from "../http/nodeTricks";
import {
  type AnswerHandler,
  Closed,
  NotProcessed,
  ProtocolError,
  type Request,
  unfit,
  type Wire,
} from "./transport";

/** One exchange of HTTP/2 with an endpoint, on a stream of its own. */

/** The connection that exchanges share. */
export interface Shared {
  readonly origin: string;
  /** When something last came from the server, `performance.now()`. */
  heardAt: number;
  /** Calls `send` of it as soon as the connection is open. */
  whenOpen(wire: Http2Wire, servername: string | undefined): void;
  /** It is over; `answered` when its answer was complete. */
  left(wire: Http2Wire, answered: boolean): void;
  /** Whether the server had not yet seen that stream when it went away. */
  overlooked(streamId: number | undefined): boolean;
  /** It was given up, and nothing has come since it was sent: is anybody there? */
  doubt(sentAt: number): void;
  /** Tells whether the server is still there. */
  isThere(done: (alive: boolean) => void): void;
}

type Head = IncomingHttpHeaders & IncomingHttpStatusHeader;

export class Http2Wire implements Wire, Exposed {
  private handler: AnswerHandler | null = null;
  private request: Request | null = null;
  private servername: string | undefined;
  private fields: OutgoingHttpHeaders = {};
  private body: Readable | null = null;
  private stream: ClientHttp2Stream | null = null;
  private sentAt = 0;
  private started = false;
  /** The end of the answer came, not only that of its stream. */
  private whole = false;
  private trailers: string[] | null = null;
  private isOver = false;

  constructor(private readonly connection: Shared) {}

  get isSent(): boolean {
    return this.stream !== null;
  }

  get requestId(): string {
    return this.handler?.requestId ?? "";
  }

  dispatch(request: Request, servername: string | undefined, handler: AnswerHandler): void {
    this.fields = headOf(request, this.connection.origin);
    this.handler = handler;
    this.request = request;
    this.servername = servername;
    this.body = request.body ?? null;
    this.connection.whenOpen(this, servername);
  }

  /** The server does not speak HTTP/2. */
  giveBack(): void {
    const { handler, request, servername } = this;
    this.handler = null;
    this.body = null;
    this.connection.left(this, false);
    if (request) handler?.onHttp1(request, servername);
  }

  resume(): void {
    this.stream?.resume();
  }

  isThere(done: (alive: boolean) => void): void {
    this.connection.isThere(done);
  }

  destroy(): void {
    const { handler } = this;
    this.handler = null;
    if (handler && this.isSent && !this.started) this.connection.doubt(this.sentAt);
    this.end(constants.NGHTTP2_CANCEL, false);
  }

  breakOff(): void {
    const { handler } = this;
    this.handler = null;
    this.end(constants.NGHTTP2_INTERNAL_ERROR, false);
    handler?.breakOff();
  }

  fail(error: Error): void {
    const { handler } = this;
    this.handler = null;
    this.end(constants.NGHTTP2_CANCEL, false);
    handler?.onError(error);
  }

  /** @internal the connection is open */
  send(session: ClientHttp2Session): void {
    const { handler, body } = this;
    if (!handler || this.stream || !handler.onConnect()) return;
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(this.fields, { endStream: body === null });
    } catch (error) {
      // Sent nothing: the session goes away, or node refuses what others let through.
      const { code = "" } = error as NodeJS.ErrnoException;
      this.fail(
        /_(GOAWAY|INVALID)_SESSION$|_OUT_OF_STREAMS$/.test(code) ? new NotProcessed() : (error as Error),
      );
      return;
    }
    this.stream = stream;
    this.sentAt = performance.now();
    noteEnd(stream, () => {
      this.whole = true;
    });
    listen("exchange headers", stream, this, (found: Head, _flags: number, raw: string[]) =>
      this.onHead(found[":status"] ?? 0, raw, false),
    );
    listen("exchange response", stream, this, (found: Head, flags: number, raw: string[]) =>
      this.onHead(found[":status"] ?? 0, raw, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0),
    );
    listen("exchange trailers", stream, this, (_found: Head, _flags: number, raw: string[]) => {
      this.trailers = raw;
    });
    ignoreErrors(stream);
    listen("exchange close", stream, this, () => this.onClose(stream));
    if (body) this.sendBody(stream, body);
  }

  private sendBody(stream: ClientHttp2Stream, body: Readable): void {
    listen("exchange drain", stream, this, () => this.body?.resume());
    listen("upload data", body, this, (chunk: Buffer) => {
      if (this.body === body && !stream.write(chunk)) body.pause();
    });
    listen("upload end", body, this, () => {
      if (this.body !== body) return;
      this.body = null;
      stream.end();
    });
    listen("upload error", body, this, (error: Error) => {
      if (this.body === body) this.fail(error);
    });
  }

  private onHead(status: number, raw: string[], isWhole: boolean): void {
    const { handler, stream } = this;
    this.connection.heardAt = performance.now();
    if (!handler || !stream) return;
    if (!this.started) handler.onResponseStarted();
    this.started = true;
    const headers: string[] = [];
    for (let i = 0; i < raw.length; i += 2) if (!raw[i]!.startsWith(":")) headers.push(raw[i]!, raw[i + 1]!);
    if (status >= 200 && !isWhole && !headers.includes("content-length")) {
      // What HTTP/1.1 says of a body of unknown length, behind which trailers may come.
      headers.push("transfer-encoding", "chunked");
    }
    handler.onHeaders(status, headers, "");
    if (this.handler !== handler || status < 200) return;
    if (isWhole) {
      this.complete(handler);
      return;
    }
    listen("exchange data", stream, this, (chunk: Buffer) => {
      this.connection.heardAt = performance.now();
      if (this.handler && !this.handler.onData(chunk)) stream.pause();
    });
    listen("exchange end", stream, this, () => {
      if (this.handler && this.whole) this.complete(this.handler);
    });
  }

  private complete(handler: AnswerHandler): void {
    this.handler = null;
    // What is still to be sent of the request, nobody waits for.
    this.end(constants.NGHTTP2_NO_ERROR, true);
    handler.onComplete(this.trailers);
  }

  /** The stream is over. */
  private onClose(stream: ClientHttp2Stream): void {
    const { NGHTTP2_REFUSED_STREAM, NGHTTP2_PROTOCOL_ERROR } = constants;
    const { rstCode } = stream;
    const overlooked = rstCode === NGHTTP2_REFUSED_STREAM || this.connection.overlooked(stream.id);
    if (!this.handler) return;
    if (!this.started && overlooked) this.fail(new NotProcessed());
    else if (rstCode === NGHTTP2_PROTOCOL_ERROR) this.fail(new ProtocolError("The answer breaks HTTP/2."));
    else this.fail(new Closed("The stream was closed."));
  }

  private end(code: number, answered: boolean): void {
    const { body, stream } = this;
    if (this.isOver) return;
    this.isOver = true;
    this.body = null;
    body?.destroy();
    if (stream && !stream.closed && (!answered || body !== null)) stream.close(code);
    // Unread bytes would keep a stream open that is over.
    stream?.resume();
    this.connection.left(this, answered);
  }
}

function headOf({ method, path, headers, takesTrailers }: Request, origin: string): OutgoingHttpHeaders {
  const { host, protocol } = new URL(origin);
  const fields = http2Fields(headers);
  const { host: authority = host, ...rest } = fields;
  for (const value of Object.values(rest)) {
    for (const one of [value].flat())
      if (unfit.forValue.test(String(one)))
        throw new TypeError("The request has characters that it cannot have.");
  }
  if (unfit.forPath.test(path)) throw new TypeError("The request has characters that it cannot have.");
  const pseudo = {
    ":method": method,
    ":scheme": protocol.slice(0, -1),
    ":authority": authority,
    ":path": path,
  };
  return { ...pseudo, ...rest, ...(takesTrailers ? { te: "trailers" } : undefined) };
}
