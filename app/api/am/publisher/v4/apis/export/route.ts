import { publisherCalls } from "#lib/contract/publisherRest";
import type { ApiDefinition } from "#lib/edit/api";
import { labelsOf, withLabels, wso2ExtrasOf } from "#lib/wso2/apiLabels";
import { findApiId, listSnapshots } from "#prisma/apiIndex";
import { findEntry } from "#prisma/labelledApis";
import { getRevision } from "#prisma/revisions";
import { getApi } from "#prisma/store";
import { ApiId } from "../../../../../../_server/guard";
import { withState } from "../../../../../../_server/projects/withState";
import { write } from "../../../../../../_server/projects/writeExport";
import {
  noSuchApi,
  noSuchRevision,
  unreadableRevision,
} from "../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../_server/wso2/publisherCall";

/** `apictl export api`: a project as a ZIP file, the draft unless a revision is asked for. Never with credentials. */
export const GET = publisherCall(publisherCalls.export, async ({ query }) => {
  const { apiId, name, version, providerName, revisionNumber, latestRevision, preserveStatus, format } =
    query;
  const id = apiId ? (ApiId.safeParse(apiId).data ?? null) : await findApiId(name, version);
  const [api, entry] = id === null ? [] : await Promise.all([getApi(id), findEntry(id)]);
  if (!id || !api || !entry) return noSuchApi();
  const labels = labelsOf(wso2ExtrasOf(api.definition).data ?? {}, "", entry.lifeCycle);
  if (providerName !== "" && providerName !== labels.provider) return noSuchApi();
  const newest = latestRevision ? ((await listSnapshots(id))?.at(-1)?.number ?? -1) : 0;
  const wanted = revisionNumber || newest;
  const found = wanted === 0 ? api : await getRevision(id, wanted);
  if (!found) return noSuchRevision();
  if (found === "unreadable") return unreadableRevision();
  const said = preserveStatus
    ? withState(found.definition, api.definition, entry.lifeCycle)
    : withLabels(found.definition, { lifeCycleStatus: "CREATED" });
  const deployed = wanted !== 0 && api.live?.revision === wanted;
  return zipOf(said, { format, deployed });
});

async function zipOf(
  definition: ApiDefinition,
  options: { format: "yaml" | "json"; deployed: boolean },
): Promise<Response> {
  const { name, type, body } = await write(definition, "project", options);
  const headers = {
    "content-type": type,
    "content-disposition": `attachment; filename="${name}"`,
    "cache-control": "no-store",
  };
  return new Response(body, { headers });
}
