import { listSnapshots, type Snapshot } from "#prisma/apiIndex";
import { ApiId } from "../guard";
import { noSuchApi, noSuchRevision } from "./publisherAnswers";

type Asked = { ok: true; id: string; revision: Snapshot } | { ok: false; response: Response };

/** The API of a path and the revision of it that a query names (`revisionId`, or `revisionNumber`). */
export async function askedRevision(params: Promise<{ id: string }>, query: URLSearchParams): Promise<Asked> {
  const id = ApiId.safeParse((await params).id);
  const snapshots = id.success ? await listSnapshots(id.data) : null;
  if (!id.success || !snapshots) return { ok: false, response: noSuchApi() };
  const [named, number] = [query.get("revisionId"), query.get("revisionNumber")];
  const revision = snapshots.find((one) =>
    named === null ? String(one.number) === number : one.id === named,
  );
  return revision ? { ok: true, id: id.data, revision } : { ok: false, response: noSuchRevision() };
}
