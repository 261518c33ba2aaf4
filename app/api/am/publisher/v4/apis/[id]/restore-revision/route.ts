import { listSnapshots } from "#prisma/apiIndex";
import { findEntry } from "#prisma/labelledApis";
import { restoreDraft } from "#prisma/revisions";
import { getApi, problemText } from "#prisma/store";
import { answering } from "../../../../../../../_server/answering";
import { ApiId, requireRoute } from "../../../../../../../_server/guard";
import { apiOf } from "../../../../../../../_server/wso2/apiDto";
import {
  answer,
  noSuchApi,
  noSuchRevision,
  refusal,
  refusalOf,
  troubled,
} from "../../../../../../../_server/wso2/publisherAnswers";
import { snapshotIn } from "../../../../../../../_server/wso2/revisionDto";

/** Makes the draft what a revision is. What is live stays as it is. */
export const POST = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.edit");
  if (!access.ok) return refusalOf(request, access.response);
  const id = ApiId.safeParse((await params).id);
  const [snapshots, api] = id.success ? await Promise.all([listSnapshots(id.data), getApi(id.data)]) : [];
  if (!id.success || !snapshots || !api) return noSuchApi();
  const revision = snapshotIn(snapshots, new URL(request.url).searchParams);
  if (!revision) return noSuchRevision();
  const restored = await restoreDraft(id.data, revision.number, api.draftVersion, access.user);
  if (!restored.ok) {
    if (restored.kind === "missing") return noSuchApi();
    if (restored.kind === "stale")
      return refusal(409, "The draft was changed at the same moment. Try again.");
    if (restored.kind === "unreadable") return refusal(409, "This revision cannot be read any more.");
    return refusal(restored.kind === "conflict" ? 409 : 400, problemText(restored.problems));
  }
  const entry = await findEntry(id.data);
  return entry ? answer(apiOf(restored.draft.definition, entry), 201) : noSuchApi();
}, troubled);
