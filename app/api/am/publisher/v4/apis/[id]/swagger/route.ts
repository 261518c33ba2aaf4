import { publisherCalls } from "#lib/contract/publisherRest";
import type { ApiDefinition } from "#lib/edit/api";
import { getApi } from "#prisma/store";
import { importApi } from "../../../../../../../_server/projects/importApi";
import { written } from "../../../../../../../_server/projects/understand";
import { notImported } from "../../../../../../../_server/wso2/apiWriting";
import { givenDefinition } from "../../../../../../../_server/wso2/givenDefinition";
import { noSuchApi, refusal } from "../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../_server/wso2/publisherCall";

/** The draft's definition as JSON. */
export const GET = publisherCall(publisherCalls.definition, async ({ id }) => {
  const api = await getApi(id);
  return api ? answerDefinition(api.definition) : noSuchApi();
});

/** Reads another definition into the draft, as *Import* on its page does: the API keeps its names. */
export const PUT = publisherCall(publisherCalls.changeDefinition, async ({ id, user, file, fields }) => {
  const found = await givenDefinition({ file, url: fields.url, text: fields.apiDefinition }, user.userId);
  if (!found.ok) return refusal(found.status, found.message);
  const api = await getApi(id);
  if (!api) return noSuchApi();
  const { name, version, context } = api.definition;
  const given = { bytes: Buffer.from(found.text), ...(found.address && { address: found.address }) };
  const options = { override: true, into: id, name, version, context, deploy: false, by: user };
  const imported = await importApi(given, options);
  if (!imported.ok) return notImported(imported);
  const changed = await getApi(id);
  return changed ? answerDefinition(changed.definition) : noSuchApi();
});

async function answerDefinition(definition: ApiDefinition): Promise<Response> {
  const body = await written(definition, { format: "json", forWso2: true });
  const headers = {
    "content-type": "application/json",
    "content-disposition": 'attachment; filename="swagger.json"',
    "cache-control": "no-store",
  };
  return new Response(body, { headers });
}
