import { createHash, randomBytes } from "node:crypto";

/** HTTP Digest as a client (RFC 7616): MD5 and SHA-256, with and without "-sess", qop "auth" or none. */

export interface Challenge {
  realm: string;
  nonce: string;
  opaque: string | undefined;
  algorithm: string;
  hash: "md5" | "sha256";
  session: boolean;
  /** Without it the old form of RFC 2069 is meant. */
  qop: boolean;
  /** The nonce was too old; name and password may well be right. */
  stale: boolean;
}

/** The best challenge that we can answer among the values of WWW-Authenticate; undefined when there is none. */
export function readChallenge(values: readonly string[]): Challenge | undefined {
  const found = values.flatMap((value) => {
    const starts = [...value.matchAll(/(?:^|,)\s*Digest\s+/gi)];
    return starts.flatMap((start) => parse(value.slice(start.index + start[0].length)) ?? []);
  });
  return found.find(({ hash }) => hash === "sha256") ?? found[0];
}

function parse(text: string): Challenge | undefined {
  const fields = new Map<string, string>();
  const pair = /\s*,?\s*([A-Za-z0-9*_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/y;
  for (let match = pair.exec(text); match; match = pair.exec(text)) {
    fields.set(match[1]!.toLowerCase(), match[2]?.replace(/\\(.)/g, "$1") ?? match[3]!);
  }
  const [realm, nonce] = [fields.get("realm"), fields.get("nonce")];
  const algorithm = fields.get("algorithm") ?? "MD5";
  const known = /^(MD5|SHA-256)(-sess)?$/i.exec(algorithm);
  const qop = fields.get("qop");
  const auth = qop?.split(",").some((choice) => choice.trim().toLowerCase() === "auth") ?? false;
  if (realm === undefined || nonce === undefined || !known || (qop !== undefined && !auth)) return undefined;
  return {
    realm,
    nonce,
    opaque: fields.get("opaque"),
    algorithm,
    hash: known[1]!.toUpperCase() === "MD5" ? "md5" : "sha256",
    session: known[2] !== undefined,
    qop: auth,
    stale: fields.get("stale")?.toLowerCase() === "true",
  };
}

/** The Authorization value for one request; `count` is how often this nonce was used, from 1. */
export function digestHeader(
  challenge: Challenge,
  login: { username: string; password: string },
  method: string,
  uri: string,
  count: number,
  cnonce = randomBytes(16).toString("base64url"),
): string {
  const { realm, nonce, opaque, algorithm, hash, session, qop } = challenge;
  const h = (text: string) => createHash(hash).update(text).digest("hex");
  const nc = count.toString(16).padStart(8, "0");
  const base = h(`${login.username}:${realm}:${login.password}`);
  const ha1 = session ? h(`${base}:${nonce}:${cnonce}`) : base;
  const ha2 = h(`${method}:${uri}`);
  const response = qop ? h(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}`) : h(`${ha1}:${nonce}:${ha2}`);
  const parts = [
    usernameField(login.username),
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    `algorithm=${algorithm}`,
    `response="${response}"`,
  ];
  if (opaque !== undefined) parts.push(`opaque=${quoted(opaque)}`);
  if (qop) parts.push("qop=auth", `nc=${nc}`);
  if (qop || session) parts.push(`cnonce="${cnonce}"`);
  return `Digest ${parts.join(", ")}`;
}

/** A name beyond ASCII goes in the extended form (RFC 7616, 3.4). */
function usernameField(username: string): string {
  return /^[\x20-\x7e]*$/.test(username)
    ? `username=${quoted(username)}`
    : `username*=UTF-8''${encodeURIComponent(username)}`;
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
