import type { ApiStatus } from "#lib/status";
import { capitalized } from "../shared/capitalized";
import type { Tone } from "../shared/StateMark";

/** What gateways tell of the APIs of a page, and which of them did not, as clauses; null when none answers. */
export type LiveStates = { apis: ApiStatus[]; uncounted: string[] } | null;

/** Lists of endpoints that nobody serves, since all of theirs are off or down, as a clause; null without any. */
export function outage({ closed, down }: ApiStatus): { tone: Tone; words: string } | null {
  if (closed.length + down.length === 0) return null;
  const tone = [...closed, ...down].some((list) => list.startsWith("production")) ? "bad" : "warn";
  const clauses = [
    closed.length > 0 && `callers get 503: no endpoint is on (${named(closed)})`,
    down.length > 0 && `callers get errors: every endpoint is down (${named(down)})`,
  ];
  return { tone, words: clauses.filter(Boolean).join("; ") };
}

const MAX_NAMED = 3;

function named(lists: readonly string[]): string {
  const more = lists.length - MAX_NAMED;
  return more > 1 ? `${lists.slice(0, MAX_NAMED).join(", ")} and ${more} more` : lists.join(", ");
}

/** Of an API that somebody blocked, whatever its endpoints are. */
export const blockedWords = "blocked: callers get 503";

/** The worst that is known of a live API and its endpoints; null when nothing is known. */
export function worstState(
  status: ApiStatus | undefined,
  blocked: boolean,
): { tone: Tone; words: string } | null {
  if (blocked && !status?.error) return { tone: "bad", words: capitalized(blockedWords) };
  if (!status) return null;
  if (status.error) {
    const { revision } = status;
    return { tone: "bad", words: revision === null ? "Callers get 404" : `r${revision} is served instead` };
  }
  const out = outage(status);
  if (out) return { ...out, words: capitalized(out.words) };
  const { endpoints } = status;
  const all = endpoints.length;
  const noun = all === 1 ? "endpoint" : "endpoints";
  const count = (...states: string[]) => endpoints.filter((e) => states.includes(e.state)).length;
  // Nobody's fault: somebody wants it so.
  const unwanted = count("off", "draining");
  const down = count("suspended", "checkFailing");
  const failing = count("failing");
  const halfOpen = count("halfOpen");
  const up = count("up");
  const also = unwanted > 0 ? `, ${unwanted} switched off or draining` : "";
  if (down > 0) return { tone: "bad", words: `${down} of ${all} ${noun} down${also}` };
  if (failing > 0) return { tone: "warn", words: `${failing} of ${all} ${noun} failing${also}` };
  // Not down: nobody knows before the next request.
  if (halfOpen > 0)
    return {
      tone: "warn",
      words: `${halfOpen} of ${all} ${noun} ${halfOpen === 1 ? "was" : "were"} down, tried with the next request${also}`,
    };
  if (up === 0) return { tone: "none", words: `Not checked${also}` };
  const unknown = count("notChecked");
  return { tone: "good", words: unknown > 0 ? `${up} up, ${unknown} not checked${also}` : `Up${also}` };
}
