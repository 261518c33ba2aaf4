import type { Actor } from "./audit";
import { database } from "./db";
import type { Prisma } from "./generated/client";

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
