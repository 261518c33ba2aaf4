import { publisherCalls } from "#lib/contract/publisherRest";
import { deployRevision } from "#prisma/revisions";
import { problemText } from "#prisma/store";
import { confirmed } from "../../../../../../../_server/gatewayClient";
import { askedRevision } from "../../../../../../../_server/wso2/askedRevision";
import { whyNotHere } from "../../../../../../../_server/wso2/deploymentTargets";
import {
  answer,
  noSuchRevision,
  refusal,
  unreadableRevision,
} from "../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../_server/wso2/publisherCall";
import { deploymentsOf } from "../../../../../../../_server/wso2/revisionDto";

/** Deploys a revision in place of the one that is live, and answers with where the API is deployed then. */
export const POST = publisherCall(publisherCalls.deploy, async ({ id, user, query, body }) => {
  const elsewhere = await whyNotHere(body);
  if (elsewhere) return elsewhere;
  if (!body?.length) return refusal(400, 'Name the environment: [{"name": "Default"}].');
  const asked = await askedRevision(id, query);
  if (!asked.ok) return asked.response;
  const deployed = await deployRevision(id, asked.revision.number, { by: user });
  if (!deployed.ok) {
    if (deployed.kind === "missing") return noSuchRevision();
    if (deployed.kind === "unreadable") return unreadableRevision();
    return refusal(400, problemText(deployed.problems));
  }
  await confirmed(deployed.generation);
  return answer(await deploymentsOf(id), 201);
});
