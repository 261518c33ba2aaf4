import { sluiceCalls } from "#lib/contract/sluiceRest";
import { deployRevision } from "#prisma/revisions";
import { deploy, undeploy } from "#prisma/store";
import { confirmed, whoServes } from "../../../../../_server/gatewayClient";
import { answer, failure, refusal } from "../../../../../_server/restAnswers";
import { sluiceCall } from "../../../../../_server/sluiceCall";

/** Deploys the draft, or a revision that is there already. */
export const POST = sluiceCall(sluiceCalls.deploy, async ({ id, user, body }) => {
  const { revision, note } = body;
  const options = { by: user, note };
  const result =
    revision === undefined ? await deploy(id, options) : await deployRevision(id, revision, options);
  if (!result.ok) {
    if (result.kind === "missing" && revision !== undefined) {
      return refusal(404, `This API has no revision r${revision}.`);
    }
    return failure(result);
  }
  const { revision: number, notice, generation } = result;
  return answer({ revision: number, ...(await whoServes(generation)), notice });
});

/** Takes the API off the gateway. */
export const DELETE = sluiceCall(sluiceCalls.undeploy, async ({ id, user }) => {
  const result = await undeploy(id, user);
  return result.ok ? answer({ live: !(await confirmed(result.generation)) }) : failure(result);
});
