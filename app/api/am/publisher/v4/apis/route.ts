import { publisherCalls } from "#lib/contract/publisherRest";
import { importApi } from "../../../../../_server/projects/importApi";
import { apiInfoOf } from "../../../../../_server/wso2/apiDto";
import { listOf } from "../../../../../_server/wso2/apiLists";
import { answerApi, notWritten, projectOf } from "../../../../../_server/wso2/apiWriting";
import { answer } from "../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../_server/wso2/publisherCall";

/** `apictl get apis`, `apictl export apis`. */
export const GET = publisherCall(publisherCalls.list, async ({ query }) =>
  answer(await listOf(query, "/apis", apiInfoOf)),
);

/** Makes a draft. Its state is CREATED, and its provider the user unless it names one. */
export const POST = publisherCall(publisherCalls.create, async ({ body, user }) => {
  const data = { provider: user.username, ...body, lifeCycleStatus: "CREATED" };
  const imported = await importApi(
    { bytes: projectOf(data), projectOnly: true },
    { override: false, overrideBy: "PUT /apis/{apiId}", deploy: false, by: user },
  );
  return imported.ok ? answerApi(imported.id, 201, imported.warnings) : notWritten(imported);
});
