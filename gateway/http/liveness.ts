import type { Http2Session } from "node:http2";
import type { Socket } from "node:net";
import { Presence } from "#lib/traffic/stillThere";
import { type Exposed, guard } from "../boundary";

/** How long the other side may take to answer a ping, ms. */
const PING_MS = 5_000;

/** Whether the other side of a connection of HTTP/2 is still there, whatever its streams do. */
export class Liveness {
  private readonly presence = new Presence(performance.now());
  /** Who waits for the ping under way. */
  private waiting: ((alive: boolean) => void)[] = [];

  constructor(
    private readonly session: Http2Session,
    private readonly socket: Pick<Socket, "bytesRead">,
    private readonly exposed: Exposed,
  ) {}

  /** Tells at once where something has come since this was asked last, or a ping was answered not long ago. */
  ask(done: (alive: boolean) => void): void {
    const found = this.presence.look(this.socket.bytesRead, performance.now());
    if (this.session.destroyed) done(false);
    else if (found === "ask") this.ping(done);
    else done(found);
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
    this.presence.asks(performance.now());
    const timer = setTimeout(
      guard("liveness timeout", exposed, () => this.settle(false)),
      PING_MS,
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
    this.presence.told(alive);
    for (const done of waiting) done(alive);
  }
}
