import { publisherCalls } from "#lib/contract/publisherRest";
import { listStates } from "#prisma/lifeCycleLog";
import { answer, noSuchApi } from "../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../_server/wso2/publisherCall";

/** What of its states the audit list has. */
export const GET = publisherCall(publisherCalls.lifeCycleHistory, async ({ id }) => {
  const changes = await listStates(id);
  if (!changes) return noSuchApi();
  const list = changes.map(({ from, to, username, at }) => ({
    ...{ previousState: from, postState: to, user: username },
    updatedTime: at.toISOString(),
  }));
  return answer({ count: list.length, list });
});
