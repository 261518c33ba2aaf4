import { publisherCalls } from "#lib/contract/publisherRest";
import { paged } from "../../../../../../_server/wso2/applicationDto";
import { answer } from "../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../_server/wso2/publisherCall";
import { unlimitedPolicy } from "../../../../../../_server/wso2/throttlingPolicy";

export const GET = publisherCall(publisherCalls.policies, () =>
  answer(paged([unlimitedPolicy("subscription")])),
);
