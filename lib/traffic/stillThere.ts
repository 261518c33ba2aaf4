/**
 * Between two pings of ours to somebody who is quiet, ms: servers of gRPC end the connection of whoever sends more of
 * them than one in five minutes (gRFC A8).
 */
const PINGS_APART_MS = 310_000;

/** Whether the other side of a connection is still there, as far as what comes from it tells. Times are ms of one clock. */
export class Presence {
  private bytesRead = 0;
  private isAsked = false;
  /** The last ping had no answer. */
  private isLost = false;

  constructor(private askedAt: number) {}

  /**
   * What is known now; "ask" where only a ping tells, or the one that is under way. `bytesRead`: on the connection so
   * far, so that whatever came since the last look counts, pings of theirs among it.
   */
  look(bytesRead: number, now: number): boolean | "ask" {
    const heard = bytesRead !== this.bytesRead;
    this.bytesRead = bytesRead;
    if (heard) return true;
    if (this.isAsked || now - this.askedAt >= PINGS_APART_MS) return "ask";
    return !this.isLost;
  }

  /** A ping is sent. */
  asks(now: number): void {
    this.isAsked = true;
    this.askedAt = now;
  }

  /** It was answered in time, or not. */
  told(alive: boolean): void {
    this.isAsked = false;
    this.isLost = !alive;
  }
}
