import { can, whyNot } from "#lib/access/roles";
import { publisherCalls } from "#lib/contract/publisherRest";
import { concernsCallers, transitionsOf } from "#lib/wso2/lifeCycle";
import { changeLifeCycle, type LifeCycleChanged } from "#prisma/changeLifeCycle";
import { problemText } from "#prisma/store";
import { confirmed } from "../../../../../../_server/gatewayClient";
import { ApiId } from "../../../../../../_server/guard";
import { lifeCycleOf } from "../../../../../../_server/wso2/lifeCycleDto";
import { answer, noSuchApi, refusal } from "../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../_server/wso2/publisherCall";

/** `apictl change-status api`, which sends an empty body as JSON. */
export const POST = publisherCall(publisherCalls.changeLifeCycle, async ({ user, query }) => {
  const { action } = query;
  if (concernsCallers(action) && !can(user.role, "api.deploy"))
    return refusal(403, whyNot(user.role, "api.deploy"));
  const id = ApiId.safeParse(query.apiId);
  if (action === "" || !id.success) return refusal(400, "Name the API by apiId, and an action.");
  const changed = await changeLifeCycle(id.data, action, user, (permission) => can(user.role, permission));
  if (!changed.ok) {
    if (changed.kind === "notAllowed") return refusal(403, whyNot(user.role, changed.needs));
    return failure(changed, action);
  }
  const { state, generation } = changed;
  if (generation !== null) await confirmed(generation);
  return answer({ workflowStatus: "APPROVED", lifecycleState: lifeCycleOf(state) });
});

type Failure = Exclude<LifeCycleChanged, { ok: true } | { kind: "notAllowed" }>;

function failure(failed: Failure, action: string): Response {
  if (failed.kind === "missing") return noSuchApi();
  if (failed.kind === "unreadable")
    return refusal(409, "The revision that was live cannot be read any more.");
  if (failed.kind === "invalid") return refusal(400, problemText(failed.problems));
  const offered = transitionsOf(failed.state).map(({ event }) => event);
  return refusal(400, `${action} is not possible while the API is ${failed.state}: ${offered.join(", ")}.`);
}
