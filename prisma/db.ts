import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { shownDatabase } from "#lib/node/databaseUrl";
import { sharedEnvironment, usesPostgres } from "#lib/node/env";
import { BUSY_WAIT_MS, Connection } from "./connection";
import { PrismaClient } from "./generated/client";
import { pathOf } from "./sqlite";
import { troubleOf } from "./trouble";

/** How long the driver itself waits for another writer, ms: nothing else happens in the process meanwhile. */
const DRIVER_WAIT_MS = 20;
/** How long a transaction may wait until it begins, and may take, ms. */
const transactionOptions = { maxWait: 3 * BUSY_WAIT_MS, timeout: 2 * BUSY_WAIT_MS };

/** Where the database is, from `DATABASE_URL`. A file's relative paths start at the working directory. */
export function databaseUrl(): string {
  return sharedEnvironment().DATABASE_URL;
}

/**
 * A client that writes, of its own, for a process that opens and closes it itself. What it has written is on the disk,
 * in the file at that path, when it says so. A missing file is an error rather than a new empty database: only
 * migrations make one.
 */
export function openDatabase(url: string): PrismaClient {
  return new PrismaClient({ adapter: new Writer(options(url, DRIVER_WAIT_MS)), transactionOptions });
}

/** One that only reads. `busyTimeoutMs`: how long it waits for a locked database. */
export function openToRead(url: string, busyTimeoutMs: number): PrismaClient {
  return new PrismaClient({ adapter: new PrismaBetterSqlite3(options(url, busyTimeoutMs)) });
}

const options = (url: string, timeout: number) => ({ url, timeout, fileMustExist: true });

class Writer extends PrismaBetterSqlite3 {
  constructor(private readonly given: ReturnType<typeof options>) {
    super(given);
  }

  override async connect(): ReturnType<PrismaBetterSqlite3["connect"]> {
    return new Connection(pathOf(this.given.url), () => this.synced());
  }

  /**
   * With a write-ahead log SQLite syncs at checkpoints only unless it is told to: a power cut took 20 deployments that
   * had been answered (docs/measured.md section 3 has what a save costs).
   */
  private async synced(): ReturnType<PrismaBetterSqlite3["connect"]> {
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

/**
 * The one client of this process. Kept on `globalThis`, because Next reloads modules while developing. SQLite is opened
 * by whoever asks first; PostgreSQL when the process starts (connect.ts).
 */
export function database(): PrismaClient {
  if (!holder.sluiceDatabase && usesPostgres()) throw new Error("Nobody has opened the database yet.");
  holder.sluiceDatabase ??= openDatabase(databaseUrl());
  return holder.sluiceDatabase;
}

/** Makes this client the one that `database()` hands out. */
export function keepDatabase(client: PrismaClient): void {
  holder.sluiceDatabase = client;
}

/**
 * Has what becomes of the database be noticed, and said in the log, also while nobody asks for anything. Of a file the
 * connection says it (connection.ts), of a server this does.
 */
export function watchDatabase(everyMs: number): void {
  let told: string | null = null;
  let isAsking = false;
  const shown = shownDatabase(databaseUrl());
  const look = async () => {
    if (isAsking) return;
    isAsking = true;
    const trouble = await database().$queryRaw`SELECT 1`.then(() => null, troubleOf);
    isAsking = false;
    if (!usesPostgres() || (trouble?.message ?? null) === told) return;
    if (trouble) console.error(`${shown}: ${trouble.message}`);
    else console.log(`The database ${shown} is there again.`);
    told = trouble?.message ?? null;
  };
  setInterval(() => void look(), everyMs).unref();
}
