import { waitWords } from "#lib/attempts";
import { attempts } from "./limiter";

/** Test tokens of one user: enough for looking around, too few to fill the audit list with. */
const TEST_TOKENS = { limit: 60, windowMs: 10 * 60_000 };

/** Counts one; a sentence when the user has had too many. */
export async function testTokenRefusal({ userId }: { userId: string }): Promise<string | undefined> {
  const taken = await attempts().take({ [`testToken:${userId}`]: TEST_TOKENS });
  return taken.ok ? undefined : `Too many test tokens. Try again in ${waitWords(taken.waitMs)}.`;
}
