import { answering } from "../../../../../_server/answering";
import { apiInfoOf } from "../../../../../_server/wso2/apiDto";
import { answerList } from "../../../../../_server/wso2/apiLists";
import { troubled } from "../../../../../_server/wso2/publisherAnswers";

/** `apictl get apis`, `apictl export apis`. */
export const GET = answering((request: Request) => answerList(request, "/apis", apiInfoOf), troubled);
