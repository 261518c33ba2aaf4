import type { Permission } from "#lib/access/roles";
import { BLOCKED, concernsCallers, type LifeCycleState, RETIRED, transitionsOf } from "#lib/wso2/lifeCycle";
import type { Actor } from "./audit";
import { database } from "./db";
import { takeOff } from "./deployments";
import type { Prisma } from "./generated/client";
import { raiseGeneration } from "./generation";
import { stateIn, writeState } from "./lifeCycleLog";
import { deploying } from "./livePaths";
import { lock } from "./lock";
import type { Invalid, Missing } from "./refusals";
import { deployRevisionIn, type Unreadable } from "./revisions";

/** States of WSO2's life cycle: docs/rules/wso2.md section 4. */

/** By what an undeployment is known that a retirement made. */
const RETIREMENT = "Retired";

/** `generation`: once the gateway has it, callers get what they should; null where nothing changes for them. */
export type LifeCycleChanged =
  | { ok: true; state: LifeCycleState; generation: number | null }
  | { ok: false; kind: "notOffered"; state: LifeCycleState }
  | { ok: false; kind: "notAllowed"; needs: Permission }
  | Missing
  | Invalid
  | Unreadable;

/** The state of an API; null when there is none. */
export function readLifeCycle(id: string): Promise<LifeCycleState | null> {
  return database().$transaction((tx) => stateIn(tx, id));
}

/** Ends a transaction that has to leave nothing behind. */
class NotChanged extends Error {
  constructor(readonly result: Extract<LifeCycleChanged, { ok: false }>) {
    super(result.kind);
  }
}

/** Does what an action of the life cycle says, if it is offered in the present state. */
export async function changeLifeCycle(
  id: string,
  action: string,
  by: Actor,
  may: (permission: Permission) => boolean,
): Promise<LifeCycleChanged> {
  try {
    return await deploying((tx) => changeIn(tx, { id, action, by, may }));
  } catch (error) {
    if (error instanceof NotChanged) return error.result;
    throw error;
  }
}

interface Wanted {
  id: string;
  action: string;
  by: Actor;
  may(permission: Permission): boolean;
}

async function changeIn(
  tx: Prisma.TransactionClient,
  { id, action, by, may }: Wanted,
): Promise<LifeCycleChanged> {
  await lock(tx, `api:${id}`);
  const from = await stateIn(tx, id);
  if (from === null) return { ok: false, kind: "missing" };
  const found = transitionsOf(from).find(({ event }) => event.toLowerCase() === action.toLowerCase());
  // What opens a blocked API again is no label either.
  const needs = from === BLOCKED || concernsCallers(action) ? "api.deploy" : "api.edit";
  if (!may(needs)) return { ok: false, kind: "notAllowed", needs };
  if (!found) return { ok: false, kind: "notOffered", state: from };
  const { event, targetState: state } = found;
  const api = await tx.api.update({ where: { id }, data: { lifeCycle: state } });
  await writeState(tx, { event, api, from, to: state }, by);
  if (state === RETIRED) return { ok: true, state, generation: await retire(tx, id, by) };
  if (from === RETIRED) return { ok: true, state, generation: await bringBack(tx, id, by) };
  const concerned = from === BLOCKED || state === BLOCKED;
  const generation = concerned ? await raiseGeneration(tx, "lifeCycle") : null;
  return { ok: true, state, generation };
}

const newestFirst = { orderBy: { id: "desc" } } as const;

async function retire(tx: Prisma.TransactionClient, apiId: string, by: Actor): Promise<number | null> {
  const newest = await tx.deployment.findFirst({ where: { apiId }, ...newestFirst });
  if (!newest?.revisionId) return null;
  await takeOff(tx, apiId, by, RETIREMENT);
  return raiseGeneration(tx, "undeploy");
}

/** Deploys what was live when it was retired; nothing where it was not, or where it was undeployed since. */
async function bringBack(tx: Prisma.TransactionClient, apiId: string, by: Actor): Promise<number | null> {
  const [newest, before] = await tx.deployment.findMany({ where: { apiId }, ...newestFirst, take: 2 });
  const retired = newest && newest.revisionId === null && newest.note === RETIREMENT;
  if (!retired || !before?.revisionId || before.revisionNumber === null) return null;
  const deployed = await deployRevisionIn(tx, apiId, before.revisionNumber, { by, note: "Re-published" });
  if (!deployed.ok) throw new NotChanged(deployed);
  return deployed.generation;
}
