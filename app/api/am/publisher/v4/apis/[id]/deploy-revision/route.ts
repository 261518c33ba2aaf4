import { deployRevision } from "#prisma/revisions";
import { problemText } from "#prisma/store";
import { answering } from "../../../../../../../_server/answering";
import { confirmed } from "../../../../../../../_server/gatewayClient";
import { requireRoute } from "../../../../../../../_server/guard";
import { askedRevision } from "../../../../../../../_server/wso2/askedRevision";
import { readTargets } from "../../../../../../../_server/wso2/deploymentBody";
import {
  answer,
  noSuchRevision,
  refusal,
  refusalOf,
  troubled,
  unreadableRevision,
} from "../../../../../../../_server/wso2/publisherAnswers";
import { deploymentsOf } from "../../../../../../../_server/wso2/revisionDto";

/** Deploys a revision in place of the one that is live, and answers with where the API is deployed then. */
export const POST = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.deploy");
  if (!access.ok) return refusalOf(request, access.response);
  const targets = await readTargets(request);
  if (!targets.ok) return targets.response;
  if (!targets.named) return refusal(400, 'Name the environment: [{"name": "Default"}].');
  const asked = await askedRevision(params, new URL(request.url).searchParams);
  if (!asked.ok) return asked.response;
  const { id, revision } = asked;
  const deployed = await deployRevision(id, revision.number, { by: access.user });
  if (!deployed.ok) {
    if (deployed.kind === "missing") return noSuchRevision();
    if (deployed.kind === "unreadable") return unreadableRevision();
    return refusal(400, problemText(deployed.problems));
  }
  await confirmed(deployed.generation);
  return answer(await deploymentsOf(id), 201);
}, troubled);
