import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Http1Connection } from "../../gateway/backends/http1";
import type { AnswerHandler } from "../../gateway/backends/transport";

/** One answer read by our reader of HTTP/1.1 and by node's (llhttp, strict), in terms in which the two compare. */

export type Method = "GET" | "HEAD";

interface Head {
  status: number;
  reason: string;
  /** Name, value, ... */
  fields: string[];
}

/** What a reader made of the bytes that came on a connection, behind which it ends. */
export interface Reading {
  /** Whole: an answer was read to its end. Cut: the connection's end came first. */
  end: "whole" | "cut" | "refused";
  /** Why it was refused. */
  why?: string;
  /** Interim answers. */
  interim: Head[];
  head: Head | null;
  body: string;
  /** Name, value, ... */
  trailers: string[];
  /** Whether another request would be sent on the connection. */
  reusable: boolean;
}

const unread = (): Reading => ({
  end: "cut",
  interim: [],
  head: null,
  body: "",
  trailers: [],
  reusable: false,
});

/** As much of a socket as our reader asks of one; bytes are put into the reader by hand, cut as the test likes. */
class Fed extends EventEmitter {
  destroyed = false;
  readonly writableNeedDrain = false;

  write(): boolean {
    return true;
  }

  resume(): void {}

  pause(): void {}

  destroy(): void {
    this.destroyed = true;
  }
}

/** What ours makes of an answer that comes in these pieces, and then the connection's end. */
export function readByOurs(method: Method, pieces: readonly Buffer[]): Reading {
  const reading = unread();
  const socket = new Fed();
  let read: (data: Buffer) => void = () => {};
  let isOver = false;
  const handler: AnswerHandler = {
    requestId: "",
    onConnect: () => true,
    onResponseStarted() {},
    onHeaders(status, fields, reason) {
      if (status < 200) reading.interim.push({ status, reason, fields });
      else reading.head = { status, reason, fields };
    },
    onData(chunk) {
      reading.body += chunk.toString("latin1");
      return true;
    },
    onComplete(trailers) {
      isOver = true;
      reading.end = "whole";
      reading.trailers = trailers ?? [];
    },
    onError(error) {
      isOver = true;
      if ((error as NodeJS.ErrnoException).code !== "PROTOCOL") return;
      reading.end = "refused";
      reading.why = error.message;
    },
    onHttp1() {},
    breakOff() {
      throw new Error("Our reader threw what it does not expect.");
    },
  };
  let isOpen = true;
  const connection = new Http1Connection(
    "backend",
    (reader, opened) => {
      read = reader;
      opened(null, socket as unknown as Socket);
    },
    () => {},
    () => {
      isOpen = false;
    },
  );
  connection.dispatch({ method, path: "/", headers: [], body: undefined, takesTrailers: false }, handler);
  for (const piece of pieces) if (!socket.destroyed) read(piece);
  reading.reusable = isOver && reading.end === "whole" && isOpen && !socket.destroyed;
  if (!socket.destroyed) socket.emit("end");
  socket.emit("close");
  return reading;
}

/** Asks for connections that are kept, and keeps none. */
class OnceAgent extends Agent {
  override keepSocketAlive(): boolean {
    return false;
  }
}

/**
 * A server that answers with the bytes that it is told, and node's client, which reads them from a real socket: one of
 * the file system, since a minute of such answers would use up all ports.
 */
export class Llhttp {
  private readonly agent = new OnceAgent({ keepAlive: true });
  private readonly answers = new Map<string, Buffer>();
  private asked = 0;

  private constructor(
    private readonly server: Server,
    private readonly folder: string,
  ) {
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.once("data", (asked) => {
        const [, path = ""] = asked.toString("latin1").split(" ");
        socket.end(this.answers.get(path) ?? "");
        this.answers.delete(path);
      });
    });
  }

  static start(): Promise<Llhttp> {
    const folder = mkdtempSync(join(tmpdir(), "sluice-llhttp-"));
    const server = createServer();
    return new Promise((resolve) => {
      server.listen(join(folder, "socket"), () => resolve(new Llhttp(server, folder)));
    });
  }

  close(): void {
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }

  read(method: Method, answer: Buffer): Promise<Reading> {
    const path = `/${this.asked++}`;
    this.answers.set(path, answer);
    const socketPath = join(this.folder, "socket");
    const req = request({ socketPath, path, method, agent: this.agent, insecureHTTPParser: false });
    return new Promise((resolve) => {
      const reading = unread();
      // It would drop the others silently.
      req.maxHeadersCount = 0;
      noteReading(req, reading);
      req.on("socket", (socket) => socket.once("close", () => setImmediate(resolve, reading)));
      req.end();
    });
  }
}

function noteReading(req: ClientRequest, reading: Reading): void {
  const failed = (error: NodeJS.ErrnoException) => {
    // What comes behind an answer that is whole is nobody's any more.
    if (!error.code?.startsWith("HPE_") || reading.end === "whole") return;
    reading.end = "refused";
    reading.why = error.code;
  };
  req.on("error", failed);
  req.on("information", ({ statusCode: status, statusMessage: reason, rawHeaders: fields }) => {
    reading.interim.push({ status, reason, fields });
  });
  req.on("response", (res) => readBody(res, reading, failed));
  req.on("socket", (socket) => {
    socket.once("free", () => {
      reading.reusable = true;
    });
  });
}

function readBody(res: IncomingMessage, reading: Reading, failed: (error: Error) => void): void {
  const { statusCode: status = 0, statusMessage: reason = "", rawHeaders: fields } = res;
  reading.head = { status, reason, fields };
  res.on("data", (chunk: Buffer) => {
    reading.body += chunk.toString("latin1");
  });
  res.on("error", failed);
  res.on("end", () => {
    if (!res.complete) return;
    reading.end = "whole";
    delete reading.why;
    reading.trailers = res.rawTrailers;
  });
}
