import { can, whyNot } from "#lib/access/roles";
import { concernsCallers, transitionsOf } from "#lib/wso2/lifeCycle";
import { changeLifeCycle, type LifeCycleChanged } from "#prisma/changeLifeCycle";
import { problemText } from "#prisma/store";
import { answering } from "../../../../../../_server/answering";
import { confirmed } from "../../../../../../_server/gatewayClient";
import { ApiId, requireRoute } from "../../../../../../_server/guard";
import { lifeCycleOf } from "../../../../../../_server/wso2/lifeCycleDto";
import {
  answer,
  noSuchApi,
  refusal,
  refusalOf,
  troubled,
} from "../../../../../../_server/wso2/publisherAnswers";

/** `apictl change-status api`, which sends an empty body as JSON. */
export const POST = answering(async (request: Request) => {
  const { searchParams } = new URL(request.url);
  const action = searchParams.get("action") ?? "";
  const access = await requireRoute(request, concernsCallers(action) ? "api.deploy" : "api.edit");
  if (!access.ok) return refusalOf(request, access.response);
  const { user } = access;
  const id = ApiId.safeParse(searchParams.get("apiId"));
  if (action === "" || !id.success) return refusal(400, "Name the API by apiId, and an action.");
  const changed = await changeLifeCycle(id.data, action, user, (permission) => can(user.role, permission));
  if (!changed.ok) {
    if (changed.kind === "notAllowed") return refusal(403, whyNot(user.role, changed.needs));
    return failure(changed, action);
  }
  const { state, generation } = changed;
  if (generation !== null) await confirmed(generation);
  return answer({ workflowStatus: "APPROVED", lifecycleState: lifeCycleOf(state) });
}, troubled);

type Failure = Exclude<LifeCycleChanged, { ok: true } | { kind: "notAllowed" }>;

function failure(failed: Failure, action: string): Response {
  if (failed.kind === "missing") return noSuchApi();
  if (failed.kind === "unreadable")
    return refusal(409, "The revision that was live cannot be read any more.");
  if (failed.kind === "invalid") return refusal(400, problemText(failed.problems));
  const offered = transitionsOf(failed.state).map(({ event }) => event);
  return refusal(400, `${action} is not possible while the API is ${failed.state}: ${offered.join(", ")}.`);
}
