import { Console } from "node:console";
import { write, writeSync } from "node:fs";
import { Writable } from "node:stream";

/**
 * Outputs that end no process. Node's own streams fail for good at the first full disk or reader that went away
 * (`npm start | head`), and an error of theirs that nobody hears is an exception. Here what cannot be written is
 * dropped and counted, that is said once, and writing goes on as soon as it works again, on a line of its own.
 */

/** Bytes kept for a reader that is slow, unless told otherwise; what comes beyond is dropped. */
const MAX_PENDING_BYTES = 1024 * 1024;
/** Pause before what could not be written for now is tried again, ms. */
const RETRY_MS = 20;

const NEW_LINE = 10;

/** Errors that mean "not now": the reader is slow. */
const later = new Set(["EAGAIN", "EWOULDBLOCK", "EINTR"]);

export interface OutputOptions {
  /**
   * Writes beside the event loop, so that a terminal that is stopped (Ctrl+S) holds nobody up; who does that ends
   * with `flush`. Otherwise what is said last is written before the process ends.
   */
  inBackground?: boolean;
  maxPendingBytes?: number;
  /** The line, with its end, that says in the output how many were lost before it. */
  lostLine?: (lines: number) => string;
  /** The first write that failed after all went well. */
  failed?: (error: Error) => void;
  /** The first one that did not, and how many lines were lost meanwhile. */
  recovered?: (lines: number) => void;
  /** Called with each chunk that is written or dropped: it may be filled again. */
  released?: (chunk: Buffer) => void;
}

/** A chunk with what is said before it, and how much of both is written. */
interface Underway {
  readonly bytes: Buffer;
  /** Length of what is said before the chunk. */
  readonly before: number;
  /** Lost lines that are told of in it. */
  readonly told: number;
  done: number;
}

export class Output {
  private readonly pending: Buffer[] = [];
  private pendingBytes = 0;
  private underway: Underway | null = null;
  private busy = false;
  private lost = 0;
  /** What was written last was cut off in a line. */
  private cut = false;
  private failing = false;
  private moving: { file: number; cut: boolean; left: () => void } | null = null;
  private drained: (() => void)[] = [];

  /** @param file descriptor */
  constructor(
    private file: number,
    private readonly options: OutputOptions = {},
  ) {}

  /** Writes a text of whole lines. Never throws. */
  write(text: string): void {
    this.offer(Buffer.from(text));
  }

  /** Writes whole lines; the bytes must stay as they are until they are released. Never throws. */
  offer(chunk: Buffer): void {
    if (chunk.length === 0) return;
    if (this.pendingBytes + chunk.length > (this.options.maxPendingBytes ?? MAX_PENDING_BYTES)) {
      this.lost += linesIn(chunk);
      this.options.released?.(chunk);
      return;
    }
    this.pending.push(chunk);
    this.pendingBytes += chunk.length;
    if (!this.busy) this.next();
  }

  /** Whether nothing waits to be written. */
  get idle(): boolean {
    return this.pending.length === 0;
  }

  /** Resolves when all is written, or when `ms` are over. */
  flush(ms: number): Promise<void> {
    if (this.idle) return Promise.resolve();
    return new Promise((resolve) => {
      this.drained.push(resolve);
      setTimeout(resolve, ms);
    });
  }

  /**
   * Writes to another file from the next chunk on. Resolves when the one before is not used any more.
   * @param cut whether that file ends within a line
   */
  moveTo(file: number, cut: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.moving = { file, cut, left: resolve };
      if (!this.busy) this.move();
    });
  }

  private move(): void {
    if (!this.moving || (this.underway?.done ?? 0) > 0) return;
    this.underway = null;
    this.file = this.moving.file;
    this.cut = this.moving.cut;
    this.moving.left();
    this.moving = null;
  }

  private next(): void {
    this.move();
    for (let chunk = this.pending[0]; chunk; chunk = this.pending[0]) {
      this.underway ??= this.begin(chunk);
      const { bytes, done } = this.underway;
      if (this.options.inBackground) {
        this.busy = true;
        write(this.file, bytes, done, (error, written) => {
          this.busy = false;
          if (this.wrote(chunk, error, written)) this.next();
        });
        return;
      }
      let written = 0;
      let error: NodeJS.ErrnoException | null = null;
      try {
        written = writeSync(this.file, bytes, done);
      } catch (thrown) {
        error = thrown as NodeJS.ErrnoException;
      }
      if (!this.wrote(chunk, error, written)) return;
    }
    for (const resolve of this.drained.splice(0)) resolve();
  }

  private begin(chunk: Buffer): Underway {
    if (this.lost === 0 && !this.cut) return { bytes: chunk, before: 0, told: 0, done: 0 };
    const line = this.options.lostLine ?? lostLine;
    const before = Buffer.from((this.cut ? "\n" : "") + (this.lost > 0 ? line(this.lost) : ""));
    return { bytes: Buffer.concat([before, chunk]), before: before.length, told: this.lost, done: 0 };
  }

  /** Takes in how a write of the first chunk went. False: later. */
  private wrote(chunk: Buffer, error: NodeJS.ErrnoException | null, written: number): boolean {
    if (error && later.has(error.code ?? "")) {
      this.busy = true;
      setTimeout(() => {
        this.busy = false;
        this.next();
      }, RETRY_MS).unref();
      return false;
    }
    const { bytes, before, told, done } = this.underway!;
    const now = error ? done : done + written;
    if (now > done) this.cut = bytes[now - 1] !== NEW_LINE;
    if (now > done && now < bytes.length) {
      this.underway!.done = now;
      return true;
    }
    this.underway = null;
    this.pending.shift();
    this.pendingBytes -= chunk.length;
    if (now >= before) this.lost -= told;
    if (now < bytes.length) {
      this.lost += linesIn(bytes.subarray(Math.max(now, before)));
      if (!this.failing) this.options.failed?.(error ?? new Error("nothing was taken"));
    } else if (this.failing) this.options.recovered?.(told);
    this.failing = now < bytes.length;
    this.options.released?.(chunk);
    return true;
  }
}

function lostLine(lost: number): string {
  const lines = lost === 1 ? "1 line was" : `${lost} lines were`;
  return `(${lines} lost: standard output could not be written.)\n`;
}

function linesIn(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(NEW_LINE); at >= 0; at = chunk.indexOf(NEW_LINE, at + 1)) lines++;
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
