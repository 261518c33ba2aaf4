import { type IncomingMessage, type Server, ServerResponse } from "node:http";
import { connectionOf, listenOnce } from "../boundary";
import { handOver } from "../http/nodeTricks";

/**
 * An upgrade to something that we do not speak is ignored (RFC 9110, section 7.8; Java's client offers HTTP/2 with every
 * first request). node has let go of the connection by then.
 */

/** Whether a request is framed with a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Has the request read again without its upgrade; `head`: what came behind the fields. */
export function readAgain(
  server: Server,
  event: "connection" | "secureConnection",
  req: IncomingMessage,
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
  req.socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  handOver(server, event, req.socket);
}

/** Answers the request, and ends the connection with that: where the next one begins on it, node alone knows. */
export function answerAsLast(
  req: IncomingMessage,
  handler: (req: IncomingMessage, res: ServerResponse) => void,
): void {
  const { socket } = req;
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  listenOnce("last finish", res, connectionOf(socket), () => socket.destroySoon());
  handler(req, res);
}
