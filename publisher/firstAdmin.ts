import { hashPassword } from "better-auth/crypto";
import { createFirstAdministrator, hasUsers } from "#prisma/access/accounts";
import type { PublisherEnv } from "./config";

/** Makes the administrator that the environment names, if there is no user yet. */
export async function firstAdministrator(env: PublisherEnv): Promise<void> {
  const { ADMIN_USERNAME: username, ADMIN_PASSWORD: password } = env;
  if (password === undefined || (await hasUsers())) return;
  const { ok } = await createFirstAdministrator(username, await hashPassword(password));
  if (ok) console.log(`Created the administrator account ${username}.`);
}
