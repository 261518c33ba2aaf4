import { STATUS_CODES } from "node:http";
import { publisherCalls } from "#lib/contract/publisherRest";
import { type ApiDefinition, allGroups } from "#lib/edit/api";
import { keyTypes } from "#lib/edit/endpoints";
import { parseEndpointUrl } from "#lib/model/url";
import { getApi } from "#prisma/store";
import { tooManyChecks } from "../../../../../../_server/checkLimit";
import { checkEndpoint, NO_GATEWAY } from "../../../../../../_server/gatewayClient";
import { ApiId } from "../../../../../../_server/guard";
import { answer, noSuchApi, refusalOf } from "../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../_server/wso2/publisherCall";

/** *Check endpoint status*: the gateway asks it. That it does not answer is an answer, too. */
export const POST = publisherCall(publisherCalls.validateEndpoint, async ({ request, user, query }) => {
  const refused = await tooManyChecks(user.userId);
  if (refused) return refusalOf(request, refused);
  const { endpointUrl: url, apiId } = query;
  const parsed = parseEndpointUrl(url);
  if (!parsed.ok) return failed(parsed.message);
  const api = apiId && ApiId.safeParse(apiId).success ? await getApi(apiId) : null;
  if (apiId && !api) return noSuchApi();
  const checked = await checkEndpoint({ url, ...(api ? settingsOf(api.definition, url) : USUAL) });
  if (!checked) return failed(NO_GATEWAY);
  const { status, message } = checked;
  if (status === null) return failed(message);
  return answer({ statusCode: status, statusMessage: STATUS_CODES[status] ?? "", error: null });
});

const failed = (error: string) => answer({ statusCode: 0, statusMessage: "", error });

const USUAL = { verifyTls: true, http2: false };

/** How requests are sent to this endpoint of an API, as far as a check can do so. */
function settingsOf(definition: ApiDefinition, url: string) {
  const endpoints = allGroups(definition).flatMap(({ groups }) =>
    keyTypes.flatMap((key) => groups[key].endpoints),
  );
  const { verifyTls, http2 } = endpoints.find((one) => one.url.trim() === url)?.settings ?? USUAL;
  return { verifyTls, http2 };
}
