import { type Actor, writeAudit } from "./audit";
import { database } from "./db";
import { storedText, titleOf, toDraft } from "./documents";
import type { Prisma } from "./generated/client";
import { lock } from "./lock";
import type { Missing } from "./refusals";

/** Which revisions there are: how they are numbered and made, and how they go. */

/** Revisions that are kept beside the live one. */
const KEPT_REVISIONS = 50;

/** The number of an API's next revision. One that was ever deployed is not given again, for the log names it. */
export async function nextNumber(tx: Prisma.TransactionClient, apiId: string): Promise<number> {
  const [revisions, deployments] = await Promise.all([
    tx.revision.aggregate({ where: { apiId }, _max: { number: true } }),
    tx.deployment.aggregate({ where: { apiId }, _max: { revisionNumber: true } }),
  ]);
  return Math.max(revisions._max.number ?? 0, deployments._max.revisionNumber ?? 0) + 1;
}

/** Removes revisions beyond the newest 50, but not the one that is live. */
export async function rotate(tx: Prisma.TransactionClient, apiId: string, liveId: string | null) {
  const oldest = await tx.revision.findFirst({
    where: { apiId },
    orderBy: { number: "desc" },
    skip: KEPT_REVISIONS,
    select: { number: true },
  });
  if (!oldest) return;
  const live = liveId === null ? {} : { NOT: { id: liveId } };
  await tx.revision.deleteMany({ where: { apiId, number: { lte: oldest.number }, ...live } });
}

/** The id of the revision that is live; null when none is. */
async function liveRevision(tx: Prisma.TransactionClient, apiId: string): Promise<string | null> {
  const newest = await tx.deployment.findFirst({ where: { apiId }, orderBy: { id: "desc" } });
  return newest?.revisionId ?? null;
}

/** Keeps the draft as a revision and deploys nothing. It need not be fit to be deployed. */
export async function makeRevision(
  apiId: string,
  note: string,
  by: Actor,
): Promise<{ ok: true; id: string } | Missing> {
  return database().$transaction(async (tx) => {
    await lock(tx, `api:${apiId}`);
    const row = await tx.api.findUnique({ where: { id: apiId } });
    if (!row) return { ok: false, kind: "missing" } as const;
    const { definition } = toDraft(row);
    const number = await nextNumber(tx, apiId);
    const data = { apiId, number, definition: storedText(definition), author: by.username, note };
    const { id } = await tx.revision.create({ data, select: { id: true } });
    await rotate(tx, apiId, await liveRevision(tx, apiId));
    await writeAudit(tx, by, "revision.add", apiId, `Kept the draft of ${titleOf(definition)} as r${number}`);
    return { ok: true, id } as const;
  });
}

/** Deletes a revision, unless it is live. When it was deployed stays in the log. */
export async function deleteRevision(
  apiId: string,
  id: string,
  by: Actor,
): Promise<{ ok: true } | Missing | { ok: false; kind: "live" }> {
  return database().$transaction(async (tx) => {
    await lock(tx, `api:${apiId}`);
    const row = await tx.revision.findFirst({ where: { id, apiId }, include: { api: true } });
    if (!row) return { ok: false, kind: "missing" } as const;
    if ((await liveRevision(tx, apiId)) === id) return { ok: false, kind: "live" } as const;
    await tx.revision.delete({ where: { id } });
    await writeAudit(tx, by, "revision.remove", apiId, `Deleted r${row.number} of ${titleOf(row.api)}`);
    return { ok: true } as const;
  });
}
