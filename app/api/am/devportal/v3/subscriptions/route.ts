import * as z from "zod";
import { subscribe } from "#prisma/access/applications";
import { listOwned } from "#prisma/access/ownedApplications";
import { problemText } from "#prisma/store";
import { answering } from "../../../../../_server/answering";
import { confirmed } from "../../../../../_server/gatewayClient";
import { ApiId, requireRoute } from "../../../../../_server/guard";
import { readJson } from "../../../../../_server/readJson";
import { paged, subscriptionOf } from "../../../../../_server/wso2/applicationDto";
import { answer, refusal, refusalOf, troubled } from "../../../../../_server/wso2/publisherAnswers";

/** Those of an API, or of an application. */
export const GET = answering(async (request: Request) => {
  const access = await requireRoute(request, "application.read");
  if (!access.ok) return refusalOf(request, access.response);
  const { searchParams } = new URL(request.url);
  const [api, application] = [searchParams.get("apiId"), searchParams.get("applicationId")];
  if (!api && !application)
    return refusal(400, "Name the API by apiId, or the application by applicationId.");
  const all = (await listOwned()).flatMap(({ id, subscriptions }) =>
    subscriptions.map(({ apiId }) => subscriptionOf(id, apiId)),
  );
  const wanted = all.filter(
    ({ apiId, applicationId }) => (!api || apiId === api) && (!application || applicationId === application),
  );
  return answer(paged(wanted));
}, troubled);

const Wanted = z.object({ applicationId: ApiId, apiId: ApiId });
const ASKED = { maxBytes: 16 * 1024, words: "Send a JSON object with applicationId and apiId." };

export const POST = answering(async (request: Request) => {
  const access = await requireRoute(request, "application.manage");
  if (!access.ok) return refusalOf(request, access.response);
  const read = await readJson(request, Wanted, ASKED);
  if (!read.ok) return refusal(read.status, read.message);
  const { applicationId, apiId } = read.body;
  const done = await subscribe(applicationId, apiId, access.user);
  if (!done.ok)
    return done.kind === "missing"
      ? refusal(404, "There is no such application or API.")
      : refusal(400, problemText(done.problems));
  await confirmed(done.generation);
  return answer(subscriptionOf(applicationId, apiId), 201);
}, troubled);
