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
import { claimsOf, deploying, setLive, shortPathNotice, takenPath, wentLiveAt } from "./livePaths";
import { lock } from "./lock";
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
  return deploying((tx) => deployIn(tx, id, options));
}

/** What went live. */
export interface WentLive {
  /** What the gateway reports once it has seen it. */
  generation: number;
  /** That its path without the version is another API's; null when it is not. */
  notice: string | null;
}

type DeployResult = ({ ok: true; revision: number } & WentLive) | Invalid | Stale | Missing;

/** The same in a transaction of the caller's, which has to end where this throws: `deploying` says why. */
export async function deployIn(
  tx: Prisma.TransactionClient,
  id: string,
  { by, note = "", draftVersion }: { by: Actor; note?: string; draftVersion?: number },
): Promise<DeployResult> {
  const author = by.username;
  await lock(tx, `api:${id}`);
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
  const problems = await inTheWay(tx, id, definition);
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
  const wentLive = await goLive(tx, id, { ...revision, definition }, by, note);
  return { ok: true, revision: revision.number, ...wentLive };
}

/** Why a definition cannot be deployed now. */
export async function inTheWay(
  tx: Prisma.TransactionClient,
  id: string,
  definition: ApiDefinition,
): Promise<Problem[]> {
  return [
    ...deployProblems(definition),
    ...(await foreignSecrets(tx, id, definition)),
    ...(await takenPath(tx, id, basePath(definition))),
  ];
}

/**
 * Writes that a revision is live from now on, with the Change that tells the gateway, and removes revisions beyond
 * the newest 50; the one that is live stays. An API that was retired is published again.
 */
export async function goLive(
  tx: Prisma.TransactionClient,
  apiId: string,
  revision: { id: string; number: number; definition: ApiDefinition },
  by: Actor,
  note: string,
): Promise<WentLive> {
  const data = { apiId, revisionId: revision.id, revisionNumber: revision.number, author: by.username, note };
  const { id: deploymentId } = await tx.deployment.create({ data });
  await setLive(tx, apiId, { deploymentId, ...claimsOf(revision.definition) });
  const api = await tx.api.findFirst({ where: { id: apiId, lifeCycle: RETIRED } });
  if (api) {
    const to = "PUBLISHED";
    await tx.api.update({ where: { id: apiId }, data: { lifeCycle: to } });
    await writeState(tx, { event: "Deploy", api, from: RETIRED, to }, by);
  }
  await rotate(tx, apiId, revision.id);
  const notice = await shortPathNotice(tx, apiId);
  const generation = await raiseGeneration(tx, "deploy");
  await wentLiveAt(tx, apiId, generation);
  return { generation, notice };
}

/** Writes that nothing of an API is live from now on; whoever waited for its paths gets them. */
export async function takeOff(
  tx: Prisma.TransactionClient,
  apiId: string,
  by: Actor,
  note = "",
): Promise<void> {
  await tx.deployment.create({ data: { apiId, author: by.username, note } });
  await setLive(tx, apiId, null);
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
    await lock(tx, `api:${id}`);
    const row = await tx.api.findUnique({ where: { id }, include: newestDeployment });
    if (!row) return { ok: false, kind: "missing" } as const;
    const [newest] = row.deployments;
    const wasLive = Boolean(newest?.revisionId) && (!only || newest?.revisionNumber === only.revision);
    if (wasLive) {
      await takeOff(tx, id, by);
      await writeAudit(tx, by, "api.undeploy", id, `Undeployed ${titleOf(row)}`);
    }
    return { ok: true, generation: await raiseGeneration(tx, "undeploy"), wasLive } as const;
  });
}
