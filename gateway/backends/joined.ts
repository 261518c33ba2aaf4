import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { FrameCounter, goingAway } from "#lib/traffic/webSocketFrames";
import { type Exposed, guard, listen, listenOnce } from "../boundary";

/** How long the two ends of a WebSocket may take to close it once the gateway goes away, or one of them has, ms. */
const CLOSE_MS = 5_000;
/** How long what was written to them last may take, ms. */
const LINGER_MS = 1_000;

/** The WebSockets that are open: a gateway that stops takes leave of them, since they never end by themselves. */
export class WebSockets {
  private readonly open = new Set<Joined>();
  private leaving = false;

  /** Two sockets that were joined by pipes a moment ago. */
  add(caller: Socket, backend: Socket, owner: Exposed): void {
    const joined = new Joined(caller, backend, owner);
    this.open.add(joined);
    listenOnce("joined close", caller, owner, () => this.open.delete(joined));
    if (this.leaving) joined.goAway();
  }

  goAway(): void {
    this.leaving = true;
    for (const joined of this.open) joined.goAway();
  }
}

/**
 * One WebSocket. Its bytes pass as they come; only where frames end is counted, because a frame of ours may stand
 * between two others alone (RFC 6455, section 5.4: also between those of one message).
 */
class Joined {
  private readonly toCaller = new FrameCounter();
  private readonly toBackend = new FrameCounter();
  private leaving = false;
  private told = false;

  constructor(
    private readonly caller: Socket,
    private readonly backend: Socket,
    private readonly owner: Exposed,
  ) {
    listen("joined data", backend, owner, (chunk: Buffer) => {
      if (this.leaving) this.pass(chunk);
      else this.toCaller.count(chunk);
    });
    listen("joined data", caller, owner, (chunk: Buffer) => this.toBackend.count(chunk));
    // The end of one goes on to the other, who may never end: WebSockets that are half open serve nobody.
    const soon = () => void setTimeout(guard("joined timeout", owner, this.end), CLOSE_MS).unref();
    for (const one of [caller, backend]) listenOnce("joined end", one, owner, soon);
  }

  /**
   * Tells the caller as soon as the frame under way has ended. Its close frame goes to the backend like any other of
   * its frames, and the backend ends the connection; where one of the two does not, it is ended here.
   */
  goAway(): void {
    if (this.leaving) return;
    this.leaving = true;
    this.backend.unpipe(this.caller);
    this.backend.resume();
    if (this.toCaller.isBetween) this.tell();
    setTimeout(guard("joined timeout", this.owner, this.end), CLOSE_MS);
  }

  /** What the backend still sends: the rest of a frame is the caller's, then comes the close frame and nothing more. */
  private pass(chunk: Buffer): void {
    if (this.told) return;
    const { caller, backend, toCaller } = this;
    const rest = chunk.subarray(0, toCaller.countToEnd(chunk));
    if (!caller.write(rest)) {
      backend.pause();
      listenOnce("joined drain", caller, this.owner, () => backend.resume());
    }
    if (toCaller.isBetween) this.tell();
  }

  private tell(): void {
    this.told = true;
    if (this.caller.writable) this.caller.write(goingAway());
  }

  private readonly end = () => {
    const { caller, backend } = this;
    if (caller.destroyed && backend.destroyed) return;
    caller.unpipe(backend);
    if (this.toBackend.isBetween && backend.writable) backend.write(goingAway(randomBytes(4)));
    backend.end();
    caller.end();
    setTimeout(() => {
      backend.destroy();
      caller.destroy();
    }, LINGER_MS);
  };
}
