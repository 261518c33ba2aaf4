import type { ApiDefinition } from "#lib/edit/api";
import { diff } from "#lib/tell/diff";
import { type Actor, writeAudit } from "./audit";
import { database } from "./db";
import { goLive, inTheWay, type WentLive } from "./deployments";
import { parseText, type Stale, type StoredDraft, titleOf } from "./documents";
import { saveDraft } from "./drafts";
import type { Prisma } from "./generated/client";
import { deploying } from "./livePaths";
import { lock } from "./lock";
import type { Conflict, Invalid, Missing } from "./refusals";

/** The history of an API: its revisions, when each was live, and the ways back to one of them. */

/** When a revision was live. */
export interface LiveInterval {
  since: Date;
  /** Null while it is live. */
  until: Date | null;
  /** Who deployed it. */
  author: string;
  /** Why, in the words of whoever deployed. */
  note: string;
}

export interface RevisionInfo {
  number: number;
  /** Given when it was made. */
  note: string;
  author: string;
  createdAt: Date;
  live: boolean;
  /** Newest first; empty when it was never live. */
  intervals: LiveInterval[];
  /** What it changed against the revision before it; null for the oldest kept, or when one of both cannot be read. */
  changes: string[] | null;
}

export interface StoredRevision {
  number: number;
  note: string;
  author: string;
  createdAt: Date;
  definition: ApiDefinition;
}

/** A stored revision that no longer parses: nothing can be done with it but look at its text. */
export type Unreadable = { ok: false; kind: "unreadable" };

/** All kept revisions of an API, newest first; null when there is no such API. */
export async function listRevisions(apiId: string): Promise<RevisionInfo[] | null> {
  const api = await database().api.findUnique({
    where: { id: apiId },
    select: { revisions: { orderBy: { number: "desc" } }, deployments: { orderBy: { id: "asc" } } },
  });
  if (!api) return null;
  const intervals = new Map<number, LiveInterval[]>();
  api.deployments.forEach(({ revisionNumber, createdAt, author, note }, i) => {
    if (revisionNumber === null) return;
    const until = api.deployments[i + 1]?.createdAt ?? null;
    const own = intervals.get(revisionNumber) ?? [];
    intervals.set(revisionNumber, [{ since: createdAt, until, author, note }, ...own]);
  });
  const live = api.deployments.at(-1)?.revisionNumber ?? null;
  const read = api.revisions.map(({ definition }) => parseText(definition));
  return api.revisions.map(({ number, note, author, createdAt }, i) => {
    const [after, before] = [read[i], read[i + 1]];
    return {
      number,
      note,
      author,
      createdAt,
      live: number === live,
      intervals: intervals.get(number) ?? [],
      changes: after?.ok && before?.ok ? diff(before.definition, after.definition) : null,
    };
  });
}

/** One revision with its document; null when there is none of that number, "unreadable" when it does not parse. */
export async function getRevision(
  apiId: string,
  number: number,
): Promise<StoredRevision | "unreadable" | null> {
  const row = await database().revision.findUnique({ where: { apiId_number: { apiId, number } } });
  if (!row) return null;
  const parsed = parseText(row.definition);
  if (!parsed.ok) return "unreadable";
  const { note, author, createdAt } = row;
  return { number, note, author, createdAt, definition: parsed.definition };
}

/**
 * Deploys a revision that is there already, such as an older one to roll back to. The draft is untouched. What
 * could not be deployed today (a rule that came later, a secret that is gone) is refused with the reasons.
 */
export async function deployRevision(
  apiId: string,
  number: number,
  options: { by: Actor; note?: string },
): Promise<RevisionDeployed> {
  return deploying((tx) => deployRevisionIn(tx, apiId, number, options));
}

type RevisionDeployed = ({ ok: true; revision: number } & WentLive) | Invalid | Missing | Unreadable;

/** The same in a transaction of the caller's, which has to end where this throws: `deploying` says why. */
export async function deployRevisionIn(
  tx: Prisma.TransactionClient,
  apiId: string,
  number: number,
  { by, note = "" }: { by: Actor; note?: string },
): Promise<RevisionDeployed> {
  await lock(tx, `api:${apiId}`);
  const row = await tx.revision.findUnique({ where: { apiId_number: { apiId, number } } });
  if (!row) return { ok: false, kind: "missing" } as const;
  const parsed = parseText(row.definition);
  if (!parsed.ok) return { ok: false, kind: "unreadable" } as const;
  const { definition } = parsed;
  const problems = await inTheWay(tx, apiId, definition);
  if (problems.length > 0) return { ok: false, kind: "invalid", problems } as const;
  const newest = await tx.deployment.findFirst({ where: { apiId }, orderBy: { id: "desc" } });
  const served = await tx.deployment.count({ where: { apiId, revisionNumber: number } });
  const back = served > 0 && (newest?.revisionNumber ?? 0) > number;
  const words = back ? "Rolled back to" : "Deployed";
  await writeAudit(tx, by, "api.deploy", apiId, `${words} r${number} of ${titleOf(definition)}`);
  const wentLive = await goLive(tx, apiId, { ...row, definition }, by, note);
  return { ok: true, revision: number, ...wentLive } as const;
}

/** Copies a revision into the draft that started from `baseVersion`. What is live stays as it is. */
export async function restoreDraft(
  apiId: string,
  number: number,
  baseVersion: number,
  by: Actor,
): Promise<{ ok: true; draft: StoredDraft } | Invalid | Conflict | Stale | Missing | Unreadable> {
  const revision = await getRevision(apiId, number);
  if (revision === null) return { ok: false, kind: "missing" };
  if (revision === "unreadable") return { ok: false, kind: "unreadable" };
  return saveDraft(apiId, revision.definition, baseVersion, by);
}

/**
 * Makes the draft what it was before a save, and so undoes that save and all after it. That is a save like any other,
 * which can be undone too. What is live stays as it is.
 */
export async function bringBackDraft(
  apiId: string,
  earlierId: number,
  baseVersion: number,
  by: Actor,
): Promise<{ ok: true; draft: StoredDraft } | Invalid | Conflict | Stale | Missing> {
  const row = await database().earlierDraft.findFirst({ where: { id: earlierId, apiId } });
  if (!row) return { ok: false, kind: "missing" };
  const parsed = parseText(row.definition);
  if (!parsed.ok) return { ok: false, kind: "invalid", problems: parsed.problems };
  return saveDraft(apiId, parsed.definition, baseVersion, by);
}
