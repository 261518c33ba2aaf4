import { publisherCalls } from "#lib/contract/publisherRest";
import { readLifeCycle } from "#prisma/changeLifeCycle";
import { lifeCycleOf } from "../../../../../../../_server/wso2/lifeCycleDto";
import { answer, noSuchApi } from "../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../_server/wso2/publisherCall";

export const GET = publisherCall(publisherCalls.lifeCycle, async ({ id }) => {
  const state = await readLifeCycle(id);
  return state ? answer(lifeCycleOf(state)) : noSuchApi();
});
