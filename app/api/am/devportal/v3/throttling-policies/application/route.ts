import { answering } from "../../../../../../_server/answering";
import { requireRoute } from "../../../../../../_server/guard";
import { paged, UNLIMITED } from "../../../../../../_server/wso2/applicationDto";
import { answer, refusalOf, troubled } from "../../../../../../_server/wso2/publisherAnswers";

/** Requests are not limited here: the one policy says so. */
export const GET = answering(async (request: Request) => {
  const access = await requireRoute(request, "application.read");
  if (!access.ok) return refusalOf(request, access.response);
  const policy = {
    ...{ name: UNLIMITED, description: "Allows unlimited requests", policyLevel: "application" },
    ...{ tierPlan: "FREE", requestCount: 0, unitTime: 0, stopOnQuotaReach: true },
  };
  return answer(paged([policy]));
}, troubled);
