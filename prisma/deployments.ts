import { z } from "zod";
import { type ApiDefinition, basePath, deployProblems, type Problem } from "#lib/edit/api";
import { RETIRED } from "#lib/wso2/lifeCycle";
import { newestDeployment } from "./apis";
import { type Actor, writeAudit } from "./audit";
import { database } from "./db";
import { type Stale, storedText, titleOf, toDraft } from "./documents";
import type { Prisma } from "./generated/client";
import { raiseGeneration } from "./generation";
import { nextNumber, rotate } from "./keptRevisions";
import { writeState } from "./lifeCycleLog";
import type { Invalid, Missing } from "./refusals";
import { foreignSecrets } from "./sealedSecrets";

/** What runs: deploying a draft, and taking an API off the gateway. */

/**
 * Deploys the draft: a Revision (the newest is reused when equal), a Deployment and a Change in one
 * transaction. `generation` is what the gateway will report once it has seen it. With `draftVersion` only
 * that draft is deployed, not one that somebody saved in between.
 */
export async function deploy(
  id: string,
  options: { by: Actor; note?: string; draftVersion?: number },
): Promise<DeployResult> {
  return database().$transaction((tx) => deployIn(tx, id, options));
}

type DeployResult = { ok: true; revision: number; generation: number } | Invalid | Stale | Missing;

/** The same in a transaction of the caller's. */
export async function deployIn(
  tx: Prisma.TransactionClient,
  id: string,
  { by, note = "", draftVersion }: { by: Actor; note?: string; draftVersion?: number },
): Promise<DeployResult> {
  const author = by.username;
  const row = await tx.api.findUnique({
    where: { id },
    include: { revisions: { orderBy: { number: "desc" }, take: 1 } },
  });
  if (!row) return { ok: false, kind: "missing" };
  const draft = toDraft(row);
  if (draftVersion !== undefined && draft.draftVersion !== draftVersion) {
    return { ok: false, kind: "stale", theirs: draft };
  }
  const { definition } = draft;
  const problems = [
    ...deployProblems(definition),
    ...(await foreignSecrets(tx, id, definition)),
    ...(await takenPath(tx, id, definition)),
  ];
  if (problems.length > 0) return { ok: false, kind: "invalid", problems };
  const text = storedText(definition);
  const newest = row.revisions[0];
  const revision =
    newest && newest.definition === text
      ? newest
      : await tx.revision.create({
          data: { apiId: id, number: await nextNumber(tx, id), definition: text, author, note },
        });
  await writeAudit(tx, by, "api.deploy", id, `Deployed r${revision.number} of ${titleOf(definition)}`);
  const generation = await goLive(tx, id, revision, by, note);
  return { ok: true, revision: revision.number, generation };
}

const ServedAt = z.object({ context: z.string(), version: z.string() });

/**
 * The API that answers at the path of a definition now, if that is another one. Drafts have paths of their own, and what
 * is live may have that of an earlier draft, which somebody else has taken since.
 */
export async function takenPath(
  tx: Prisma.TransactionClient,
  id: string,
  definition: ApiDefinition,
): Promise<Problem[]> {
  const path = basePath(definition);
  const rows = await tx.$queryRaw<{ name: string; version: string; number: bigint; at: string | null }[]>`
    SELECT a."name", a."version", r."number", CASE WHEN json_valid(r."definition") THEN json_object(
      'context', json_extract(r."definition", '$.context'),
      'version', json_extract(r."definition", '$.version')) END AS "at"
    FROM "Deployment" d JOIN "Revision" r ON r."id" = d."revisionId" JOIN "Api" a ON a."id" = d."apiId"
    WHERE d."id" IN (SELECT MAX("id") FROM "Deployment" GROUP BY "apiId") AND d."apiId" <> ${id}`;
  const owner = rows.find(({ at }) => {
    // What is no definition is not served.
    const live = ServedAt.safeParse(JSON.parse(at ?? "null"));
    return live.success && basePath(live.data) === path;
  });
  if (!owner) return [];
  const title = `${owner.name} ${owner.version}`;
  return [
    {
      path: ["context"],
      message: `${path} is served by ${title} (r${owner.number}) now. Deploy ${title} at another path, or undeploy it, first.`,
    },
  ];
}

/**
 * Writes that a revision is live from now on, with the Change that tells the gateway, and removes revisions beyond
 * the newest 50; the one that is live stays. An API that was retired is published again. Returns the generation.
 */
export async function goLive(
  tx: Prisma.TransactionClient,
  apiId: string,
  revision: { id: string; number: number },
  by: Actor,
  note: string,
): Promise<number> {
  const data = { apiId, revisionId: revision.id, revisionNumber: revision.number, author: by.username, note };
  await tx.deployment.create({ data });
  const api = await tx.api.findFirst({ where: { id: apiId, lifeCycle: RETIRED } });
  if (api) {
    const to = "PUBLISHED";
    await tx.api.update({ where: { id: apiId }, data: { lifeCycle: to } });
    await writeState(tx, { event: "Deploy", api, from: RETIRED, to }, by);
  }
  await rotate(tx, apiId, revision.id);
  return raiseGeneration(tx, "deploy");
}

/**
 * Takes the API off the gateway: a Deployment without revision. Nothing to do when nothing is live, or another revision
 * than the one that is meant.
 */
export async function undeploy(
  id: string,
  by: Actor,
  only?: { revision: number },
): Promise<{ ok: true; generation: number; wasLive: boolean } | Missing> {
  return database().$transaction(async (tx) => {
    const row = await tx.api.findUnique({ where: { id }, include: newestDeployment });
    if (!row) return { ok: false, kind: "missing" } as const;
    const [newest] = row.deployments;
    const wasLive = Boolean(newest?.revisionId) && (!only || newest?.revisionNumber === only.revision);
    if (wasLive) {
      await tx.deployment.create({ data: { apiId: id, author: by.username } });
      await writeAudit(tx, by, "api.undeploy", id, `Undeployed ${titleOf(row)}`);
    }
    return { ok: true, generation: await raiseGeneration(tx, "undeploy"), wasLive } as const;
  });
}
