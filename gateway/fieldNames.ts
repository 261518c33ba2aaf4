import { foldedName, isMethodOverride } from "#lib/methodOverride";
import { TRACE_HEADER } from "#lib/trace";

/**
 * Which request fields are whose (spec/gateway.md section 8). One table for every way in: HTTP/1.1, HTTP/2 and the
 * handshake of a WebSocket. Names in lower case.
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

/**
 * What a backend believes of a proxy: where a request came from, how, by whom, and what it asked for. Said by
 * anybody else it is a forgery. What begins with x-forwarded, x-original- or x-rewrite- belongs to them too.
 */
const claims: ReadonlySet<string> = new Set([
  "forwarded-for",
  "x-forwarded",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-remote-ip",
  "x-remote-addr",
  "x-remote-host",
  "x-originating-ip",
  "x-proxyuser-ip",
  "true-client-ip",
  "client-ip",
  "remote-addr",
  "proxy-client-ip",
  "wl-proxy-client-ip",
  "wl-proxy-ssl",
  "fastly-client-ip",
  "fly-client-ip",
  "cf-connecting-ip",
  "cf-connecting-ipv6",
  "cf-pseudo-ipv4",
  "cf-ipcountry",
  "cf-visitor",
  "x-azure-clientip",
  "x-azure-socketip",
  "x-appengine-user-ip",
  "x-nf-client-connection-ip",
  "x-vercel-forwarded-for",
  "x-envoy-external-address",
  "x-envoy-original-path",
  "x-envoy-original-host",
  "x-host",
  "x-http-host-override",
  "x-http-destinationurl",
  "x-url-scheme",
  "x-scheme",
  "x-ssl",
  "x-arr-ssl",
  "x-arr-clientcert",
  "front-end-https",
  "x-client-cert",
  "x-client-verify",
  "x-ssl-cert",
  "x-ssl-client-cert",
  "x-ssl-client-dn",
  "x-ssl-client-verify",
  "x-ssl-client-s-dn",
  "ssl-client-cert",
  "ssl-client-verify",
  "client-cert",
  "client-cert-chain",
  "remote-user",
  "x-remote-user",
  "x-authenticated-user",
  "x-webauth-user",
  // CGI makes HTTP_PROXY of it, which libraries take for their own proxy (httpoxy).
  "proxy",
]);

/** Also kept apart by `readRequestHeaders`; here for their spelling with underscores only. */
const ours: ReadonlySet<string> = new Set(["x-request-id", "cdn-loop", "forwarded", "host", "cookie"]);

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
  if (hopByHop.has(name)) return "stops";
  if (isMethodOverride(name)) return "override";
  return isClaim(name) ? "claim" : "passes";
}

/** Whether a field, by lower-case name, is one that only a proxy may send. */
function isClaim(name: string): boolean {
  const plain = foldedName(name);
  if (claims.has(plain)) return true;
  if (plain !== name && (ours.has(plain) || hopByHop.has(plain) || plain === "content-length")) return true;
  return /^x-(?:forwarded|rewrite|original)-/.test(plain);
}

// What everybody sends is known before somebody else fills the place.
const usual =
  "Host User-Agent Accept Accept-Encoding Accept-Language Authorization Content-Type Content-Length Connection Cookie " +
  "Origin Referer Cache-Control X-Request-ID X-Forwarded-For X-Forwarded-Proto X-Forwarded-Host";
for (const name of usual.split(" ")) {
  kindOf(name);
  kindOf(name.toLowerCase());
}
