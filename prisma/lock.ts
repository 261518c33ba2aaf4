import type { Prisma } from "./generated/client";

/**
 * Takes SQLite's write lock before anything is read, so that what is read holds until the end of the transaction: one
 * that looks first cannot write once another has. Nothing is written.
 */
export async function takeWriteLock(tx: Pick<Prisma.TransactionClient, "$executeRaw">): Promise<void> {
  await tx.$executeRaw`UPDATE "Api" SET "name" = "name" WHERE 0`;
}
