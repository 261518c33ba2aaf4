import { undeploy } from "#prisma/store";
import { answering } from "../../../../../../../_server/answering";
import { confirmed } from "../../../../../../../_server/gatewayClient";
import { requireRoute } from "../../../../../../../_server/guard";
import { askedRevision } from "../../../../../../../_server/wso2/askedRevision";
import { readTargets } from "../../../../../../../_server/wso2/deploymentBody";
import {
  answer,
  noSuchApi,
  refusal,
  refusalOf,
  switchOf,
  troubled,
} from "../../../../../../../_server/wso2/publisherAnswers";
import { deploymentsOf } from "../../../../../../../_server/wso2/revisionDto";

/**
 * `apictl undeploy api`: takes a revision off the gateway and answers with what of it is still deployed. Nothing is
 * done where another one is live.
 */
export const POST = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.deploy");
  if (!access.ok) return refusalOf(request, access.response);
  const targets = await readTargets(request);
  if (!targets.ok) return targets.response;
  const { searchParams } = new URL(request.url);
  if (!targets.named && !switchOf(searchParams, "allEnvironments", false))
    return refusal(400, "Name the environments, or send allEnvironments=true.");
  const asked = await askedRevision(params, searchParams);
  if (!asked.ok) return asked.response;
  const { id, revision } = asked;
  const ended = await undeploy(id, access.user, { revision: revision.number });
  if (!ended.ok) return noSuchApi();
  if (ended.wasLive) await confirmed(ended.generation);
  return answer(await deploymentsOf(id, revision), 201);
}, troubled);
