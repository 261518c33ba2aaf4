import { isAPIError } from "better-auth/api";
import { cookies, headers } from "next/headers";
import { cache } from "react";
import { Role } from "#lib/schemas/role";
import * as users from "#prisma/access/accounts";
import { auth } from "./betterAuth";
import { addressOf, cameSecurely } from "./caller";
import type { SignInResult } from "./signIn";

/** Who is signed in. Also an `Actor` for the store. */
export interface SignedIn {
  userId: string;
  username: string;
  role: Role;
}

/**
 * The user of this page or action, read once per request; null when nobody is signed in. From the cookies and not
 * the headers: a page that is drawn after an action must see the session which that has started or ended.
 */
export const currentUser = cache(async () => userOf(new Headers({ cookie: (await cookies()).toString() })));

/** `keepAlive: false` is for requests that no person made, such as polling: they do not prolong a session. */
export async function userOf(from: Headers, { keepAlive = true } = {}): Promise<SignedIn | null> {
  if (!from.get("cookie")?.includes("session_token")) return null;
  const session = await auth()
    .api.getSession({ headers: from, query: { disableRefresh: !keepAlive } })
    .catch(async (error: unknown) => {
      if (!isAPIError(error) || error.status === "INTERNAL_SERVER_ERROR") {
        // better-auth does not say why. Who is not known is not signed out.
        await users.readSessions();
        throw error;
      }
      // Ended between two reads.
      return null;
    });
  if (!session || session.user.disabled) return null;
  const role = Role.catch("viewer").parse(session.user.role);
  return { userId: session.user.id, username: session.user.username ?? "", role };
}

type Cookie = Extract<SignInResult, { ok: true }>["cookie"];

/** Keeps the session in the browser until that is closed; the session's row decides whether it still counts. */
export async function setSessionCookie(cookie: Cookie): Promise<void> {
  const secure = cameSecurely(await headers());
  (await cookies()).set(cookie.name, cookie.value, { httpOnly: true, sameSite: "lax", path: "/", secure });
}

/** Ends the session of this request; throws when it cannot be ended, and leaves the cookie. */
export async function endSession(): Promise<void> {
  const jar = await cookies();
  // Not by better-auth's sign-out, which forgets the cookie also where the session goes on.
  const session = await auth().api.getSession({ headers: await headers(), query: { disableRefresh: true } });
  if (session) await users.endSession(session.session.token, new Date());
  for (const { name } of jar.getAll()) if (name.endsWith("session_token")) jar.delete(name);
}

/** The caller's address as publisher/frontDoor.ts found it. */
export async function callerAddress(): Promise<string> {
  return addressOf(await headers());
}
