import * as z from "zod";
import { recordTry } from "#prisma/switches";
import { answering } from "../../../_server/answering";
import { tooManyChecks } from "../../../_server/checkLimit";
import { tryEndpoint } from "../../../_server/gatewayClient";
import { ApiId, refusal, requireRoute } from "../../../_server/guard";
import { readJson } from "../../../_server/readJson";

const ASKED = { maxBytes: 1_000, words: "Send {endpointId} of an endpoint that is live." };
const Body = z.object({ endpointId: z.string().max(64) });

/** *Try it now*: changes live traffic as the switches do. Runs beside saving, as checks do. */
export const POST = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.deploy");
  if (!access.ok) return access.response;
  const id = ApiId.safeParse((await params).id);
  const read = await readJson(request, Body, ASKED);
  if (!read.ok) return refusal(read.status, read.message);
  if (!id.success) return refusal(400, ASKED.words);
  const refused = await tooManyChecks(access.user.userId);
  if (refused) return refused;
  const result = await tryEndpoint({ apiId: id.data, endpointId: read.body.endpointId });
  if (!result)
    return refusal(503, "Not tried: the gateway does not answer, or does not serve this endpoint.");
  await recordTry(id.data, result, access.user);
  return Response.json(result, { headers: { "cache-control": "no-store" } });
});
