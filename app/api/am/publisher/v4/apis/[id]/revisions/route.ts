import { listSnapshots } from "#prisma/apiIndex";
import { answering } from "../../../../../../../_server/answering";
import { ApiId, requireRoute } from "../../../../../../../_server/guard";
import {
  answer,
  noSuchApi,
  refusal,
  refusalOf,
  troubled,
} from "../../../../../../../_server/wso2/publisherAnswers";
import { revisionsOf } from "../../../../../../../_server/wso2/revisionDto";

/** `apictl get api-revisions`: those that are kept, oldest first. */
export const GET = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return refusalOf(request, access.response);
  const query = new URL(request.url).searchParams.get("query") ?? "";
  if (!/^(deployed:(true|false))?$/i.test(query))
    return refusal(400, "query is deployed:true or deployed:false.");
  const id = ApiId.safeParse((await params).id);
  const snapshots = id.success ? await listSnapshots(id.data) : null;
  if (!id.success || !snapshots) return noSuchApi();
  const live = query === "" ? undefined : query.toLowerCase().endsWith("true");
  const wanted = snapshots.filter(({ liveSince }) => live === undefined || live === (liveSince !== null));
  const list = await revisionsOf(id.data, wanted);
  return answer({ count: list.length, list });
}, troubled);
