import { usesPostgres } from "#lib/node/env";
import type { Prisma, PrismaClient } from "./generated/client";

/** Reads that belong together: all of them see the same state, whatever is committed between one and the next. */
export function atOnce<P extends Prisma.PrismaPromise<unknown>[]>(db: PrismaClient, reads: [...P]) {
  // SQLite's transactions see one state anyway, and its client knows no other level.
  const level = "RepeatableRead" as Prisma.TransactionIsolationLevel;
  return usesPostgres() ? db.$transaction(reads, { isolationLevel: level }) : db.$transaction(reads);
}
