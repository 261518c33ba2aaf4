import { compactVerify, decodeJwt, decodeProtectedHeader } from "jose";
import { type Algorithm, algorithms } from "#lib/access/jwk";
import type { Skew } from "#lib/access/skew";
import {
  type AuthProblem,
  audienceProblem,
  consumerOf,
  invalid,
  keyTypeOf,
  MAX_TOKEN_LENGTH,
  type Revocations,
  TokenClaims,
  timeProblem,
} from "#lib/access/tokens";
import type { KeyType } from "#lib/edit/endpoints";
import { INTERNAL_KEY } from "#lib/model/internalKey";
import type { VerifyKey } from "#lib/node/jwks";
import type { Route } from "../routes/runtimeApi";
import type { KeySource } from "./keys";

/** One look at one token: whose it is, whether it is in time, whether its signature is theirs. */

/** A token that was verified. It may call an operation if `decisions` has nothing against it. */
export class VerifiedToken {
  readonly kind = "token";
  readonly keyType: KeyType;
  /** What the access log calls the caller. */
  readonly consumer: string;
  readonly internal: boolean;
  /** What was decided for each operation; a new revision brings new routes, and the old ones go by themselves. */
  readonly decisions = new WeakMap<Route, AuthProblem | null>();
  /** The revocations that it was held against last. */
  checked: Revocations | null = null;

  /** `lateMs`: how long after its end it still passes. */
  constructor(
    readonly claims: TokenClaims,
    readonly lateMs: number,
  ) {
    this.keyType = keyTypeOf(claims);
    this.consumer = consumerOf(claims);
    this.internal = claims.token_type === INTERNAL_KEY;
  }
}

/** Whose tokens are accepted. */
export interface Issuer {
  keys: KeySource;
  audiences: readonly string[];
  /** Ours; only it makes internal keys. */
  builtIn: boolean;
  /** How far its clock may be from ours. */
  skew: Skew;
}

/** `keep`: the refusal holds for a while, so that nobody need look again. */
export type Verified = VerifiedToken | { problem: AuthProblem; keep: boolean };

export const notInternal = invalid("The token is not an internal key.");
const unreadable = invalid("The token is not a JWT that can be read.");

/** Reads and verifies a token. The signature comes last: nothing else costs anything worth saving. */
export async function verifyToken(text: string, issuers: ReadonlyMap<string, Issuer>): Promise<Verified> {
  const read = readToken(text);
  if ("kind" in read) return { problem: read, keep: true };
  const { claims, kid, algorithm } = read;
  const issuer = issuers.get(claims.iss);
  if (!issuer) return { problem: invalid("The token's issuer is not accepted."), keep: true };
  if (claims.token_type === INTERNAL_KEY && !issuer.builtIn) return { problem: notInternal, keep: true };
  const { keys, skew } = issuer;
  const problem = audienceProblem(claims, issuer.audiences) ?? timeProblem(claims, Date.now(), skew);
  // Not kept: it was cheap to find, and a token that is too early is right in a moment.
  if (problem) return { problem, keep: false };
  const known = keys.fitting(kid, algorithm);
  if (await signedByOne(text, known, algorithm)) return new VerifiedToken(claims, skew.lateMs);
  await keys.refresh?.();
  const tried = new Set(known.map((key) => key.text));
  const fresh = keys.fitting(kid, algorithm).filter((key) => !tried.has(key.text));
  if (await signedByOne(text, fresh, algorithm)) return new VerifiedToken(claims, skew.lateMs);
  // Not kept: the key may be there in a moment.
  if (known.length + fresh.length === 0)
    return { problem: invalid("The token's key is not known."), keep: false };
  return { problem: invalid("The token's signature is not valid."), keep: true };
}

/** The algorithm is the key's: what the token's header says has already chosen among keys that it fits. */
async function signedByOne(text: string, keys: readonly VerifyKey[], algorithm: Algorithm): Promise<boolean> {
  for (const { key } of keys) {
    const verified = await compactVerify(text, key, { algorithms: [algorithm] }).catch(() => null);
    if (verified) return true;
  }
  return false;
}

const otherAlgorithm = invalid(
  `The token is signed with none of the accepted algorithms: ${algorithms.join(", ")}.`,
);

function readToken(
  text: string,
): AuthProblem | { claims: TokenClaims; kid: string | undefined; algorithm: Algorithm } {
  if (text.length > MAX_TOKEN_LENGTH) return invalid("The token is too long.");
  // Nothing but base64url (RFC 7515, section 2): what decoders pass over makes many tokens of one.
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return unreadable;
  try {
    const { alg, kid } = decodeProtectedHeader(text);
    const algorithm = algorithms.find((one) => one === alg);
    if (!algorithm) return otherAlgorithm;
    const claims = TokenClaims.safeParse(decodeJwt(text));
    if (!claims.success) return invalid("The token lacks a claim, or one of its claims has another form.");
    return { claims: claims.data, kid: typeof kid === "string" ? kid : undefined, algorithm };
  } catch {
    return unreadable;
  }
}
