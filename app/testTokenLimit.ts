import { waitWords } from "#lib/attempts";
import { takeAttempt } from "./limiter";

/** Test tokens of one user: enough for looking around, too few to fill the audit list with. */
const TEST_TOKENS = { limit: 60, windowMs: 10 * 60_000 };

/** Counts one; a sentence when the user has had too many. */
export function testTokenRefusal({ userId }: { userId: string }): string | undefined {
  const taken = takeAttempt({ [`testToken:${userId}`]: TEST_TOKENS });
  return taken.ok ? undefined : `Too many test tokens. Try again in ${waitWords(taken.waitMs)}.`;
}
