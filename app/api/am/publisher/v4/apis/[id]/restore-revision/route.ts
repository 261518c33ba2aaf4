import { publisherCalls } from "#lib/contract/publisherRest";
import { findEntry } from "#prisma/labelledApis";
import { restoreDraft } from "#prisma/revisions";
import { getApi, problemText } from "#prisma/store";
import { apiOf } from "../../../../../../../_server/wso2/apiDto";
import { askedRevision } from "../../../../../../../_server/wso2/askedRevision";
import {
  answer,
  noSuchApi,
  refusal,
  staleDraft,
  unreadableRevision,
} from "../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../_server/wso2/publisherCall";

/** Makes the draft what a revision is. What is live stays as it is. */
export const POST = publisherCall(publisherCalls.restore, async ({ id, user, query }) => {
  const asked = await askedRevision(id, query);
  if (!asked.ok) return asked.response;
  const api = await getApi(id);
  if (!api) return noSuchApi();
  const restored = await restoreDraft(id, asked.revision.number, api.draftVersion, user);
  if (!restored.ok) {
    if (restored.kind === "missing") return noSuchApi();
    if (restored.kind === "stale") return staleDraft();
    if (restored.kind === "unreadable") return unreadableRevision();
    return refusal(restored.kind === "conflict" ? 409 : 400, problemText(restored.problems));
  }
  const entry = await findEntry(id);
  return entry ? answer(apiOf(restored.draft.definition, entry), 201) : noSuchApi();
});
