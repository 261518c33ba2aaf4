import { usualTls } from "#lib/node/trust";
import type { Exposed } from "../boundary";
import { Http2Connection, type OpenHttp2 } from "./http2Connection";
import { type Lease, Lifetimes } from "./lifetimes";
import { type Destroyable, noRoom, unopened, type Wire } from "./transport";
import { type BackendOptions, http2OpenerFor, type Opener, openerFor } from "./wire";

/** Idle connections are closed after this time, ms: before backends usually do it. */
const IDLE_MS = 4_000;
/** So long before a backend says that it closes one, it is not used any more, ms. */
const BEFORE_CLOSE_MS = 1_000;
/** How often they are looked for, ms. */
const SWEEP_MS = 1_000;

/** A server that has chosen HTTP/1.1 is offered HTTP/2 again after this time, ms. */
const HTTP1_MS = 60_000;

/** Connections of all backends together. How many there may be is for whoever counts descriptors to say. */
export const backendConnections = { open: 0, limit: Number.POSITIVE_INFINITY, refused: 0 };

/** The backends with idle connections. */
const resting = new Set<Backend>();

/** One connection of a backend; of HTTP/2, an exchange's part of it. */
export interface Connection {
  wire: Wire;
  socket: Destroyable | null;
  readonly options: BackendOptions;
  /** Exchanges completed on the present socket. */
  served: number;
  /** Until when it may be used again, `performance.now()`. */
  idleUntil: number;
  /** Null before it is open. */
  lease: Lease | null;
  connected: boolean;
  dropped: boolean;
  /** Others go on over the same socket. */
  readonly shared: boolean;
  /** Runs on when an exchange ends, and then means nothing. */
  timer: NodeJS.Timeout | null;
  timerMs: number;
  /** Whom the timer is for. */
  timing: (Exposed & { timeUp(): void }) | null;
}

/**
 * The origin of one endpoint with its connections. The pool is ours because the retry rule must know whether a
 * connection was used before (docs/decisions/003-connection-pool-of-our-own.md).
 */
export class Backend {
  /** To an open connection, ms; may change with a deploy. */
  connectTimeoutMs = 3_000;
  /** Connections open or being opened. */
  connections = 0;
  /** The longest idle first. */
  private readonly idle: Connection[] = [];
  private sweep: NodeJS.Timeout | null = null;
  private options: BackendOptions = { tls: usualTls, http2: false };
  private opener: Opener;
  private openHttp2: OpenHttp2 | null = null;
  /** Those of HTTP/2 that take exchanges. */
  private readonly sessions = new Set<Http2Connection>();
  /** When HTTP/2 is offered again, `performance.now()`. */
  private http1Until = Number.NEGATIVE_INFINITY;
  private readonly lifetimes: Lifetimes;

  constructor(
    /** Scheme, host and port. */
    readonly origin: string,
  ) {
    this.opener = openerFor(origin, this.options);
    this.lifetimes = new Lifetimes(origin);
  }

  /** Takes new settings; connections made with others are not used again. */
  configure(
    options: BackendOptions,
    connectTimeoutMs = this.connectTimeoutMs,
    lifetimeMs = this.lifetimes.ms,
  ): void {
    this.connectTimeoutMs = connectTimeoutMs;
    this.lifetimes.ms = lifetimeMs;
    const { tls, http2 } = this.options;
    if (tls === options.tls && http2 === options.http2) return;
    this.options = options;
    this.opener = openerFor(this.origin, options);
    this.openHttp2 = options.http2 ? http2OpenerFor(this.origin, options) : null;
    this.http1Until = Number.NEGATIVE_INFINITY;
    for (const session of this.sessions) session.retire();
    this.sessions.clear();
    this.close();
  }

  /** Whether exchanges are offered in HTTP/2. */
  get offersHttp2(): boolean {
    return this.options.http2;
  }

  /** Takes other rules for certificates; connections made under the old ones are not used again. */
  trust(tls: BackendOptions["tls"]): void {
    this.configure({ ...this.options, tls });
  }

  /** An idle connection, the most recently used first, or a new one. */
  acquire(fresh: boolean): Connection {
    if (this.openHttp2 !== null && performance.now() >= this.http1Until)
      return this.share(fresh, this.openHttp2);
    let connection = fresh ? undefined : this.idle.pop();
    while (connection && this.isSpent(connection)) {
      this.drop(connection);
      connection = this.idle.pop();
    }
    return connection ?? this.open();
  }

  private isSpent({ idleUntil, lease }: Connection): boolean {
    const now = performance.now();
    return now >= idleUntil || (lease !== null && this.lifetimes.isOver(lease, now));
  }

  /** Takes a connection back whose exchange is complete. */
  release(connection: Connection): void {
    connection.served++;
    if (connection.shared || !connection.connected || connection.options !== this.options) {
      this.drop(connection);
      return;
    }
    const { keepAliveMs = Number.POSITIVE_INFINITY } = connection.wire;
    connection.idleUntil = performance.now() + Math.min(IDLE_MS, keepAliveMs - BEFORE_CLOSE_MS);
    this.idle.push(connection);
    this.rest();
  }

  /** Its server does not speak HTTP/2. */
  choseHttp1(): void {
    this.http1Until = performance.now() + HTTP1_MS;
  }

  /** Gives up a connection, whatever it is doing. */
  drop(connection: Connection): void {
    if (connection.dropped) return;
    connection.dropped = true;
    if (!connection.shared) this.lost();
    if (connection.timer) clearTimeout(connection.timer);
    connection.timer = null;
    connection.wire.destroy();
    connection.socket?.destroy();
  }

  /** Closes what is idle. */
  close(): void {
    for (const connection of this.idle.splice(0)) this.drop(connection);
    for (const session of this.sessions) if (session.isIdle) session.retire();
  }

  /** Idle connections are looked at from now on. */
  private rest(): void {
    if (this.sweep !== null) return;
    this.sweep = setInterval(this.closeIdle, SWEEP_MS).unref();
    resting.add(this);
  }

  private readonly closeIdle = () => {
    const now = performance.now();
    const limit = now - IDLE_MS;
    while (this.idle[0] && this.idle[0].idleUntil <= now) this.drop(this.idle.shift()!);
    let idle = this.idle.length;
    for (const session of this.sessions) {
      if (!session.isIdle) continue;
      if (session.idleSince <= limit) session.retire();
      else idle++;
    }
    if (idle > 0 || this.sweep === null) return;
    clearInterval(this.sweep);
    this.sweep = null;
    resting.delete(this);
  };

  private open(): Connection {
    const connection = connectionOver(unopened, this.options, false);
    const onOpen = () => {
      connection.connected = true;
      connection.served = 0;
      connection.lease = this.lifetimes.begin(connection.socket?.remoteAddress);
    };
    const onClose = () => {
      connection.connected = false;
      const index = this.idle.indexOf(connection);
      if (index < 0) return;
      this.idle.splice(index, 1);
      this.drop(connection);
    };
    const onSocket = (socket: Destroyable) => {
      connection.socket = socket;
    };
    const dial = { timeoutMs: this.connectTimeoutMs, onSocket, onOpen, onClose };
    connection.wire = hasRoom() ? this.opener(dial) : noRoom;
    this.gained();
    return connection;
  }

  /** A part of a connection of HTTP/2. Fresh: of one that has served nobody yet. */
  private share(fresh: boolean, open: OpenHttp2): Connection {
    let found: Http2Connection | undefined;
    const now = performance.now();
    for (const session of this.sessions) {
      if (session.lease && this.lifetimes.isOver(session.lease, now)) session.retire();
      else if (session.hasRoom && !(fresh && session.served > 0)) found = session;
    }
    if (!found && !hasRoom()) return connectionOver(noRoom, this.options, true);
    const session = found ?? this.openSession(open);
    const connection = connectionOver(session.join(), this.options, true);
    connection.connected = session.isOpen;
    connection.served = session.served;
    return connection;
  }

  private openSession(open: OpenHttp2): Http2Connection {
    const onClose = () => {
      this.sessions.delete(session);
      this.lost();
    };
    const onOpen = () => {
      session.lease = this.lifetimes.begin(session.remoteAddress);
    };
    const dial = { timeoutMs: this.connectTimeoutMs, onOpen, onClose };
    const session: Http2Connection = new Http2Connection(this.origin, open, dial, () => this.rest());
    this.sessions.add(session);
    this.gained();
    return session;
  }

  private gained(): void {
    this.connections++;
    backendConnections.open++;
  }

  private lost(): void {
    this.connections--;
    backendConnections.open--;
  }
}

function connectionOver(wire: Wire, options: BackendOptions, shared: boolean): Connection {
  return {
    ...{ wire, options, shared },
    socket: null,
    served: 0,
    idleUntil: 0,
    lease: null,
    connected: false,
    dropped: false,
    timer: null,
    timerMs: 0,
    timing: null,
  };
}

/** Whether one more may be opened; where there is no room, what is idle at other backends makes some. */
function hasRoom(): boolean {
  const { open, limit } = backendConnections;
  if (open < limit) return true;
  for (const backend of resting) backend.close();
  if (backendConnections.open < limit) return true;
  backendConnections.refused++;
  return false;
}
