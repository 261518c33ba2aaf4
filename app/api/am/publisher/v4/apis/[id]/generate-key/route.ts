import { publisherCalls } from "#lib/contract/publisherRest";
import { INTERNAL_KEY_SECONDS } from "#prisma/access/testTokens";
import { takeInternalKey } from "../../../../../../../_server/takeTestToken";
import { answer, noSuchApi, refusal } from "../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../_server/wso2/publisherCall";

/** A key for trying the API out, which counts in the header `Internal-Key` alone. */
export const POST = publisherCall(publisherCalls.generateKey, async ({ id, user }) => {
  const taken = await takeInternalKey(id, user);
  if (!taken.ok) return taken.kind === "missing" ? noSuchApi() : refusal(taken.status, taken.message);
  return answer({ apikey: taken.token.token, validityTime: INTERNAL_KEY_SECONDS });
});
