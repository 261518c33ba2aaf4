import { createHash, timingSafeEqual } from "node:crypto";
import { DEFAULT_VALIDITY_SECONDS, type OAuthError, type TokenOrder, wrongClient } from "#lib/access/oauth";
import { MAX_ISSUED_LENGTH, type TokenClaims } from "#lib/access/tokens";
import type { KeyType } from "#lib/edit/endpoints";
import { type Actor, writeAudit } from "../audit";
import { databaseTime } from "../clock";
import { database } from "../db";
import type { Prisma } from "../generated/client";
import { lock } from "../lock";
import type { Missing } from "../refusals";
import { hashSecret } from "./applications";
import { revokeToken } from "./revocations";
import { type IssuedToken, signToken } from "./signedTokens";
import { currentSigningKey, issuerSettings, revokedBefore } from "./signing";
import { subscribedApis } from "./subscribed";

/** Tokens for applications: by client id and secret (OAuth 2), or by a person who manages the application. */

type Issued = { ok: true; token: IssuedToken; scopes: string[] } | { ok: false; error: OAuthError };

/** Whether id and secret belong together. Compared as hashes of hashes in constant time. */
export async function checkClient(clientId: string, secret: string): Promise<boolean> {
  const key = await database().applicationKey.findUnique({ where: { clientId } });
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(hashSecret(secret)), digest(key?.secretHash ?? "")) && key !== null;
}

/**
 * A token for a client. Key and subscriptions are read with the write lock held, so that whoever takes a right away
 * meanwhile comes either before, and the token does not have it, or after, and ends this token too.
 */
export async function issueForClient(order: TokenOrder): Promise<Issued> {
  // Before the lock: guesses must not keep others from writing.
  if (!(await checkClient(order.clientId, order.secret))) return { ok: false, error: wrongClient };
  const signing = await currentSigningKey();
  return database().$transaction(async (tx) => {
    await lock(tx, `client:${order.clientId}`);
    const key = await tx.applicationKey.findUnique({ where: { clientId: order.clientId } });
    if (!key || key.secretHash !== hashSecret(order.secret))
      return { ok: false, error: wrongClient } as const;
    return sign(tx, signing, key, order);
  });
}

/** The same for a person, without secret and with every scope that the subscribed APIs ask for. */
export async function issueForApplication(
  applicationId: string,
  keyType: KeyType,
  by: Actor,
): Promise<Issued | Missing> {
  const signing = await currentSigningKey();
  const where = { applicationId_keyType: { applicationId, keyType } };
  const found = await database().applicationKey.findUnique({ where, select: { clientId: true } });
  if (!found) return { ok: false, kind: "missing" };
  return database().$transaction(async (tx) => {
    await lock(tx, `client:${found.clientId}`);
    const key = await tx.applicationKey.findUnique({
      where,
      include: { application: { select: { name: true } } },
    });
    if (!key) return { ok: false, kind: "missing" } as const;
    const text = `Got a ${keyType} token of the application ${key.application.name}`;
    await writeAudit(tx, by, "application.token", applicationId, text);
    return sign(tx, signing, key, { scopes: null, validitySeconds: DEFAULT_VALIDITY_SECONDS });
  });
}

async function sign(
  tx: Prisma.TransactionClient,
  signing: Awaited<ReturnType<typeof currentSigningKey>>,
  key: { applicationId: string; clientId: string; keyType: string },
  order: { scopes: string[] | null; validitySeconds: number },
): Promise<Issued> {
  const { apis, scopes: known, audiences } = await subscribedApis(tx, key.applicationId);
  const scopes = order.scopes ?? [...known];
  const unknown = scopes.find((scope) => !known.has(scope));
  if (unknown !== undefined) {
    return refuse("invalid_scope", `None of the application's APIs has the scope ${unknown}.`);
  }
  const token = await signToken(
    signing,
    issuerSettings().issuer,
    {
      keyType: key.keyType === "sandbox" ? "sandbox" : "production",
      clientId: key.clientId,
      scopes,
      audiences,
      // Also when there are none: such a token is refused everywhere, instead of being let in everywhere.
      subscribedApis: apis,
      validitySeconds: order.validitySeconds,
    },
    await databaseTime(tx),
    await revokedBefore(tx, key.clientId),
  );
  if (token.token.length > MAX_ISSUED_LENGTH) {
    return refuse(
      "invalid_scope",
      "The token would be too long. Ask for fewer scopes or use two applications.",
    );
  }
  return { ok: true, token, scopes };
}

function refuse(error: OAuthError["error"], description: string): { ok: false; error: OAuthError } {
  return { ok: false, error: { status: 400, error, description } };
}

/** Ends a token of ours, by what it says. Null for one that cannot be told apart from others. */
export async function revokeOwn(claims: TokenClaims, by: Actor): Promise<{ generation: number } | null> {
  return claims.jti ? revokeToken(claims.jti, new Date(claims.exp * 1_000), by) : null;
}
