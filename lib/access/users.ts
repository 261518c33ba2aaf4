import * as z from "zod";
import { Role } from "../schemas/role";

/** Shortest password, characters. Length is the one rule: composition rules make people choose worse ones. */
export const MIN_PASSWORD = 10;
/** scrypt takes any length; this bounds what one sign-in may cost. Characters. */
export const MAX_PASSWORD = 128;
export const MAX_USERNAME = 64;

/** Names differ in more than case: stored in lower case. An e-mail address is a fine user name. */
export const Username = z
  .string()
  .trim()
  .toLowerCase()
  .min(1, "Enter a user name.")
  .max(MAX_USERNAME, `A user name has at most ${MAX_USERNAME} characters.`)
  .regex(
    /^[a-z0-9][a-z0-9._@+-]*$/,
    "A user name has letters, digits and . _ @ + - and starts with a letter or digit.",
  );

export const Password = z
  .string()
  .min(MIN_PASSWORD, `A password has at least ${MIN_PASSWORD} characters.`)
  .max(MAX_PASSWORD, `A password has at most ${MAX_PASSWORD} characters.`);

/** What a person types to sign in: of any form, because only the stored account decides. */
export const Credentials = z.object({
  username: z.string().max(300),
  password: z.string().max(1_000),
});
export type Credentials = z.infer<typeof Credentials>;

export const NewAdministrator = z.object({ username: Username, password: Password });
export const NewUser = NewAdministrator.extend({ role: Role });

/** Where to go after signing in: a path of this origin, "/apis" for anything else. */
export function safeTarget(given: unknown): string {
  if (typeof given !== "string" || given.length > 2_000) return "/apis";
  // "//host" and "/\host" name another origin; control characters are dropped by browsers before they look.
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(given) || given.includes("\\")) return "/apis";
  return /^\/(sign-in|setup)(?![^/?#])/.test(given) ? "/apis" : given;
}

/**
 * Checked in place of the password hash of a user who is not there, so that both take the same time: of the form that
 * better-auth stores, and of no password.
 */
export const NOBODYS_HASH = `${"0".repeat(32)}:${"0".repeat(128)}`;
