import { getApi } from "#prisma/store";
import { answering } from "../../../../../../../_server/answering";
import { ApiId, requireRoute } from "../../../../../../../_server/guard";
import { written } from "../../../../../../../_server/projects/understand";
import { noSuchApi, refusalOf, troubled } from "../../../../../../../_server/wso2/publisherAnswers";

/** The draft's definition as JSON. */
export const GET = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return refusalOf(request, access.response);
  const id = ApiId.safeParse((await params).id);
  const api = id.success ? await getApi(id.data) : null;
  if (!api) return noSuchApi();
  const body = await written(api.definition, { format: "json", forWso2: true });
  const headers = {
    "content-type": "application/json",
    "content-disposition": 'attachment; filename="swagger.json"',
    "cache-control": "no-store",
  };
  return new Response(body, { headers });
}, troubled);
