import { publisherCalls } from "#lib/contract/publisherRest";
import { listSnapshots } from "#prisma/apiIndex";
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
