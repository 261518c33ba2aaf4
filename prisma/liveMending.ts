import { parseText } from "./documents";
import type { Prisma, PrismaClient } from "./generated/client";
import { raiseGeneration } from "./generation";
import { claimsOf, NOT_RAISED, pathsOf, settle } from "./livePaths";
import { lock } from "./lock";

/** APIs that are read at a time. */
const AT_A_TIME = 100;
/** How long it may take, ms: of ten thousand APIs each definition is read once. */
const MEND_MS = 120_000;

interface Difference {
  apiId: string;
  deploymentId: bigint;
  /** Null: it is not deployed any more. */
  revisionId: string | null;
}

/**
 * Brings what is said of live APIs and of paths into step with the deployments, where a version of Sluice wrote those
 * that knew nothing of it: after the migration that made these tables, and at the start of each publisher. Of two at one
 * path the one that was deployed first has it. Returns how many APIs it concerned; mostly it looks, and finds none.
 */
export async function mendLive(db: PrismaClient): Promise<number> {
  if ((await differences(db)).length === 0) return 0;
  return db.$transaction(
    async (tx) => {
      await lock(tx, "paths");
      const found = await differences(tx);
      for (let i = 0; i < found.length; i += AT_A_TIME) await mend(tx, found.slice(i, i + AT_A_TIME));
      if (found.length === 0) return 0;
      const generation = await raiseGeneration(tx, "live");
      await tx.live.updateMany({ where: { generation: NOT_RAISED }, data: { generation } });
      return found.length;
    },
    { timeout: MEND_MS },
  );
}

/** Where `Live` says something else than the newest deployment, the one that was deployed first first. */
function differences(db: Pick<PrismaClient, "$queryRaw">): Promise<Difference[]> {
  return db.$queryRaw<Difference[]>`
    SELECT n."apiId" AS "apiId", d."id" AS "deploymentId", r."id" AS "revisionId"
    FROM (SELECT "apiId", MAX("id") AS "id" FROM "Deployment" GROUP BY "apiId") n
    JOIN "Deployment" d ON d."id" = n."id"
    LEFT JOIN "Revision" r ON r."id" = d."revisionId"
    LEFT JOIN "Live" l ON l."apiId" = n."apiId"
    WHERE (r."id" IS NULL AND l."apiId" IS NOT NULL)
      OR (r."id" IS NOT NULL AND (l."apiId" IS NULL OR l."deploymentId" <> d."id"))
    ORDER BY d."id"`;
}

async function mend(tx: Prisma.TransactionClient, found: readonly Difference[]): Promise<void> {
  const where = { apiId: { in: found.map(({ apiId }) => apiId) } };
  const revisions = await tx.revision.findMany({
    where: { id: { in: found.flatMap(({ revisionId }) => revisionId ?? []) } },
    select: { id: true, definition: true },
  });
  const texts = new Map(revisions.map(({ id, definition }) => [id, definition]));
  const live = found.flatMap(({ apiId, deploymentId, revisionId }) => {
    if (revisionId === null) return [];
    const parsed = parseText(texts.get(revisionId) ?? "");
    const claims = claimsOf(parsed.ok ? parsed.definition : null);
    return { apiId, deploymentId: Number(deploymentId), generation: NOT_RAISED, ...claims };
  });
  const before = await tx.live.findMany({ where });
  await tx.live.deleteMany({ where });
  await tx.live.createMany({ data: live });
  await settle(tx, pathsOf([...before, ...live]));
}
