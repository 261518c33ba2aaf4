import type { z } from "zod";
import { parseJson, readBody as readBytes, tooLargeWords } from "#lib/node/body";
import { zodProblems } from "#lib/schemas/definition";
import type { Unreadable } from "#prisma/revisions";
import { type Conflict, type Invalid, type Missing, problemText, type Stale } from "#prisma/store";

/** Bodies of the machine interface: what was asked for, or `{message, problems?}`. */

/** Largest JSON body, bytes. */
const MAX_BODY = 16 * 1024;

export function answer(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}

export function refusal(status: number, message: string, problems?: unknown): Response {
  return answer({ message, ...(problems === undefined ? {} : { problems }) }, status);
}

/** A failure of the store with its status and one sentence. */
export function failure(result: Invalid | Conflict | Stale | Missing | Unreadable): Response {
  if (result.kind === "missing") return refusal(404, "There is no such API or revision.");
  if (result.kind === "stale") return refusal(409, "The draft was changed at the same moment. Try again.");
  if (result.kind === "unreadable") return refusal(409, "This revision cannot be read any more.");
  const problems = result.problems.map(({ path, message }) => ({ place: path.join("."), message }));
  return refusal(result.kind === "conflict" ? 409 : 400, problemText(result.problems), problems);
}

/** A JSON body; an empty one is {}. */
export async function readBody<T>(
  request: Request,
  schema: z.ZodType<T>,
): Promise<{ ok: true; body: T } | { ok: false; response: Response }> {
  const bytes = await readBytes(request.body, MAX_BODY);
  if (!bytes) return { ok: false, response: refusal(413, tooLargeWords(MAX_BODY)) };
  const text = bytes.toString("utf8");
  const value = text.trim() === "" ? {} : parseJson(text);
  if (value === undefined) return { ok: false, response: refusal(400, "The body is not JSON.") };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, body: parsed.data };
  return { ok: false, response: refusal(400, problemText(zodProblems(parsed.error))) };
}
