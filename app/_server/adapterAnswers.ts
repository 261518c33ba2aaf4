import type { Telling } from "./answering";

/** Bodies of the adapter API, in the form that apictl shows to people. */

export const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
  507: "Insufficient Storage",
};

const noStore = { "cache-control": "no-store" };

export function answer(body: unknown): Response {
  return Response.json(body, { headers: noStore });
}

/** `description` names the file, the place and what is allowed there; one remark a line. */
export function refusal(status: number, description: string, headers: Record<string, string> = {}): Response {
  const body = { code: status, message: titles[status] ?? "Error", description };
  const statusText = statusTextOf(description);
  return Response.json(body, { status, statusText, headers: { ...noStore, ...headers } });
}

/** Longest status text, characters. */
const MAX_STATUS_TEXT = 200;

/**
 * The first remark for the status line, the only thing that `apictl mg deploy` shows of a refusal. Node takes characters
 * of Latin-1 there and sends them, for Next, in UTF-8, as terminals want them.
 */
function statusTextOf(description: string): string {
  const [first = ""] = description.split("\n", 1);
  const text = first.replace(/[^\x20-\x7e\xa0-\xff]/gu, "?");
  return text.length > MAX_STATUS_TEXT ? `${text.slice(0, MAX_STATUS_TEXT - 3)}...` : text;
}

export const troubled = ({ status, message, headers }: Telling): Response =>
  refusal(status, message, headers);

/** A refusal of app/_server/guard.ts in this form. */
export async function refusalOf(response: Response): Promise<Response> {
  const { message } = (await response.json()) as { message: string };
  return refusal(response.status, message, adviceOf(response));
}

/** What an answer says about waiting and signing in. */
export function adviceOf(response: Response): Record<string, string> {
  return Object.fromEntries(
    ["retry-after", "www-authenticate"].flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}
