import { publisherCalls } from "#lib/contract/publisherRest";
import { searchItemOf } from "../../../../../_server/wso2/apiDto";
import { listOf } from "../../../../../_server/wso2/apiLists";
import { answer } from "../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../_server/wso2/publisherCall";

/** How apictl finds the API that a command is about. */
export const GET = publisherCall(publisherCalls.search, async ({ query }) =>
  answer(await listOf(query, "/search", searchItemOf)),
);
