import { type ScopeSets, weaker } from "../access/scopes";

/**
 * The readings of a path that backends may have (docs/rules/gateway.md section 1; RFC 3986 section 6.2.2, RFC 9110
 * section 17.3). Who may call is decided on the path as it was sent; a framework behind us may decode, cut and join
 * before it routes. Where that makes another operation of the path, the caller may be at one for which nobody asked a
 * token.
 */

/** What only a path has that can be read in more than one way: a cheap look that spares all others the rest. */
const SUSPICIOUS = /[%;]|\/\/|\/\./;

/** Whether the path (after the API's base path) may have other readings than the one as sent. */
export function hasReadings(path: string): boolean {
  return SUSPICIOUS.test(path);
}

/**
 * *Plain*, in this order: unreserved characters decoded, parameters (`;...`) cut from each segment, empty segments
 * dropped, dot segments resolved. "" is the bare path.
 */
export function plainReading(path: string): string {
  return tidied(path.includes("%") ? path.replace(escapes, decodeUnreserved) : path, true);
}

/**
 * *Decoded*: what else a backend may make of the path. Some decode all escapes before they route, some of them
 * slashes, some backslashes as well; and each may or may not cut parameters, drop empty segments and resolve dots.
 */
export function decodedReadings(path: string): string[] {
  const found = new Set<string>();
  for (const decoded of [path, ...decodings.map((decode) => path.replace(escapes, decode))]) {
    found.add(decoded);
    found.add(withoutParameters(decoded));
    found.add(tidied(decoded, false));
    found.add(tidied(decoded, true));
  }
  found.delete(path);
  return [...found];
}

const escapes = /%([0-7][0-9A-Fa-f])/g;

/** Ways to decode: everything but what parts segments; slashes too; slashes and backslashes, both as slashes. */
const decodings = [
  (encoded: string, digits: string) => (/2f|5c/i.test(digits) ? encoded : character(digits)),
  (encoded: string, digits: string) => (/5c/i.test(digits) ? encoded : character(digits)),
  (encoded: string, digits: string) => (/2f/i.test(digits) ? encoded : slashed(digits)),
  (_: string, digits: string) => slashed(digits),
];

const character = (digits: string) => String.fromCharCode(Number.parseInt(digits, 16));
const slashed = (digits: string) => (/5c/i.test(digits) ? "/" : character(digits));

function withoutParameters(path: string): string {
  return path.replace(/;[^/]*/g, "");
}

/** Without empty and dot segments, and without parameters if `cut`. */
function tidied(path: string, cut: boolean): string {
  const kept: string[] = [];
  for (const segment of (cut ? withoutParameters(path) : path).split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  return kept.map((segment) => `/${segment}`).join("");
}

/** RFC 3986, section 2.3: these mean the same with and without the escape. */
function decodeUnreserved(encoded: string, digits: string): string {
  const decoded = character(digits);
  return /[A-Za-z0-9._~-]/.test(decoded) ? decoded : encoded;
}

/** What an operation asks of its caller. */
export interface Demands {
  /** A token. */
  readonly secured: boolean;
  /** Which scopes that has to have. */
  readonly scopes: ScopeSets;
}

/**
 * Whether `other` refuses somebody whom `own` lets in: it asks for a token where `own` does not, or there is a way
 * to have what `own` asks for without having what `other` asks for.
 */
export function asksMore(other: Demands, own: Demands): boolean {
  return other.secured && (!own.secured || weaker(own.scopes, other.scopes));
}
