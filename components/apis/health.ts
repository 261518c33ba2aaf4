import type { ApiStatus } from "#lib/status";
import type { Tone } from "../shared/StateMark";

/** What the gateway tells of the APIs of a page; null when it does not answer. */
export type LiveStates = ApiStatus[] | null;

/** The worst that is known of a live API's endpoints; null when nothing is known. */
export function worstState(status: ApiStatus | undefined): { tone: Tone; words: string } | null {
  if (!status) return null;
  if (status.error) return { tone: "bad", words: "The newest revision is not served" };
  const { endpoints } = status;
  const all = endpoints.length;
  const noun = all === 1 ? "endpoint" : "endpoints";
  const count = (...states: string[]) => endpoints.filter((e) => states.includes(e.state)).length;
  // Nobody's fault: somebody wants it so.
  const out = count("off", "draining");
  const down = count("suspended", "checkFailing");
  const failing = count("failing");
  const up = count("up");
  const also = out > 0 ? `, ${out} switched off or draining` : "";
  if (down > 0) return { tone: "bad", words: `${down} of ${all} ${noun} down${also}` };
  if (failing > 0) return { tone: "warn", words: `${failing} of ${all} ${noun} failing${also}` };
  if (out === all) return { tone: "warn", words: "All switched off or draining" };
  if (up === 0) return { tone: "none", words: `Not checked${also}` };
  const unknown = count("notChecked");
  return { tone: "good", words: unknown > 0 ? `${up} up, ${unknown} not checked${also}` : `Up${also}` };
}
