import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import type { Socket } from "node:net";
import * as answers from "./answers";
import type { GatewayContext } from "./context";
import { refused, requestHandler, requestIdFor } from "./handle";
import { readRequestHeaders } from "./headers";
import { type Http2Listener, http2Listener } from "./http2";
import type { Identity } from "./identity";
import { upgradeHandler } from "./upgrade";

/** Largest request head, bytes. */
const MAX_HEADER_BYTES = 16 * 1024;
/** A request head that takes longer is refused, ms. */
const SLOW_HEADERS_MS = 10_000;
/** How often slow ones are looked for, ms; node's default of 30 s would let them have three times as long. */
const SLOW_CHECK_MS = 1_000;
/** A TLS handshake that takes longer is cut, ms. */
const HANDSHAKE_MS = 10_000;
/** Idle callers' connections are kept this long, ms; longer than usual load balancers in front keep theirs. */
const KEEP_ALIVE_MS = 65_000;

/** Limits of both listeners. */
const limits = {
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: SLOW_HEADERS_MS,
  connectionsCheckingInterval: SLOW_CHECK_MS,
  // Bodies have their own idle timeout; a long upload is not an attack.
  requestTimeout: 0,
  keepAliveTimeout: KEEP_ALIVE_MS,
  noDelay: true,
  // Ours to check and to answer, like everything about headers.
  requireHostHeader: false,
};

/** The listener for callers. What is not HTTP gets the same kind of answer as any request. */
export function gatewayServer(context: GatewayContext): Server {
  return serve(createServer(limits), context, false);
}

export interface SecureListener {
  /** A new certificate is set on it while it runs (`setSecureContext`). */
  readonly server: SecureServer;
  readonly http2: Http2Listener;
}

/** The same behind TLS, where a caller may choose HTTP/2 (RFC 7301). */
export function secureGatewayServer(context: GatewayContext, { cert, key }: Identity): SecureListener {
  const server = createSecureServer({
    ...limits,
    cert,
    key,
    minVersion: "TLSv1.2",
    handshakeTimeout: HANDSHAKE_MS,
    ALPNProtocols: ["h2", "http/1.1"],
  });
  // Before the handshake there is nothing to answer in.
  server.removeAllListeners("tlsClientError");
  server.on("tlsClientError", (_error, socket: Socket) => socket.destroy());
  const http2 = http2Listener(requestHandler(context, true), {
    maxHeaderBytes: MAX_HEADER_BYTES,
    idleMs: KEEP_ALIVE_MS,
  });
  // node's own listener reads HTTP/1, whatever was chosen.
  const http1 = server.listeners("secureConnection");
  server.removeAllListeners("secureConnection");
  server.on("secureConnection", (socket) => {
    if (socket.alpnProtocol === "h2") http2.accept(socket);
    else for (const listen of http1) listen.call(server, socket);
  });
  return { server: serve(server, context, true), http2 };
}

function serve<S extends Server>(server: S, context: GatewayContext, secure: boolean): S {
  const handler = requestHandler(context, secure);
  const upgrade = upgradeHandler(context, secure);
  server.on("request", handler);
  // node drops fields beyond its limit silently; ours are counted and refused.
  server.maxHeadersCount = 0;
  // An expectation that we do not know is not passed on and changes nothing.
  server.on("checkExpectation", handler);
  server.on("upgrade", (req: IncomingMessage, socket: Socket, head: Buffer) => {
    if (req.headers.upgrade?.toLowerCase() === "websocket") upgrade(req, socket, head);
    else ignoreUpgrade(server, secure ? "secureConnection" : "connection", req, socket, head);
  });
  server.on("connect", (req: IncomingMessage, socket: Socket) => {
    refuseRaw(context, socket, answers.methodNotAllowed(usual), req);
  });
  server.on("clientError", (error: ParserError, socket: Socket) => refuseUnparsable(context, error, socket));
  return server;
}

/** What is allowed where no resource is known. */
const usual = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/**
 * An upgrade to something that we do not speak is ignored (RFC 9110, 7.8; Java's client offers HTTP/2 with
 * every first request): the request is read again without it.
 */
function ignoreUpgrade(
  server: Server,
  event: "connection" | "secureConnection",
  req: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i]!;
    const value = req.rawHeaders[i + 1]!;
    if (/^(upgrade|http2-settings)$/i.test(name)) continue;
    if (!/^connection$/i.test(name)) lines.push(`${name}: ${value}`);
    else {
      const tokens = value.split(",").filter((token) => !/^\s*(upgrade|http2-settings)\s*$/i.test(token));
      if (tokens.length > 0) lines.push(`Connection: ${tokens.join(",")}`);
    }
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit(event, socket);
}

type ParserError = NodeJS.ErrnoException & { rawPacket?: Buffer };

function refuseUnparsable(
  context: GatewayContext,
  error: ParserError,
  socket: Socket & { _httpMessage?: ServerResponse },
): void {
  // An answer has begun on this connection: a second one in the middle of it would corrupt it.
  if (error.code === "ECONNRESET" || !socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  refuseRaw(context, socket, unparsable(error));
}

function unparsable(error: ParserError): answers.Answer {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return {
        ...answers.malformed(`The request's header is larger than ${MAX_HEADER_BYTES} bytes.`),
        status: 431,
        message: "Request Header Fields Too Large",
      };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return {
        ...answers.malformed("The request's header did not arrive in time."),
        status: 408,
        message: "Request Timeout",
      };
    case "HPE_INVALID_METHOD":
      if (unknownMethod.test(error.rawPacket?.toString("latin1") ?? "")) {
        return answers.methodNotAllowed(usual);
      }
  }
  return answers.malformed("The request is not well-formed HTTP.");
}

/** A request line that is in order but for a method that node's parser does not know. */
const unknownMethod = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+ \S+ HTTP\/1\.[01]\r\n/;

function refuseRaw(
  context: GatewayContext,
  socket: Socket,
  answer: answers.Answer,
  req?: IncomingMessage,
): void {
  socket.on("error", () => socket.destroy());
  const start = performance.now();
  const headers = readRequestHeaders(req?.rawHeaders ?? []);
  const requestId = requestIdFor(headers);
  answers.sendRaw(socket, answer, requestId);
  const { method = "", url = "" } = req ?? {};
  refused(context, { method, url, socket }, headers, requestId, answer.status, start, null);
}
