"use server";
import { waitWords } from "#lib/attempts";
import { zodProblems } from "#lib/schemas/api";
import { getApi, problemText } from "#prisma/store";
import { ApiId, failed, guarded } from "../../../guard";
import { attempts } from "../../../limiter";
import { TryOutRequest, tryOut } from "../../../tryOut";

/** Requests of one user: enough for trying out, too few for a load test. */
const REQUESTS = { limit: 300, windowMs: 60_000 };

/** One request to the live revision, sent through the gateway. */
export async function sendRequest(id: unknown, input: unknown) {
  return guarded("Trying out", "api.read", async (user) => {
    const parsed = TryOutRequest.safeParse(input);
    if (!parsed.success) return failed(problemText(zodProblems(parsed.error)));
    const taken = await attempts().take({ [`tryOut:${user.userId}`]: REQUESTS });
    if (!taken.ok) return failed(`Too many requests. Try again in ${waitWords(taken.waitMs)}.`);
    const api = await getApi(ApiId.parse(id));
    if (!api?.live?.definition) return failed("This API is not deployed.");
    const answer = await tryOut(api.live.definition, parsed.data);
    return typeof answer === "string" ? failed(answer) : { ok: true as const, answer };
  });
}
