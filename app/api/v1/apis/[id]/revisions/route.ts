import { listRevisions } from "#prisma/revisions";
import { answering } from "../../../../../_server/answering";
import { ApiId, requireRoute } from "../../../../../_server/guard";
import { answer, failure } from "../../../../../_server/restAnswers";

/** The revisions that are kept, newest first. */
export const GET = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return access.response;
  const id = ApiId.safeParse((await params).id);
  const revisions = id.success ? await listRevisions(id.data) : null;
  return revisions ? answer({ revisions }) : failure({ ok: false, kind: "missing" });
});
