import { findEntry } from "#prisma/labelledApis";
import { restoreDraft } from "#prisma/revisions";
import { getApi, problemText } from "#prisma/store";
import { answering } from "../../../../../../../_server/answering";
import { requireRoute } from "../../../../../../../_server/guard";
import { apiOf } from "../../../../../../../_server/wso2/apiDto";
import { askedRevision } from "../../../../../../../_server/wso2/askedRevision";
import {
  answer,
  noSuchApi,
  refusal,
  refusalOf,
  troubled,
  unreadableRevision,
} from "../../../../../../../_server/wso2/publisherAnswers";

/** Makes the draft what a revision is. What is live stays as it is. */
export const POST = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.edit");
  if (!access.ok) return refusalOf(request, access.response);
  const asked = await askedRevision(params, new URL(request.url).searchParams);
  if (!asked.ok) return asked.response;
  const { id, revision } = asked;
  const api = await getApi(id);
  if (!api) return noSuchApi();
  const restored = await restoreDraft(id, revision.number, api.draftVersion, access.user);
  if (!restored.ok) {
    if (restored.kind === "missing") return noSuchApi();
    if (restored.kind === "stale")
      return refusal(409, "The draft was changed at the same moment. Try again.");
    if (restored.kind === "unreadable") return unreadableRevision();
    return refusal(restored.kind === "conflict" ? 409 : 400, problemText(restored.problems));
  }
  const entry = await findEntry(id);
  return entry ? answer(apiOf(restored.draft.definition, entry), 201) : noSuchApi();
}, troubled);
