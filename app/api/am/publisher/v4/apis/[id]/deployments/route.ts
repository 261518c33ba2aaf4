import { findEntry } from "#prisma/labelledApis";
import { answering } from "../../../../../../../_server/answering";
import { ApiId, requireRoute } from "../../../../../../../_server/guard";
import { answer, noSuchApi, refusalOf, troubled } from "../../../../../../../_server/wso2/publisherAnswers";
import { deploymentsOf } from "../../../../../../../_server/wso2/revisionDto";

export const GET = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return refusalOf(request, access.response);
  const id = ApiId.safeParse((await params).id);
  if (!id.success || !(await findEntry(id.data))) return noSuchApi();
  return answer(await deploymentsOf(id.data));
}, troubled);
