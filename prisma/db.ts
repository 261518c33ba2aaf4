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
 * A client that writes, of its own, for a process that opens and closes it itself. What it has written is on the disk
 * when it says so. A missing file is an error rather than a new empty database: only migrations make one.
 */
export function openDatabase(url: string): PrismaClient {
  return new PrismaClient({ adapter: new SyncedSqlite(options(url, BUSY_TIMEOUT_MS)) });
}

/** One that only reads. `busyTimeoutMs`: how long it waits for a locked database. */
export function openToRead(url: string, busyTimeoutMs: number): PrismaClient {
  return new PrismaClient({ adapter: new PrismaBetterSqlite3(options(url, busyTimeoutMs)) });
}

const options = (url: string, timeout: number) => ({ url, timeout, fileMustExist: true });

/**
 * With a write-ahead log SQLite syncs at checkpoints only unless it is told to: a power cut took 20 deployments that
 * had been answered (docs/measured.md section 3 has what a save costs).
 */
class SyncedSqlite extends PrismaBetterSqlite3 {
  override async connect(): ReturnType<PrismaBetterSqlite3["connect"]> {
    const connection = await super.connect();
    try {
      await connection.executeScript("PRAGMA synchronous = FULL");
      return connection;
    } catch (error) {
      await connection.dispose();
      throw error;
    }
  }
}

const holder = globalThis as { sluiceDatabase?: PrismaClient };

/** The one client of this process. Kept on `globalThis`, because Next reloads modules while developing. */
export function database(): PrismaClient {
  holder.sluiceDatabase ??= openDatabase(databaseUrl());
  return holder.sluiceDatabase;
}
