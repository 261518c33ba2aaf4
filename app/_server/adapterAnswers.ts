import type { Telling } from "./answering";

/** Bodies of the adapter API, in the form that apictl shows to people. */

const titles: Record<number, string> = {
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

/** `description` names the file, the place and what is allowed there. */
export function refusal(status: number, description: string, headers: Record<string, string> = {}): Response {
  const body = { code: status, message: titles[status] ?? "Error", description };
  return Response.json(body, { status, headers: { ...noStore, ...headers } });
}

export const troubled = ({ status, message, headers }: Telling): Response =>
  refusal(status, message, headers);

/** A refusal of app/_server/guard.ts in this form, with what it says about waiting and signing in. */
export async function refusalOf(response: Response): Promise<Response> {
  const { message } = (await response.json()) as { message: string };
  const headers = Object.fromEntries(
    ["retry-after", "www-authenticate"].flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  return refusal(response.status, message, headers);
}
