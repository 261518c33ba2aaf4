import { answering } from "../../../_server/answering";
import { readGatewaysReport } from "../../../_server/gatewaysShown";
import { requireRoute } from "../../../_server/guard";

/** What the page of gateways shows, as it is now. */
export const GET = answering(async (request: Request) => {
  const access = await requireRoute(request, "settings.manage", { keepAlive: false });
  if (!access.ok) return access.response;
  return Response.json(await readGatewaysReport(), { headers: { "cache-control": "no-store" } });
});
