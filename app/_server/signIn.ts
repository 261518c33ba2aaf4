import { createHmac, randomBytes } from "node:crypto";
import { isAPIError } from "better-auth/api";
import { verifyPassword } from "better-auth/crypto";
import { waitWords } from "#lib/access/attemptRule";
import { type Credentials, NOBODYS_HASH } from "#lib/access/users";
import {
  confirmSession,
  findBySessionToken,
  findByUsername,
  type UserInfo,
  writeSignIn,
} from "#prisma/access/accounts";
import { checkAdapterToken } from "./adapterToken";
import { auth } from "./betterAuth";
import { attempts } from "./limiter";

/** Failed sign-ins: per name against guessing one password, per address against trying many names. */
const PER_NAME = { limit: 8, windowMs: 5 * 60_000 };
const PER_ADDRESS = { limit: 30, windowMs: 5 * 60_000 };
/** How long a name and password that were right need not be checked again with scrypt. */
const REMEMBER_MS = 60_000;
const MAX_REMEMBERED = 1_000;

/** `wait`: too many have failed. `busy`: too many are being checked, of which none has failed yet. */
export interface SignInFailure {
  ok: false;
  kind: "wrong" | "wait" | "busy";
  message: string;
  /** Before the next try, ms. */
  waitMs?: number;
}
/** What HTTP calls them. */
export const failureStatus = { wrong: 401, wait: 429, busy: 503 } as const;
export type SignInResult =
  | { ok: true; token: string; cookie: { name: string; value: string } }
  | SignInFailure;

const wrong: SignInFailure = {
  ok: false,
  kind: "wrong",
  message: "The user name or the password is wrong, or the account is disabled.",
};
const busy: SignInFailure = {
  ok: false,
  kind: "busy",
  message: "Many sign-ins of this name or from this address are being checked. Try again in a moment.",
  waitMs: 1_000,
};

/** Checks name and password and starts a session. `address` is the caller's. */
export async function signIn(given: Credentials, address: string): Promise<SignInResult> {
  return limited(given.username, address, async () => {
    const before = await findNamed(given.username, true);
    const answer = await auth()
      .api.signInUsername({ body: given, returnHeaders: true })
      .catch((error: unknown) => {
        if (isAPIError(error)) return null;
        throw error;
      });
    const cookie = answer && sessionCookie(answer.headers);
    if (!before || !answer?.response || !cookie) return noteFailure(given.username);
    const { user, passwordHash } = before;
    if (!(await confirmSession(answer.response.token, passwordHash))) return noteFailure(given.username);
    await writeSignIn({ userId: user.id, username: user.username }, "signIn", `Signed in from ${address}`);
    return { ok: true, token: answer.response.token, cookie };
  });
}

/** Name and password of a machine's request (HTTP Basic), without a session. `hash`: of the password that was right. */
export async function checkBasic(
  given: Credentials,
  address: string,
): Promise<{ ok: true; user: UserInfo; hash: string } | SignInFailure> {
  const found = await findNamed(given.username, true);
  const key = keyed(`${given.username.trim().toLowerCase()}\0${given.password}`);
  const hash = found?.passwordHash;
  const ifKnown = () => {
    const known = remembered().get(key);
    // The stored hash is compared too, so that a new password, and only it, counts at once.
    if (!found || !hash || known?.hash !== hash || known.until <= Date.now()) return null;
    return found.user.disabled ? wrong : { ok: true as const, user: found.user, hash };
  };
  return (
    ifKnown() ??
    limited(given.username, address, async () => {
      // While this one waited for its turn, the same may have been found right.
      const known = ifKnown();
      if (known) return known;
      // An unknown name takes as long as a known one.
      const right = await verifyPassword({ hash: hash ?? NOBODYS_HASH, password: given.password });
      if (!found || !hash || !right || found.user.disabled) return noteFailure(given.username);
      const all = remembered();
      if (all.size >= MAX_REMEMBERED) all.clear();
      all.set(key, { hash, until: Date.now() + REMEMBER_MS });
      return { ok: true as const, user: found.user, hash };
    })
  );
}

/** The user of a session token or of one of the adapter API's (HTTP Bearer). */
export async function checkBearer(token: string): Promise<UserInfo | null> {
  // Session tokens have no dots, the adapter's are JWTs.
  if (token.includes(".")) return checkAdapterToken(token);
  return (await findBySessionToken(token, new Date()))?.user ?? null;
}

async function limited<T extends { ok: boolean }>(
  name: string,
  address: string,
  run: () => Promise<T>,
): Promise<T | SignInFailure> {
  const keys = {
    [`name:${name.trim().toLowerCase().slice(0, 100)}`]: PER_NAME,
    [`address:${address}`]: PER_ADDRESS,
  };
  const tried = await attempts().guess<T | SignInFailure>(keys, run, (result) => !result.ok);
  if (tried.kind === "done") return tried.value;
  if (tried.kind === "busy") return busy;
  const { waitMs } = tried;
  return {
    ok: false,
    kind: "wait",
    message: `Too many failed attempts. Try again in ${waitWords(waitMs)}.`,
    waitMs,
  };
}

/** What was typed as a name may be a password, so only names that exist are written down. */
async function noteFailure(name: string): Promise<SignInFailure> {
  const user = await findNamed(name);
  const by = { userId: user?.id ?? null, username: user?.username ?? "" };
  await writeSignIn(by, "signIn.failed", user ? "A sign-in failed" : "A sign-in with an unknown name failed");
  return wrong;
}

function findNamed(name: string): Promise<UserInfo | null>;
function findNamed(name: string, withHash: true): ReturnType<typeof findByUsername>;
async function findNamed(name: string, withHash?: true) {
  const found = await findByUsername(name.trim().toLowerCase());
  return withHash ? found : (found?.user ?? null);
}

/** The signed cookie as better-auth made it; how long it lives is decided by the session's row. */
function sessionCookie(headers: Headers): { name: string; value: string } | null {
  for (const line of headers.getSetCookie()) {
    const match = /^([^=;]*session_token)=([^;]+)/.exec(line);
    if (match?.[1] && match[2]) return { name: match[1], value: decodeURIComponent(match[2]) };
  }
  return null;
}

interface Remembered {
  hash: string;
  until: number;
}
const holder = globalThis as { sluiceBasic?: { key: Buffer; known: Map<string, Remembered> } };

function basic() {
  holder.sluiceBasic ??= { key: randomBytes(32), known: new Map() };
  return holder.sluiceBasic;
}
const remembered = () => basic().known;
/** Passwords are kept as keyed hashes only, under a key that no other process has. */
const keyed = (text: string) => createHmac("sha256", basic().key).update(text).digest("base64url");
