import { findEntry } from "#prisma/labelledApis";
import { deleteApi, getApi } from "#prisma/store";
import { answering } from "../../../../../../_server/answering";
import { confirmed } from "../../../../../../_server/gatewayClient";
import { ApiId, requireRoute } from "../../../../../../_server/guard";
import { apiOf } from "../../../../../../_server/wso2/apiDto";
import { answer, noSuchApi, refusalOf, troubled } from "../../../../../../_server/wso2/publisherAnswers";

type Params = { params: Promise<{ id: string }> };

/** The draft. */
export const GET = answering(async (request: Request, { params }: Params) => {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return refusalOf(request, access.response);
  const id = ApiId.safeParse((await params).id);
  if (!id.success) return noSuchApi();
  const [api, entry] = await Promise.all([getApi(id.data), findEntry(id.data)]);
  return api && entry ? answer(apiOf(api.definition, entry)) : noSuchApi();
}, troubled);

/** `apictl delete api`. Revisions, subscriptions and tokens end with it. */
export const DELETE = answering(async (request: Request, { params }: Params) => {
  const access = await requireRoute(request, "api.delete");
  if (!access.ok) return refusalOf(request, access.response);
  const id = ApiId.safeParse((await params).id);
  const deleted = id.success ? await deleteApi(id.data, access.user) : null;
  if (!deleted?.ok) return noSuchApi();
  await confirmed(deleted.generation);
  return new Response(null, { headers: { "cache-control": "no-store" } });
}, troubled);
