import { readLifeCycle } from "#prisma/changeLifeCycle";
import { answering } from "../../../../../../../_server/answering";
import { ApiId, requireRoute } from "../../../../../../../_server/guard";
import { lifeCycleOf } from "../../../../../../../_server/wso2/lifeCycleDto";
import { answer, noSuchApi, refusalOf, troubled } from "../../../../../../../_server/wso2/publisherAnswers";

export const GET = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return refusalOf(request, access.response);
  const id = ApiId.safeParse((await params).id);
  const state = id.success ? await readLifeCycle(id.data) : null;
  return state ? answer(lifeCycleOf(state)) : noSuchApi();
}, troubled);
