import { hashPassword } from "better-auth/crypto";
import { createFirstAdministrator, hasUsers } from "#prisma/access/accounts";
import { troubleOf } from "#prisma/trouble";
import type { PublisherEnv } from "./config";

/** How often it is tried again where the database cannot be read or written, ms. */
const RETRY_MS = 1_000;

/**
 * Makes the administrator that the environment names, if there is no user yet. Trouble with the database is told, and
 * outlasted: whoever came first could make themselves one otherwise.
 */
export async function firstAdministrator(env: PublisherEnv): Promise<void> {
  const { ADMIN_USERNAME: username, ADMIN_PASSWORD: password } = env;
  if (password === undefined) return;
  try {
    if (await hasUsers()) return;
    const { ok } = await createFirstAdministrator(username, await hashPassword(password));
    if (ok) console.log(`Created the administrator account ${username}.`);
  } catch (error) {
    const { known, message } = troubleOf(error);
    if (!known) throw error;
    if (said !== message)
      console.error(`The administrator account ${username} could not be made: ${message}`);
    said = message;
    setTimeout(() => void firstAdministrator(env).catch(console.error), RETRY_MS).unref();
  }
}

let said = "";
