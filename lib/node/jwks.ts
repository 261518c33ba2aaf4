import { createPublicKey, type KeyObject } from "node:crypto";
import { type Algorithm, Jwks, MAX_KEYS, readJwk } from "../access/jwk";
import { parseJson } from "./body";
import { download, type OutgoingRules } from "./outgoing";

/** Public keys that tokens are verified with, as gateway and publisher read them alike. */

/** Bits of an RSA key: at least RFC 7518, 3.3; at most what a verification may cost. */
const MIN_RSA_BITS = 2_048;
const MAX_RSA_BITS = 16_384;
/** How long another issuer's keys may take to come, ms, and the largest document, bytes. */
const FETCH_MS = 5_000;
const MAX_JWKS_BYTES = 256 * 1024;

export interface VerifyKey {
  /** "" when the issuer gives it no name. */
  kid: string;
  algorithms: readonly Algorithm[];
  key: KeyObject;
  /** What it is made of, for comparing. */
  text: string;
}

/** Reads one key; null when it is not one that we verify with. */
export function verifyKeyOf(jwk: unknown): VerifyKey | null {
  const read = readJwk(jwk);
  if (!read) return null;
  const { kid, algorithms, members } = read;
  try {
    const key = createPublicKey({ key: { ...members }, format: "jwk" });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? MIN_RSA_BITS;
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) return null;
    return { kid, algorithms, key, text: JSON.stringify(members) };
  } catch {
    return null;
  }
}

export type FoundKeys = { ok: true; keys: VerifyKey[] } | { ok: false; message: string };

/** Another issuer's keys, or one sentence that says why there are none. Never rejects. */
export async function fetchKeys(url: string, rules: OutgoingRules): Promise<FoundKeys> {
  const bounds = { timeoutMs: FETCH_MS, maxBytes: MAX_JWKS_BYTES, accept: "application/json" };
  const answer = await download(new URL(url), bounds, rules);
  return answer.ok ? readKeys(answer.bytes.toString("utf8")) : answer;
}

function readKeys(text: string): FoundKeys {
  const document = Jwks.safeParse(parseJson(text));
  if (!document.success) return { ok: false, message: "The answer is no key set (JWKS)." };
  const keys = document.data.keys.slice(0, MAX_KEYS).flatMap((jwk) => verifyKeyOf(jwk) ?? []);
  if (keys.length > 0) return { ok: true, keys };
  return {
    ok: false,
    message:
      "The key set has no key that tokens could be checked with (RSA of 2048 bits or more, EC, Ed25519).",
  };
}
