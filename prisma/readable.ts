import type { Newest } from "#lib/feed";
import type { PrismaClient } from "./generated/client";
import { faultOf, isNotMigrated, words } from "./trouble";

/** A database as a gateway has it open: readableFile.ts, readableServer.ts. */
export interface Readable {
  /** The newest generation now; opens what is not open. Throws a sentence. */
  newest(): Promise<Newest>;
  /** Reads what is open. Throws a sentence; after that it is opened anew. */
  reading<T>(read: (db: PrismaClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export const notMigrated =
  "It has not the tables of this version: a publisher of this version makes them at its start.";

/** The reason without Prisma's many lines around it. */
export function sentenceOf(error: unknown): string {
  // Prisma's name for SQLITE_BUSY says nothing of a lock.
  const fault = faultOf(error);
  if (fault === "busy") return "It is locked by another process.";
  if (fault === "unreachable") return words(fault);
  if (isNotMigrated(error)) return notMigrated;
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split("\n").at(-1)?.trim() || "unknown error";
}
