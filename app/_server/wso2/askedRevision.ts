import { listSnapshots, type Snapshot } from "#prisma/apiIndex";
import { noSuchApi, noSuchRevision } from "./publisherAnswers";

type Found = { ok: true; revision: Snapshot } | { ok: false; response: Response };

interface Wanted {
  /** Goes before the number. */
  revisionId?: string | undefined;
  revisionNumber?: string | undefined;
}

/** The revision of an API that a query names. */
export async function askedRevision(apiId: string, wanted: Wanted): Promise<Found> {
  const snapshots = await listSnapshots(apiId);
  if (!snapshots) return { ok: false, response: noSuchApi() };
  const { revisionId, revisionNumber } = wanted;
  const revision = snapshots.find(({ id, number }) =>
    revisionId === undefined ? String(number) === revisionNumber : id === revisionId,
  );
  return revision ? { ok: true, revision } : { ok: false, response: noSuchRevision() };
}
