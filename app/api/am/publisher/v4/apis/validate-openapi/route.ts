import { publisherCalls } from "#lib/contract/publisherRest";
import { understand } from "../../../../../../_server/projects/understand";
import { validationOf } from "../../../../../../_server/wso2/definitionCheck";
import { givenDefinition } from "../../../../../../_server/wso2/givenDefinition";
import { answer, refusal } from "../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../_server/wso2/publisherCall";

/** What a definition says, saving nothing; that it is wrong is an answer, too. */
export const POST = publisherCall(
  publisherCalls.validateDefinition,
  async ({ user, query, file, fields }) => {
    const { url, inlineAPIDefinition: text } = fields;
    const found = await givenDefinition({ file, url, text }, user.userId);
    if (!found.ok) return refusal(found.status, found.message);
    const { address } = found;
    const reading = await understand({ bytes: Buffer.from(found.text), ...(address && { address }) });
    return answer(validationOf(reading, query.returnContent ? found.text : null));
  },
);
