/** Brings a database to the schema of this version: a SQLite file here, a PostgreSQL server in migratePostgres.ts. */
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { engineOf } from "#lib/node/databaseUrl";
import { putInPlace, removeWhole } from "./backup";
import { BesideReaders } from "./besideReaders";
import { migrateServer } from "./migratePostgres";
import {
  type AppliedRow,
  applyMigrations,
  type Comparison,
  compareMigrations,
  type MigrateResult,
  missingSql,
  writeMigration,
} from "./schemaEngine";
import { databaseFile, query, quoted, run, withDatabase } from "./sqlite";
import { faultOf } from "./trouble";

/** Between the names of a database and of the migration that a copy of it was made before. */
const BEFORE = ".before-";
/** How long a start waits for another one that migrates the same file, or for a writer. */
const LOCK_WAIT_MS = 60_000;

/** Brings the database up to the migrations folder; safe to call from several processes at once. */
export async function migrate(databaseUrl: string): Promise<MigrateResult> {
  if (engineOf(databaseUrl) === "postgresql") return migrateServer(databaseUrl);
  const file = databaseFile(databaseUrl);
  if (!file) return { ok: false, message: `DATABASE_URL must name a file, like file:./data/sluice.db.` };
  try {
    await mkdir(dirname(file), { recursive: true });
    if (!(await isMade(file))) return await withLock(file, () => makeNew(file));
    const before = await compare(file);
    if (!before.ok || before.pending.length === 0) return before.ok ? { ok: true, applied: [] } : before;
    // Whoever held the lock may have done the work meanwhile.
    return await withLock(file, () => migrateThere(file));
  } catch (error) {
    const what = (await isMade(file)) ? "cannot be opened" : "could not be made";
    return { ok: false, message: `The database ${file} ${what}: ${reason(error)}.` };
  }
}

/** A file of 0 bytes is none: SQLite leaves it where nothing more could be written. */
async function isMade(file: string): Promise<boolean> {
  return stat(file).then(
    ({ size }) => size > 0,
    () => false,
  );
}

/** Made beside its place and moved there whole: a first start that fails leaves nothing that the next one stumbles over. */
async function makeNew(file: string): Promise<MigrateResult> {
  // Whoever held the lock may have made it meanwhile.
  if (await isMade(file)) return migrateThere(file);
  const unfinished = `${file}.unfinished`;
  try {
    await removeWhole(unfinished);
    const applied = await apply(unfinished);
    await putInPlace(unfinished, file);
    return { ok: true, applied };
  } catch (error) {
    await removeWhole(unfinished);
    return { ok: false, message: `The database ${file} could not be made: ${reason(error)}.` };
  }
}

/** Under the lock. */
async function migrateThere(file: string): Promise<MigrateResult> {
  const state = await compare(file);
  if (!state.ok) return state;
  return state.pending.length === 0 ? { ok: true, applied: [] } : applyPending(file, state);
}

/** Compares folder and database in plain SQL: the engine takes 150 ms to load, and mostly nothing is pending. */
async function compare(file: string): Promise<Comparison> {
  const rows = await withDatabase(file, LOCK_WAIT_MS, async (database) => {
    const table = await query(database, "SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'");
    if (table.length === 0) return [];
    return query(
      database,
      "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
    );
  });
  return compareMigrations("sqlite", rows as unknown as AppliedRow[], file, (name) =>
    failedEarlier(file, name),
  );
}

async function applyPending(
  file: string,
  { pending, isNew }: Extract<Comparison, { ok: true }>,
): Promise<MigrateResult> {
  const backup = isNew ? undefined : `${file}${BEFORE}${pending[0]?.name ?? ""}`;
  if (backup) {
    try {
      await rm(backup, { force: true });
      await withDatabase(file, LOCK_WAIT_MS, (database) => run(database, `VACUUM INTO ${quoted(backup)}`));
    } catch (error) {
      await rm(backup, { force: true });
      const message = `The database ${file} could not be copied before it is migrated: ${reason(error)}. Nothing was changed.`;
      return { ok: false, message };
    }
  }
  try {
    const applied = await apply(file);
    if (!isNew) await mend(file);
    return { ok: true, applied, backup };
  } catch (error) {
    const way = backup ? ` The data as it was before is in ${backup}: npx sluice restore ${backup}` : "";
    return { ok: false, message: `The database ${file} could not be migrated: ${reason(error)}.${way}` };
  }
}

/** Applies what is pending; returns the names. */
async function apply(file: string): Promise<string[]> {
  const names = await applyMigrations("sqlite", new BesideReaders(file));
  // Kept in the file: readers (the gateway) and the writer (the publisher) do not block each other.
  await withDatabase(file, LOCK_WAIT_MS, (database) => run(database, "PRAGMA journal_mode = WAL"));
  return names;
}

/** What SQL cannot fill in. The client is loaded only here: most starts have nothing to migrate. */
async function mend(file: string): Promise<void> {
  const [{ openDatabase }, { mendLive }] = await Promise.all([import("./db"), import("./liveMending")]);
  const client = openDatabase(`file:${file}`);
  try {
    await mendLive(client);
  } finally {
    await client.$disconnect();
  }
}

/** The copy has the name of the first migration of its start; a later one may be the one that failed. */
async function failedEarlier(file: string, name: string): Promise<string> {
  const begin = `${basename(file)}${BEFORE}`;
  const copies = (await readdir(dirname(file))).filter(
    (copy) => copy.startsWith(begin) && copy.slice(begin.length) <= name,
  );
  const copy = copies.sort().at(-1);
  const way = copy
    ? `put back the data as it was before (npx sluice restore ${join(dirname(file), copy)})`
    : "restore a backup (npx sluice restore FILE)";
  return `The migration ${name} failed half-way on ${file}; ${way} and start again. If its data may go: delete the file and begin anew (npm start -- --new).`;
}

/** An empty SQLite file beside the database serves as lock: unlike a pid file, the system lets go of it after a crash. */
async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  return withDatabase(`${file}.migrate-lock`, LOCK_WAIT_MS, async (lock) => {
    await run(lock, "BEGIN EXCLUSIVE");
    return work();
  });
}

/** One line without the engine's internal stack and without a full stop. */
function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (faultOf(error) === "busy") {
    return "another program writes to it; stop the publisher, then start again";
  }
  if (/schema is not empty/.test(text)) return "it holds other tables; set DATABASE_URL to another file";
  return (text.split("\n")[0] ?? text).trim().replace(/\.$/, "");
}

/** SQL that the migrations of SQLite lack to make what schema.prisma says; "" for none. */
export function missingInMigrations(): Promise<string> {
  return missingSql("sqlite", new PrismaBetterSqlite3({ url: ":memory:", timeout: 5_000 }));
}

/**
 * Writes the migration of SQLite that leads from the folder to schema.prisma; returns what to say about it.
 * @param now goes into its name
 */
export async function newMigration(name: string, now: Date): Promise<string> {
  const sql = await missingInMigrations();
  if (!sql) return "The migrations of SQLite already lead to schema.prisma.";
  return `Wrote ${await writeMigration("sqlite", name, now, sql)}; read it before you commit it.`;
}
