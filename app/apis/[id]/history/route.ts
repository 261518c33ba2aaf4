import { keyTypes } from "#lib/edit/endpoints";
import { answering } from "../../../_server/answering";
import { readHistory } from "../../../_server/gatewayClient";
import { ApiId, refusal, requireRoute } from "../../../_server/guard";

/**
 * The last hour of an API, as the gateway counted it: `?keyType=production|sandbox`, or both;
 * `&gateway=<id>`: as one of several counted it. Null when none tells.
 */
export const GET = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.read", { keepAlive: false });
  if (!access.ok) return access.response;
  const id = ApiId.safeParse((await params).id);
  const { searchParams } = new URL(request.url);
  const asked = searchParams.get("keyType");
  const keyType = keyTypes.find((k) => k === asked) ?? null;
  if (!id.success || (asked !== null && keyType === null))
    return refusal(400, "keyType is production or sandbox.");
  const history = await readHistory(id.data, keyType, searchParams.get("gateway") ?? undefined);
  return Response.json(history, { headers: { "cache-control": "no-store" } });
});
