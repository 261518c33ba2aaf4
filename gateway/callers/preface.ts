import type { Socket } from "node:net";
import { connectionOf, guard, listen } from "../boundary";

/** What a connection begins with that speaks HTTP/2 by prior knowledge (RFC 9113, section 3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** What was opened just before the end may still have its request on the way, ms. */
const GRACE_MS = 1_000;

type Known = (speaksHttp2: boolean) => void;

/** Connections without TLS that have not shown yet which protocol they speak. */
export class FirstBytes {
  private readonly waiting = new Map<Socket, Known>();

  /** @param timeoutMs how long a connection may take to show it; then `late` is told */
  constructor(
    private readonly timeoutMs: number,
    private readonly late: (socket: Socket) => void,
  ) {}

  /** Looks at what comes first, and leaves it in the connection for whoever reads it. */
  look(socket: Socket, known: Known): void {
    const exposed = connectionOf(socket);
    const seen: Buffer[] = [];
    const stop = () => {
      this.waiting.delete(socket);
      clearTimeout(timer);
      for (const [event, listener] of listeners) socket.off(event, listener);
    };
    const settle = (speaksHttp2: boolean) => {
      stop();
      if (seen.length > 0) socket.unshift(Buffer.concat(seen));
      known(speaksHttp2);
    };
    const read = () => {
      const bytes = socket.read() as Buffer | null;
      if (bytes === null) return;
      seen.push(bytes);
      const speaksHttp2 = beginsWithPreface(seen.length === 1 ? bytes : Buffer.concat(seen));
      if (speaksHttp2 !== undefined) settle(speaksHttp2);
    };
    const gone = () => {
      stop();
      socket.destroy();
    };
    const listeners = [
      ["readable", listen("first readable", socket, exposed, read)],
      ["end", listen("first end", socket, exposed, gone)],
      ["error", listen("first error", socket, exposed, gone)],
    ] as const;
    const late = guard("first timeout", exposed, () => {
      stop();
      this.late(socket);
    });
    const timer = setTimeout(late, this.timeoutMs);
    this.waiting.set(socket, settle);
  }

  /** Waits no longer: all that is open is taken for HTTP/1, and closed where it goes on to say nothing. */
  stop(): void {
    const silent = [...this.waiting];
    for (const [, settle] of silent) settle(false);
    const close = () => {
      for (const [socket] of silent) if (socket.bytesRead === 0) socket.destroy();
    };
    setTimeout(close, GRACE_MS).unref();
  }
}

/** Undefined when it may become one. */
function beginsWithPreface(bytes: Buffer): boolean | undefined {
  const length = Math.min(bytes.length, PREFACE.length);
  if (bytes.compare(PREFACE, 0, length, 0, length) !== 0) return false;
  return length === PREFACE.length || undefined;
}
