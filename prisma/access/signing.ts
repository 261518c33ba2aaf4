import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  jwtVerify,
} from "jose";
import * as z from "zod";
import { MAX_TOKEN_LENGTH, TokenClaims } from "#lib/access/tokens";
import { sharedEnvironment } from "#lib/node/env";
import { seal } from "#lib/node/secret";
import { database } from "../db";
import type { Prisma } from "../generated/client";
import { raiseGeneration } from "../generation";
import { lock } from "../lock";
import { ownSecret } from "../ownSecret";
import {
  type IssuedToken,
  openSigningKey,
  opens,
  type SigningKey,
  sealingKey,
  signToken,
  type TokenRequest,
} from "./signedTokens";
import { SigningKeyRow } from "./signingKeyRow";

export { DEFAULT_ISSUER } from "#lib/node/env";

/**
 * The built-in token issuer: its key pair, and the tokens it signs. The publisher makes the key and signs for
 * applications; the gateway, with the same installation secret, signs test keys and writes nothing.
 */

/** Of new keys. Tokens are short and signing is cheap; RS256 keys of older rows verify and sign all the same. */
const ALGORITHM = "ES256";

/** Who issues, and by which secret the key is sealed. */
export interface IssuerSettings {
  secret: Buffer;
  /** The claim `iss`. */
  issuer: string;
}

let settings: IssuerSettings | undefined;

/** The publisher's settings, from DATABASE_URL, SLUICE_SECRET and TOKEN_ISSUER; read once. */
export function issuerSettings(): IssuerSettings {
  settings ??= {
    secret: ownSecret(),
    issuer: builtInIssuer(),
  };
  return settings;
}

/** What our own tokens say in the claim `iss`. */
export function builtInIssuer(): string {
  return sharedEnvironment().TOKEN_ISSUER;
}

/**
 * Makes the signing key unless there is one that our secret opens; several publishers that start at once make
 * one. Returns whether a key was made. The Change row tells the gateway.
 */
export async function ensureSigningKey({ secret } = issuerSettings()): Promise<boolean> {
  if (await newestKey(secret)) return false;
  const fresh = await freshKey(secret);
  return database().$transaction(async (tx) => {
    await lock(tx, "signingKey");
    // Of two processes the second one sees the first one's key.
    if (opens((await tx.signingKey.findFirst({ orderBy: newestFirst }))?.privateJwk, secret)) return false;
    await tx.signingKey.create({ data: fresh });
    await raiseGeneration(tx, "signingKey");
    return true;
  });
}

/** Signs a token with the newest key. */
export async function issueToken(
  request: TokenRequest,
  now: Date,
  settings = issuerSettings(),
): Promise<IssuedToken> {
  const key = await currentSigningKey(settings);
  const before = request.clientId ? await revokedBefore(database(), request.clientId) : 0;
  return signToken(key, settings.issuer, request, now, before);
}

/** The key that signs now. One that could not be made at the start, or went with its database, is made now. */
export async function currentSigningKey(settings = issuerSettings()): Promise<SigningKey> {
  const { secret } = settings;
  const key = (await newestKey(secret)) ?? ((await ensureSigningKey(settings)) && (await newestKey(secret)));
  if (!key) throw new Error("There is no signing key that SLUICE_SECRET opens.");
  return key;
}

/** When the tokens of a client were revoked last, ms; 0 when never. */
export async function revokedBefore(
  db: Pick<Prisma.TransactionClient, "revocation">,
  clientId: string,
): Promise<number> {
  const { _max } = await db.revocation.aggregate({
    _max: { issuedBefore: true },
    where: { kind: "client", value: clientId },
  });
  return _max.issuedBefore?.getTime() ?? 0;
}

/** What a token of our own says; null for any other, also for one that has expired. */
export async function readOwnToken(token: string, issuer = builtInIssuer()): Promise<TokenClaims | null> {
  if (token.length > MAX_TOKEN_LENGTH) return null;
  try {
    const keys = createLocalJWKSet(await publicJwks());
    const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ["ES256", "RS256"] });
    return TokenClaims.safeParse(payload).data ?? null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

/** The public keys, for whoever verifies our tokens (RFC 7517). Newest first. */
export async function publicJwks(): Promise<JSONWebKeySet> {
  const rows = await database().signingKey.findMany({
    orderBy: newestFirst,
    select: { publicJwk: true },
  });
  return { keys: rows.map((row) => PublicJwk.parse(JSON.parse(row.publicJwk))) };
}

/** Named member by member: whatever else a row may hold, nothing private is published. */
const PublicJwk = z.object({
  kty: z.string(),
  kid: z.string(),
  alg: z.string(),
  use: z.string(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
});

const newestFirst: Prisma.SigningKeyOrderByWithRelationInput[] = [{ createdAt: "desc" }, { id: "desc" }];

async function newestKey(secret: Buffer): Promise<SigningKey | null> {
  const row = await database().signingKey.findFirst({ orderBy: newestFirst });
  return row ? openSigningKey(SigningKeyRow.parse(row), secret) : null;
}

async function freshKey(secret: Buffer): Promise<SigningKeyRow> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    id: kid,
    algorithm: ALGORITHM,
    publicJwk: JSON.stringify({ ...jwk, kid, alg: ALGORITHM, use: "sig" }),
    privateJwk: seal(sealingKey(secret), JSON.stringify(await exportJWK(privateKey))),
  };
}
