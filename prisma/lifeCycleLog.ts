import { type LifeCycleState, stateOf } from "#lib/wso2/lifeCycle";
import { type Actor, writeAudit } from "./audit";
import { database } from "./db";
import { titleOf } from "./documents";
import type { Prisma } from "./generated/client";
import { textAt } from "./insideDocuments";

/** The states of WSO2's life cycle that an API has and had. The audit list is where the latter are kept. */

const ACTION = "api.lifeCycle";

/** The state of an API; null when there is none. */
export async function stateIn(tx: Prisma.TransactionClient, id: string): Promise<LifeCycleState | null> {
  const [row] = await tx.$queryRaw<{ lifeCycle: string | null; label: unknown }[]>`
    SELECT "lifeCycle", ${textAt("draft", ["extras", "wso2", "data", "lifeCycleStatus"])} AS "label"
    FROM "Api" WHERE "id" = ${id}`;
  return row ? stateOf(row.lifeCycle, typeof row.label === "string" ? row.label : "") : null;
}

interface Change {
  /** What was done, as the entry begins. */
  event: string;
  api: { id: string; name: string; version: string };
  from: LifeCycleState;
  to: LifeCycleState;
}

/** Writes a change of state to the audit list, so that `listStates` finds it. */
export function writeState(
  tx: Pick<Prisma.TransactionClient, "auditEntry">,
  { event, api, from, to }: Change,
  by: Actor,
): Promise<void> {
  return writeAudit(tx, by, ACTION, api.id, `${event}: ${titleOf(api)} is ${to}, was ${from}`);
}

const CHANGED = / is ([A-Z]+), was ([A-Z]+)$/;

export interface StateChange {
  from: string;
  to: string;
  username: string;
  at: Date;
}

/** How an API came to its state, oldest first; null when there is no such API. */
export async function listStates(id: string): Promise<StateChange[] | null> {
  const [api, entries] = await Promise.all([
    database().api.findUnique({ where: { id }, select: { id: true } }),
    database().auditEntry.findMany({
      where: { subject: id, action: ACTION },
      orderBy: { id: "asc" },
      select: { at: true, username: true, text: true },
    }),
  ]);
  if (!api) return null;
  return entries.flatMap(({ at, username, text }) => {
    const [, to, from] = CHANGED.exec(text) ?? [];
    return to && from ? [{ from, to, username, at }] : [];
  });
}
