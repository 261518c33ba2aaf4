import { isIP } from "node:net";

/** A request target taken apart: the path as sent, and the query with its "?" ("" when there is none). */
export type Target =
  | {
      ok: true;
      path: string;
      query: string;
      /** Of an absolute form: it goes before the Host field (RFC 9112, section 3.2.2). */
      authority?: string | undefined;
    }
  | { ok: false; problem: string };

/** Longest request target, bytes. */
export const MAX_TARGET = 8 * 1024;

/**
 * Splits a request target without touching a byte of it. Refused are dot segments that go up, in any
 * encoding (the backend would resolve them after we matched), and absolute forms for hosts that are not
 * ours (we are no forward proxy).
 */
export function parseTarget(url: string, localAddress: string | undefined): Target {
  let target = url;
  let authority: string | undefined;
  if (!target.startsWith("/")) {
    const absolute = /^https?:\/\/([^/?#]*)/i.exec(target);
    if (!absolute) return { ok: false, problem: "The request target must be a path that starts with /." };
    if (!isOurs(absolute[1]!, localAddress)) {
      return { ok: false, problem: "This gateway is not a proxy for other hosts." };
    }
    authority = absolute[1]!;
    target = target.slice(absolute[0].length);
    if (!target.startsWith("/")) target = `/${target}`;
  }
  if (target.includes("#")) return { ok: false, problem: "The request target must not contain #." };
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  if (goesUp(path)) return { ok: false, problem: 'The path must not contain ".." segments.' };
  if (path.includes("\\")) return { ok: false, problem: "The path must not contain backslashes." };
  if (path.includes("%") && /%(?![0-9A-Fa-f]{2})/.test(path)) {
    return { ok: false, problem: "The path has a % that is not followed by two hexadecimal digits." };
  }
  if (path.includes("%00")) return { ok: false, problem: "The path must not contain %00." };
  return { ok: true, path, query: mark < 0 ? "" : target.slice(mark), authority };
}

/** A ".." segment, also when dots or slashes are percent-encoded (%2e, %2f, %5c). */
function goesUp(path: string): boolean {
  if (!path.includes("..") && !path.includes("%2")) return false;
  const plain = path.replace(/%2e/gi, ".").replace(/%2f|%5c/gi, "/");
  return /(^|\/)\.\.(\/|;|$)/.test(plain);
}

/** Takes every `access_token` out of a query, wherever it stands; the others stay as they were sent. */
export function takeQueryTokens(pathAndQuery: string): { pathAndQuery: string; tokens: string[] } {
  const mark = pathAndQuery.indexOf("?");
  if (mark < 0) return { pathAndQuery, tokens: [] };
  const tokens: string[] = [];
  const kept = pathAndQuery
    .slice(mark + 1)
    .split("&")
    .filter((pair) => {
      const token = new URLSearchParams(pair).get("access_token");
      if (token === null) return true;
      tokens.push(token);
      return false;
    });
  if (tokens.length === 0) return { pathAndQuery, tokens };
  const query = kept.length > 0 ? `?${kept.join("&")}` : "";
  return { pathAndQuery: pathAndQuery.slice(0, mark) + query, tokens };
}

function isOurs(authority: string, localAddress: string | undefined): boolean {
  const host = authority
    .replace(/:\d*$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
  if (host === "localhost") return true;
  return (
    isIP(host) !== 0 &&
    (host === localAddress?.replace(/^::ffff:/, "") || host === "127.0.0.1" || host === "::1")
  );
}

/** Whether a path, whatever follows it, is `base` or goes on below it. */
export function isBelow(path: string, base: string): boolean {
  return path.startsWith(base) && (path.length === base.length || /[/?#]/.test(path[base.length]!));
}
