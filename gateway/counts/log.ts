import { mkdirSync, openSync, write } from "node:fs";
import { dirname } from "node:path";

/** Bytes gathered before the access log is written: one system call for some hundred requests. */
const BUFFER_BYTES = 64 * 1024;
/** How long a line may wait to be written, ms. */
const FLUSH_MS = 250;
/** Bytes kept for a disk or pipe that takes them too slowly; what comes then is counted and lost, bytes. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;
/** Pause before a full pipe is tried again, ms. */
const RETRY_MS = 20;

const NEW_LINE = 10;

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
  /** Resolves when all lines so far are written. */
  flush(): Promise<void>;
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
  const { about, endpoint = "", attempts = 0, consumer = "" } = line;
  const who = consumer === "" ? "" : `,"consumer":${quoted(consumer)}`;
  // What comes from us or has passed a check needs no escaping.
  const route = about === undefined ? "" : `,${about},"endpoint":"${endpoint}","attempts":${attempts}`;
  return `{"level":"info","time":"${timestamp()}","requestId":"${line.requestId}","method":"${line.method}","path":${quoted(line.path)},"status":${line.status},"ms":${line.ms},"client":${quoted(line.client)}${who}${route}}\n`;
}

/** `where` is "off", "stdout" or a file that is appended to. Throws when the file cannot be opened. */
export function openAccessLog(where: string): AccessLog | null {
  if (where === "off") return null;
  if (where === "stdout") return new BufferedLog(1);
  mkdirSync(dirname(where), { recursive: true });
  return new BufferedLog(openSync(where, "a"));
}

/**
 * Lines are encoded into a buffer as they come and leave it some hundred at a time, beside the request path.
 * (A stream that collects strings, as pino's does, cost six times as much a line:
 * docs/decisions/004-access-log-buffer.md.)
 */
class BufferedLog implements AccessLog {
  private filling: Buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  private filled = 0;
  /** A buffer that was written and may be filled again. */
  private spare: Buffer | null = null;
  /** Full buffers, oldest first; the first one is being written. */
  private readonly full: Buffer[] = [];
  private writing = false;
  private lost = 0;
  private failing = false;
  private drained = () => {};

  constructor(private readonly file: number) {
    setInterval(() => this.turn(), FLUSH_MS).unref();
  }

  write(line: AccessLine): void {
    const text = format(line);
    // At most three bytes a character.
    if (this.filled + text.length * 3 > this.filling.length) this.turn();
    if (this.filled + text.length * 3 > this.filling.length) this.lost++;
    else this.filled += this.filling.write(text, this.filled);
  }

  flush(): Promise<void> {
    this.turn();
    if (this.full.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.drained = resolve;
    });
  }

  /** Hands over what is filled, unless too much waits already. */
  private turn(): void {
    if (this.filled === 0 || this.full.length * BUFFER_BYTES >= MAX_PENDING_BYTES) return;
    this.full.push(this.filling.subarray(0, this.filled));
    this.filling = this.spare ?? Buffer.allocUnsafe(BUFFER_BYTES);
    this.spare = null;
    this.filled = 0;
    if (this.lost > 0) {
      this.filled = this.filling.write(`{"level":"warn","time":"${timestamp()}","lostLines":${this.lost}}\n`);
      this.lost = 0;
    }
    this.drain();
  }

  /** A disk that is full stays so for a while: that is said once, and what is lost is counted. */
  private tell(error: Error | null, buffer: Buffer): void {
    if (error) {
      for (const byte of buffer) if (byte === NEW_LINE) this.lost++;
      if (!this.failing) console.error(`The access log cannot be written, lines are lost: ${error.message}`);
    }
    this.failing = error !== null;
  }

  private drain(): void {
    const buffer = this.full[0];
    if (!buffer) this.drained();
    if (this.writing || !buffer) return;
    this.writing = true;
    write(this.file, buffer, (error, bytes) => {
      this.writing = false;
      if (error?.code === "EAGAIN") {
        setTimeout(() => this.drain(), RETRY_MS);
        return;
      }
      if (!error && bytes < buffer.length) this.full[0] = buffer.subarray(bytes);
      else {
        this.full.shift();
        if (buffer.byteOffset === 0 && buffer.buffer.byteLength === BUFFER_BYTES) {
          this.spare = Buffer.from(buffer.buffer);
        }
        this.tell(error, buffer);
      }
      this.drain();
    });
  }
}
