import { publisherCalls } from "#lib/contract/publisherRest";
import { undeploy } from "#prisma/store";
import { confirmed } from "../../../../../../../_server/gatewayClient";
import { askedRevision } from "../../../../../../../_server/wso2/askedRevision";
import { whyNotHere } from "../../../../../../../_server/wso2/deploymentTargets";
import { answer, noSuchApi, refusal } from "../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../_server/wso2/publisherCall";
import { deploymentsOf } from "../../../../../../../_server/wso2/revisionDto";

/**
 * `apictl undeploy api`: takes a revision off the gateway and answers with what of it is still deployed. Nothing is
 * done where another one is live.
 */
export const POST = publisherCall(publisherCalls.undeploy, async ({ id, user, query, body }) => {
  const elsewhere = await whyNotHere(body);
  if (elsewhere) return elsewhere;
  if (!body?.length && !query.allEnvironments)
    return refusal(400, "Name the environments, or send allEnvironments=true.");
  const asked = await askedRevision(id, query);
  if (!asked.ok) return asked.response;
  const ended = await undeploy(id, user, { revision: asked.revision.number });
  if (!ended.ok) return noSuchApi();
  if (ended.wasLive) await confirmed(ended.generation);
  return answer(await deploymentsOf(id, asked.revision), 201);
});
