import { listRevisions } from "#prisma/revisions";
import { ApiId, requireRoute } from "../../../../../_server/guard";
import { answer, failure } from "../../../../../_server/restAnswers";

/** The revisions that are kept, newest first. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return access.response;
  const id = ApiId.safeParse((await params).id);
  const revisions = id.success ? await listRevisions(id.data) : null;
  return revisions ? answer({ revisions }) : failure({ ok: false, kind: "missing" });
}
