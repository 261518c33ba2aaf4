import { publisherCalls } from "#lib/contract/publisherRest";
import { listSnapshots } from "#prisma/apiIndex";
import { makeRevision } from "#prisma/keptRevisions";
import { askedRevision } from "../../../../../../../_server/wso2/askedRevision";
import { answer, noSuchApi } from "../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../_server/wso2/publisherCall";
import { revisionsOf } from "../../../../../../../_server/wso2/revisionDto";

/** `apictl get api-revisions`: those that are kept, oldest first. */
export const GET = publisherCall(publisherCalls.revisions, async ({ id, query: { query } }) => {
  const snapshots = await listSnapshots(id);
  if (!snapshots) return noSuchApi();
  const live = query === "" ? undefined : query.toLowerCase().endsWith("true");
  const wanted = snapshots.filter(({ liveSince }) => live === undefined || live === (liveSince !== null));
  const list = await revisionsOf(id, wanted);
  return answer({ count: list.length, list });
});

/** Keeps the draft as a revision; nothing is deployed. */
export const POST = publisherCall(publisherCalls.makeRevision, async ({ id, user, body }) => {
  const made = await makeRevision(id, body.description, user);
  if (!made.ok) return noSuchApi();
  const asked = await askedRevision(id, { revisionId: made.id });
  if (!asked.ok) return asked.response;
  const [revision] = await revisionsOf(id, [asked.revision]);
  return answer(revision, 201, { location: `/api/am/publisher/v4/apis/${id}/revisions/${made.id}` });
});
