import { destination } from "pino";

/** Bytes gathered before the access log is written: one system call for some hundred requests. */
const BUFFER_BYTES = 64 * 1024;
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
  /** What `aboutRoute` made, once for a route; absent when no API took the request. */
  about?: string;
  endpoint?: string;
  attempts?: number;
}

/** The part of a line that is the same for every request to one route: JSON without braces. */
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
  flush(): void;
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
  const { about, endpoint = "", attempts = 0 } = line;
  const route = about === undefined ? "" : `,${about},"endpoint":${quoted(endpoint)},"attempts":${attempts}`;
  return `{"level":"info","time":"${timestamp()}","requestId":${quoted(line.requestId)},"method":${quoted(line.method)},"path":${quoted(line.path)},"status":${line.status},"ms":${line.ms},"client":${quoted(line.client)}${route}}\n`;
}

/** `where` is "off", "stdout" or a file that is appended to. */
export function openAccessLog(where: string): AccessLog | null {
  if (where === "off") return null;
  const target = destination({
    dest: where === "stdout" ? 1 : where,
    mkdir: true,
    sync: false,
    minLength: BUFFER_BYTES,
    maxWrite: 2 * BUFFER_BYTES,
  });
  const timer = setInterval(() => target.flush(), FLUSH_MS);
  timer.unref();
  return {
    write: (line) => target.write(format(line)),
    flush: () => target.flushSync(),
  };
}
