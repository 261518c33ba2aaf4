import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { sharedEnvironment } from "#lib/node/env";
import { PrismaClient } from "./generated/client";

/** How long a writer waits for another one, ms. The gateway only reads, so in practice nobody waits. */
const BUSY_TIMEOUT_MS = 5_000;

/** Where the database is, from `DATABASE_URL`. Relative paths start at the working directory. */
export function databaseUrl(): string {
  return sharedEnvironment().DATABASE_URL;
}

/**
 * A client of its own, for a process that opens and closes it itself. A missing file is an error rather
 * than a new empty database: only migrations make one.
 */
export function openDatabase(url: string, busyTimeoutMs = BUSY_TIMEOUT_MS): PrismaClient {
  return new PrismaClient({
    adapter: new PrismaBetterSqlite3({ url, timeout: busyTimeoutMs, fileMustExist: true }),
  });
}

const holder = globalThis as { sluiceDatabase?: PrismaClient };

/** The one client of this process. Kept on `globalThis`, because Next reloads modules while developing. */
export function database(): PrismaClient {
  holder.sluiceDatabase ??= openDatabase(databaseUrl());
  return holder.sluiceDatabase;
}
