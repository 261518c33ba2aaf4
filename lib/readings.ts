import { type ScopeSets, weaker } from "./scopes";

/**
 * The readings of a path that backends may have (spec: RFC 3986 section 6.2.2, RFC 9110 section 17.3). Who may call
 * is decided on the path as it was sent; a framework behind us may decode, cut and join before it routes. Where
 * that makes another operation of the path, the caller may be at one for which nobody asked a token.
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
  const text = path.includes("%") ? path.replace(/%([2-7][0-9A-Fa-f])/g, decodeUnreserved) : path;
  const kept: string[] = [];
  for (const given of text.split("/")) {
    const cut = given.indexOf(";");
    const segment = cut < 0 ? given : given.slice(0, cut);
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  return kept.map((segment) => `/${segment}`).join("");
}

/** *Decoded*: the same once encoded slashes and backslashes are taken for slashes. */
export function decodedReading(path: string): string {
  return plainReading(path.replace(/%2f|%5c/gi, "/"));
}

/** RFC 3986, section 2.3: these mean the same with and without the escape. */
function decodeUnreserved(encoded: string, digits: string): string {
  const character = String.fromCharCode(Number.parseInt(digits, 16));
  return /[A-Za-z0-9._~-]/.test(character) ? character : encoded;
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
