import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { compactVerify, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { keyFor } from "#lib/node/secret";
import { findByUsername, type UserInfo } from "#prisma/access/accounts";
import { isAdapterTokenRevoked, revokeAdapterToken } from "#prisma/access/revocations";
import { ownSecret } from "#prisma/ownSecret";

/**
 * Tokens of the adapter API: JWTs under a key of their own, so that the gateway never takes one for a caller's. They
 * name a user, whose role counts as it is when they are used, and end with the password that they were given for.
 */

/** One hour, s. */
export const ADAPTER_TOKEN_SECONDS = 3_600;
const AUDIENCE = "sluice-adapter";

function key(): Buffer {
  return keyFor(ownSecret(), "adapter-token");
}

/** By what a password is known that something ends with. */
export const fingerprint = (hash: string) => createHmac("sha256", key()).update(hash).digest("base64url");

/** For a user whose password was right. `hash` is of that one: where there is a new one since, the token is of no use. */
export function issueAdapterToken({ user, hash }: { user: UserInfo; hash: string }): Promise<string> {
  return new SignJWT({ pwd: fingerprint(hash) })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(user.username)
    .setAudience(AUDIENCE)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${ADAPTER_TOKEN_SECONDS}s`)
    .sign(key());
}

async function claimsOf(token: string): Promise<JWTPayload> {
  const options = { audience: AUDIENCE, algorithms: ["HS256"] };
  const verified = await jwtVerify(token, key(), options).catch(() => null);
  return verified?.payload ?? {};
}

/** Whose a token is that has not expired; null for any other text. */
export async function ownerOf(token: string): Promise<string | null> {
  return (await claimsOf(token)).sub ?? null;
}

/** Ends a token of ours before its time. */
export async function endAdapterToken(token: string, by: UserInfo): Promise<void> {
  const { jti, exp } = await claimsOf(token);
  if (!jti || !exp) return;
  await revokeAdapterToken(jti, new Date(exp * 1_000), { userId: by.id, username: by.username });
}

/** The user of a token; null for any other text, and for one that has ended. */
export async function checkAdapterToken(token: string): Promise<UserInfo | null> {
  const { sub, pwd, jti } = await claimsOf(token);
  if (!sub || typeof pwd !== "string") return null;
  if (jti && (await isAdapterTokenRevoked(jti))) return null;
  const found = await findByUsername(sub);
  if (!found?.passwordHash || found.user.disabled) return null;
  const [given, wanted] = [Buffer.from(pwd), Buffer.from(fingerprint(found.passwordHash))];
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? found.user : null;
}

/** Whether we issued a token, however long ago and whoever its user is now. */
export async function isAdapterToken(token: string): Promise<boolean> {
  return compactVerify(token, key(), { algorithms: ["HS256"] }).then(
    () => true,
    () => false,
  );
}
