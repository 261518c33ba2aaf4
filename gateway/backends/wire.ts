import { connect as connectSocket, type Socket } from "node:net";
import { buildConnector, Client, type Dispatcher } from "undici";
import { lookupName } from "#lib/node/names";
import type { TlsRules } from "#lib/node/trust";
import { type Exposed, guard, listen, listenOnce } from "../boundary";
import { type AnswerHandler, BrokenOff, Http1Connection, type Open, type Request } from "./http1";

/**
 * How a connection to an endpoint is opened, and which version of HTTP it speaks. The only file that imports
 * undici, which opens TLS connections and speaks HTTP/2; HTTP/1.1 is `http1.ts`.
 */

/** A connection that says nothing for so long is asked whether it still is one, ms. */
const KEEP_ALIVE_PROBE_MS = 60_000;

export interface BackendOptions {
  tls: TlsRules;
  http2: boolean;
}

/** What can be given up, also while it is being opened. */
export interface Destroyable {
  destroy(error?: Error): void;
}

/** What the owner of a connection hands in, and is told. */
export interface Dial {
  /** To an open connection, ms. */
  timeoutMs: number;
  /** The socket, before it is connected. */
  onSocket(socket: Destroyable): void;
  onOpen(): void;
  onClose(): void;
}

/** Makes a connection, which opens with the first exchange on it. */
export type Opener = (dial: Dial) => Wire;

/** Time ran out before the connection was open. */
class ConnectTimeout extends Error {
  readonly code = "CONNECT_TIMEOUT";
}

/** How connections to this origin are made with these settings. */
export function openerFor(origin: string, { tls, http2 }: BackendOptions): Opener {
  const url = new URL(origin);
  // Without a timeout of its own: undici's would run on a timer of about a second.
  const encrypted = buildConnector({ timeout: 0, allowH2: http2, lookup: lookupName, ...tls });
  if (http2) return (dial) => new Http2Wire(origin, limited(encrypted, dial), dial);
  const connect =
    url.protocol === "https:" ? encrypted : (connectPlain as unknown as buildConnector.connector);
  return (dial) => http1Wire(url, limited(connect, dial), dial);
}

/** A connector with a time limit, and with its socket within reach. */
function limited(connect: buildConnector.connector, { timeoutMs, onSocket }: Dial): buildConnector.connector {
  return (target, done) => {
    const opened: buildConnector.Callback = (error, socket) => {
      clearTimeout(timer);
      if (error) done(error, null);
      else done(null, socket!);
    };
    const socket = connect(target, opened) as unknown as Destroyable;
    onSocket(socket);
    const timer = setTimeout(() => socket.destroy(new ConnectTimeout()), timeoutMs);
  };
}

function http1Wire(url: URL, connect: buildConnector.connector, { onOpen, onClose }: Dial): Wire {
  const { host, hostname, port, protocol } = url;
  // A name with brackets is none to connect to.
  const plain = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  let servername: string | undefined;
  const open: Open = (read, opened) => {
    const target = { host, hostname: plain, port, protocol, servername, read };
    connect(target, (error, socket) => opened(error, socket));
  };
  const wire = new Http1Connection(host, open, onOpen, onClose);
  return {
    dispatch(request, name, handler) {
      servername = name;
      wire.dispatch(request, handler);
    },
    resume: () => wire.resume(),
    destroy: () => wire.destroy(),
  };
}

/** Where plain connections are read into: one for all, because what is read is used or copied at once. */
const slab = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Opens a connection without TLS. Reading past the stream machinery saves an allocation of 64 KiB a read, and
 * when the reader pauses nothing more is read.
 */
function connectPlain(
  { hostname, port, read }: { hostname: string; port: string; read: (data: Buffer) => void },
  done: buildConnector.Callback,
): Socket {
  const socket = connectSocket({
    host: hostname,
    port: Number(port || 80),
    lookup: lookupName,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
    onread: {
      buffer: slab,
      callback(bytes) {
        read(slab.subarray(0, bytes));
        return true;
      },
    },
  });
  const exposed: Exposed = {
    requestId: "",
    breakOff() {
      socket.destroy();
      done(new BrokenOff(), null);
    },
  };
  const onError = listenOnce("opening error", socket, exposed, (error: Error) => done(error, null));
  listenOnce("opening connect", socket, exposed, () => {
    socket.off("error", onError);
    done(null, socket);
  });
  return socket;
}

/** One connection in whichever version of HTTP. */
export interface Wire {
  dispatch(request: Request, servername: string | undefined, handler: AnswerHandler): void;
  resume(): void;
  destroy(): void;
}

/** Stands in for a connection that has none yet. */
export const unopened: Wire = { dispatch() {}, resume() {}, destroy() {} };

/** As if the system had refused a descriptor. */
export const noRoom: Wire = {
  ...unopened,
  dispatch(_request, _servername, handler) {
    handler.onError(Object.assign(new Error("no free descriptors"), { code: "EMFILE" }));
  },
};

/** HTTP/2, where an endpoint is set to it: undici's client, told as our own tells it. */
class Http2Wire implements Wire, Exposed {
  private readonly client: Client;
  private resumeExchange: (() => void) | undefined;
  private abortExchange: (() => void) | undefined;
  private current: AnswerHandler | undefined;

  constructor(
    origin: string,
    connect: buildConnector.connector,
    private readonly dial: Dial,
  ) {
    // Timeouts are ours: undici's run on a timer of about a second.
    this.client = new Client(origin, { headersTimeout: 0, bodyTimeout: 0, allowH2: true, connect });
    listen("client connect", this.client, this, () => dial.onOpen());
    listen("client disconnect", this.client, this, () => dial.onClose());
  }

  get requestId(): string {
    return this.current?.requestId ?? "";
  }

  breakOff(): void {
    this.dial.onClose();
    this.current?.breakOff();
    this.destroy();
  }

  dispatch({ method, path, headers, body }: Request, servername: string | undefined, handler: AnswerHandler) {
    this.current = handler;
    const options = {
      path,
      method: method as Dispatcher.HttpMethod,
      headers: headers as string[],
      body: body ?? null,
      servername,
    } as Dispatcher.DispatchOptions;
    this.client.dispatch(options, this.told(handler));
  }

  /** What undici calls, for one exchange. */
  private told(handler: AnswerHandler): Dispatcher.DispatchHandler {
    const onHead = guard("exchange headers", this, (status: number, raw: Buffer[], statusText: string) =>
      handler.onHeaders(status, raw.map(latin1), statusText),
    );
    const onData = guard("exchange data", this, (chunk: Buffer) => handler.onData(chunk));
    return {
      onConnect: guard("exchange connect", this, (abortExchange: () => void) => {
        this.abortExchange = abortExchange;
        if (!handler.onConnect()) abortExchange();
      }),
      onResponseStarted: guard("exchange started", this, () => handler.onResponseStarted()),
      onHeaders: (status, raw, resumeExchange, statusText) => {
        this.resumeExchange = resumeExchange;
        onHead(status, raw, statusText);
        return true;
      },
      onData: (chunk) => onData(chunk) ?? true,
      onComplete: guard("exchange complete", this, (trailers: unknown) => {
        this.current = undefined;
        // Its HTTP/2 client says "no trailers" with an empty object.
        handler.onComplete(Array.isArray(trailers) ? trailers.map(latin1) : null);
      }),
      onError: guard("exchange error", this, (error: Error) => {
        this.current = undefined;
        handler.onError(error);
      }),
    };
  }

  resume(): void {
    this.resumeExchange?.();
  }

  destroy(): void {
    this.abortExchange?.();
    this.client.destroy().catch(() => {});
  }
}

function latin1(value: Buffer | string): string {
  return typeof value === "string" ? value : value.toString("latin1");
}
