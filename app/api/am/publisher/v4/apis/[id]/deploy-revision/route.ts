import { listSnapshots } from "#prisma/apiIndex";
import { deployRevision } from "#prisma/revisions";
import { problemText } from "#prisma/store";
import { answering } from "../../../../../../../_server/answering";
import { confirmed } from "../../../../../../../_server/gatewayClient";
import { ApiId, requireRoute } from "../../../../../../../_server/guard";
import { readTargets } from "../../../../../../../_server/wso2/deploymentBody";
import {
  answer,
  noSuchApi,
  noSuchRevision,
  refusal,
  refusalOf,
  troubled,
} from "../../../../../../../_server/wso2/publisherAnswers";
import { deploymentsOf, snapshotIn } from "../../../../../../../_server/wso2/revisionDto";

/** Deploys a revision in place of the one that is live, and answers with where the API is deployed then. */
export const POST = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.deploy");
  if (!access.ok) return refusalOf(request, access.response);
  const targets = await readTargets(request);
  if (!targets.ok) return targets.response;
  if (!targets.named) return refusal(400, 'Name the environment: [{"name": "Default"}].');
  const id = ApiId.safeParse((await params).id);
  const snapshots = id.success ? await listSnapshots(id.data) : null;
  if (!id.success || !snapshots) return noSuchApi();
  const revision = snapshotIn(snapshots, new URL(request.url).searchParams);
  if (!revision) return noSuchRevision();
  const deployed = await deployRevision(id.data, revision.number, { by: access.user });
  if (!deployed.ok) {
    if (deployed.kind === "missing") return noSuchRevision();
    if (deployed.kind === "unreadable") return refusal(409, "This revision cannot be read any more.");
    return refusal(400, problemText(deployed.problems));
  }
  await confirmed(deployed.generation);
  return answer(await deploymentsOf(id.data), 201);
}, troubled);
