import type { ApiStatus } from "#lib/status";
import type { Tone } from "../shared/StateMark";

/** The worst that is known of a live API's endpoints; null when nothing is known. */
export function worstState(status: ApiStatus | null): { tone: Tone; words: string } | null {
  if (!status) return null;
  if (status.error) return { tone: "bad", words: "The newest revision is not served" };
  const { endpoints } = status;
  const down = endpoints.filter((e) => e.state === "suspended" || e.state === "checkFailing").length;
  const of = endpoints.length === 1 ? "endpoint" : "endpoints";
  if (down > 0) return { tone: "bad", words: `${down} of ${endpoints.length} ${of} down` };
  const failing = endpoints.filter((e) => e.state === "failing").length;
  if (failing > 0) return { tone: "warn", words: `${failing} of ${endpoints.length} ${of} failing` };
  const up = endpoints.filter((e) => e.state === "up").length;
  if (up === 0) return { tone: "none", words: "Not checked" };
  return { tone: "good", words: up === endpoints.length ? "Up" : `${up} of ${endpoints.length} ${of} up` };
}
