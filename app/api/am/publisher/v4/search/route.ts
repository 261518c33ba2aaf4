import { answering } from "../../../../../_server/answering";
import { searchItemOf } from "../../../../../_server/wso2/apiDto";
import { answerList } from "../../../../../_server/wso2/apiLists";
import { troubled } from "../../../../../_server/wso2/publisherAnswers";

/** By this apictl finds an API by name and version. Only APIs are found: there are no documents. */
export const GET = answering((request: Request) => answerList(request, "/search", searchItemOf), troubled);
