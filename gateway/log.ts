import { destination, type Logger, pino } from "pino";

/** Bytes gathered before the access log is written: one system call for many requests. */
const BUFFER_BYTES = 8 * 1024;
/** How long a line may wait to be written, ms. */
const FLUSH_MS = 250;

/** What the access log says of one request. */
export interface AccessLine {
  requestId: string;
  method: string;
  path: string;
  status: number;
  /** From the request head to the end of the answer, ms. */
  ms: number;
  client: string;
  api?: string;
  version?: string;
  revision?: number;
  keyType?: string;
  resource?: string;
  endpoint?: string;
  attempts?: number;
}

/** The access log: JSON lines, buffered, so that writing them is no part of answering. */
export interface AccessLog {
  write(line: AccessLine): void;
  flush(): void;
}

let stampedAt = 0;
let stamp = "";

/** The time as ISO 8601, written out once a millisecond however many lines that has. */
function timestamp(): string {
  const now = Date.now();
  if (now !== stampedAt) {
    stampedAt = now;
    stamp = `,"time":"${new Date(now).toISOString()}"`;
  }
  return stamp;
}

/** `where` is "off", "stdout" or a file that is appended to. */
export function openAccessLog(where: string): AccessLog | null {
  if (where === "off") return null;
  const target = destination({
    dest: where === "stdout" ? 1 : where,
    mkdir: true,
    sync: false,
    minLength: BUFFER_BYTES,
  });
  const logger: Logger = pino(
    {
      base: null,
      timestamp,
      formatters: { level: (label) => ({ level: label }) },
    },
    target,
  );
  const timer = setInterval(() => target.flush(), FLUSH_MS);
  timer.unref();
  return {
    write: (line) => logger.info(line),
    flush: () => target.flushSync(),
  };
}
