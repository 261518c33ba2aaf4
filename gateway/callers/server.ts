import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { connectionOf, listen, listenAs } from "../boundary";
import * as answers from "../http/answers";
import { readRequestHeaders } from "../http/headers";
import { readsBodiesOfUpgrades, takeOver } from "../http/nodeTricks";
import { sendRaw } from "../http/rawAnswers";
import { record, requestIdFor } from "../request/arrival";
import type { GatewayContext } from "../request/context";
import { upgradeHandler } from "../request/upgrade";
import type { CallerConnections } from "./connections";
import { requestHandler } from "./handle";
import { type Http2Listener, http2Listener } from "./http2";
import type { Identity } from "./identity";
import { answerAsLast, hasBody, readAgain } from "./ignoredUpgrade";
import { partingAnswers } from "./parting";
import { afterAnswers, afterAnswersDetached, giveUpTurn, unanswered } from "./pipeline";
import { FirstBytes } from "./preface";

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

/** One listener for callers, of whichever version of HTTP. */
export interface Listener<S extends Server = Server> {
  readonly server: S;
  /** Asks callers of HTTP/2 to come no more, a while before they are told to; who comes all the same is served. */
  announce(): void;
  /** Tells callers to come no more; what is under way goes on. */
  goAway(): void;
}

/**
 * The listener without TLS, where a caller may begin with HTTP/2. What is not HTTP gets the same kind of answer as any
 * request.
 */
export function gatewayServer(context: GatewayContext, connections: CallerConnections): Listener {
  const server = serve(
    createServer({ ...limits, ServerResponse: partingAnswers(connections) }),
    context,
    connections,
    false,
  );
  const http2 = http2For(context, connections, false);
  const late = Object.assign(new Error("nothing came"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
  const first = new FirstBytes(SLOW_HEADERS_MS, (socket) => server.emit("clientError", late, socket));
  takeInto(connections, server, (socket, read) => {
    connections.speaksHttp1(socket);
    first.look(socket, (speaksHttp2) => {
      if (!speaksHttp2) return read();
      connections.letGo(socket);
      // node lets callers of HTTP/1 end their side first; one of HTTP/2 who has ended it is gone.
      socket.allowHalfOpen = false;
      http2.accept(socket);
    });
  });
  const goAway = () => {
    first.stop();
    http2.goAway();
  };
  return { server, announce: () => http2.announce(), goAway };
}

function http2For(context: GatewayContext, connections: CallerConnections, secure: boolean): Http2Listener {
  const options = { maxHeaderBytes: MAX_HEADER_BYTES, idleMs: KEEP_ALIVE_MS };
  return http2Listener(requestHandler(context, secure), connections, options);
}

/** The same behind TLS, where a caller may choose HTTP/2 (RFC 7301). A new certificate may be set while it runs. */
export function secureGatewayServer(
  context: GatewayContext,
  connections: CallerConnections,
  { cert, key }: Identity,
): Listener<SecureServer> {
  const server = createSecureServer({
    ...limits,
    ServerResponse: partingAnswers(connections),
    cert,
    key,
    minVersion: "TLSv1.2",
    handshakeTimeout: HANDSHAKE_MS,
    ALPNProtocols: ["h2", "http/1.1"],
  });
  // Before the handshake there is nothing to answer in.
  takeOver(server, "tlsClientError");
  listenAs(
    "server tlsClientError",
    server,
    (_error: Error, socket: Socket) => connectionOf(socket),
    (_error: Error, socket: Socket) => void socket.destroy(),
  );
  const http2 = http2For(context, connections, true);
  const readHttp1 = takeOver(server, "secureConnection");
  listenAs("server secureConnection", server, connectionOf, (socket: TLSSocket) => {
    if (socket.alpnProtocol === "h2") http2.accept(socket);
    else {
      connections.speaksHttp1(socket);
      readHttp1(socket);
    }
  });
  takeInto(connections, server, (_socket, read) => read());
  return {
    server: serve(server, context, connections, true),
    announce: () => http2.announce(),
    goAway: () => http2.goAway(),
  };
}

/** Counts connections before anything reads them, and refuses those that have no place; `taken` has them read. */
function takeInto(
  connections: CallerConnections,
  server: Server,
  taken: (socket: Socket, read: () => void) => void,
): void {
  const readHttp1 = takeOver(server, "connection");
  const known = new WeakSet<Socket>();
  listenAs("server connection", server, connectionOf, (socket: Socket) => {
    const read = () => readHttp1(socket);
    // One whose upgrade was ignored comes again.
    if (known.has(socket)) return read();
    if (!connections.take(socket)) return;
    known.add(socket);
    taken(socket, read);
  });
}

function serve<S extends Server>(
  server: S,
  context: GatewayContext,
  connections: CallerConnections,
  secure: boolean,
): S {
  const handler = requestHandler(context, secure);
  const upgrade = upgradeHandler(context, secure);
  const exposedBy = (req: IncomingMessage) => connectionOf(req.socket);
  listenAs("server request", server, exposedBy, handler);
  // node drops fields beyond its limit silently; ours are counted and refused.
  server.maxHeadersCount = 0;
  // An expectation that we do not know is not passed on and changes nothing.
  listenAs("server checkExpectation", server, exposedBy, handler);
  listenAs("server upgrade", server, exposedBy, (req: IncomingMessage, socket: Socket, head: Buffer) => {
    afterAnswersDetached(req.socket, () => {
      // HTTP/1.0 knows no upgrades (RFC 9110, section 7.8).
      const asked = req.headers.upgrade?.toLowerCase() === "websocket" && req.httpVersionMinor > 0;
      if (asked) {
        connections.letGo(req.socket);
        upgrade(req, socket, head);
      } else if (readsBodiesOfUpgrades && hasBody(req)) answerAsLast(req, handler);
      else readAgain(server, secure ? "secureConnection" : "connection", req, head);
    });
  });
  listenAs("server connect", server, exposedBy, (req: IncomingMessage, socket: Socket) => {
    afterAnswersDetached(socket, () => refuseRaw(context, socket, answers.methodNotAllowed(usual), req));
  });
  listenAs(
    "server clientError",
    server,
    (_error: ParserError, socket: Socket) => connectionOf(socket),
    (error: ParserError, socket: Socket) => refuseUnparsable(context, error, socket),
  );
  return server;
}

/** What is allowed where no resource is known. */
const usual = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

type ParserError = NodeJS.ErrnoException & { rawPacket?: Buffer; bytesParsed?: number };

/** Connections that are refused as soon as what was asked before is answered: the parser says so once a packet. */
const condemned = new WeakSet<Socket>();

/** What could not be read belongs to the request under way while that is not complete; else it comes after it. */
function refuseUnparsable(context: GatewayContext, error: ParserError, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  if (condemned.has(socket) || answers.isClosing(socket)) return;
  condemned.add(socket);
  const before = unanswered(socket);
  const answer = unparsable(error);
  if (before && !before.req.complete) {
    if (before.admission?.call) before.admission.call.refuse(answer);
    else if (before.res.headersSent) socket.destroy();
    else {
      giveUpTurn(socket, before.res);
      answers.send(before.res, answer, requestIdFor(readRequestHeaders(before.req.rawHeaders)));
    }
  } else if (before && !before.res.shouldKeepAlive) {
    // Nobody was to send anything more: it is passed over, and must not reset the connection under the answer.
    answers.lingerAfter(before.res);
  } else afterAnswers(socket, () => refuseRaw(context, socket, answer));
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
      if (unknownMethod.test(lineAround(error))) {
        return answers.methodNotAllowed(usual);
      }
  }
  return answers.malformed("The request is not well-formed HTTP.");
}

/** From the line on at which the parser gave up: the packet may begin with requests that are in order. */
function lineAround({ rawPacket, bytesParsed = 0 }: ParserError): string {
  const text = rawPacket?.toString("latin1") ?? "";
  return text.slice(text.lastIndexOf("\n", Math.max(0, bytesParsed - 1)) + 1);
}

/** A request line that is in order but for a method that node's parser does not know. */
const unknownMethod = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+ \S+ HTTP\/1\.[01]\r\n/;

function refuseRaw(
  context: GatewayContext,
  socket: Socket,
  answer: answers.Answer,
  req?: IncomingMessage,
): void {
  listen("refusal error", socket, connectionOf(socket), () => socket.destroy());
  const start = performance.now();
  const headers = readRequestHeaders(req?.rawHeaders ?? []);
  const requestId = requestIdFor(headers);
  sendRaw(socket, answer, requestId);
  const { method = "", url = "" } = req ?? {};
  record({ context, req: { method, url, socket }, headers, requestId, start }, answer.status, null);
}
