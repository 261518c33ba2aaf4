import type { ApiDefinition } from "#lib/edit/api";
import { labelsOf, withLabels, wso2ExtrasOf } from "#lib/wso2/apiLabels";
import { findApiId, listSnapshots } from "#prisma/apiIndex";
import { findEntry } from "#prisma/labelledApis";
import { getRevision } from "#prisma/revisions";
import { getApi } from "#prisma/store";
import { answering } from "../../../../../../_server/answering";
import { ApiId, requireRoute } from "../../../../../../_server/guard";
import { write } from "../../../../../../_server/projects/writeExport";
import {
  countOf,
  noSuchApi,
  refusal,
  refusalOf,
  switchOf,
  troubled,
} from "../../../../../../_server/wso2/publisherAnswers";

/** `apictl export api`: a project as a ZIP file, the draft unless a revision is asked for. Never with credentials. */
export const GET = answering(async (request: Request) => {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return refusalOf(request, access.response);
  const { searchParams } = new URL(request.url);
  const format = (searchParams.get("format") || "yaml").toLowerCase();
  if (format !== "yaml" && format !== "json") return refusal(400, "format is YAML or JSON.");
  const number = countOf(searchParams, "revisionNumber", 0);
  if (number === null) return refusal(400, "revisionNumber is a whole number.");
  const id = await wantedId(searchParams);
  const [api, entry] = id === null ? [] : await Promise.all([getApi(id), findEntry(id)]);
  if (!id || !api || !entry) return noSuchApi();
  const labels = labelsOf(wso2ExtrasOf(api.definition).data ?? {}, "", entry.lifeCycle);
  const provider = searchParams.get("providerName") ?? "";
  if (provider !== "" && provider !== labels.provider) return noSuchApi();
  const newest = switchOf(searchParams, "latestRevision", false);
  const wanted = number || (newest ? ((await listSnapshots(id))?.at(-1)?.number ?? -1) : 0);
  const found = wanted === 0 ? api : await getRevision(id, wanted);
  if (!found) return refusal(404, "This API has no such revision.");
  if (found === "unreadable") return refusal(409, "This revision cannot be read any more.");
  const lifeCycleStatus = switchOf(searchParams, "preserveStatus", true) ? labels.lifeCycleStatus : "CREATED";
  const said = withLabels(found.definition, { lifeCycleStatus });
  const deployed = wanted !== 0 && api.live?.revision === wanted;
  return zipOf(said, { format, deployed });
}, troubled);

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

/** By `apiId`, or by name and version. */
async function wantedId(parameters: URLSearchParams): Promise<string | null> {
  const given = parameters.get("apiId");
  if (given) return ApiId.safeParse(given).data ?? null;
  return findApiId(parameters.get("name") ?? "", parameters.get("version") ?? "");
}
