import { Output } from "#lib/node/output";
import { LogFile } from "./logFile";

/** Bytes gathered before the access log is written: one system call for some hundred requests. */
const BUFFER_BYTES = 64 * 1024;
/** How long a line may wait to be written, ms. */
const FLUSH_MS = 250;
/** Bytes kept for a disk or pipe that takes them too slowly; what comes then is counted and lost, bytes. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;
/** Between two times that it is said that the log cannot be written, ms. */
const COMPLAIN_MS = 60_000;

/** What the access log says of one request. */
export interface AccessLine {
  requestId: string;
  method: string;
  path: string;
  status: number;
  /** From the request head to the end of the answer, ms. */
  ms: number;
  client: string;
  /** What `aboutRoute` made, once for a route; absent when no API took the request. */
  about?: string | undefined;
  endpoint?: string;
  attempts?: number;
  /** Whose token it came with; empty or absent when with none. Never the token. */
  consumer?: string;
  /** Why the answer ended in its middle; absent when it did not. */
  cut?: string | undefined;
}

/** The part of a line that is the same for every request to one route, or for all that an API refuses: JSON without braces. */
export function aboutRoute(fields: {
  api: string;
  version: string;
  revision: number;
  keyType: string;
  resource: string;
}): string {
  return JSON.stringify(fields).slice(1, -1);
}

/** The access log: JSON lines, buffered, so that writing them is no part of answering. */
export interface AccessLog {
  write(line: AccessLine): void;
  /** Resolves when all lines so far are written, or when `ms` are over. */
  flush(ms: number): Promise<void>;
  /** Opens the file anew, if it is one. */
  reopen(): void;
}

let stampedAt = 0;
let stamp = "";

/** The time as ISO 8601, written out once a millisecond however many lines that has. */
function timestamp(): string {
  const now = Date.now();
  if (now !== stampedAt) {
    stampedAt = now;
    stamp = new Date(now).toISOString();
  }
  return stamp;
}

/** Text from a caller as JSON; nearly all of it needs no escaping, and then costs no more than two quotes. */
function quoted(text: string): string {
  return /^[\w/.:~%!$&'()*+,;=@-]*$/.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** Written by hand, because a serializer that does not know the fields costs a fifth of a request. */
function format(line: AccessLine): string {
  const { about, endpoint = "", attempts = 0, consumer = "", cut } = line;
  const who = consumer === "" ? "" : `,"consumer":${quoted(consumer)}`;
  // What comes from us or has passed a check needs no escaping.
  const route = about === undefined ? "" : `,${about},"endpoint":"${endpoint}","attempts":${attempts}`;
  return `{"level":"info","time":"${timestamp()}","requestId":"${line.requestId}","method":"${line.method}","path":${quoted(line.path)},"status":${line.status},"ms":${line.ms},"client":${quoted(line.client)}${who}${route}${cut === undefined ? "" : `,"cut":${JSON.stringify(cut)}`}}\n`;
}

/**
 * `where` is "off", "stdout" or a file that is appended to: the one at that path, also when a log rotator moves it
 * away. Throws when the file cannot be opened.
 */
export async function openAccessLog(where: string): Promise<AccessLog | null> {
  if (where === "off") return null;
  if (where === "stdout") return new BufferedLog(null);
  return new BufferedLog(await LogFile.open(where));
}

/**
 * Lines are encoded into a buffer as they come and leave it some hundred at a time, beside the request path.
 * (A stream that collects strings, as pino's does, cost six times as much a line:
 * docs/decisions/004-access-log-buffer.md.)
 */
class BufferedLog implements AccessLog {
  private readonly output: Output;
  private filling: Buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  private filled = 0;
  /** A buffer that was written and may be filled again. */
  private spare: Buffer | null = null;
  /** When it was last said that the log cannot be written, ms. */
  private complainedAt = Number.NEGATIVE_INFINITY;
  /** It was not taken back since. */
  private complaining = false;

  /** @param file null: standard output */
  constructor(private readonly file: LogFile | null) {
    this.output = new Output(file?.descriptor ?? 1, {
      inBackground: true,
      maxPendingBytes: MAX_PENDING_BYTES,
      lostLine: (lines) => `{"level":"warn","time":"${timestamp()}","lostLines":${lines}}\n`,
      failed: (error) => this.complain(error),
      recovered: (lines) => this.takeBack(lines),
      released: (buffer) => {
        if (buffer.byteOffset !== 0 || buffer.buffer.byteLength !== BUFFER_BYTES) return;
        this.spare = Buffer.from(buffer.buffer);
      },
    });
    file?.watch(this.output);
    // While something waits the buffer goes on filling: each that waits takes its whole size.
    setInterval(() => {
      if (this.output.idle) this.turn();
    }, FLUSH_MS).unref();
  }

  write(line: AccessLine): void {
    const text = format(line);
    // At most three bytes a character.
    if (this.filled + text.length * 3 > this.filling.length) this.turn();
    if (text.length * 3 > this.filling.length) this.output.write(text);
    else this.filled += this.filling.write(text, this.filled);
  }

  flush(ms: number): Promise<void> {
    this.turn();
    return this.output.flush(ms);
  }

  reopen(): void {
    this.file?.reopen();
  }

  /** Hands over what is filled. */
  private turn(): void {
    if (this.filled === 0) return;
    const full = this.filling.subarray(0, this.filled);
    this.filling = this.spare ?? Buffer.allocUnsafe(BUFFER_BYTES);
    this.spare = null;
    this.filled = 0;
    this.output.offer(full);
  }

  /** A disk that is full stays so for a while, and takes a line now and then: that is said once a minute at most. */
  private complain(error: Error): void {
    const now = performance.now();
    if (now - this.complainedAt < COMPLAIN_MS) return;
    this.complainedAt = now;
    this.complaining = true;
    console.error(`The access log cannot be written, lines are lost: ${error.message}`);
  }

  private takeBack(lines: number): void {
    if (!this.complaining) return;
    this.complaining = false;
    console.error(
      `The access log can be written again; ${lines} ${lines === 1 ? "line was" : "lines were"} lost.`,
    );
  }
}
