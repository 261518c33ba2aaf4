import { answering } from "../../../../../../_server/answering";
import { requireRoute } from "../../../../../../_server/guard";
import { paged } from "../../../../../../_server/wso2/applicationDto";
import { answer, refusalOf, troubled } from "../../../../../../_server/wso2/publisherAnswers";
import { unlimitedPolicy } from "../../../../../../_server/wso2/throttlingPolicy";

export const GET = answering(async (request: Request) => {
  const access = await requireRoute(request, "application.read");
  if (!access.ok) return refusalOf(request, access.response);
  return answer(paged([unlimitedPolicy("application")]));
}, troubled);
