import type { Unreadable } from "#prisma/revisions";
import { type Conflict, type Invalid, type Missing, problemText, type Stale } from "#prisma/store";

/** Bodies of the machine interface: what was asked for, or `{message, problems?}`. */

export function answer(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}

export function refusal(status: number, message: string, problems?: unknown): Response {
  return answer({ message, ...(problems === undefined ? {} : { problems }) }, status);
}

const MISSING = { ok: false, kind: "missing" } as const;

export const noSuchApi = () => failure(MISSING);

/** A failure of the store with its status and one sentence. */
export function failure(result: Invalid | Conflict | Stale | Missing | Unreadable): Response {
  if (result.kind === "missing") return refusal(404, "There is no such API or revision.");
  if (result.kind === "stale") return refusal(409, "The draft was changed at the same moment. Try again.");
  if (result.kind === "unreadable") return refusal(409, "This revision cannot be read any more.");
  const problems = result.problems.map(({ path, message }) => ({ place: path.join("."), message }));
  return refusal(result.kind === "conflict" ? 409 : 400, problemText(result.problems), problems);
}
