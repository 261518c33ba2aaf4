import { getApi } from "#prisma/store";
import { answering } from "../../../_server/answering";
import { ApiId, requireRoute } from "../../../_server/guard";
import { readLive } from "../../../_server/liveReport";

export const GET = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.read", { keepAlive: false });
  if (!access.ok) return access.response;
  const id = ApiId.safeParse((await params).id);
  const api = id.success ? await getApi(id.data) : null;
  // That an API is gone is an answer: a page that still shows it asks every 2 s.
  const chosen = new URL(request.url).searchParams.get("gateway") ?? undefined;
  return Response.json(api && (await readLive(api, chosen)), { headers: { "cache-control": "no-store" } });
});
