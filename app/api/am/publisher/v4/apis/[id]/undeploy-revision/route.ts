import { z } from "zod";
import { parseJson, readBody, tooLargeWords } from "#lib/node/body";
import { listSnapshots } from "#prisma/apiIndex";
import { undeploy } from "#prisma/store";
import { answering } from "../../../../../../../_server/answering";
import { confirmed } from "../../../../../../../_server/gatewayClient";
import { ApiId, requireRoute } from "../../../../../../../_server/guard";
import { ENVIRONMENT, isOurs } from "../../../../../../../_server/wso2/gatewayEnvironment";
import {
  answer,
  noSuchApi,
  refusal,
  refusalOf,
  switchOf,
  troubled,
} from "../../../../../../../_server/wso2/publisherAnswers";
import { revisionsOf } from "../../../../../../../_server/wso2/revisionDto";

/** Largest body, bytes. */
const MAX_BODY = 16 * 1024;

/** Deployments; apictl sends null where it means all of them. */
const Wanted = z.array(z.object({ name: z.string() })).nullable();

/**
 * `apictl undeploy api`: takes a revision off the gateway and answers with what of it is still deployed. Nothing is
 * done where another one is live.
 */
export const POST = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.deploy");
  if (!access.ok) return refusalOf(request, access.response);
  const bytes = await readBody(request.body, MAX_BODY);
  if (!bytes) return refusal(413, tooLargeWords(MAX_BODY));
  const text = bytes.toString("utf8").trim();
  const body = Wanted.safeParse(text === "" ? null : parseJson(text));
  if (!body.success) return refusal(400, 'The body is a list such as [{"name": "Default"}], or null.');
  const { searchParams } = new URL(request.url);
  const names = body.data?.map(({ name }) => name) ?? [];
  const unknown = names.find((name) => !isOurs(name));
  if (unknown !== undefined)
    return refusal(404, `There is no environment ${unknown}; there is ${ENVIRONMENT}.`);
  if (names.length === 0 && !switchOf(searchParams, "allEnvironments", false))
    return refusal(400, "Name the environments, or send allEnvironments=true.");
  const id = ApiId.safeParse((await params).id);
  const snapshots = id.success ? await listSnapshots(id.data) : null;
  if (!id.success || !snapshots) return noSuchApi();
  const [uuid, number] = [searchParams.get("revisionId"), searchParams.get("revisionNumber")];
  if (uuid === null && number === null)
    return refusal(400, "Name the revision by revisionNumber or revisionId.");
  const revision = snapshots.find((one) => (uuid === null ? String(one.number) === number : one.id === uuid));
  if (!revision) return refusal(404, "This API has no such revision.");
  const ended = await undeploy(id.data, access.user, { revision: revision.number });
  if (!ended.ok) return noSuchApi();
  if (ended.wasLive) await confirmed(ended.generation);
  const left = (await listSnapshots(id.data))?.filter((one) => one.id === revision.id) ?? [];
  return answer(
    (await revisionsOf(id.data, left)).flatMap(({ deploymentInfo }) => deploymentInfo),
    201,
  );
}, troubled);
