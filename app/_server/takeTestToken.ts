import { waitWords } from "#lib/access/attemptRule";
import { whyNoToken } from "#lib/access/trying";
import { type ApiDefinition, basePath } from "#lib/edit/api";
import { type KeyType, keyTypes } from "#lib/edit/endpoints";
import { issueTestToken, type TestToken } from "#prisma/access/testTokens";
import type { Missing } from "#prisma/store";
import { attempts } from "./limiter";
import type { SignedIn } from "./session";

/** Test tokens of one user: enough for looking around, too few to fill the audit list with. */
const TEST_TOKENS = { limit: 60, windowMs: 10 * 60_000 };
/** One that ends sooner is not sent any more, ms. */
const MIN_LEFT_MS = 60_000;
const MAX_KEPT = 1_000;

export type TokenResult =
  | { ok: true; token: TestToken }
  | Missing
  | { ok: false; kind: "refused"; status: 400 | 403 | 429; message: string };

/** A token to take away, for whoever may have one. */
export async function takeTestToken(apiId: string, keyType: KeyType, user: SignedIn): Promise<TokenResult> {
  const whyNot = whyNoToken(user.role, keyType);
  if (whyNot) return { ok: false, kind: "refused", status: 403, message: whyNot };
  return issue(apiId, [keyType], user);
}

/** An internal key for what the user may try: production before the sandbox. */
export async function takeInternalKey(apiId: string, user: SignedIn): Promise<TokenResult> {
  const allowed = keyTypes.filter((keyType) => whyNoToken(user.role, keyType) === "");
  return issue(apiId, allowed, user, { internalKey: true });
}

async function issue(
  apiId: string,
  keys: readonly KeyType[],
  user: SignedIn,
  options?: { internalKey: boolean },
): Promise<TokenResult> {
  const taken = await attempts().take({ [`testToken:${user.userId}`]: TEST_TOKENS });
  if (!taken.ok) {
    const message = `Too many test tokens. Try again in ${waitWords(taken.waitMs)}.`;
    return { ok: false, kind: "refused", status: 429, message };
  }
  for (const keyType of keys) {
    const issued = await issueTestToken(apiId, keyType, user, options);
    if (!issued.ok) return issued;
    if (issued.token) return { ok: true, token: issued.token };
  }
  const message = `This API has no ${keys.join(" or ")} endpoint, so no token would open it.`;
  return { ok: false, kind: "refused", status: 400, message };
}

const holder = globalThis as { sluiceTryOutTokens?: Map<string, TestToken> };

/**
 * The token that a user's requests from Try Out go out with. It is kept here and not in the browser: requests in a
 * row have the same one, and whoever may only read from production never holds it.
 */
export async function tryOutToken(
  apiId: string,
  definition: ApiDefinition,
  keyType: KeyType,
  user: SignedIn,
): Promise<TokenResult> {
  holder.sluiceTryOutTokens ??= new Map();
  const kept = holder.sluiceTryOutTokens;
  const { name, version, resources, security } = definition;
  const held = [name, version, basePath(definition), resources.map((r) => r.scopes), security.audiences];
  const key = JSON.stringify([user.username, apiId, keyType, held]);
  const known = kept.get(key);
  if (known && known.expiresAt.getTime() - Date.now() > MIN_LEFT_MS) return { ok: true, token: known };
  const issued = await issue(apiId, [keyType], user);
  if (issued.ok) kept.set(key, issued.token);
  if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
  return issued;
}
