"use server";
import { hashPassword } from "better-auth/crypto";
import * as z from "zod";
import { NewAdministrator, Password } from "#lib/access/users";
import { createFirstAdministrator, hasUsers, setPassword } from "#prisma/access/accounts";
import { failed, guarded, orFailed } from "./guard";
import { callerAddress, setSessionCookie } from "./session";
import * as sessions from "./signIn";

/** The first account, and the own password. */

/** Makes the first administrator; the page signs in after it. */
export async function createAdministrator(input: unknown) {
  return orFailed("Creating the administrator account", async () => {
    const given = NewAdministrator.parse(input);
    const taken = failed("The administrator account exists already. Reload the page to sign in.");
    // Looked up first, so that nobody makes us hash for nothing.
    if (await hasUsers()) return taken;
    const { ok } = await createFirstAdministrator(given.username, await hashPassword(given.password));
    return ok ? { ok: true as const } : taken;
  });
}

const NewPassword = z.object({ current: z.string().max(1_000), password: Password });

/** Everybody's own password. Ends all sessions of the user and starts a new one here. */
export async function changePassword(input: unknown) {
  return guarded("Changing the password", "api.read", async (user) => {
    const { current, password } = NewPassword.parse(input);
    const address = await callerAddress();
    const checked = await sessions.checkBasic({ username: user.username, password: current }, address);
    if (!checked.ok)
      return failed(checked.kind === "wrong" ? "The current password is wrong." : checked.message);
    const changed = await setPassword(user, user.userId, await hashPassword(password));
    if (!changed.ok) return failed("This account was deleted meanwhile.");
    const result = await sessions.signIn({ username: user.username, password }, address);
    if (!result.ok) return failed(result.message);
    await setSessionCookie(result.cookie);
    return { ok: true as const };
  });
}
