import { Console } from "node:console";
import { write, writeSync } from "node:fs";
import { Writable } from "node:stream";

/**
 * Standard output and error that end no process. Node's own streams fail for good at the first full disk or reader
 * that went away (`npm start | head`), and an error of theirs that nobody hears is an exception. Here what cannot be
 * written is dropped and counted, that is said once, and writing goes on as soon as it works again.
 */

/** Bytes kept for a reader that is slow; what comes beyond is dropped. */
const MAX_PENDING_BYTES = 1024 * 1024;
/** Pause before what could not be written for now is tried again, ms. */
const RETRY_MS = 50;

/** Errors that mean "not now": the reader is slow. */
const later = new Set(["EAGAIN", "EWOULDBLOCK", "EINTR"]);

export class Output {
  private readonly pending: Buffer[] = [];
  private pendingBytes = 0;
  private busy = false;
  private lost = 0;
  /** The last thing written was cut off in a line. */
  private cut = false;
  private drained: (() => void)[] = [];

  /**
   * @param file descriptor: 1 or 2
   * @param inBackground writes beside the event loop, so that a terminal that is stopped (Ctrl+S) holds nobody up;
   * who does that ends with `flush`. Otherwise what is said last is written before the process ends.
   */
  constructor(
    private readonly file: number,
    private readonly inBackground = false,
  ) {}

  /** Writes a text of whole lines. Never throws. */
  write(text: string): void {
    this.offer(Buffer.from(text));
  }

  /** Resolves when all is written, or when `ms` are over. */
  flush(ms: number): Promise<void> {
    if (this.pending.length === 0 && !this.busy) return Promise.resolve();
    return new Promise((resolve) => {
      this.drained.push(resolve);
      setTimeout(resolve, ms);
    });
  }

  private offer(chunk: Buffer): void {
    if (this.pendingBytes + chunk.length > MAX_PENDING_BYTES) {
      this.lost += linesIn(chunk);
      return;
    }
    this.pending.push(chunk);
    this.pendingBytes += chunk.length;
    if (!this.busy) this.next();
  }

  private next(): void {
    for (let chunk = this.pending[0]; chunk; chunk = this.pending[0]) {
      const said = this.lost > 0 || this.cut ? this.withNotice(chunk) : chunk;
      if (this.inBackground) {
        this.busy = true;
        write(this.file, said, (error, bytes) => {
          this.busy = false;
          if (this.wrote(chunk, said, error, bytes)) this.next();
        });
        return;
      }
      let bytes = 0;
      let failed: NodeJS.ErrnoException | null = null;
      try {
        bytes = writeSync(this.file, said);
      } catch (error) {
        failed = error as NodeJS.ErrnoException;
      }
      if (!this.wrote(chunk, said, failed, bytes)) return;
    }
    for (const resolve of this.drained.splice(0)) resolve();
  }

  /** Takes in how writing the first chunk went, as `said`. False: later. */
  private wrote(chunk: Buffer, said: Buffer, error: NodeJS.ErrnoException | null, bytes: number): boolean {
    if (error && later.has(error.code ?? "")) {
      this.busy = true;
      setTimeout(() => {
        this.busy = false;
        this.next();
      }, RETRY_MS).unref();
      return false;
    }
    this.pending.shift();
    this.pendingBytes -= chunk.length;
    if (error) {
      this.lost += linesIn(chunk);
      return true;
    }
    if (said !== chunk) this.lost = 0;
    this.cut = bytes > 0 && said[bytes - 1] !== NEW_LINE;
    if (bytes === 0) this.lost += linesIn(chunk);
    else if (bytes < said.length) {
      this.cut = false;
      const rest = said.subarray(bytes);
      this.pending.unshift(rest);
      this.pendingBytes += rest.length;
    }
    return true;
  }

  private withNotice(chunk: Buffer): Buffer {
    const lines = this.lost === 1 ? "1 line was" : `${this.lost} lines were`;
    const notice = this.lost > 0 ? `(${lines} lost: standard output could not be written.)\n` : "";
    return Buffer.concat([Buffer.from((this.cut ? "\n" : "") + notice), chunk]);
  }
}

const NEW_LINE = 10;

function linesIn(chunk: Buffer): number {
  let lines = 0;
  for (const byte of chunk) if (byte === NEW_LINE) lines++;
  return Math.max(1, lines);
}

/** Lets `console` write through outputs that end no process, and lets node's own streams fail unheard. */
export function steadyConsole(): void {
  const stream = (file: number) => {
    const output = new Output(file);
    return new Writable({
      decodeStrings: false,
      write(chunk: Buffer | string, _encoding, done) {
        output.write(String(chunk));
        done();
      },
    });
  };
  globalThis.console = new Console({ stdout: stream(1), stderr: stream(2) });
  // Whoever writes to them past the console.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
}
