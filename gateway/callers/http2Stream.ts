import type { IncomingHttpHeaders } from "node:http";
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { broke, type Exposed, guard, ignoreErrors, listenOnce, tripOver } from "../boundary";
import { type Fields, http2Fields } from "../http/http2Fields";
import type { Liveness } from "../http/liveness";
import { isEndSent, keepUntilEnd } from "../http/nodeTricks";

/**
 * A stream of HTTP/2, dressed as the request and the answer of HTTP/1 that the rest of the gateway knows. Not by node's
 * own classes for that: docs/decisions/017-http2-towards-callers.md.
 */

/** How often it is looked whether an answer is on its way, ms. */
const SENT_CHECK_MS = 10;

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
export class Http2Request extends Half {
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
    let cookies: string | undefined;
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i]!;
      if (name.startsWith(":") || (name === "host" && raw[i + 1] === authority)) continue;
      if (name === "content-length") lengthKnown = true;
      if (name === "cookie") {
        cookies = cookies === undefined ? raw[i + 1]! : `${cookies}; ${raw[i + 1]}`;
        continue;
      }
      fields.push(name, raw[i + 1]!);
    }
    if (cookies !== undefined) fields.push("cookie", cookies);
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

/** A stream as node's HTTP/1 answer, as far as the gateway writes one. */
export class Http2Answer extends Half {
  statusCode = 200;
  /** Connections are not ended for one stream. */
  readonly socket = null;
  /** There is nothing behind the head. */
  private bodiless = false;
  private ended = false;
  private trailers: OutgoingHttpHeaders | null = null;
  /** The head, until it is known whether anything follows: where nothing does, the stream ends with it. */
  private held: OutgoingHttpHeaders | null = null;

  constructor(
    stream: ServerHttp2Stream,
    private readonly toHead: boolean,
    /** Of the caller's connection. */
    readonly liveness: Liveness,
  ) {
    super(stream);
  }

  /** @internal */
  get exposed(): Exposed {
    return streamOf(this.stream);
  }

  get headersSent(): boolean {
    return this.held !== null || this.stream.headersSent;
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
    if (this.destroyed) return;
    this.statusCode = status;
    const fields = http2Fields((typeof textOrFields === "string" ? after : textOrFields) ?? []);
    this.bodiless = this.toHead || status === 204 || status === 205 || status === 304;
    this.held = { ...fields, ":status": status };
    process.nextTick(sendHeadOf, this);
  }

  /** @internal sends the head if it was not sent yet */
  sendHead(isWhole: boolean): void {
    const { stream, held } = this;
    if (!held || this.destroyed) return;
    this.held = null;
    this.bodiless ||= isWhole;
    // Trailers belong to bodies of unknown length only, as in HTTP/1.
    const waitForTrailers = !this.bodiless && held["content-length"] === undefined;
    if (waitForTrailers) {
      const send = () => stream.sendTrailers(this.trailers ?? {});
      listenOnce("stream wantTrailers", stream, streamOf(stream), send);
    }
    stream.respond(held, { endStream: this.bodiless, waitForTrailers });
  }

  write(chunk: Buffer): boolean {
    this.sendHead(false);
    if (this.bodiless || this.destroyed) return true;
    return this.stream.write(chunk);
  }

  end(chunk?: Buffer | string, encoding?: BufferEncoding): void {
    const { stream } = this;
    if (this.destroyed) return;
    this.ended = true;
    this.sendHead(chunk === undefined && this.trailers === null);
    if (!this.bodiless) {
      keepUntilEnd(stream);
      if (chunk === undefined) stream.end();
      else stream.end(typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
    }
    if (!stream.endAfterHeaders && !stream.readableEnded) this.stopReading();
  }

  /**
   * Answered before all was read: the rest is not wanted, and nothing went wrong (RFC 9113, section 8.1). But only
   * once the answer's end is on its way.
   */
  private stopReading(): void {
    const { stream } = this;
    if (stream.closed || stream.readableEnded) return;
    if (isEndSent(stream)) stream.close(constants.NGHTTP2_NO_ERROR);
    else
      setTimeout(
        guard("stream timeout", streamOf(stream), () => this.stopReading()),
        SENT_CHECK_MS,
      ).unref();
  }

  addTrailers(pairs: readonly (readonly [string, string])[]): void {
    this.trailers = http2Fields(pairs.flat());
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

function sendHeadOf(answer: Http2Answer): void {
  try {
    tripOver("stream head");
    answer.sendHead(false);
  } catch (error) {
    broke("stream head", answer.exposed, error);
  }
}

/** One stream, as whom it concerns when something of it throws. */
export function streamOf(stream: ServerHttp2Stream): Exposed {
  const breakOff = () => {
    ignoreErrors(stream);
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  };
  return { requestId: "", breakOff };
}
