import { z } from "zod";
import { recordTry } from "#prisma/switches";
import { tooManyChecks } from "../../../_server/checkLimit";
import { tryEndpoint } from "../../../_server/gatewayClient";
import { ApiId, refusal, requireRoute } from "../../../_server/guard";

const MAX_BODY = 1_000;
const Body = z.object({ endpointId: z.string().max(64) });

/** *Try it now*: changes live traffic as the switches do. Runs beside saving, as checks do. */
export async function POST(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const access = await requireRoute(request, "api.deploy");
  if (!access.ok) return access.response;
  const text = await request.text();
  const id = ApiId.safeParse((await params).id);
  const body = text.length > MAX_BODY ? null : Body.safeParse(json(text));
  if (!id.success || !body?.success) return refusal(400, "Send {endpointId} of an endpoint that is live.");
  const refused = await tooManyChecks(access.user.userId);
  if (refused) return refused;
  const result = await tryEndpoint({ apiId: id.data, endpointId: body.data.endpointId });
  if (!result)
    return refusal(503, "Not tried: the gateway does not answer, or does not serve this endpoint.");
  await recordTry(id.data, result, access.user);
  return Response.json(result, { headers: { "cache-control": "no-store" } });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
