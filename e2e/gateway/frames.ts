import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { expect, type Gateway } from "../fixtures";

/**
 * An HTTP/2 caller that looks at frames (RFC 9113, section 4.1), because clients differ in what they forgive: some
 * take a reset without an error for the end of an answer, others throw the answer away.
 */

export interface Frame {
  type: string;
  flags: number;
  stream: number;
  payload: Buffer;
  /** END_STREAM, on the frames that have it. */
  end: boolean;
}

const types = ["DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY"];
const name = (type: number) => types[type] ?? (type === 8 ? "WINDOW_UPDATE" : String(type));
export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;

/** A frame as it is sent (RFC 9113, section 4.1). */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A field as a literal that is not indexed, without Huffman coding (RFC 7541, section 6.2.2). */
export function field(key: string, value: string): Buffer {
  const text = (given: string) => Buffer.concat([Buffer.of(given.length), Buffer.from(given, "latin1")]);
  return Buffer.concat([Buffer.of(0), text(key), text(value)]);
}

/** The fields that every request has. */
export function request(method: string, path: string): Buffer {
  return Buffer.concat([
    field(":method", method),
    field(":scheme", "https"),
    field(":path", path),
    field(":authority", "gw"),
  ]);
}

export class FrameCaller {
  readonly frames: Frame[] = [];
  private rest: Buffer = Buffer.alloc(0);
  private nextStream = 1;
  ended = false;

  private constructor(readonly socket: TLSSocket) {
    socket.on("data", (data: Buffer) => this.read(data));
    socket.on("error", () => {});
    socket.on("close", () => {
      this.ended = true;
    });
    socket.on("end", () => {
      this.ended = true;
    });
  }

  static async open(g: Pick<Gateway, "httpsUrl">): Promise<FrameCaller> {
    const { hostname, port } = new URL(g.httpsUrl);
    const socket = connect({
      host: hostname,
      port: Number(port),
      ALPNProtocols: ["h2"],
      rejectUnauthorized: false,
    });
    await once(socket, "secureConnect");
    const caller = new FrameCaller(socket);
    socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    socket.write(frame(4, 0, 0));
    return caller;
  }

  /** Opens a stream; with `body` a DATA frame follows, and the stream ends on our side unless `open`. */
  ask(method: string, path: string, { body, open = false }: { body?: string; open?: boolean } = {}): number {
    const stream = this.nextId();
    const block = request(method, path);
    const bare = body === undefined && !open;
    this.socket.write(frame(1, END_HEADERS | (bare ? END_STREAM : 0), stream, block));
    if (body !== undefined)
      this.socket.write(frame(0, open ? 0 : END_STREAM, stream, Buffer.from(body, "latin1")));
    return stream;
  }

  /** Of a stream that the caller opens by itself. */
  nextId(): number {
    this.nextStream += 2;
    return this.nextStream - 2;
  }

  write(type: number, flags: number, stream: number, payload?: Buffer): void {
    this.socket.write(frame(type, flags, stream, payload));
  }

  /** What has come on a stream so far. */
  of(stream: number): Frame[] {
    return this.frames.filter((one) => one.stream === stream && one.type !== "WINDOW_UPDATE");
  }

  /** Waits for the end of a stream: END_STREAM or a reset. */
  async answer(stream: number): Promise<Frame[]> {
    await expect
      .poll(() => this.of(stream).some(({ end, type }) => end || type === "RST_STREAM"), { intervals: [20] })
      .toBe(true);
    return this.of(stream);
  }

  private read(data: Buffer): void {
    this.rest = Buffer.concat([this.rest, data]);
    while (this.rest.length >= 9) {
      const length = this.rest.readUIntBE(0, 3);
      if (this.rest.length < 9 + length) return;
      const [type, flags] = [this.rest[3]!, this.rest[4]!];
      const stream = this.rest.readUInt32BE(5) & 0x7fffffff;
      const payload = this.rest.subarray(9, 9 + length);
      this.rest = this.rest.subarray(9 + length);
      this.frames.push({
        ...{ type: name(type), flags, stream, payload },
        end: (type === 0 || type === 1) && (flags & END_STREAM) !== 0,
      });
      // Whoever asks for a sign of life gets one.
      if (type === 6 && (flags & 1) === 0) this.write(6, 1, 0, payload);
      if (type === 4 && (flags & 1) === 0) this.write(4, 1, 0);
    }
  }
}

/** What frames say in short: "HEADERS", "DATA+end", "RST_STREAM(0)". */
export function spelled(frames: readonly Frame[]): string[] {
  return frames.map(({ type, end, payload }) => {
    if (type === "RST_STREAM") return `RST_STREAM(${payload.readUInt32BE(0)})`;
    return end ? `${type}+end` : type;
  });
}

export function bodyOf(frames: readonly Frame[]): string {
  return Buffer.concat(frames.filter(({ type }) => type === "DATA").map(({ payload }) => payload)).toString();
}
