import { publisherCalls } from "#lib/contract/publisherRest";
import { findEntry } from "#prisma/labelledApis";
import { deleteApi, getApi } from "#prisma/store";
import { confirmed } from "../../../../../../_server/gatewayClient";
import { apiOf } from "../../../../../../_server/wso2/apiDto";
import { answer, noSuchApi, nothing } from "../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../_server/wso2/publisherCall";

/** The draft. */
export const GET = publisherCall(publisherCalls.get, async ({ id }) => {
  const [api, entry] = await Promise.all([getApi(id), findEntry(id)]);
  return api && entry ? answer(apiOf(api.definition, entry)) : noSuchApi();
});

/** `apictl delete api`. Revisions, subscriptions and tokens end with it. */
export const DELETE = publisherCall(publisherCalls.delete, async ({ id, user }) => {
  const deleted = await deleteApi(id, user);
  if (!deleted.ok) return noSuchApi();
  await confirmed(deleted.generation);
  return nothing();
});
