import type { Readable } from "node:stream";
import { buildConnector, Client, type Dispatcher } from "undici";
import type { Failure, FailureCause, Outcome } from "#lib/outcome";

/**
 * One HTTP exchange with one endpoint. The only file that imports undici: its `Client` is one connection,
 * and the small pool here is ours because the retry rule must know whether a connection was used before.
 */

export interface BackendOptions {
  verifyTls: boolean;
  http2: boolean;
}

/** The origin of one endpoint with its connections. */
export class Backend {
  /** To an open connection, ms; may change with a deploy. */
  connectTimeoutMs = 3_000;
  /** Connections open or being opened. */
  connections = 0;
  private readonly idle: Connection[] = [];
  private options: BackendOptions = { verifyTls: true, http2: false };
  private connector = connectorFor(this.options);

  constructor(
    /** Scheme, host and port. */
    readonly origin: string,
  ) {}

  /** Takes new settings; connections made with others are not used again. */
  configure(options: BackendOptions, connectTimeoutMs: number): void {
    this.connectTimeoutMs = connectTimeoutMs;
    const { verifyTls, http2 } = this.options;
    if (verifyTls === options.verifyTls && http2 === options.http2) return;
    this.options = options;
    this.connector = connectorFor(options);
    this.close();
  }

  /** An idle connection, the most recently used first, or a new one. */
  acquire(fresh: boolean): Connection {
    const connection = fresh ? undefined : this.idle.pop();
    return connection ?? this.open();
  }

  /** Takes a connection back whose exchange is complete. */
  release(connection: Connection): void {
    connection.served++;
    if (connection.connected && connection.options === this.options) this.idle.push(connection);
    else this.drop(connection);
  }

  /** Gives up a connection, whatever it is doing. */
  drop(connection: Connection): void {
    if (connection.dropped) return;
    connection.dropped = true;
    this.connections--;
    connection.client.destroy().catch(() => {});
    connection.socket?.destroy();
  }

  /** Closes what is idle. */
  close(): void {
    for (const connection of this.idle.splice(0)) this.drop(connection);
  }

  private open(): Connection {
    const { options } = this;
    const connect = this.connector;
    const connection: Connection = {
      client: new Client(this.origin, {
        // Timeouts are ours: undici's run on a timer of about a second.
        headersTimeout: 0,
        bodyTimeout: 0,
        allowH2: options.http2,
        connect: (target, done) => {
          const socket = connect(target, (error, opened) => {
            clearTimeout(timer);
            if (error) done(error, null);
            else done(null, opened!);
          }) as unknown as { destroy(error?: Error): void };
          connection.socket = socket;
          const timer = setTimeout(() => socket.destroy(new ConnectTimeout()), this.connectTimeoutMs);
        },
      }),
      socket: null,
      options,
      served: 0,
      connected: false,
      dropped: false,
    };
    connection.client.on("connect", () => {
      connection.connected = true;
      connection.served = 0;
    });
    connection.client.on("disconnect", () => {
      connection.connected = false;
      const index = this.idle.indexOf(connection);
      if (index >= 0) {
        this.idle.splice(index, 1);
        this.drop(connection);
      }
    });
    this.connections++;
    return connection;
  }
}

function connectorFor({ http2, verifyTls }: BackendOptions) {
  // Without a timeout of its own: undici's would run on a timer of about a second.
  return buildConnector({ timeout: 0, allowH2: http2, rejectUnauthorized: verifyTls });
}

interface Connection {
  readonly client: Client;
  socket: { destroy(error?: Error): void } | null;
  readonly options: BackendOptions;
  /** Exchanges completed on the present socket. */
  served: number;
  connected: boolean;
  dropped: boolean;
}

class ConnectTimeout extends Error {
  readonly code = "CONNECT_TIMEOUT";
}

/** What an attempt sends, and to whom it hands the answer. */
export interface Exchange {
  readonly method: string;
  /** Makes the body for one attempt; undefined when the request has none. */
  body(onProgress: () => void): Readable | undefined;
  /** Whether the body is stuck at the caller. */
  bodyWaits(): boolean;
  /** The head of the answer, raw. False: not wanted, the attempt ends here. */
  onHead(status: number, headers: Buffer[], statusText: string): boolean;
  onInformation(status: number, headers: Buffer[]): void;
  /** A piece of the body. False: stop until `resume`. */
  onData(chunk: Buffer): boolean;
  onTrailers(trailers: Buffer[] | string[]): void;
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
}

export class Attempt implements Dispatcher.DispatchHandler {
  /** The request head may have reached the endpoint. */
  written = false;
  private answered = false;
  private sawByte = false;
  private over = false;
  private paused = false;
  private status = 0;
  /** When the body last moved, `performance.now()`. */
  private movedAt = 0;
  private abortExchange: ((error?: Error) => void) | null = null;
  private resumeExchange: (() => void) | null = null;
  private timer: NodeJS.Timeout | null = null;
  private settle!: (outcome: Outcome) => void;
  private readonly connection: Connection;
  private readonly reused: boolean;

  constructor(
    private readonly backend: Backend,
    private readonly exchange: Exchange,
    private readonly timeouts: Timeouts,
    fresh: boolean,
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
      const remaining = this.timeouts.deadline - performance.now();
      // The connector has its own limit; this one is only for a deadline that comes first.
      if (!this.reused && remaining < this.backend.connectTimeoutMs) this.arm(Math.max(0, remaining));
      try {
        this.connection.client.dispatch(
          {
            path,
            method: this.exchange.method as Dispatcher.HttpMethod,
            headers,
            body: this.exchange.body(this.onProgress) ?? null,
            servername,
          } as Dispatcher.DispatchOptions,
          this,
        );
      } catch {
        // undici refuses what node:http let through (a header it finds malformed); nothing was sent.
        this.finish({ kind: "failure", cause: "protocol", written: false, answered: false, stale: false });
      }
    });
  }

  /** Ends the exchange because of the caller; the endpoint is not blamed. */
  abandon(): void {
    this.finish({ kind: "clientGone" });
  }

  /** The caller can take more. */
  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.movedAt = performance.now();
    this.resumeExchange?.();
  }

  onConnect(abort: (error?: Error) => void): void {
    if (this.over) {
      abort();
      return;
    }
    this.abortExchange = abort;
    this.written = true;
    this.arm(Math.max(0, Math.min(this.timeouts.responseMs, this.timeouts.deadline - performance.now())));
  }

  onResponseStarted(): void {
    this.sawByte = true;
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void, statusText: string): boolean {
    if (this.over) return true;
    if (status < 200) {
      this.exchange.onInformation(status, headers);
      return true;
    }
    this.resumeExchange = resume;
    if (!this.exchange.onHead(status, headers, statusText)) {
      this.finish({ kind: "response", status });
      return true;
    }
    this.answered = true;
    this.status = status;
    this.movedAt = performance.now();
    // The response timer runs on and finds out by itself; only a shorter idle time needs one of its own.
    if (this.timeouts.idleMs < this.timeouts.responseMs) this.arm(this.timeouts.idleMs);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.over) return true;
    this.movedAt = performance.now();
    if (this.exchange.onData(chunk)) return true;
    this.paused = true;
    return false;
  }

  onComplete(trailers: Buffer[] | string[] | null): void {
    if (this.over) return;
    if (trailers && trailers.length > 0) this.exchange.onTrailers(trailers);
    this.over = true;
    this.disarm();
    this.backend.release(this.connection);
    this.exchange.onEnd();
    this.settle({ kind: "response", status: this.status });
  }

  onError(error: Error): void {
    if (this.over) return;
    this.finish(this.failure(causeOf(error, this.written)));
  }

  private readonly onProgress = () => this.timer?.refresh();

  private readonly onTimer = () => {
    if (this.answered) {
      const left = this.movedAt + this.timeouts.idleMs - performance.now();
      if (left > 0) return this.arm(left);
      // A caller that does not read is its own fault, an endpoint that does not send is the endpoint's.
      this.finish(this.paused ? { kind: "clientGone" } : this.failure("responseTimeout"));
    } else if (this.exchange.bodyWaits()) {
      this.finish({ kind: "clientGone" });
    } else this.finish(this.failure(this.written ? "responseTimeout" : "connectTimeout"));
  };

  private failure(cause: FailureCause): Failure {
    const { written, answered } = this;
    const stale = cause === "closed" && this.reused && this.connection.served > 0 && !this.sawByte;
    return { kind: "failure", cause, written, answered, stale };
  }

  /** Ends an exchange that is not complete: its connection cannot be used again. */
  private finish(outcome: Outcome): void {
    if (this.over) return;
    this.over = true;
    this.disarm();
    // Settle first: aborting calls back into onError.
    this.settle(outcome);
    this.abortExchange?.();
    this.backend.drop(this.connection);
  }

  private arm(ms: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(this.onTimer, ms);
  }

  private disarm(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }
}

function causeOf(error: Error & { code?: string }, written: boolean): FailureCause {
  const code = error.code ?? "";
  if (!written) {
    if (code === "CONNECT_TIMEOUT" || code === "ETIMEDOUT") return "connectTimeout";
    if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "dns";
    if (code === "EHOSTUNREACH" || code === "ENETUNREACH" || code === "EADDRNOTAVAIL") return "unreachable";
    if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code)) return "tls";
    return "refused";
  }
  // undici's parser errors have no code.
  if (
    error.name === "HTTPParserError" ||
    code.startsWith("UND_ERR_RES") ||
    code === "UND_ERR_HEADERS_OVERFLOW"
  ) {
    return "protocol";
  }
  return /bad (response|upgrade)/.test(error.message) ? "protocol" : "closed";
}
