import { retryAfterSeconds, waitWords } from "#lib/access/attemptRule";
import { type OAuthError, wrongClient } from "#lib/access/oauth";
import { readBody, tooLargeWords } from "#lib/node/body";
import type { Telling } from "./answering";
import { addressOf } from "./caller";
import { attempts } from "./limiter";

/** Largest form, bytes. */
const MAX_BODY = 20_000;
/** Wrong secrets from one address. Only they count: a right one is always answered, whoever guesses beside it. */
const PER_ADDRESS = { limit: 30, windowMs: 5 * 60_000 };

const noStore = { "cache-control": "no-store", pragma: "no-cache" };

/** The body of a form, null for anything else; an answer where it is too large. */
export async function readFormBody(request: Request): Promise<string | null | Response> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return null;
  const bytes = await readBody(request.body, MAX_BODY);
  if (bytes) return bytes.toString("utf8");
  const body = { error: "invalid_request", error_description: tooLargeWords(MAX_BODY) };
  return Response.json(body, { status: 413, headers: noStore });
}

export function answer(body: unknown): Response {
  return Response.json(body, { headers: noStore });
}

/** RFC 6749, section 5.2. */
export async function refusal(
  request: Request,
  { status, error, description }: OAuthError,
): Promise<Response> {
  if (error === wrongClient.error && description === wrongClient.description) {
    const key = `oauth:${addressOf(request.headers)}`;
    const taken = await attempts().take({ [key]: PER_ADDRESS });
    if (!taken.ok) return tooMany(taken.waitMs);
  }
  const challenge = status === 401 ? { "www-authenticate": 'Basic realm="Sluice"' } : undefined;
  return Response.json(
    { error, error_description: description },
    { status, headers: { ...noStore, ...challenge } },
  );
}

/** What keeps Sluice from answering: RFC 6749, section 4.1.2.1, has the names. */
export function troubled({ status, message, headers }: Telling): Response {
  const names: Record<number, string> = { 400: "invalid_request", 503: "temporarily_unavailable" };
  const error = names[status] ?? "server_error";
  return Response.json(
    { error, error_description: message },
    { status, headers: { ...noStore, ...headers } },
  );
}

const tooMany = (waitMs: number) =>
  unavailable(429, `Too many wrong client secrets. Try again in ${waitWords(waitMs)}.`, waitMs);

export function unavailable(status: number, words: string, waitMs: number): Response {
  return Response.json(
    { error: "temporarily_unavailable", error_description: words },
    { status, headers: { ...noStore, "retry-after": retryAfterSeconds(waitMs) } },
  );
}
