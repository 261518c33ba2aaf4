import { waitWords } from "#lib/access/attemptRule";
import { tooMany } from "./guard";
import { attempts } from "./limiter";

/** Checks of one user: a check makes the gateway send requests wherever it is told to. */
const PER_USER = { limit: 30, windowMs: 60_000 };

/** Counts a check of this user; the refusal when there were too many. */
export async function tooManyChecks(userId: string): Promise<Response | null> {
  const taken = await attempts().take({ [`check:${userId}`]: PER_USER });
  if (taken.ok) return null;
  const words = `Not checked: at most ${PER_USER.limit} checks a minute. Try again in ${waitWords(taken.waitMs)}.`;
  return tooMany(words, taken.waitMs);
}
