import { publisherCalls } from "#lib/contract/publisherRest";
import { readGatewayStatus } from "../../../../../_server/gatewayClient";
import { environmentOf } from "../../../../../_server/wso2/gatewayEnvironment";
import { answer } from "../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../_server/wso2/publisherCall";

export const GET = publisherCall(publisherCalls.settings, async () => {
  const environment = [environmentOf(await readGatewayStatus([]))];
  return answer({ devportalUrl: "", environment, gatewayTypes: ["Regular"], scopes: [] });
});
