import type { IncomingMessage } from "node:http";

/** Header rules of both directions, each applied once (spec/gateway.md section 8). Names come in any case. */

/** Meant for one connection only (RFC 9110, 7.6.1); `expect` is answered by us. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "expect",
]);

/** Ours to say: what a caller claims about its origin is dropped unless it is a trusted proxy. */
const forwarding = new Set(["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded"]);

/** What one pass over the request's headers finds. */
export interface RequestHeaders {
  /** For the backend: name, value, name, value. Without Host, cookies, forwarding and hop-by-hop headers. */
  forward: string[];
  host: string;
  cookie: string;
  requestId: string;
  hasIdempotencyKey: boolean;
  /** Why the request is refused; undefined when it is well formed. */
  problem: string | undefined;
}

/** Reads the headers of a request in one pass, without node's parsed copies of them. */
export function readRequestHeaders(raw: readonly string[]): RequestHeaders {
  const found: RequestHeaders = {
    forward: [],
    host: "",
    cookie: "",
    requestId: "",
    hasIdempotencyKey: false,
    problem: undefined,
  };
  const { forward } = found;
  let hosts = 0;
  let named: string[] | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const value = raw[i + 1]!;
    const lower = name.toLowerCase();
    switch (lower) {
      case "host":
        hosts++;
        found.host = value;
        continue;
      case "cookie":
        found.cookie = found.cookie === "" ? value : `${found.cookie}; ${value}`;
        continue;
      case "connection":
        // keep-alive and close name no header.
        if (!/^(keep-alive|close)$/i.test(value)) {
          named = (named ?? []).concat(
            value
              .toLowerCase()
              .split(",")
              .map((token) => token.trim()),
          );
        }
        continue;
      case "x-request-id":
        found.requestId = value;
        continue;
      case "idempotency-key":
        found.hasIdempotencyKey = true;
        break;
    }
    if (hopByHop.has(lower) || forwarding.has(lower)) continue;
    forward.push(name, value);
  }
  if (hosts !== 1) found.problem = "A request has exactly one Host header.";
  if (named) found.forward = withoutNamed(forward, named);
  return found;
}

/** Removes the headers that `Connection` names; Content-Length cannot be named away (it frames the body). */
function withoutNamed(headers: string[], named: string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const lower = headers[i]!.toLowerCase();
    if (lower === "content-length" || !named.includes(lower)) kept.push(headers[i]!, headers[i + 1]!);
  }
  return kept;
}

/** A request id from a caller that is fit to be logged and passed on. */
export function wellFormedRequestId(id: string): boolean {
  return /^[A-Za-z0-9._:+/=@-]{8,128}$/.test(id);
}

const forwardedSuffix = Symbol("forwarded");
type PeerSocket = IncomingMessage["socket"] & { [forwardedSuffix]?: { address: string; node: string } };

/** The caller's address, in IPv4 form where it is one. Computed once a connection. */
export function peerAddress(req: IncomingMessage): { address: string; node: string } {
  const socket = req.socket as PeerSocket;
  let peer = socket[forwardedSuffix];
  if (!peer) {
    const address = (socket.remoteAddress ?? "unknown").replace(/^::ffff:/, "");
    peer = { address, node: address.includes(":") ? `"[${address}]"` : address };
    socket[forwardedSuffix] = peer;
  }
  return peer;
}

/** Appends what the backend learns of the caller. */
export function pushForwarded(headers: string[], req: IncomingMessage, host: string, secure: boolean): void {
  const { address, node } = peerAddress(req);
  const proto = secure ? "https" : "http";
  const quotedHost = /^[A-Za-z0-9.-]+$/.test(host) ? host : `"${host.replace(/["\\]/g, "")}"`;
  headers.push(
    "X-Forwarded-For",
    address,
    "X-Forwarded-Proto",
    proto,
    "X-Forwarded-Host",
    host,
    "Forwarded",
    `for=${node};host=${quotedHost};proto=${proto}`,
  );
}

/** The answer's headers for the caller: name, value, ...; hop-by-hop and `Connection`-named ones removed. */
export function responseHeaders(raw: readonly Buffer[]): string[] {
  const headers: string[] = [];
  let named: string[] | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toString("latin1");
    const lower = name.toLowerCase();
    if (lower === "connection") {
      const value = raw[i + 1]!.toString("latin1");
      if (!/^(keep-alive|close)$/i.test(value)) {
        named = (named ?? []).concat(
          value
            .toLowerCase()
            .split(",")
            .map((token) => token.trim()),
        );
      }
      continue;
    }
    if (hopByHop.has(lower) || lower === "x-request-id") continue;
    headers.push(name, raw[i + 1]!.toString("latin1"));
  }
  return named ? withoutNamed(headers, named) : headers;
}
