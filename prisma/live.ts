import type { PrismaClient } from "./generated/client";

/** What the gateway reads. It never writes (DESIGN.md section 2). */

export interface LiveRevision {
  apiId: string;
  revisionId: string;
  number: number;
}

/** The highest change id; 0 when nothing was ever deployed. One indexed row. */
export async function readGeneration(db: PrismaClient): Promise<number> {
  const newest = await db.change.findFirst({ orderBy: { id: "desc" }, select: { id: true } });
  return newest?.id ?? 0;
}

/**
 * Which revision of which API is live, with the generation that this is true for. One read transaction,
 * so that a deploy in between cannot pair an old list with a new generation.
 */
export async function readLive(db: PrismaClient): Promise<{ generation: number; live: LiveRevision[] }> {
  const [change, live] = await db.$transaction([
    db.change.findFirst({ orderBy: { id: "desc" }, select: { id: true } }),
    db.$queryRaw<{ apiId: string; revisionId: string; number: bigint }[]>`
      SELECT d."apiId", r."id" AS "revisionId", r."number"
      FROM "Deployment" d JOIN "Revision" r ON r."id" = d."revisionId"
      WHERE d."id" IN (SELECT MAX("id") FROM "Deployment" GROUP BY "apiId")
      ORDER BY d."apiId"`,
  ]);
  return {
    generation: change?.id ?? 0,
    live: live.map((row) => ({ ...row, number: Number(row.number) })),
  };
}

/** The texts of revisions. They are immutable, so the gateway asks only for those it has not parsed yet. */
export async function readRevisions(db: PrismaClient, ids: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  // SQLite limits the parameters of one statement.
  for (let i = 0; i < ids.length; i += 500) {
    const rows = await db.revision.findMany({
      where: { id: { in: ids.slice(i, i + 500) } },
      select: { id: true, definition: true },
    });
    for (const row of rows) texts.set(row.id, row.definition);
  }
  return texts;
}
