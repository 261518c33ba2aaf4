import { type BlockList, isIP, type Socket } from "node:net";
import { TRACE_HEADER } from "#lib/trace";
import { hopByHop, isClaim, isOverride } from "./fieldNames";

/** Header rules of both directions, each applied once (spec/gateway.md section 8). Names come in any case. */

/** What one pass over the request's headers finds. */
export interface RequestHeaders {
  /** For the backend: name, value, name, value. Without Host, cookies, forwarding and hop-by-hop headers. */
  forward: string[];
  host: string;
  cookie: string;
  requestId: string;
  hasIdempotencyKey: boolean;
  /** Bytes of the body as announced; 0 when not. */
  contentLength: number;
  /** The body's length is not announced. */
  chunked: boolean;
  /** What the caller claims about where the request came from; believed from trusted proxies only. */
  forwardedFor: string;
  forwardedProto: string;
  forwardedHost: string;
  forwardedPort: string;
  forwardedPrefix: string;
  realIp: string;
  forwarded: string;
  /** What else only a proxy may say: name, value, ...; not in `forward` until `believe` was asked. */
  claims: string[] | undefined;
  /** Fields that name another method than the request's: name, value, ...; not in `forward`. */
  overrides: string[] | undefined;
  /** Through whom the request came so far (RFC 8586); "" when it does not say. */
  cdnLoop: string;
  /** The header that carried a token and was taken out of `forward`, in lower case; "" when none was. */
  tokenName: string;
  tokenValue: string;
  /** The publisher asks to be told what the request meets; "" for everybody else. */
  trace: string;
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
    contentLength: 0,
    chunked: false,
    forwardedFor: "",
    forwardedProto: "",
    forwardedHost: "",
    forwardedPort: "",
    forwardedPrefix: "",
    realIp: "",
    forwarded: "",
    claims: undefined,
    overrides: undefined,
    cdnLoop: "",
    tokenName: "",
    tokenValue: "",
    trace: "",
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
      case "x-forwarded-for":
        found.forwardedFor = joined(found.forwardedFor, value);
        continue;
      case "forwarded":
        found.forwarded = joined(found.forwarded, value);
        continue;
      case "x-forwarded-proto":
        found.forwardedProto = value;
        continue;
      case "x-forwarded-host":
        found.forwardedHost = value;
        continue;
      case "x-forwarded-port":
        found.forwardedPort = value;
        continue;
      case "x-forwarded-prefix":
        found.forwardedPrefix = value;
        continue;
      case "x-real-ip":
        found.realIp = value;
        continue;
      case "cdn-loop":
        found.cdnLoop = joined(found.cdnLoop, value);
        continue;
      case "content-length":
        found.contentLength = Number(value);
        break;
      case "transfer-encoding":
        found.chunked = true;
        // Other codings would have to be undone before a body can be passed on.
        if (value.toLowerCase() !== "chunked")
          found.problem = "Only the transfer coding chunked is supported.";
        continue;
      case TRACE_HEADER:
        found.trace = value;
        continue;
      case "idempotency-key":
        found.hasIdempotencyKey = true;
        break;
    }
    if (hopByHop.has(lower)) continue;
    if (isClaim(lower)) {
      found.claims ??= [];
      found.claims.push(name, value);
    } else if (isOverride(lower)) {
      found.overrides ??= [];
      found.overrides.push(name, value);
    } else forward.push(name, value);
  }
  if (hosts !== 1) found.problem = "A request has exactly one Host header.";
  if (named) {
    found.forward = withoutNamed(forward, named);
    if (found.claims) found.claims = withoutNamed(found.claims, named);
    if (found.overrides) found.overrides = withoutNamed(found.overrides, named);
  }
  return found;
}

/**
 * Lets what only a proxy may say pass where it comes from one that is trusted. To be asked once, before anybody
 * looks for a field; from everybody else such fields are gone.
 */
export function believe(headers: RequestHeaders, from: Peer): void {
  if (from.trusted) {
    if (headers.claims) headers.forward.push(...headers.claims);
    headers.claims = undefined;
  } else headers.realIp = "";
}

/** Gives a field back that an API uses for its tokens: there it is a credential and nothing that anybody believes. */
export function unclaim(headers: RequestHeaders, wanted: string): void {
  const { claims } = headers;
  if (!claims) return;
  const lower = wanted.toLowerCase();
  for (let i = 0; i < claims.length; i += 2) {
    if (claims[i]!.toLowerCase() === lower) headers.forward.push(claims[i]!, claims[i + 1]!);
  }
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

function joined(before: string, value: string): string {
  return before === "" ? value : `${before}, ${value}`;
}

/** The other end of a caller's connection. Computed once a connection. */
export interface Peer {
  /** In IPv4 form where it is one. */
  address: string;
  /** As `Forwarded` writes it. */
  node: string;
  /** Where it reached us. */
  port: string;
  /** A configured proxy, whose forwarding headers are believed. */
  trusted: boolean;
  /** The last entry of `Forwarded` made for it, and what it was made of. */
  entry: string;
  entryHost: string;
  entryProto: string;
}

const peerOf = Symbol("peer");

/** Who is at the other end. `trusted` names the proxies in front of this gateway. */
export function peer(socket: Socket & { [peerOf]?: Peer }, trusted: BlockList | null): Peer {
  let found = socket[peerOf];
  if (!found) {
    const address = plainAddress(socket.remoteAddress ?? "unknown");
    found = {
      address,
      node: address.includes(":") ? `"[${address}]"` : address,
      port: String(socket.localPort ?? ""),
      trusted: isTrusted(address, trusted),
      entry: "",
      entryHost: "",
      entryProto: "",
    };
    socket[peerOf] = found;
  }
  return found;
}

function plainAddress(address: string): string {
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

function isTrusted(address: string, trusted: BlockList | null): boolean {
  const family = isIP(address);
  return trusted !== null && family !== 0 && trusted.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** The caller's own address: the peer's, or what the chain of trusted proxies says of the one before them. */
export function clientAddress(from: Peer, headers: RequestHeaders, trusted: BlockList | null): string {
  if (!from.trusted || headers.forwardedFor === "") return from.address;
  const chain = headers.forwardedFor.split(",").map((entry) => plainAddress(entry.trim()));
  for (let i = chain.length - 1; i >= 0; i--) {
    if (!isTrusted(chain[i]!, trusted)) return chain[i]!;
  }
  return chain[0]!;
}

/** The entry of `Forwarded` for this gateway. Written out anew only when a connection's requests differ in it. */
function forwardedEntry(from: Peer, host: string, proto: string): string {
  if (from.entryHost !== host || from.entryProto !== proto) {
    const quotedHost = /^[A-Za-z0-9.-]+$/.test(host) ? host : `"${host.replace(/["\\]/g, "")}"`;
    from.entry = `for=${from.node};host=${quotedHost};proto=${proto}`;
    from.entryHost = host;
    from.entryProto = proto;
  }
  return from.entry;
}

/** What a backend learns of how a request came. */
export interface Arrived {
  readonly from: Peer;
  readonly headers: RequestHeaders;
  readonly secure: boolean;
  /** What was cut from the front of the path. */
  readonly prefix: string;
  /** Who we are to those who look for loops; see `loop.ts`. */
  readonly loopId: string;
}

/** Appends what the backend learns of the caller. The last entry of X-Forwarded-For is always the peer. */
export function pushForwarded(out: string[], arrived: Arrived, trusted: BlockList | null): void {
  const { from, headers: said, secure, prefix, loopId } = arrived;
  const believed = from.trusted;
  const proto = (believed && said.forwardedProto) || (secure ? "https" : "http");
  const host = (believed && said.forwardedHost) || said.host;
  const ours = forwardedEntry(from, host, proto);
  out.push(
    "X-Forwarded-For",
    believed ? joined(said.forwardedFor, from.address) : from.address,
    "X-Forwarded-Proto",
    proto,
    "X-Forwarded-Host",
    host,
    "X-Forwarded-Port",
    (believed && said.forwardedPort) || from.port,
    "X-Forwarded-Prefix",
    believed ? said.forwardedPrefix.replace(/\/$/, "") + prefix : prefix,
    "X-Real-IP",
    clientAddress(from, said, trusted),
    "Forwarded",
    believed ? joined(said.forwarded, ours) : ours,
    "CDN-Loop",
    said.cdnLoop === "" ? loopId : `${said.cdnLoop}, ${loopId}`,
  );
}

/**
 * The answer's headers for the caller: name, value, ...; hop-by-hop and `Connection`-named ones removed.
 * `trailers` tells whether the caller can get any; their announcement is passed on only then.
 */
export function responseHeaders(raw: readonly string[], trailers: boolean): string[] {
  const headers: string[] = [];
  let named: string[] | undefined;
  let trailer: string | undefined;
  let chunked = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const lower = name.toLowerCase();
    if (lower === "connection") {
      const value = raw[i + 1]!;
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
    if (lower === "transfer-encoding") chunked = true;
    if (hopByHop.has(lower) || lower === "x-request-id") continue;
    if (lower === "trailer") trailer = raw[i + 1]!;
    else headers.push(name, raw[i + 1]!);
  }
  if (trailer !== undefined && trailers && chunked) headers.push("Trailer", trailer);
  return named ? withoutNamed(headers, named) : headers;
}

/** The first value of a header in a name, value, ... list; undefined when absent. `name` in any case. */
export function headerValue(headers: readonly string[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.length === wanted.length && headers[i]!.toLowerCase() === wanted) return headers[i + 1];
  }
  return undefined;
}

/** A request header for an algorithm, by lower-case name, also one that is kept apart here; "" when absent. */
export function askedHeader(headers: RequestHeaders, name: string): string {
  if (name === "host") return headers.host;
  if (name === "cookie") return headers.cookie;
  if (name === "x-real-ip") return headers.realIp;
  if (name === headers.tokenName) return headers.tokenValue;
  return headerValue(headers.forward, name) ?? "";
}
