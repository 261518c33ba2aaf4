import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { username } from "better-auth/plugins/username";
import { MAX_PASSWORD, MAX_USERNAME, MIN_PASSWORD, Username } from "#lib/access/users";
import { usesPostgres } from "#lib/node/env";
import { keyFor } from "#lib/node/secret";
import { findUser } from "#prisma/access/accounts";
import { database } from "#prisma/db";
import { ownSecret } from "#prisma/ownSecret";

/** A session ends this long after it was last used. Seconds. */
export const SESSION_SECONDS = 12 * 60 * 60;
/** How often the use of a session is written down. Seconds. */
const TOUCH_SECONDS = 10 * 60;

/**
 * better-auth checks passwords and keeps sessions; users are written by prisma/access/accounts.ts. Its HTTP interface is
 * not mounted: pages and machines sign in through app/_server/signIn.ts, which limits the rate.
 */
function start() {
  return betterAuth({
    appName: "Sluice",
    // Only used to build links, of which there are none.
    baseURL: "http://localhost",
    secret: keyFor(ownSecret(), "publisher-session").toString("base64url"),
    database: prismaAdapter(database(), { provider: usesPostgres() ? "postgresql" : "sqlite" }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: MIN_PASSWORD,
      maxPasswordLength: MAX_PASSWORD,
    },
    plugins: [
      username({
        minUsernameLength: 1,
        maxUsernameLength: MAX_USERNAME,
        usernameValidator: (name) => Username.safeParse(name).success,
      }),
    ],
    session: { expiresIn: SESSION_SECONDS, updateAge: TOUCH_SECONDS },
    user: {
      additionalFields: {
        role: { type: "string", input: false },
        disabled: { type: "boolean", input: false },
      },
    },
    databaseHooks: {
      session: {
        create: {
          // The password was right, and still there is no way in.
          before: async ({ userId }) => ((await findUser(userId))?.disabled ? false : undefined),
        },
      },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    advanced: { cookiePrefix: "sluice", useSecureCookies: false },
  });
}

// Next holds several copies of this module, one per kind of route.
const holder = globalThis as { sluiceAuth?: ReturnType<typeof start> };

/** Made at first use: a build has neither database nor secret. */
export function auth(): ReturnType<typeof start> {
  holder.sluiceAuth ??= start();
  return holder.sluiceAuth;
}
