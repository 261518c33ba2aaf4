import { type ApiDefinition, fromForms } from "#lib/edit/api";
import { parseGiven } from "#lib/schemas/definition";
import { diff } from "#lib/tell/diff";
import { asConflict } from "./apis";
import { type Actor, writeAudit } from "./audit";
import { database } from "./db";
import {
  columns,
  parseText,
  refuseNewer,
  type Stale,
  type StoredDraft,
  storedText,
  titleOf,
  toDraft,
} from "./documents";
import type { Prisma } from "./generated/client";
import { lock } from "./lock";
import type { Conflict, Invalid, Missing } from "./refusals";
import { storeSecrets } from "./sealedSecrets";

/** Earlier drafts that are kept of an API; fewer of one that is large. */
const KEPT = 20;
const KEPT_LARGE = 3;
/** Characters of a document. */
const LARGE = 1024 * 1024;
/** Characters of what is told about one save. */
const MAX_CHANGES = 2_000;

/** A draft that a save replaced. */
export interface EarlierDraft {
  id: number;
  /** Of the save that replaced it. */
  at: Date;
  author: string;
  /** What that save changed. */
  changes: string[];
}

/** Keeps a draft that is about to be replaced, so that the save can be undone. */
export async function keepDraft(
  tx: Prisma.TransactionClient,
  apiId: string,
  definition: string,
  by: Actor,
  changes: readonly string[],
): Promise<void> {
  const text = changes.join("\n").slice(0, MAX_CHANGES);
  await tx.earlierDraft.create({ data: { apiId, definition, author: by.username, changes: text } });
  const oldest = await tx.earlierDraft.findFirst({
    where: { apiId },
    orderBy: { id: "desc" },
    skip: definition.length > LARGE ? KEPT_LARGE : KEPT,
    select: { id: true },
  });
  if (oldest) await tx.earlierDraft.deleteMany({ where: { apiId, id: { lte: oldest.id } } });
}

/** The newest first. */
export async function listEarlierDrafts(apiId: string): Promise<EarlierDraft[]> {
  const rows = await database().earlierDraft.findMany({
    where: { apiId },
    orderBy: { id: "desc" },
    select: { id: true, createdAt: true, author: true, changes: true },
  });
  return rows.map(({ id, createdAt, author, changes }) => ({
    id,
    at: createdAt,
    author,
    changes: changes === "" ? [] : changes.split("\n"),
  }));
}

type Saved = { ok: true; draft: StoredDraft } | Invalid | Conflict | Stale | Missing;

/** Saves a draft that started from `baseVersion`. From forms comes only what those edit (`forForms`). */
export async function saveDraft(
  id: string,
  input: unknown,
  baseVersion: number,
  by: Actor,
  options: { forms?: boolean } = {},
): Promise<Saved> {
  const parsed = parseGiven(input);
  if (!parsed.ok) return { ok: false, kind: "invalid", problems: parsed.problems };
  const { definition } = parsed;
  try {
    return await database().$transaction((tx) => saveDraftIn(tx, id, definition, baseVersion, by, options));
  } catch (error) {
    return await asConflict(error, definition, id);
  }
}

/** The same in a transaction of the caller's, which has to end where this throws: `asConflict` says why. */
export async function saveDraftIn(
  tx: Prisma.TransactionClient,
  id: string,
  given: ApiDefinition,
  baseVersion: number,
  by: Actor,
  options: { forms?: boolean } = {},
): Promise<Saved> {
  await lock(tx, `api:${id}`);
  const stored = await tx.api.findUnique({ where: { id } });
  if (!stored) return { ok: false, kind: "missing" };
  refuseNewer(stored.draft, titleOf(stored));
  const definition = options.forms ? fromForms(given, toDraft(stored).definition) : given;
  const text = storedText(definition);
  // A save that changes nothing makes nobody else's page stale.
  if (stored.draft === text && stored.draftVersion === baseVersion)
    return { ok: true, draft: toDraft(stored) };
  if (stored.draftVersion !== baseVersion) return { ok: false, kind: "stale", theirs: toDraft(stored) };
  const named = await storeSecrets(tx, id, definition);
  if (!named.ok) return { ok: false, kind: "invalid", problems: named.problems };
  // One statement: whether the version still matches is decided where it is written.
  const { count } = await tx.api.updateMany({
    where: { id, draftVersion: baseVersion },
    data: { ...columns(named.definition), draftVersion: baseVersion + 1 },
  });
  if (count === 0) return { ok: false, kind: "stale", theirs: toDraft(stored) };
  const before = parseText(stored.draft);
  const changes = before.ok ? diff(before.definition, named.definition) : [];
  await keepDraft(tx, id, stored.draft, by, changes);
  const words = changes.length > 0 ? `: ${changes.join("; ")}` : "";
  await writeAudit(tx, by, "api.save", id, `Saved ${titleOf(definition)}${words}`);
  const row = await tx.api.findUniqueOrThrow({ where: { id } });
  return { ok: true, draft: toDraft(row) };
}
