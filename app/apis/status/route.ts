import { answering } from "../../_server/answering";
import { readGateways, statesOf } from "../../_server/gatewayClient";
import { ApiId, refusal, requireRoute } from "../../_server/guard";

/** As many as a page of the list shows, and some. */
const MAX_APIS = 100;

/** What gateways tell of some APIs, `?api=<id>&api=<id>`; null when none answers. */
export const GET = answering(async (request: Request) => {
  const access = await requireRoute(request, "api.read", { keepAlive: false });
  if (!access.ok) return access.response;
  const ids = new URL(request.url).searchParams.getAll("api");
  if (ids.length > MAX_APIS || !ids.every((id) => ApiId.safeParse(id).success))
    return refusal(400, `Name up to ${MAX_APIS} APIs by their ids.`);
  return Response.json(statesOf(await readGateways(ids)), { headers: { "cache-control": "no-store" } });
});
