import { randomUUID } from "node:crypto";
import { importJWK, type JWK, SignJWT } from "jose";
import { keyTypeClaim, MAX_VALIDITY_SECONDS, type SubscribedApi } from "#lib/access/tokens";
import type { KeyType } from "#lib/edit/endpoints";
import { INTERNAL_KEY } from "#lib/model/internalKey";
import { keyFor, unseal } from "#lib/node/secret";
import type { SigningKeyRow } from "./signingKeyRow";

/** Keys that sign and the tokens that they sign, without a database: the gateway's requests are served beside none. */

/** A key that signs. */
export interface SigningKey {
  kid: string;
  algorithm: string;
  key: CryptoKey;
}

/** What a token is to say. */
export interface TokenRequest {
  keyType: KeyType;
  /** Claim `azp`: the application's client id. */
  clientId?: string;
  /** Claim `sub`; the client itself when not given. */
  subject?: string;
  scopes?: readonly string[];
  audiences?: readonly string[];
  /** The only APIs it is for; not given = for every API. `subscribedApi()` makes them. */
  subscribedApis?: readonly SubscribedApi[];
  /** From 1 to `MAX_VALIDITY_SECONDS`, s; more is cut down to it. */
  validitySeconds: number;
  /** For the header `Internal-Key` instead of `Authorization`; needs `subscribedApis`. */
  internalKey?: boolean;
}

export interface IssuedToken {
  token: string;
  /** Claim `jti`, by which it can be revoked. */
  id: string;
  expiresAt: Date;
  /** As granted, s. */
  validitySeconds: number;
}

/**
 * Signs a token with this key. `revokedBefore` (ms) is when the client's tokens were last revoked: `iat` counts
 * whole seconds, and a token from the same second must not look older than that.
 */
export async function signToken(
  { kid, algorithm, key }: SigningKey,
  issuer: string,
  request: TokenRequest,
  now: Date,
  revokedBefore = 0,
): Promise<IssuedToken> {
  const { keyType, clientId, subject = clientId, scopes = [], audiences = [], subscribedApis } = request;
  if (request.internalKey && !subscribedApis) throw new Error("An internal key is bound to an API.");
  const seconds = Math.floor(now.getTime() / 1000);
  const validitySeconds = Math.min(MAX_VALIDITY_SECONDS, Math.max(1, Math.floor(request.validitySeconds)));
  const id = randomUUID();
  const claims = {
    iss: issuer,
    sub: subject,
    azp: clientId,
    aud: audiences.length > 0 ? audiences : undefined,
    scope: scopes.length > 0 ? scopes.join(" ") : undefined,
    keytype: keyTypeClaim(keyType),
    token_type: request.internalKey ? INTERNAL_KEY : undefined,
    subscribedAPIs: subscribedApis,
    jti: id,
    iat: Math.max(seconds, Math.ceil(revokedBefore / 1000)),
    nbf: seconds,
    exp: seconds + validitySeconds,
  };
  // Through JSON, which leaves out what is undefined.
  const payload = JSON.parse(JSON.stringify(claims)) as typeof claims & { aud?: string[] };
  const token = await new SignJWT(payload).setProtectedHeader({ alg: algorithm, typ: "JWT", kid }).sign(key);
  return { token, id, expiresAt: new Date((seconds + validitySeconds) * 1000), validitySeconds };
}

/** The private key of a row, ready to sign; null when it was sealed with another secret. */
export async function openSigningKey(row: SigningKeyRow, secret: Buffer): Promise<SigningKey | null> {
  const jwk = opens(row.privateJwk, secret);
  if (!jwk) return null;
  const key = await importJWK(JSON.parse(jwk) as JWK, row.algorithm);
  return { kid: row.id, algorithm: row.algorithm, key: key as CryptoKey };
}

/** The private key of a row as JSON; null when it was sealed with another secret. */
export function opens(sealed: string | undefined, secret: Buffer): string | null {
  return sealed === undefined ? null : unseal(sealingKey(secret), sealed);
}

/** What private keys are sealed with. */
export function sealingKey(secret: Buffer): Buffer {
  return keyFor(secret, "signing-keys");
}
