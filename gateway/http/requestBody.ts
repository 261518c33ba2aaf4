import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { type Exposed, listen, listenOnce } from "../boundary";
import { keepPiece, SmallPieces } from "./smallPieces";

/**
 * A caller's request body that can be sent more than once. What has been read is kept up to a limit, so a
 * second attempt gets the same bytes; beyond it the body streams through once (docs/rules/gateway.md section 5).
 * Nothing is read before an attempt asks for it, and reading stops while an attempt cannot take more.
 */
export class RequestBody {
  private kept: Buffer[] | null = [];
  private keptBytes = 0;
  private received = 0;
  private ended = false;
  private current: Stream | null = null;
  private listening = false;
  private ahead: { limit: number; done(whole: boolean): void } | null = null;
  private readonly pieces: SmallPieces;
  /** The caller sent more than the limit. */
  tooLarge = false;

  /**
   * @param replayBytes how much is kept for a replay
   * @param maxBytes largest body; null = any
   * @param exposed whose body it is
   * @param onTooLarge called once when the caller sends more than that
   */
  constructor(
    private readonly req: IncomingMessage,
    private readonly replayBytes: number,
    private readonly maxBytes: number | null,
    private readonly exposed: Exposed,
    private readonly onTooLarge: () => void,
  ) {
    this.pieces = new SmallPieces(req.httpVersionMajor === 1 ? req.socket : req, this.take, exposed);
  }

  /** Whether another attempt would get all of it. */
  get replayable(): boolean {
    return this.kept !== null;
  }

  /** Whether the next piece has to come from the caller: then a delay is not the endpoint's. */
  get waitsForCaller(): boolean {
    return !this.ended && this.listening && !this.req.isPaused();
  }

  /**
   * Reads ahead up to `limit` bytes before any attempt, for those who must look inside. Resolves with the
   * whole body, or null when it is larger, takes longer than `timeoutMs` or ends early; what was read is kept
   * and sent on either way.
   */
  prefetch(limit: number, timeoutMs: number): Promise<readonly Buffer[] | null> {
    return new Promise((resolve) => {
      const done = (whole: boolean) => {
        clearTimeout(timer);
        this.ahead = null;
        if (!this.ended) this.req.pause();
        resolve(whole ? this.kept : null);
      };
      const timer = setTimeout(() => done(false), timeoutMs);
      this.ahead = { limit, done };
      listenOnce("body close", this.req, this.exposed, () => this.ahead?.done(this.ended));
      this.pull();
    });
  }

  /** The body for one attempt. The stream of the attempt before must be over. */
  stream(onProgress: () => void): Readable {
    const kept = this.kept;
    if (kept === null) throw new Error("This body has been consumed and was too large to keep.");
    this.current = new Stream(this, onProgress);
    for (const chunk of kept) this.current.push(chunk);
    if (this.ended) this.current.push(null);
    return this.current;
  }

  /** Lets whatever the caller still sends go, so that its connection can be used again. */
  discard(): void {
    this.current = null;
    this.kept = null;
    if (!this.ended) this.req.resume();
  }

  /** @internal the attempt's stream can take more */
  pull(): void {
    if (this.ended) return;
    if (!this.listening) {
      this.listening = true;
      listen("body data", this.req, this.exposed, this.onData);
      listen("body end", this.req, this.exposed, this.onEnd);
    }
    if (this.req.isPaused()) this.req.resume();
  }

  /** @internal the attempt is over */
  release(stream: Stream): void {
    if (this.current !== stream) return;
    this.current = null;
    if (this.listening && !this.ended && this.kept !== null) this.req.pause();
  }

  private readonly onData = (chunk: Buffer) => {
    this.received += chunk.length;
    if (this.maxBytes !== null && this.received > this.maxBytes) {
      if (!this.tooLarge) {
        this.tooLarge = true;
        this.onTooLarge();
      }
      return;
    }
    this.pieces.push(chunk);
  };

  private readonly take = (chunk: Buffer) => {
    const stream = this.current;
    if (this.kept !== null) {
      this.keptBytes += chunk.length;
      // Without a stream to take it, keeping is the only way not to lose it.
      if (this.keptBytes <= this.replayBytes || stream === null) keepPiece(this.kept, chunk);
      else this.kept = null;
    }
    if (stream === null) {
      if (this.ahead && this.keptBytes > this.ahead.limit) this.ahead.done(false);
      // Between two attempts take no more. After the last one it just drains.
      else if (!this.ahead && this.kept !== null) this.req.pause();
      return;
    }
    stream.onProgress();
    // Whoever sends it on pauses it when the connection is full: then nothing more is read ahead either.
    if (!stream.push(chunk) || stream.isPaused()) this.req.pause();
  };

  private readonly onEnd = () => {
    this.pieces.flush();
    this.ended = true;
    this.ahead?.done(true);
    this.current?.push(null);
  };
}

class Stream extends Readable {
  constructor(
    private readonly source: RequestBody,
    readonly onProgress: () => void,
  ) {
    super();
  }

  // `read` asks for the next piece before it hands out the one it has, and whoever gets that may pause.
  override _read(): void {
    process.nextTick(() => {
      if (!this.isPaused()) this.source.pull();
    });
  }

  override resume(): this {
    super.resume();
    this.source.pull();
    return this;
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.source.release(this);
    callback(error);
  }
}
