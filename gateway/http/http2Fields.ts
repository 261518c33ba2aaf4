import type { OutgoingHttpHeaders } from "node:http2";

/** Fields of HTTP/1 as those of HTTP/2, for both directions. */

/** Name, value, ... or an object. */
export type Fields = readonly string[] | Readonly<Record<string, string | number>>;

/** Meant for an HTTP/1 connection only (RFC 9113, 8.2.2). */
const connectionSpecific = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "te",
  "trailer",
]);

/**
 * Fields that HTTP/2 in node sends once (`kSingleValueHeaders`; it throws at two); of several the first is taken, as
 * most HTTP/1 clients do.
 */
const single = new Set([
  "access-control-allow-credentials",
  "access-control-allow-methods",
  "access-control-max-age",
  "access-control-request-method",
  "age",
  "authorization",
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-md5",
  "content-range",
  "content-type",
  "date",
  "dnt",
  "etag",
  "expires",
  "from",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "last-modified",
  "location",
  "max-forwards",
  "proxy-authorization",
  "range",
  "referer",
  "retry-after",
  "tk",
  "upgrade-insecure-requests",
  "user-agent",
  "x-content-type-options",
]);

/** A head or trailers, given as for HTTP/1, as node's HTTP/2 takes them: without what it would throw at. */
export function http2Fields(given: Fields): OutgoingHttpHeaders {
  const list = Array.isArray(given) ? (given as readonly string[]) : Object.entries(given).flat();
  const fields: Record<string, string | string[]> = {};
  for (let i = 0; i < list.length; i += 2) {
    const name = String(list[i]).toLowerCase();
    if (connectionSpecific.has(name)) continue;
    const value = String(list[i + 1]);
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (!single.has(name)) fields[name] = [before, value].flat();
  }
  return fields;
}
