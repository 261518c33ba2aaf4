import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { broke, type Exposed, listen, tripOver } from "../boundary";
import { type AnswerHandler, BrokenOff, Closed, ProtocolError, type Request, unfit } from "./transport";

/**
 * HTTP/1.1 towards one endpoint over one connection, one exchange at a time. Ours, because it is half of the
 * request path: beside undici's client it takes a quarter off what a small request costs. What an answer may look
 * like is RFC 9112 without its leniencies: whatever two readers could understand differently is refused
 * (docs/decisions/001-http1-of-our-own.md).
 */

/** Longest head of an answer, bytes: node's own limit. Trailers have the same. */
const MAX_HEAD_BYTES = 16 * 1024;
/** Longest line that announces a chunk, its extensions included, bytes. */
const MAX_CHUNK_LINE = 4 * 1024;

/**
 * Opens a connection. Bytes may come to `read` from within (then the buffer is only lent for the call), or as the
 * socket's data events when `read` was not taken.
 */
export type Open = (
  read: (data: Buffer) => void,
  opened: (error: Error | null, socket: Socket | null) => void,
) => void;

/** What comes next on the connection. */
type Reading = "head" | "counted" | "untilEnd" | "chunkLine" | "chunk" | "chunkEnd" | "trailers";

export class Http1Connection implements Exposed {
  private socket: Socket | null = null;
  private handler: AnswerHandler | null = null;
  private body: Readable | null = null;
  private reading: Reading = "head";
  /** Bytes still to come of a counted body or of a chunk. */
  private left = 0;
  /** What has come of a head or line that is not complete. */
  private partial: Buffer | null = null;
  private started = false;
  private headRequest = false;
  /** The connection ends with this answer. */
  private lastAnswer = false;
  /** For how long the other side says that it keeps the connection, ms, and as it said it. */
  keepAliveMs = Number.POSITIVE_INFINITY;
  private keepAlive = "";
  private dropped = false;

  /**
   * @param host what the header Host says
   * @param open called once, for the first exchange
   * @param onOpen the connection is open
   * @param onClose it is not any more
   */
  constructor(
    private readonly host: string,
    private readonly open: Open,
    private readonly onOpen: () => void,
    private readonly onClose: () => void,
  ) {}

  /** Begins an exchange. Throws when the request cannot be written as HTTP; then nothing was sent. */
  dispatch(request: Request, handler: AnswerHandler): void {
    const head = this.headOf(request);
    this.handler = handler;
    if (this.socket) {
      this.send(head, request, handler);
      return;
    }
    this.open(this.read, (error, socket) => {
      if (error instanceof BrokenOff) {
        this.breakOff();
      } else if (error) {
        this.fail(error);
      } else if (this.dropped) {
        socket!.destroy();
      } else {
        this.use(socket!);
        this.onOpen();
        this.send(head, request, handler);
      }
    });
  }

  /** Goes on after `onData` said false. */
  resume(): void {
    this.socket?.resume();
  }

  /** Ends the connection, and without a word the exchange on it. */
  destroy(): void {
    this.dropped = true;
    this.handler = null;
    this.endBody();
    this.socket?.destroy();
  }

  get requestId(): string {
    return this.handler?.requestId ?? "";
  }

  breakOff(): void {
    const { handler } = this;
    this.handler = null;
    if (!this.dropped) {
      this.dropped = true;
      this.onClose();
    }
    this.endBody();
    this.socket?.destroy();
    handler?.breakOff();
  }

  private use(socket: Socket): void {
    this.socket = socket;
    // A plain socket calls `read` itself; TLS has the stream only.
    if ("encrypted" in socket) listen("backend data", socket, this, this.read);
    listen("backend drain", socket, this, () => this.body?.resume());
    listen("backend error", socket, this, (error: Error) => this.fail(error));
    listen("backend end", socket, this, () => this.ended());
    listen("backend close", socket, this, () => {
      this.socket = null;
      if (!this.dropped) this.onClose();
      this.dropped = true;
      this.fail(new Closed("The connection was closed."));
    });
  }

  // Writing.

  private headOf({ method, path, headers, body }: Request): string {
    if (unfit.forPath.test(path))
      throw new TypeError("The request target has characters that it cannot have.");
    let host = this.host;
    let framed = false;
    let fields = "";
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!;
      const value = headers[i + 1]!;
      if (unfit.forValue.test(value))
        throw new TypeError(`The header ${name} has characters that it cannot have.`);
      if (name.length === 4 && name.toLowerCase() === "host") {
        host = value;
        continue;
      }
      if (name.length === 14 && name.toLowerCase() === "content-length") framed = true;
      fields += `${name}: ${value}\r\n`;
    }
    if (!framed) {
      if (body) fields += "Transfer-Encoding: chunked\r\n";
      else if (method === "POST" || method === "PUT" || method === "PATCH") fields += "Content-Length: 0\r\n";
    }
    return `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n${fields}\r\n`;
  }

  private send(head: string, { method, headers, body }: Request, handler: AnswerHandler): void {
    if (!handler.onConnect()) return;
    this.headRequest = method === "HEAD";
    this.started = false;
    const socket = this.socket!;
    socket.write(head, "latin1");
    if (body) this.sendBody(socket, body, !hasContentLength(headers));
  }

  private sendBody(socket: Socket, body: Readable, chunked: boolean): void {
    this.body = body;
    listen("upload data", body, this, (chunk: Buffer) => {
      if (this.body !== body) return;
      if (chunked) {
        if (chunk.length === 0) return;
        socket.cork();
        socket.write(`${chunk.length.toString(16)}\r\n`, "latin1");
        socket.write(chunk);
        socket.write("\r\n", "latin1");
        socket.uncork();
      } else socket.write(chunk);
      if (socket.writableNeedDrain) body.pause();
    });
    listen("upload end", body, this, () => {
      if (this.body !== body) return;
      this.body = null;
      if (chunked) socket.write("0\r\n\r\n", "latin1");
    });
    listen("upload error", body, this, (error: Error) => {
      if (this.body === body) this.fail(error);
    });
  }

  /** Takes no more of the request's body. True when some was left. */
  private endBody(): boolean {
    const { body } = this;
    this.body = null;
    body?.destroy();
    return body !== null;
  }

  // Reading.

  private readonly read = (data: Buffer): void => {
    const { handler } = this;
    if (!handler) {
      // Nobody asked: whatever this answers, it is not the next request.
      this.socket?.destroy();
      return;
    }
    try {
      tripOver("backend data");
      if (!this.started) {
        this.started = true;
        handler.onResponseStarted();
      }
      let rest = data;
      // An exchange that ends inside (complete, or dropped by its handler) ends the loop.
      while (rest.length > 0 && this.handler === handler) rest = this.consume(rest, handler);
      if (rest.length > 0 && this.handler === null) this.socket?.destroy();
    } catch (error) {
      if (error instanceof ProtocolError) this.fail(error);
      else broke("backend data", this, error);
    }
  };

  /** Reads one element from the front of `data`; returns what comes after it. */
  private consume(data: Buffer, handler: AnswerHandler): Buffer {
    switch (this.reading) {
      case "head": {
        const whole = withoutEmptyLines(this.partial ? Buffer.concat([this.partial, data]) : data);
        const end = whole.indexOf("\r\n\r\n");
        if (end < 0 || end > MAX_HEAD_BYTES) return this.keepHead(whole);
        this.partial = null;
        this.readHead(whole.toString("latin1", 0, end), handler, end + 4 < whole.length);
        return whole.subarray(end + 4);
      }
      case "counted":
      case "chunk": {
        const piece = data.length <= this.left ? data : data.subarray(0, this.left);
        this.left -= piece.length;
        if (!handler.onData(piece)) this.socket?.pause();
        const rest = data.subarray(piece.length);
        if (this.left === 0) {
          if (this.reading === "chunk") this.reading = "chunkEnd";
          else this.complete(handler, null, rest.length > 0);
        }
        return rest;
      }
      case "untilEnd":
        if (!handler.onData(data)) this.socket?.pause();
        return nothing;
      case "chunkLine":
        return this.readChunkLine(data);
      case "chunkEnd": {
        const whole = this.partial ? Buffer.concat([this.partial, data]) : data;
        if (whole.length === 1 && whole[0] === CR) {
          this.partial = Buffer.from(whole);
          return nothing;
        }
        if (whole[0] !== CR || whole[1] !== LF) throw new ProtocolError("A chunk is longer than announced.");
        this.partial = null;
        this.reading = "chunkLine";
        return whole.subarray(2);
      }
      case "trailers": {
        const whole = this.partial ? Buffer.concat([this.partial, data]) : data;
        if (whole.length >= 2 && whole[0] === CR && whole[1] === LF) {
          this.partial = null;
          this.complete(handler, null, whole.length > 2);
          return whole.subarray(2);
        }
        const end = whole.indexOf("\r\n\r\n");
        if (end < 0 || end > MAX_HEAD_BYTES) return this.keep(whole, MAX_HEAD_BYTES + 3);
        this.partial = null;
        const trailers = readFields(whole.toString("latin1", 0, end), 0);
        // They frame nothing; a reader to whom they do has found another end.
        if (trailers.some((name, i) => i % 2 === 0 && framing.test(name))) this.lastAnswer = true;
        this.complete(handler, trailers, end + 4 < whole.length);
        return whole.subarray(end + 4);
      }
    }
  }

  private keepHead(whole: Buffer): Buffer {
    const begin = whole.toString("latin1", 0, Math.min(whole.length, 7));
    if (!"HTTP/1.".startsWith(begin)) throw new ProtocolError("The answer is not HTTP/1.");
    return this.keep(whole, MAX_HEAD_BYTES + 3);
  }

  /** Waits for more. `limit` allows for what may be there of the end already. */
  private keep(whole: Buffer, limit: number): Buffer {
    if (whole.length > limit) throw new ProtocolError("The head of the answer is too long.");
    // It would never find its end.
    for (let at = whole.indexOf(LF); at >= 0; at = whole.indexOf(LF, at + 1)) {
      if (whole[at - 1] !== CR) throw new ProtocolError("A line ends without a carriage return.");
    }
    this.partial = Buffer.from(whole);
    return nothing;
  }

  private readHead(head: string, handler: AnswerHandler, more: boolean): void {
    const lineEnd = head.indexOf("\r\n");
    const line = lineEnd < 0 ? head : head.slice(0, lineEnd);
    // HTTP/1.1 200 OK; the space before an empty reason may be missing.
    const status =
      (line.charCodeAt(9) - 48) * 100 + (line.charCodeAt(10) - 48) * 10 + line.charCodeAt(11) - 48;
    if (!statusLine.test(line)) throw new ProtocolError("The status line is malformed.");
    const headers = lineEnd < 0 ? [] : readFields(head, lineEnd + 2);
    this.lastAnswer = line.charCodeAt(7) === ZERO;
    const bodiless = this.headRequest || status < 200 || status === 204 || status === 304;
    const length = this.readFraming(headers, bodiless);
    if (status === 101) throw new ProtocolError("An upgrade that nobody asked for.");
    if (status < 200 && this.lastAnswer) throw new ProtocolError("An interim answer ends the connection.");
    handler.onHeaders(status, headers, line.slice(13));
    // The handler may have had enough.
    if (this.handler !== handler || status < 200) return;
    if (bodiless || length === 0) {
      this.complete(handler, null, more);
    } else if (length === CHUNKED) {
      this.reading = "chunkLine";
    } else if (length === UNTIL_END) {
      this.reading = "untilEnd";
      this.lastAnswer = true;
    } else {
      this.reading = "counted";
      this.left = length;
    }
  }

  /** How the body is framed: its length in bytes, `CHUNKED` or `UNTIL_END`. A bodiless answer has none to frame. */
  private readFraming(headers: readonly string[], bodiless: boolean): number {
    let length = UNTIL_END;
    let coding: string | undefined;
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!;
      // Their lengths tell nearly all other names apart.
      if (name.length !== 14 && name.length !== 17 && name.length !== 10) continue;
      const value = headers[i + 1]!;
      switch (name.toLowerCase()) {
        case "content-length": {
          if (length !== UNTIL_END || !/^\d{1,15}$/.test(value)) {
            throw new ProtocolError("The header Content-Length is malformed.");
          }
          length = Number(value);
          break;
        }
        case "transfer-encoding":
          if (bodiless) {
            // Whether its last chunk follows, readers do not agree on: what follows is not read.
            this.lastAnswer = true;
            break;
          }
          if (coding !== undefined || !/^(?:chunked|identity)$/i.test(value)) {
            throw new ProtocolError("The transfer coding is not chunked.");
          }
          coding = value.toLowerCase();
          break;
        case "connection":
          if (/(^|,)\s*close\s*(,|$)/i.test(value)) this.lastAnswer = true;
          break;
        case "keep-alive":
          if (value !== this.keepAlive) this.readKeepAlive(value);
      }
    }
    if (coding === undefined) return length;
    if (length !== UNTIL_END) throw new ProtocolError("The body has two framings.");
    // "identity" is of RFC 2616 and means no coding: then the connection's end is the body's.
    return coding === "chunked" ? CHUNKED : UNTIL_END;
  }

  private readKeepAlive(value: string): void {
    this.keepAlive = value;
    const found = /(?:^|,)\s*timeout=(\d{1,9})\s*(?:,|$)/i.exec(value);
    this.keepAliveMs = found ? Number(found[1]) * 1_000 : Number.POSITIVE_INFINITY;
  }

  private readChunkLine(data: Buffer): Buffer {
    const whole = this.partial ? Buffer.concat([this.partial, data]) : data;
    const end = whole.indexOf("\r\n");
    if (end < 0 || end > MAX_CHUNK_LINE) return this.keep(whole, MAX_CHUNK_LINE + 1);
    this.partial = null;
    const found = chunkLine.exec(whole.toString("latin1", 0, end));
    if (!found) throw new ProtocolError("The size of a chunk is malformed.");
    this.left = Number.parseInt(found[1]!, 16);
    this.reading = this.left === 0 ? "trailers" : "chunk";
    return whole.subarray(end + 2);
  }

  private complete(handler: AnswerHandler, trailers: string[] | null, more: boolean): void {
    this.handler = null;
    this.reading = "head";
    // An answer before the request was sent whole leaves the rest of it on the connection.
    if (this.endBody() || this.lastAnswer || more) {
      const { socket } = this;
      this.socket = null;
      this.dropped = true;
      this.onClose();
      socket?.destroy();
    } else this.socket?.resume();
    handler.onComplete(trailers);
  }

  /** The other side sends no more. */
  private ended(): void {
    if (this.handler && this.reading === "untilEnd") this.complete(this.handler, null, false);
    else this.fail(new Closed("The other side closed the connection."));
  }

  private fail(error: Error): void {
    const { handler, socket } = this;
    this.handler = null;
    this.endBody();
    socket?.destroy();
    handler?.onError(error);
  }
}

const CR = 13;
const LF = 10;
const ZERO = 48;
const nothing = Buffer.alloc(0);
/** Results of `readFraming` that are no lengths. */
const CHUNKED = -1;
const UNTIL_END = -2;

const statusLine = /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const word = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const token = new RegExp(`^${word}$`);
const quoted = String.raw`"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"`;
/** Thirteen digits are more than any body. Extensions are passed over; a space beside one is refused, as by llhttp. */
const chunkLine = new RegExp(`^([0-9A-Fa-f]{1,13})(?:;${word}(?:=(?:${word}|${quoted}))?)*$`);
const framing = /^(?:content-length|transfer-encoding)$/i;

/** Header lines from `at` to the end of the text as name, value, ...; values without the space around them. */
function readFields(text: string, at: number): string[] {
  const fields: string[] = [];
  for (let from = at; from <= text.length; ) {
    let end = text.indexOf("\r\n", from);
    if (end < 0) end = text.length;
    const colon = text.indexOf(":", from);
    // No colon, a folded line, a space before the colon: each has been read in two ways somewhere.
    if (colon < 0 || colon >= end) throw new ProtocolError("A header line is malformed.");
    const name = text.slice(from, colon);
    if (!token.test(name)) throw new ProtocolError("The name of a header is malformed.");
    const value = text.slice(text.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1, end);
    if (unfit.forValue.test(value)) throw new ProtocolError(`The header ${name} is malformed.`);
    fields.push(name, needsTrim(value) ? trimmed(name, value) : value);
    from = end + 2;
  }
  return fields;
}

/** Empty lines before a status line are passed over, as node's own parser does (RFC 9112, section 2.2, by analogy). */
function withoutEmptyLines(head: Buffer): Buffer {
  let at = 0;
  while (head[at] === CR || head[at] === LF) at++;
  return at === 0 ? head : head.subarray(at);
}

function needsTrim(value: string): boolean {
  return isSpace(value.charCodeAt(0)) || isSpace(value.charCodeAt(value.length - 1));
}

const isSpace = (char: number) => char === 32 || char === 9;

function trimmed(name: string, value: string): string {
  let end = value.length;
  while (end > 0 && isSpace(value.charCodeAt(end - 1))) end--;
  let from = 0;
  while (from < end && isSpace(value.charCodeAt(from))) from++;
  // llhttp passes over spaces there, and takes a tab for a part of the value.
  if (value.includes("\t", end) && framing.test(name))
    throw new ProtocolError(`The header ${name} is malformed.`);
  return value.slice(from, end);
}

function hasContentLength(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.length === 14 && headers[i]!.toLowerCase() === "content-length") return true;
  }
  return false;
}
