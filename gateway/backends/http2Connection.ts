import { type ClientHttp2Session, connect as connectHttp2, type Settings } from "node:http2";
import type { Socket } from "node:net";
import { type Exposed, ignoreErrors, listen, listenOnce } from "../boundary";
import { Liveness } from "../http/liveness";
import { Http2Wire, type Shared } from "./http2Wire";
import type { Lease } from "./lifetimes";
import { BrokenOff, type Destroyable, type Dial, NotProcessed, type Wire } from "./transport";

/**
 * HTTP/2 towards one endpoint (RFC 9113): exchanges share a connection. On node's client:
 * docs/decisions/025-http2-towards-backends.md.
 */

/** Exchanges at once on one connection, whatever more its server allows. */
const MAX_STREAMS = 100;
/** What one stream may have under way towards us, bytes. */
const STREAM_WINDOW = 256 * 1024;
/** What all of them may: a caller who does not read must not hold up the others, bytes. */
const SESSION_WINDOW = (MAX_STREAMS + 1) * STREAM_WINDOW;
/** Memory of one connection, MB: windows, and bodies that wait to be sent. */
const SESSION_MEMORY = 64;

/** Opens a connection, and says whether its server speaks HTTP/2 on it. */
export type OpenHttp2 = (
  dial: Dial,
  servername: string | undefined,
  opened: (error: Error | null, socket: Socket | null, speaksHttp2: boolean) => void,
) => void;

/** One connection with its streams. Opened by the first exchange on it. */
export class Http2Connection implements Shared, Exposed {
  readonly requestId = "";
  /** Exchanges that were answered. */
  served = 0;
  /** When the last exchange ended, `performance.now()`. */
  idleSince = 0;
  isOpen = false;
  /** Null before it is open. */
  lease: Lease | null = null;
  private session: ClientHttp2Session | null = null;
  private liveness: Liveness | null = null;
  private opening = false;
  private isClosed = false;
  private socket: Destroyable | null = null;
  /** Takes no more exchanges. */
  private retired = false;
  /** Exchanges on it or waiting for it. */
  private readonly streams = new Set<Http2Wire>();
  private limit = MAX_STREAMS;
  /** Streams above it were not looked at. */
  private lastProcessed = Number.POSITIVE_INFINITY;
  heardAt = 0;
  /** It has not answered for so long that others had better not rely on it. */
  private doubted = false;

  constructor(
    readonly origin: string,
    private readonly open: OpenHttp2,
    private readonly dial: Omit<Dial, "onSocket">,
    private readonly onIdle: (connection: Http2Connection) => void,
  ) {}

  /** Whether one more exchange may go on it. */
  get hasRoom(): boolean {
    return !this.retired && !this.doubted && this.streams.size < this.limit;
  }

  get isIdle(): boolean {
    return this.streams.size === 0;
  }

  get remoteAddress(): string | undefined {
    return this.socket?.remoteAddress;
  }

  /** A place for one exchange, which is taken at once. */
  join(): Wire {
    const wire = new Http2Wire(this);
    this.streams.add(wire);
    return wire;
  }

  /** Takes no more exchanges; those under way go on, and the connection ends with the last one. */
  retire(): void {
    this.retired = true;
    if (this.isIdle) this.destroy();
  }

  /** Ends the connection and everything on it. */
  destroy(): void {
    this.socket?.destroy();
    this.session?.destroy();
    this.closed();
  }

  breakOff(): void {
    const cut = [...this.streams];
    for (const wire of cut) wire.breakOff();
    this.destroy();
  }

  whenOpen(wire: Http2Wire, servername: string | undefined): void {
    if (this.session) wire.send(this.session);
    else if (!this.opening) {
      this.opening = true;
      const onSocket = (socket: Destroyable) => {
        this.socket = socket;
      };
      this.open({ ...this.dial, onSocket }, servername, (error, socket, speaksHttp2) => {
        if (error) this.failAll(error);
        else if (!speaksHttp2) {
          socket!.destroy();
          this.retired = true;
          for (const wire of [...this.streams]) wire.giveBack();
          this.closed();
        } else this.use(socket!);
      });
    }
  }

  left(wire: Http2Wire, answered: boolean): void {
    if (!this.streams.delete(wire)) return;
    if (answered) this.served++;
    if (!this.isIdle) return;
    this.idleSince = performance.now();
    if (this.retired) this.destroy();
    else if (this.isOpen) this.onIdle(this);
  }

  overlooked(streamId: number | undefined): boolean {
    return streamId === undefined || streamId > this.lastProcessed;
  }

  isThere(done: (alive: boolean) => void): void {
    if (this.liveness) this.liveness.ask(done);
    else done(true);
  }

  doubt(since: number): void {
    if (this.doubted || !this.isOpen || this.heardAt > since) return;
    this.doubted = true;
    this.liveness?.ping((alive) => {
      this.doubted = false;
      if (alive) this.heardAt = performance.now();
      else this.destroy();
    });
  }

  private use(socket: Socket): void {
    const session = connectHttp2(this.origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
      maxSessionMemory: SESSION_MEMORY,
    });
    // What ends it ends its streams, each of which has its own word for it.
    ignoreErrors(session);
    listenOnce("client close", session, this, () => this.closed());
    listen("client goaway", session, this, (_code: number, last: number) => {
      this.retired = true;
      this.lastProcessed = last;
    });
    listen("client remoteSettings", session, this, ({ maxConcurrentStreams }: Settings) => {
      this.limit = Math.min(MAX_STREAMS, maxConcurrentStreams ?? MAX_STREAMS);
    });
    listenOnce("client connect", session, this, () => {
      if (this.retired && this.isIdle) return this.destroy();
      session.setLocalWindowSize(SESSION_WINDOW);
      this.session = session;
      this.liveness = new Liveness(session, socket, this);
      this.isOpen = true;
      this.heardAt = performance.now();
      this.dial.onOpen();
      for (const wire of [...this.streams]) wire.send(session);
      if (this.isIdle) this.onIdle(this);
    });
  }

  private failAll(error: Error): void {
    this.retired = true;
    for (const wire of [...this.streams]) {
      if (error instanceof BrokenOff) wire.breakOff();
      else wire.fail(error);
    }
    this.closed();
  }

  /** What is on a stream is told by that; what still waits was not sent. */
  private closed(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.retired = true;
    this.isOpen = false;
    this.dial.onClose();
    for (const wire of [...this.streams]) if (!wire.isSent) wire.fail(new NotProcessed());
  }
}
