import * as z from "zod";
import type { ApiDefinition } from "#lib/edit/api";
import { findEntry } from "#prisma/labelledApis";
import { getRevision } from "#prisma/revisions";
import { getApi } from "#prisma/store";
import { answering } from "../../../_server/answering";
import { ApiId, refusal, requireRoute } from "../../../_server/guard";
import { withState } from "../../../_server/projects/withState";
import { formats, write } from "../../../_server/projects/writeExport";

const Query = z.object({
  format: z.enum(formats, `format is one of ${formats.join(", ")}.`).default("yaml"),
  revision: z
    .string()
    .regex(/^(draft|live|[1-9]\d{0,8})$/, "revision is a number, draft or live.")
    .default("draft"),
});

/**
 * `GET /apis/{id}/export?format=yaml|json|project&revision=n|draft|live` downloads the API as OpenAPI or as a WSO2
 * project in a ZIP. Secrets are in none of them. 400 for an unknown format or revision, 404 for what is not there.
 */
export const GET = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return access.response;
  const query = Query.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) return refusal(400, query.error.issues.map(({ message }) => message).join(" "));
  const id = ApiId.safeParse((await params).id);
  if (!id.success) return refusal(404, "There is no such API.");
  const found = await definitionOf(id.data, query.data.revision);
  if ("message" in found) return refusal(404, found.message);
  const { format } = query.data;
  const definition = format === "project" ? await ofNow(id.data, found) : found.definition;
  const { name, type, body } = await write(definition, format);
  return new Response(body, {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
});

interface Found {
  definition: ApiDefinition;
  draft: ApiDefinition;
}

async function ofNow(id: string, { definition, draft }: Found): Promise<ApiDefinition> {
  const entry = await findEntry(id);
  return withState(definition, draft, entry?.lifeCycle ?? null);
}

async function definitionOf(id: string, revision: string): Promise<Found | { message: string }> {
  const api = await getApi(id);
  if (!api) return { message: "There is no such API." };
  const draft = api.definition;
  if (revision === "draft") return { definition: draft, draft };
  if (revision === "live" && !api.live) return { message: "No revision of this API is live." };
  const number = revision === "live" ? (api.live?.revision ?? 0) : Number(revision);
  const found = await getRevision(id, number);
  if (!found) return { message: `This API has no revision ${number}.` };
  if (found === "unreadable") return { message: `Revision ${number} can no longer be read.` };
  return { definition: found.definition, draft };
}
