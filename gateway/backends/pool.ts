import { usualTls } from "#lib/node/trust";
import type { Exposed } from "../boundary";
import {
  type BackendOptions,
  type Destroyable,
  noRoom,
  type Opener,
  openerFor,
  unopened,
  type Wire,
} from "./wire";

/** Idle connections are closed after this time, ms: before backends usually do it. */
const IDLE_MS = 4_000;
/** How often they are looked for, ms. */
const SWEEP_MS = 1_000;

/** Connections of all backends together. How many there may be is for whoever counts descriptors to say. */
export const backendConnections = { open: 0, limit: Number.POSITIVE_INFINITY, refused: 0 };

/** The backends with idle connections. */
const resting = new Set<Backend>();

/** One connection of a backend. */
export interface Connection {
  wire: Wire;
  socket: Destroyable | null;
  readonly options: BackendOptions;
  /** Exchanges completed on the present socket. */
  served: number;
  /** `performance.now()`. */
  idleSince: number;
  connected: boolean;
  dropped: boolean;
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

  constructor(
    /** Scheme, host and port. */
    readonly origin: string,
  ) {
    this.opener = openerFor(origin, this.options);
  }

  /** Takes new settings; connections made with others are not used again. */
  configure(options: BackendOptions, connectTimeoutMs: number): void {
    this.connectTimeoutMs = connectTimeoutMs;
    const { tls, http2 } = this.options;
    if (tls === options.tls && http2 === options.http2) return;
    this.options = options;
    this.opener = openerFor(this.origin, options);
    this.close();
  }

  /** Takes other rules for certificates; connections made under the old ones are not used again. */
  trust(tls: BackendOptions["tls"]): void {
    this.configure({ ...this.options, tls }, this.connectTimeoutMs);
  }

  /** An idle connection, the most recently used first, or a new one. */
  acquire(fresh: boolean): Connection {
    const connection = fresh ? undefined : this.idle.pop();
    return connection ?? this.open();
  }

  /** Takes a connection back whose exchange is complete. */
  release(connection: Connection): void {
    connection.served++;
    if (!connection.connected || connection.options !== this.options) {
      this.drop(connection);
      return;
    }
    connection.idleSince = performance.now();
    this.idle.push(connection);
    if (this.sweep !== null) return;
    this.sweep = setInterval(this.closeIdle, SWEEP_MS).unref();
    resting.add(this);
  }

  /** Gives up a connection, whatever it is doing. */
  drop(connection: Connection): void {
    if (connection.dropped) return;
    connection.dropped = true;
    this.connections--;
    backendConnections.open--;
    if (connection.timer) clearTimeout(connection.timer);
    connection.timer = null;
    connection.wire.destroy();
    connection.socket?.destroy();
  }

  /** Closes what is idle. */
  close(): void {
    for (const connection of this.idle.splice(0)) this.drop(connection);
  }

  private readonly closeIdle = () => {
    const limit = performance.now() - IDLE_MS;
    while (this.idle[0] && this.idle[0].idleSince <= limit) this.drop(this.idle.shift()!);
    if (this.idle.length > 0 || this.sweep === null) return;
    clearInterval(this.sweep);
    this.sweep = null;
    resting.delete(this);
  };

  private open(): Connection {
    const connection: Connection = {
      wire: unopened,
      socket: null,
      options: this.options,
      served: 0,
      idleSince: 0,
      connected: false,
      dropped: false,
      timer: null,
      timerMs: 0,
      timing: null,
    };
    const onOpen = () => {
      connection.connected = true;
      connection.served = 0;
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
    this.connections++;
    backendConnections.open++;
    return connection;
  }
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
