import { database } from "./db";
import type { Prisma } from "./generated/client";
import { containing } from "./searching";

/** Who makes a change. No id: the publisher itself, such as at its first start. */
export interface Actor {
  userId: string | null;
  username: string;
}

export interface AuditLine {
  id: number;
  at: Date;
  username: string;
  action: string;
  text: string;
}

/** Longest text of one entry, characters; a large edit is told by its beginning. */
const MAX_TEXT = 1_000;

/** Writes who did what. Called with the transaction of the change itself, so that neither is without the other. */
export async function writeAudit(
  tx: Pick<Prisma.TransactionClient, "auditEntry">,
  by: Actor,
  action: string,
  subject: string,
  text: string,
): Promise<void> {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
  await tx.auditEntry.create({
    data: { userId: by.userId, username: by.username, action, subject, text: short },
  });
}

/** Newest first; `search` looks into user, action and text. */
export async function listAudit(options: { search: string; page: number; pageSize: number }) {
  const { search, page, pageSize } = options;
  const where: Prisma.AuditEntryWhereInput = search
    ? {
        OR: [{ username: containing(search) }, { action: containing(search) }, { text: containing(search) }],
      }
    : {};
  const [total, entries] = await Promise.all([
    database().auditEntry.count({ where }),
    database().auditEntry.findMany({
      where,
      orderBy: { id: "desc" },
      skip: (page - 1) * pageSize,
      take: pageSize,
      select: { id: true, at: true, username: true, action: true, text: true },
    }),
  ]);
  return { total, entries: entries satisfies AuditLine[] };
}
