import { publisherCalls } from "#lib/contract/publisherRest";
import { getApi } from "#prisma/store";
import { written } from "../../../../../../../_server/projects/understand";
import { noSuchApi } from "../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../_server/wso2/publisherCall";

/** The draft's definition as JSON. */
export const GET = publisherCall(publisherCalls.definition, async ({ id }) => {
  const api = await getApi(id);
  if (!api) return noSuchApi();
  const body = await written(api.definition, { format: "json", forWso2: true });
  const headers = {
    "content-type": "application/json",
    "content-disposition": 'attachment; filename="swagger.json"',
    "cache-control": "no-store",
  };
  return new Response(body, { headers });
});
