"use server";
import { waitWords } from "#lib/access/attemptRule";
import { productionReach } from "#lib/access/trying";
import { zodProblems } from "#lib/schemas/definition";
import { readSettings } from "#prisma/installationSettings";
import { getApi, problemText } from "#prisma/store";
import { ApiId, failed, guarded } from "../../../_server/guard";
import { attempts } from "../../../_server/limiter";
import { tryOutToken } from "../../../_server/takeTestToken";
import { TryOutRequest, tryOut, tryProblem } from "../../../_server/tryOut";

/** Requests of one user: enough for trying out, too few for a load test. */
const REQUESTS = { limit: 300, windowMs: 60_000 };

/** One request to the live revision, sent through the gateway with a token of the user's unless it brings its own. */
export async function sendRequest(id: unknown, input: unknown) {
  return guarded("Trying out", "api.read", async (user) => {
    const parsed = TryOutRequest.safeParse(input);
    if (!parsed.success) return failed(problemText(zodProblems(parsed.error)));
    const request = parsed.data;
    const taken = await attempts().take({ [`tryOut:${user.userId}`]: REQUESTS });
    if (!taken.ok) return failed(`Too many requests. Try again in ${waitWords(taken.waitMs)}.`);
    const apiId = ApiId.parse(id);
    const api = await getApi(apiId);
    const definition = api?.live?.definition;
    if (!definition) return failed("This API is not deployed.");
    const reach = productionReach(user.role, (await readSettings()).viewersReadProduction);
    const problem = tryProblem(definition, request, user, reach);
    if (problem) return failed(problem);
    const { kind, header } = definition.security;
    const own = request.headers.some(([name]) => name.toLowerCase() === header.toLowerCase());
    let token = "";
    if (kind === "jwt" && !own) {
      const issued = await tryOutToken(apiId, definition, request.keyType, user);
      if (issued.ok) token = issued.token.token;
      else if (issued.kind === "missing") return failed("This API was deleted meanwhile.");
      // Without an endpoint of the key type the gateway has its own words.
      else if (issued.status !== 400) return failed(issued.message);
    }
    const answer = await tryOut(definition, request, { token, apiId, reach });
    return typeof answer === "string" ? failed(answer) : { ok: true as const, answer };
  });
}
