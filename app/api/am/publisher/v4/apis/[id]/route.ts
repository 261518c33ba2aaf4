import { publisherCalls } from "#lib/contract/publisherRest";
import { findEntry } from "#prisma/labelledApis";
import { deleteApi, getApi } from "#prisma/store";
import { confirmed } from "../../../../../../_server/gatewayClient";
import { importApi } from "../../../../../../_server/projects/importApi";
import { apiOf } from "../../../../../../_server/wso2/apiDto";
import { answerApi, changedData, notWritten, projectOf } from "../../../../../../_server/wso2/apiWriting";
import { answer, noSuchApi, nothing } from "../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../_server/wso2/publisherCall";

/** The draft. */
export const GET = publisherCall(publisherCalls.get, async ({ id }) => {
  const [api, entry] = await Promise.all([getApi(id), findEntry(id)]);
  return api && entry ? answer(apiOf(api.definition, entry)) : noSuchApi();
});

/** Changes the draft. Name, version, context, provider and state are not changed by it, as in WSO2. */
export const PUT = publisherCall(publisherCalls.update, async ({ id, user, body }) => {
  const [api, entry] = await Promise.all([getApi(id), findEntry(id)]);
  if (!api || !entry) return noSuchApi();
  const { name, version, context } = api.definition;
  const given = { bytes: projectOf(changedData(body, api.definition, entry)), projectOnly: true };
  const options = { override: true, into: id, name, version, context, deploy: false, by: user };
  const imported = await importApi(given, options);
  return imported.ok ? answerApi(id, 200, imported.warnings) : notWritten(imported);
});

/** `apictl delete api`. Revisions, subscriptions and tokens end with it. */
export const DELETE = publisherCall(publisherCalls.delete, async ({ id, user }) => {
  const deleted = await deleteApi(id, user);
  if (!deleted.ok) return noSuchApi();
  await confirmed(deleted.generation);
  return nothing();
});
