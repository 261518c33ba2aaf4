import { isBelow } from "./target";

/**
 * A backend's own addresses in its answers, as callers know them: where it redirects to, and for which paths its
 * cookies are (what Apache calls ProxyPassReverse). Backends that heed `X-Forwarded-Prefix` say them right already.
 */

/** Where an endpoint is, and what its callers see instead. */
export interface Places {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The path of its URL, without a slash at the end. */
  readonly path: string;
  /** What the API cut from the front of this caller's path. */
  readonly prefix: string;
  /** The host that the endpoint was called by, where that is the caller's; "" otherwise. */
  readonly keptHost: string;
}

type Mapping = (value: string, places: Places) => string;
const mappings = new Map<string, Mapping>([
  ["location", mappedAddress],
  ["content-location", mappedAddress],
  ["set-cookie", mappedCookie],
]);
const lengths = new Set([...mappings.keys()].map(({ length }) => length));

/** Changes the headers (name, value, ...) of an answer where one of them has such an address. */
export function mapOwnAddresses(headers: string[], placesOf: () => Places): void {
  let places: Places | undefined;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    const mapping = lengths.has(name.length) ? mappings.get(name.toLowerCase()) : undefined;
    if (!mapping) continue;
    places ??= placesOf();
    headers[i + 1] = mapping(headers[i + 1]!, places);
  }
}

/** An address of the endpoint as a path of the API. What is another's, relative, or the API's already, stays. */
function mappedAddress(value: string, places: Places): string {
  const { path, prefix } = places;
  const isPath = value.startsWith("/") && !value.startsWith("//");
  const rest = isPath ? value : restOf(value, places);
  if (rest === null) return value;
  if (isBelow(rest, prefix)) return rest;
  return isBelow(rest, path) ? prefix + rest.slice(path.length) : value;
}

/** What follows the host of a URL, beginning with a slash; null where that is not the endpoint's, or none is needed. */
function restOf(value: string, { origin, prefix, keptHost }: Places): string | null {
  const [, scheme = "", host, after = ""] =
    /^([a-z][a-z0-9+.-]*:)?\/\/([^/?#\\]*)([/?#].*)?$/is.exec(value) ?? [];
  if (host === undefined) return null;
  const rest = after.startsWith("/") ? after : `/${after}`;
  if (isOrigin(`${scheme || origin.slice(0, origin.indexOf("/"))}//${host}`, origin)) return rest;
  const isKept = keptHost !== "" && host.toLowerCase() === keptHost.toLowerCase();
  return isKept && !isBelow(rest, prefix) ? rest : null;
}

function isOrigin(text: string, origin: string): boolean {
  try {
    return new URL(text).origin === origin;
  } catch {
    return false;
  }
}

/** `__Host-` cookies have the path `/` or are none (RFC 6265bis, section 4.1.3.2). */
function mappedCookie(value: string, { path, prefix }: Places): string {
  if (/^\s*__Host-/i.test(value)) return value;
  return value.replace(/(;\s*path\s*=\s*)(\/[^;]*)/gi, (all, before: string, given: string) => {
    const own = given.trimEnd();
    if (isBelow(own, prefix)) return all;
    const bare = own.endsWith("/") ? own.slice(0, -1) : own;
    // For all of the endpoint's path, or for something above it: then for all that callers see of it.
    if (isBelow(path, bare)) return before + prefix;
    return isBelow(own, path) ? before + prefix + own.slice(path.length) : all;
  });
}
