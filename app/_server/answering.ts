import { unstable_rethrow } from "next/navigation";
import type { Trouble } from "#prisma/trouble";
import { logged, refusal, retryAfter } from "./guard";

/** When what passes may have passed, ms. */
const PASSES_MS = 5_000;

/** What a route tells of trouble, and the header fields that go with it. */
export type Telling = Trouble & { headers: Record<string, string> };

const inJson = ({ status, message, headers }: Telling) => refusal(status, message, headers);

/**
 * A route handler whose errors are answered, with why in words, and are one line in the log. `tell` gives the answer
 * the form of the others of that route.
 */
export function answering<Given extends unknown[]>(
  run: (request: Request, ...given: Given) => Response | Promise<Response>,
  tell: (trouble: Telling) => Response = inJson,
): (request: Request, ...given: Given) => Promise<Response> {
  return async (request, ...given) => {
    try {
      return await run(request, ...given);
    } catch (error) {
      unstable_rethrow(error);
      const what = `${request.method} ${new URL(request.url).pathname}`;
      const trouble = logged(what, error);
      return tell({ ...trouble, headers: trouble.status === 503 ? retryAfter(PASSES_MS) : {} });
    }
  };
}
