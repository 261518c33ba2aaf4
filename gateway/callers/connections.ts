import type { Server } from "node:http";
import type { Socket } from "node:net";
import { connectionOf, listenOnce } from "../boundary";
import { sparing } from "../http/nodeTricks";
import { isTaken } from "./pipeline";

/** How many connections are looked at for one that can go. */
const MAX_LOOKS = 100;

/** A connection on which requests come, and whether it may be closed now without taking anything from its caller. */
interface Speaking {
  /** Of HTTP/1, bytes; sessions of HTTP/2 end by themselves when all is sent. */
  readonly writableLength?: number;
  readonly bytesWritten?: number;
  destroy(): unknown;
}

/**
 * The connections of callers. There are at most `limit` of them, so that descriptors are left for endpoints and
 * operators: for a new one an idle one is closed, the longest unused first as far as that is known, and without an
 * idle one the new one is refused. Costs a little a connection, and nothing a request.
 */
export class CallerConnections {
  open = 0;
  limit = Number.POSITIVE_INFINITY;
  /** New ones so far that were refused, and idle ones that were closed for new ones. */
  refused = 0;
  closed = 0;
  /** The gateway stops: each answer of HTTP/1 says that it is its connection's last. */
  leaving = false;
  /** Those that may become idle, the longest unused first. */
  private readonly speaking = new Map<Speaking, () => boolean>();
  /** Of a stop: what each had sent when it was looked at, and since when it has sent nothing more. */
  private readonly quiet = new WeakMap<Speaking, { written: number; since: number }>();

  /** Sends callers away by the answers that they get from now on. */
  leave(): void {
    this.leaving = true;
    for (const connection of this.speaking.keys()) this.quietMs(connection);
  }

  /**
   * Closes what is idle at a listener. To node a connection is idle once its answer was handed over; a caller who has
   * not taken it yet would lose the end of it, so those are not to be closed meanwhile, nor those that had an answer
   * within `quietMs`: it may have begun before the stop and promised to keep the connection, and now comes the next
   * request.
   */
  closeIdleAt(server: Server, quietMs: number): void {
    const spared = [...this.speaking.keys()].filter(
      (connection) => (connection.writableLength ?? 0) > 0 || this.quietMs(connection) < quietMs,
    );
    sparing(spared, () => server.closeIdleConnections());
  }

  /** For how long nothing was sent on it, as far as it was looked at. */
  private quietMs(connection: Speaking): number {
    const now = performance.now();
    const { bytesWritten: written = 0 } = connection;
    let seen = this.quiet.get(connection);
    if (seen?.written !== written) {
      seen = { written, since: now };
      this.quiet.set(connection, seen);
    }
    return now - seen.since;
  }

  /** Counts a connection, as the listener has it. False: there is no room, and it is closed. */
  take(socket: Socket): boolean {
    if (this.open >= this.limit && !this.closeIdle()) {
      this.refused++;
      socket.destroy();
      return false;
    }
    this.open++;
    listenOnce("caller close", socket, connectionOf(socket), () => this.open--);
    return true;
  }

  /** Requests of HTTP/1 come on it from now on. */
  speaksHttp1(socket: Socket): void {
    // Of a new one nobody knows yet what it wants; node gives it ten seconds to say.
    this.speaks(socket, socket, () => socket.bytesRead > 0 && !isTaken(socket));
  }

  /** Requests come on it from now on. */
  speaks(connection: Speaking, socket: Socket, isIdle: () => boolean): void {
    if (this.speaking.has(connection)) return;
    this.speaking.set(connection, isIdle);
    listenOnce("caller close", socket, connectionOf(socket), () => this.speaking.delete(connection));
  }

  /** It has become another protocol's. */
  letGo(socket: Socket): void {
    this.speaking.delete(socket);
  }

  private closeIdle(): boolean {
    let looks = 0;
    for (const [connection, isIdle] of this.speaking) {
      this.speaking.delete(connection);
      if (isIdle()) {
        connection.destroy();
        this.closed++;
        return true;
      }
      // In use: it is among the last to be looked at again.
      this.speaking.set(connection, isIdle);
      if (++looks === MAX_LOOKS) return false;
    }
    return false;
  }
}
