import { publisherCalls } from "#lib/contract/publisherRest";
import { listSnapshots } from "#prisma/apiIndex";
import { deleteRevision } from "#prisma/keptRevisions";
import { askedRevision } from "../../../../../../../../_server/wso2/askedRevision";
import { answer, noSuchApi, refusal } from "../../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../../_server/wso2/publisherCall";
import { revisionsOf } from "../../../../../../../../_server/wso2/revisionDto";

/** One of those that are kept. WSO2 itself answers 501. */
export const GET = publisherCall(publisherCalls.revision, async ({ id, path }) => {
  const asked = await askedRevision(id, { revisionId: path.rid ?? "" });
  if (!asked.ok) return asked.response;
  const [revision] = await revisionsOf(id, [asked.revision]);
  return answer(revision);
});

/** Deletes a revision that is not live, and answers with those that are left. */
export const DELETE = publisherCall(publisherCalls.deleteRevision, async ({ id, user, path }) => {
  const asked = await askedRevision(id, { revisionId: path.rid ?? "" });
  if (!asked.ok) return asked.response;
  const { id: revision, number } = asked.revision;
  const deleted = await deleteRevision(id, revision, user);
  if (!deleted.ok && deleted.kind === "live")
    return refusal(400, `Revision ${number} is live: undeploy it, or deploy another one, first.`);
  const left = await listSnapshots(id);
  if (!left) return noSuchApi();
  const list = await revisionsOf(id, left);
  return answer({ count: list.length, list });
});
