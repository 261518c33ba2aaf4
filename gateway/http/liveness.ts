import type { Http2Session } from "node:http2";
import type { Socket } from "node:net";
import { type Exposed, guard } from "../boundary";

/** How long the other side may take to answer a ping, ms. */
const PING_MS = 5_000;
/**
 * Between two pings that nothing else asks for, ms: servers of gRPC end the connection of whoever sends more of them
 * than one in five minutes (gRFC A8).
 */
const PINGS_APART_MS = 310_000;

/** Whether the other side of a connection of HTTP/2 is still there, whatever its streams do. */
export class Liveness {
  private bytesRead = 0;
  private pingedAt: number;
  /** The last ping had no answer. */
  private isLost = false;
  private waiting: ((alive: boolean) => void)[] = [];

  constructor(
    private readonly session: Http2Session,
    private readonly socket: Pick<Socket, "bytesRead">,
    private readonly exposed: Exposed,
    private readonly now = () => performance.now(),
    private readonly pingMs = PING_MS,
  ) {
    this.pingedAt = now();
  }

  /**
   * Tells whether anything has come since this was asked last, a ping of theirs among it; else by a ping, unless the
   * last one was not long ago.
   */
  ask(done: (alive: boolean) => void): void {
    const { bytesRead } = this.socket;
    const heard = bytesRead !== this.bytesRead;
    this.bytesRead = bytesRead;
    const rests = this.waiting.length === 0 && this.now() - this.pingedAt < PINGS_APART_MS;
    if (this.session.destroyed) done(false);
    else if (heard || rests) done(heard || !this.isLost);
    else this.ping(done);
  }

  /** Asks for a sign of life; tells whether it came in time. */
  ping(done: (alive: boolean) => void): void {
    const { session, exposed } = this;
    if (session.destroyed) {
      done(false);
      return;
    }
    this.waiting.push(done);
    if (this.waiting.length > 1) return;
    this.pingedAt = this.now();
    const timer = setTimeout(
      guard("liveness timeout", exposed, () => this.settle(false)),
      this.pingMs,
    );
    const pong = guard("liveness pong", exposed, (error: Error | null) => {
      clearTimeout(timer);
      this.settle(!error);
    });
    if (!session.ping(pong)) pong(new Error("not sent"));
  }

  private settle(alive: boolean): void {
    const { waiting } = this;
    this.waiting = [];
    this.isLost = !alive;
    for (const done of waiting) done(alive);
  }
}
