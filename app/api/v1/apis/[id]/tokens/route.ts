import { sluiceCalls } from "#lib/contract/sluiceRest";
import { answer, failure, refusal } from "../../../../../_server/restAnswers";
import { sluiceCall } from "../../../../../_server/sluiceCall";
import { takeTestToken } from "../../../../../_server/takeTestToken";

/** A test token for this API, an hour long. */
export const POST = sluiceCall(sluiceCalls.takeToken, async ({ id, user, body }) => {
  const result = await takeTestToken(id, body.keyType, user);
  if (result.ok) return answer(result.token);
  return result.kind === "missing" ? failure(result) : refusal(result.status, result.message);
});
