import { publisherCalls } from "#lib/contract/publisherRest";
import { apiInfoOf } from "../../../../../_server/wso2/apiDto";
import { listOf } from "../../../../../_server/wso2/apiLists";
import { answer } from "../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../_server/wso2/publisherCall";

/** `apictl get apis`, `apictl export apis`. */
export const GET = publisherCall(publisherCalls.list, async ({ query }) =>
  answer(await listOf(query, "/apis", apiInfoOf)),
);
