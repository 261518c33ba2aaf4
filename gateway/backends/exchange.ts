import type { Readable } from "node:stream";
import { isDescriptorShortage } from "#lib/node/descriptors";
import { connectCause, connectWords } from "#lib/node/socketWords";
import type { Failure, FailureCause, Outcome } from "#lib/traffic/outcome";
import { broke, type Exposed, tripOver } from "../boundary";
import { isPast } from "../http/grpc";
import type { Backend, Connection } from "./pool";
import { type AnswerHandler, NotProcessed, type Request } from "./transport";

/** One HTTP exchange with one endpoint: its time limits, and what it came to. */

/** What an attempt sends, and to whom it hands the answer. */
export interface Exchange extends Exposed {
  readonly method: string;
  /** Whether the caller has said that it understands trailers. */
  readonly takesTrailers: boolean;
  /** Makes the body for one attempt; undefined when the request has none. */
  body(onProgress: () => void): Readable | undefined;
  /** Whether the body is stuck at the caller. */
  bodyWaits(): boolean;
  /** Tells whether the caller is still there; asked where `mayBeQuiet`. */
  callerIsThere?(done: (there: boolean) => void): void;
  /** The head of the answer, raw. False: not wanted, the attempt ends here. */
  onHead(status: number, headers: string[], statusText: string): boolean;
  onInformation(status: number, headers: string[]): void;
  /** A piece of the body, to be used or copied at once. False: stop until `resume`. */
  onData(chunk: Buffer): boolean;
  onTrailers(trailers: string[]): void;
  /** The answer is complete. */
  onEnd(): void;
}

export interface Timeouts {
  /** From an open connection to the response head, ms. */
  responseMs: number;
  /** Between two pieces of a body, ms. */
  idleMs: number;
  /** When everything up to the response head must be over, `performance.now()`. */
  deadline: number;
  /**
   * It is no fault to be quiet, before an answer or in it, while caller and endpoint are there: they are asked after the
   * idle time. The deadline is then the caller's own, of the whole exchange.
   */
  mayBeQuiet: boolean;
}

export class Attempt implements AnswerHandler {
  /** The request head may have reached the endpoint. */
  written = false;
  private answered = false;
  private sawByte = false;
  private over = false;
  private paused = false;
  private status = 0;
  /** When the body last moved, `performance.now()`. */
  private movedAt = 0;
  private settle!: (outcome: Outcome) => void;
  private connection: Connection;
  private reused: boolean;

  constructor(
    private readonly backend: Backend,
    private readonly exchange: Exchange,
    private readonly timeouts: Timeouts,
    private readonly fresh: boolean,
  ) {
    this.connection = backend.acquire(fresh);
    this.reused = this.connection.connected;
  }

  /**
   * Runs the exchange. Resolves once, with how it ended: after the last byte of the answer, or at the
   * first thing that ends it. Never rejects.
   */
  run(path: string, headers: string[], servername: string | undefined): Promise<Outcome> {
    return new Promise((resolve) => {
      this.settle = resolve;
      try {
        const { method, takesTrailers } = this.exchange;
        const body = this.exchange.body(this.onProgress);
        this.dispatch({ method, path, headers, body, takesTrailers }, servername);
      } catch {
        // Something that node:http let through cannot be written; nothing was sent.
        this.finish({ kind: "failure", cause: "protocol", written: false, answered: false, stale: false });
      }
    });
  }

  private dispatch(request: Request, servername: string | undefined): void {
    const remaining = this.timeouts.deadline - performance.now();
    // The connector has its own limit; this one is only for a deadline that comes first.
    if (!this.reused && remaining < this.backend.connectTimeoutMs) this.arm(Math.max(0, remaining));
    this.connection.wire.dispatch(request, servername, this);
  }

  /** Ends the exchange because of the caller; the endpoint is not blamed. */
  abandon(): void {
    this.finish({ kind: "clientGone" });
  }

  get requestId(): string {
    return this.exchange.requestId;
  }

  /** Something of ours threw on the way: the whole exchange ends, and the endpoint is not blamed. */
  breakOff(): void {
    this.exchange.breakOff();
  }

  /** The caller can take more. */
  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.movedAt = performance.now();
    this.connection.wire.resume();
  }

  onConnect(): boolean {
    if (this.over) return false;
    this.written = true;
    const { responseMs, idleMs, deadline } = this.timeouts;
    const now = performance.now();
    this.movedAt = now;
    this.arm(Math.max(0, Math.min(this.isPatient ? idleMs : responseMs, deadline - now)));
    return true;
  }

  onHttp1(request: Request, servername: string | undefined): void {
    if (this.over) return;
    this.backend.choseHttp1();
    this.backend.drop(this.connection);
    this.connection = this.backend.acquire(false);
    this.reused = this.connection.connected;
    this.dispatch(request, servername);
  }

  onResponseStarted(): void {
    this.sawByte = true;
  }

  onHeaders(status: number, headers: string[], statusText: string): void {
    if (this.over) return;
    if (status < 100) {
      this.finish(this.failure("protocol"));
      return;
    }
    if (status < 200) {
      this.exchange.onInformation(status, headers);
      return;
    }
    if (!this.exchange.onHead(status, headers, statusText)) {
      this.finish({ kind: "response", status });
      return;
    }
    this.answered = true;
    this.status = status;
    this.movedAt = performance.now();
    // The response timer runs on and finds out by itself; only a shorter idle time needs one of its own.
    const { idleMs, responseMs } = this.timeouts;
    if (idleMs < responseMs && !this.isPatient) this.arm(idleMs);
  }

  onData(chunk: Buffer): boolean {
    if (this.over) return true;
    this.movedAt = performance.now();
    if (this.exchange.onData(chunk)) return true;
    this.paused = true;
    return false;
  }

  onComplete(trailers: string[] | null): void {
    if (this.over) return;
    if (!this.answered) {
      // An end without a head.
      this.finish(this.failure("protocol"));
      return;
    }
    if (trailers && trailers.length > 0) this.exchange.onTrailers(trailers);
    this.over = true;
    this.disarm();
    this.backend.release(this.connection);
    this.exchange.onEnd();
    this.settle({ kind: "response", status: this.status });
  }

  onError(error: Error): void {
    if (this.over) return;
    if (!this.written && isDescriptorShortage((error as NodeJS.ErrnoException).code)) {
      this.finish({ kind: "noDescriptors" });
      return;
    }
    if (error instanceof NotProcessed) {
      this.written = false;
      this.finish({ ...this.failure("closed"), stale: !this.fresh });
      return;
    }
    const cause = causeOf(error, this.written);
    this.finish(this.failure(cause, connectWords(cause, (error as NodeJS.ErrnoException).code)));
  }

  private readonly onProgress = () => {
    if (this.isPatient) this.movedAt = performance.now();
    else this.connection.timer?.refresh();
  };

  /** HTTP/1.1 has no way to ask whether anybody is there. */
  private get isPatient(): boolean {
    return this.timeouts.mayBeQuiet && this.connection.wire.isThere !== undefined;
  }

  /** @internal the time is up */
  timeUp(): void {
    // Who gives little time is no witness against an endpoint.
    if (this.timeouts.mayBeQuiet && isPast(this.timeouts.deadline)) this.abandon();
    else if (this.written && this.isPatient) this.patient();
    else if (this.answered) {
      const left = this.movedAt + this.timeouts.idleMs - performance.now();
      if (left > 0) {
        this.arm(left);
        return;
      }
      // A caller that does not read is its own fault, an endpoint that does not send is the endpoint's.
      this.finish(this.paused ? { kind: "clientGone" } : this.failure("responseTimeout"));
    } else if (this.exchange.bodyWaits()) {
      this.finish({ kind: "clientGone" });
    } else this.finish(this.failure(this.written ? "responseTimeout" : "connectTimeout"));
  }

  private patient(): void {
    const { idleMs, deadline } = this.timeouts;
    const left = Math.min(this.movedAt + idleMs, deadline) - performance.now();
    if (left > 0) {
      this.arm(left);
      return;
    }
    this.exchange.callerIsThere!((there) => {
      if (this.over) return;
      if (!there) this.abandon();
      else
        this.connection.wire.isThere!((alive) => {
          if (this.over || !alive) return this.finish(this.failure("closed"));
          this.movedAt = performance.now();
          this.arm(Math.max(0, Math.min(idleMs, deadline - this.movedAt)));
        });
    });
  }

  private failure(cause: FailureCause, words?: string): Failure {
    const { written, answered } = this;
    const stale = cause === "closed" && this.reused && this.connection.served > 0 && !this.sawByte;
    return { kind: "failure", cause, written, answered, stale, words };
  }

  /** Ends an exchange that is not complete: its connection cannot be used again. */
  private finish(outcome: Outcome): void {
    if (this.over) return;
    this.over = true;
    this.disarm();
    // Settle first: what is aborted may call back into onError.
    this.settle(outcome);
    this.backend.drop(this.connection);
  }

  /** The connection keeps its timer from exchange to exchange: starting one anew costs more than moving it. */
  private arm(ms: number): void {
    const { connection } = this;
    connection.timing = this;
    if (connection.timer && connection.timerMs === ms) {
      connection.timer.refresh();
      return;
    }
    if (connection.timer) clearTimeout(connection.timer);
    connection.timerMs = ms;
    connection.timer = setTimeout(onTimer, ms, connection);
  }

  private disarm(): void {
    this.connection.timing = null;
  }
}

function causeOf(error: Error & { code?: string }, written: boolean): FailureCause {
  const code = error.code ?? "";
  if (!written) {
    return code === "CONNECT_TIMEOUT" ? "connectTimeout" : (connectCause(code) ?? "refused");
  }
  return code === "PROTOCOL" ? "protocol" : "closed";
}

function onTimer(connection: Connection): void {
  connection.timer = null;
  const { timing } = connection;
  if (!timing) return;
  try {
    tripOver("attempt timeout");
    timing.timeUp();
  } catch (error) {
    broke("attempt timeout", timing, error);
  }
}
