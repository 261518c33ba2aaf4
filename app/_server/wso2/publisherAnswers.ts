import { adviceOf, titles } from "../adapterAnswers";
import type { Telling } from "../answering";
import type { Remark } from "../projects/readSource";

/** Answers of WSO2's Publisher REST API: docs/rules/wso2.md section 4. */

const noStore = { "cache-control": "no-store" };

export function answer(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { ...noStore, ...headers } });
}

/** Done, and there is nothing to say. */
export const nothing = () => new Response(null, { headers: noStore });

interface Details {
  /** WSO2's own; the status unless given. */
  code?: number;
  /** What is wrong, each with its place. */
  problems?: readonly Remark[];
  headers?: Record<string, string>;
}

/** An error as WSO2's tools read it: `code` is a number there, and a text in the list. */
export function refusal(
  status: number,
  description: string,
  { code = status, problems = [], headers }: Details = {},
): Response {
  const error = problems.map(({ place, message }) => ({
    code: String(code),
    message: place,
    description: message,
  }));
  const body = { code, message: titles[status] ?? "Error", description, moreInfo: "", error };
  return Response.json(body, { status, headers: { ...noStore, ...headers } });
}

export const noSuchApi = () => refusal(404, "There is no such API.");
export const noSuchCertificate = () => refusal(404, "There is no certificate of this alias.");
export const noSuchApplication = () => refusal(404, "There is no such application.");
export const noSuchRevision = () => refusal(404, "This API has no such revision.");
export const staleDraft = () => refusal(409, "The draft was changed at the same moment. Try again.");
export const unreadableRevision = () => refusal(409, "This revision cannot be read any more.");

export const troubled = ({ status, message, headers }: Telling): Response =>
  refusal(status, message, { headers });

/** WSO2's numbers for credentials that are missing or do not count. */
const MISSING_CREDENTIALS = 900902;
const INVALID_CREDENTIALS = 900901;

/** A refusal of app/_server/guard.ts in this form. */
export async function refusalOf(request: Request, response: Response): Promise<Response> {
  const { message } = (await response.json()) as { message: string };
  const headers = adviceOf(response);
  if (response.status !== 401) return refusal(response.status, message, { headers });
  const code = request.headers.has("authorization") ? INVALID_CREDENTIALS : MISSING_CREDENTIALS;
  return refusal(401, message, { code, headers });
}
