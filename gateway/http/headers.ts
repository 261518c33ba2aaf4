import { TRACE_HEADER } from "#lib/traffic/trace";
import { hopByHop, type Kind, kindOf, notInTrailers } from "./fieldNames";

/** Header rules of both directions, each applied once (docs/rules/gateway.md section 8). Names come in any case. */

/** What one pass over the request's headers finds. */
export interface RequestHeaders {
  /** For the backend: name, value, name, value. Without Host, cookies, forwarding and hop-by-hop headers. */
  forward: string[];
  host: string;
  cookie: string;
  requestId: string;
  hasIdempotencyKey: boolean;
  /** The caller has said that it understands trailers, and nothing else (RFC 9110, section 10.1.4). */
  takesTrailers: boolean;
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

/**
 * Reads the headers of a request in one pass, without node's parsed copies of them. `mayLackHost`: it is of HTTP/1.0,
 * which knew no Host.
 */
export function readRequestHeaders(raw: readonly string[], mayLackHost = false): RequestHeaders {
  const found = nothingFound();
  const { forward } = found;
  let hosts = 0;
  let named: string[] | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const value = raw[i + 1]!;
    const kind = kindOf(name);
    if (kind === "connection") {
      // keep-alive and close name no header.
      if (!/^(keep-alive|close)$/i.test(value)) named = (named ?? []).concat(tokensOf(value));
      continue;
    }
    if (kind === "host") hosts++;
    if (kind === "passes" || noted(found, kind, name, value)) forward.push(name, value);
  }
  if (hosts !== 1 && !(hosts === 0 && mayLackHost)) found.problem = "A request has exactly one Host header.";
  else if (!host.test(found.host)) found.problem = "The Host header is no host with or without a port.";
  if (named) dropNamed(found, named);
  return found;
}

function nothingFound(): RequestHeaders {
  return {
    forward: [],
    host: "",
    cookie: "",
    requestId: "",
    hasIdempotencyKey: false,
    takesTrailers: false,
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
}

/** Notes a header that means something to us; returns whether it is passed on as well. */
function noted(found: RequestHeaders, kind: Kind, name: string, value: string): boolean {
  switch (kind) {
    case "host":
      found.host = value;
      return false;
    case "cookie":
      found.cookie = found.cookie === "" ? value : `${found.cookie}; ${value}`;
      return false;
    case "x-request-id":
      found.requestId = value;
      return false;
    case "cdn-loop":
      found.cdnLoop = joined(found.cdnLoop, value);
      return false;
    case "content-length":
      found.contentLength = Number(value);
      return true;
    case "transfer-encoding":
      found.chunked = true;
      // Other codings would have to be undone before a body can be passed on.
      if (value.toLowerCase() !== "chunked") found.problem = "Only the transfer coding chunked is supported.";
      return false;
    case "te":
      found.takesTrailers = value.toLowerCase() === "trailers";
      return false;
    case TRACE_HEADER:
      found.trace = value;
      return false;
    case "idempotency-key":
      found.hasIdempotencyKey = true;
      return true;
    case "claim":
      found.claims ??= [];
      found.claims.push(name, value);
      return false;
    case "override":
      found.overrides ??= [];
      found.overrides.push(name, value);
      return false;
    default:
      noteOrigin(found, kind, value);
      return false;
  }
}

/** Notes a header by which a proxy says where the request came from. */
function noteOrigin(found: RequestHeaders, kind: Kind, value: string): void {
  switch (kind) {
    case "x-forwarded-for":
      found.forwardedFor = joined(found.forwardedFor, value);
      break;
    case "forwarded":
      found.forwarded = joined(found.forwarded, value);
      break;
    // Of a list, or of several fields, the first is about the caller.
    case "x-forwarded-proto":
      found.forwardedProto ||= schemes[firstOf(value).toLowerCase()] ?? "";
      break;
    case "x-forwarded-host":
      found.forwardedHost ||= firstOf(value);
      break;
    case "x-forwarded-port":
      found.forwardedPort ||= firstOf(value);
      break;
    case "x-forwarded-prefix":
      found.forwardedPrefix = value;
      break;
    case "x-real-ip":
      found.realIp = value;
      break;
  }
}

/** What proxies say of the way that a request came; some name a WebSocket so. */
const schemes: Readonly<Record<string, string>> = { https: "https", wss: "https", http: "http", ws: "http" };

function firstOf(list: string): string {
  const comma = list.indexOf(",");
  return (comma < 0 ? list : list.slice(0, comma)).trim();
}

/** Takes out what `Connection` names: it was meant for the hop to us alone. */
function dropNamed(found: RequestHeaders, named: string[]): void {
  found.forward = withoutNamed(found.forward, named);
  if (found.claims) found.claims = withoutNamed(found.claims, named);
  if (found.overrides) found.overrides = withoutNamed(found.overrides, named);
  if (named.includes("idempotency-key")) found.hasIdempotencyKey = false;
  if (named.includes("cookie")) found.cookie = "";
  if (named.includes("x-request-id")) found.requestId = "";
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

/** RFC 9112, section 3.2, without the comma, which would make a list of it where it is passed on. */
const host = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+;=%-]*)(?::\d{0,5})?$/;

/** The entries of a list of tokens, in lower case. */
function tokensOf(value: string): string[] {
  return value
    .toLowerCase()
    .split(",")
    .map((token) => token.trim());
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

/** Two fields of one name as one (RFC 9110, section 5.3). */
export function joined(before: string, value: string): string {
  return before === "" ? value : `${before}, ${value}`;
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
      if (!/^(keep-alive|close)$/i.test(value)) named = (named ?? []).concat(tokensOf(value));
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

/** Trailers for the caller: what would frame, route or authenticate has no business there (RFC 9110, 6.5.1). */
export function responseTrailers(raw: readonly string[]): string[] {
  const trailers: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const lower = raw[i]!.toLowerCase();
    if (!hopByHop.has(lower) && !notInTrailers.has(lower)) trailers.push(raw[i]!, raw[i + 1]!);
  }
  return trailers;
}

/** The headers of an answer that has no body, whatever they say: 204 has no length either, that of 205 is 0. */
export function withoutBody(status: number, headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const lower = headers[i]!.toLowerCase();
    if (lower !== "content-length" && lower !== "trailer") kept.push(headers[i]!, headers[i + 1]!);
  }
  if (status === 205) kept.push("Content-Length", "0");
  return kept;
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
