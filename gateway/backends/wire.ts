import { connect as connectSocket, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { buildConnector } from "undici";
import { lookupName } from "#lib/node/names";
import type { TlsRules } from "#lib/node/trust";
import { type Exposed, listenOnce } from "../boundary";
import { Http1Connection, type Open } from "./http1";
import type { OpenHttp2 } from "./http2Connection";
import { BrokenOff, type Destroyable, type Dial, type Wire } from "./transport";

/**
 * How a connection to an endpoint is opened. The only file that imports undici, which opens TLS connections for
 * HTTP/1.1 and keeps their sessions; what is spoken on them is `http1.ts` and `http2Connection.ts`.
 */

/** A connection that says nothing for so long is asked whether it still is one, ms. */
const KEEP_ALIVE_PROBE_MS = 60_000;

export interface BackendOptions {
  tls: TlsRules;
  http2: boolean;
}

/** Makes a connection, which opens with the first exchange on it. */
export type Opener = (dial: Dial) => Wire;

/** Time ran out before the connection was open. */
class ConnectTimeout extends Error {
  readonly code = "CONNECT_TIMEOUT";
}

/** How connections of HTTP/1.1 to this origin are made with these settings. */
export function openerFor(origin: string, { tls }: BackendOptions): Opener {
  const url = new URL(origin);
  // Without a timeout of its own: undici's would run on a timer of about a second.
  const encrypted = buildConnector({ timeout: 0, lookup: lookupName, ...tls });
  const connect =
    url.protocol === "https:" ? encrypted : (connectPlain as unknown as buildConnector.connector);
  return (dial) => http1Wire(url, limited(connect, dial), dial);
}

/** How connections of HTTP/2 to this origin are opened; without TLS by prior knowledge (RFC 9113, section 3.3). */
export function http2OpenerFor(origin: string, { tls }: BackendOptions): OpenHttp2 {
  const { hostname, port, protocol } = new URL(origin);
  const host = plainName(hostname);
  const secure = protocol === "https:";
  const usual = { host, lookup: lookupName, noDelay: true, keepAlive: true };
  const place = {
    ...usual,
    port: Number(port || (secure ? 443 : 80)),
    keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
  };
  return (dial, servername, opened) => {
    const own = {
      ...tls,
      servername: servername ?? (isIP(host) ? "" : host),
      ALPNProtocols: ["h2", "http/1.1"],
    };
    const connect = ((_target, done) => {
      const socket = secure ? connectTls({ ...place, ...own }) : connectSocket(place);
      return whenOpen(socket, secure ? "opening secureConnect" : "opening connect", done);
    }) as buildConnector.connector;
    limited(connect, dial)({} as buildConnector.Options, (error, socket) => {
      if (error) opened(error, null, false);
      else opened(null, socket, !secure || (socket as TLSSocket).alpnProtocol === "h2");
    });
  };
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
  const plain = plainName(hostname);
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
    get keepAliveMs() {
      return wire.keepAliveMs;
    },
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
  return whenOpen(socket, "opening connect", done);
}

/** Tells when it is open, or why it is not. */
function whenOpen<S extends Socket>(
  socket: S,
  point: "opening connect" | "opening secureConnect",
  done: buildConnector.Callback,
): S {
  const exposed: Exposed = {
    requestId: "",
    breakOff() {
      socket.destroy();
      done(new BrokenOff(), null);
    },
  };
  const onError = listenOnce("opening error", socket, exposed, (error: Error) => done(error, null));
  listenOnce(point, socket, exposed, () => {
    socket.off("error", onError);
    done(null, socket);
  });
  return socket;
}

/** A name with brackets is none to connect to. */
function plainName(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}
