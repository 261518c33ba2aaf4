import { foldedName, isMethodOverride, isProxyField } from "#lib/traffic/requestFields";
import { TRACE_HEADER } from "#lib/traffic/trace";

/**
 * Which request fields are whose (docs/rules/gateway.md section 8). One table for every way in: HTTP/1.1, HTTP/2 and
 * the handshake of a WebSocket. Names in lower case.
 */

/** Meant for one connection only (RFC 9110, 7.6.1); `expect` is answered by us. */
export const hopByHop: ReadonlySet<string> = new Set([
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

/** Has to be known before the content, or is nothing to be merged into a head after it (RFC 9110, section 6.5.1). */
export const notInTrailers: ReadonlySet<string> = new Set([
  "age",
  "authorization",
  "cache-control",
  "content-encoding",
  "content-length",
  "content-range",
  "content-type",
  "cookie",
  "date",
  "expires",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "location",
  "max-forwards",
  "pragma",
  "range",
  "retry-after",
  "set-cookie",
  "set-cookie2",
  "trailer",
  "user-agent",
  "vary",
  "www-authenticate",
  "x-request-id",
]);

/** Also kept apart by `readRequestHeaders`; here for their spelling with underscores only. */
const ours: ReadonlySet<string> = new Set([
  "x-request-id",
  "cdn-loop",
  "forwarded",
  "host",
  "cookie",
  "content-length",
]);

/** Fields of a request that are read one by one; `readRequestHeaders` says what becomes of each. */
const read = [
  "host",
  "cookie",
  "connection",
  "x-request-id",
  "x-forwarded-for",
  "forwarded",
  "x-forwarded-proto",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-real-ip",
  "cdn-loop",
  "content-length",
  "transfer-encoding",
  "te",
  TRACE_HEADER,
  "idempotency-key",
] as const;

/**
 * What becomes of a request's field: one that is read, by its name; one that stops here; one that only a proxy may
 * send; one that names another method than the request's; any other one, which passes.
 */
export type Kind = (typeof read)[number] | "stops" | "claim" | "override" | "passes";

/** Kinds by name as it was sent: a name is looked at once, not with each request. Made-up names cannot fill it up. */
const kinds = new Map<string, Kind>();
const MAX_KINDS = 1_000;

/** What becomes of a request's field of this name, in any case. */
export function kindOf(name: string): Kind {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const kind = classified(name.toLowerCase());
  if (kinds.size < MAX_KINDS && name.length <= 64) kinds.set(name, kind);
  return kind;
}

function classified(name: string): Kind {
  const known = read.find((one) => one === name);
  if (known) return known;
  const plain = foldedName(name);
  // Trailers of a request go to no backend, so they are not announced to it either.
  if (hopByHop.has(plain) || plain === "trailer") return "stops";
  if (isMethodOverride(plain)) return "override";
  // A proxy overwrites what it says by its own name; in another spelling it is the caller who says it, through any proxy.
  if (plain !== name && (ours.has(plain) || isProxyField(plain))) return "stops";
  return isProxyField(name) ? "claim" : "passes";
}

// What everybody sends is known before somebody else fills the place.
const usual =
  "Host User-Agent Accept Accept-Encoding Accept-Language Authorization Content-Type Content-Length Connection Cookie " +
  "Origin Referer Cache-Control X-Request-ID X-Forwarded-For X-Forwarded-Proto X-Forwarded-Host";
for (const name of usual.split(" ")) {
  kindOf(name);
  kindOf(name.toLowerCase());
}
