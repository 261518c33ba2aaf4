import { publisherCalls } from "#lib/contract/publisherRest";
import { parseJson } from "#lib/node/body";
import { objectOf } from "#lib/wso2/values";
import { importApi } from "../../../../../../_server/projects/importApi";
import { answerApi, notWritten, projectOf } from "../../../../../../_server/wso2/apiWriting";
import { givenDefinition } from "../../../../../../_server/wso2/givenDefinition";
import { refusal } from "../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../_server/wso2/publisherCall";

/** Makes a draft of a definition and of what is said of the API beside it. */
export const POST = publisherCall(publisherCalls.importDefinition, async ({ user, file, fields }) => {
  const { url, inlineAPIDefinition: text, additionalProperties } = fields;
  const data = objectOf(parseJson(additionalProperties));
  if (!data)
    return refusal(400, "additionalProperties is an API as a JSON object, with name, version and context.");
  const found = await givenDefinition({ file, url, text }, user.userId);
  if (!found.ok) return refusal(found.status, found.message);
  const { address } = found;
  const bytes = projectOf(
    { provider: user.username, ...data, lifeCycleStatus: "CREATED" },
    { "Definitions/swagger.yaml": found.text },
  );
  const given = { bytes, projectOnly: true, endpointsFirst: true, ...(address && { address }) };
  const imported = await importApi(given, {
    override: false,
    overrideBy: "PUT /apis/{apiId}/swagger",
    deploy: false,
    by: user,
  });
  return imported.ok ? answerApi(imported.id, 201, imported.warnings) : notWritten(imported);
});
