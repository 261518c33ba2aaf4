import { publisherCalls } from "#lib/contract/publisherRest";
import { paged } from "../../../../../_server/wso2/applicationDto";
import { answer } from "../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../_server/wso2/publisherCall";

export const GET = publisherCall(publisherCalls.keyManagers, () => answer(paged([])));
