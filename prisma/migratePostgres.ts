import type { SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { shownDatabase } from "#lib/node/databaseUrl";
import { loadPostgres } from "./connect";
import {
  type AppliedRow,
  applyMigrations,
  compareMigrations,
  type MigrateResult,
  missingSql,
  writeMigration,
} from "./schemaEngine";

/** Brings a PostgreSQL database to the schema of this version. */

/** Any number that is ours: who holds it migrates. */
const LOCK = 5_843_072_451;
/** How long a start waits for another one that migrates the same database, ms. */
const LOCK_WAIT_MS = 60_000;
const OLDEST_VERSION = 15;

type Query = (sql: string, values?: unknown[]) => Promise<unknown[][]>;

/** Brings it up to the migrations folder; safe to call from several processes at once, on several machines. */
export async function migrateServer(databaseUrl: string): Promise<MigrateResult> {
  const shown = shownDatabase(databaseUrl);
  const { withConnection, migrationFactory } = await loadPostgres();
  try {
    return await withConnection(
      databaseUrl,
      async (query) => {
        const unfit = await unfitness(query, shown);
        if (unfit) return { ok: false, message: unfit };
        await query("SELECT pg_advisory_lock($1)", [LOCK]);
        return migrateThere(query, shown, migrationFactory(databaseUrl));
      },
      LOCK_WAIT_MS,
    );
  } catch (error) {
    return { ok: false, message: `The database ${shown} cannot be used: ${reasonOf(error)}.` };
  }
}

async function unfitness(query: Query, shown: string): Promise<string | null> {
  const [row = []] = await query(
    "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), pg_is_in_recovery()",
  );
  const [version, encoding, isStandby] = row as [number, string, boolean];
  if (version < OLDEST_VERSION * 10_000) {
    return `The server of ${shown} is PostgreSQL ${Math.floor(version / 10_000)}; Sluice needs ${OLDEST_VERSION} or newer.`;
  }
  if (encoding !== "UTF8") {
    return `The database ${shown} has the encoding ${encoding}; make one with UTF8 (createdb -E UTF8 -T template0).`;
  }
  if (isStandby)
    return `The server of ${shown} is a standby, which can only be read; DATABASE_URL must name the primary.`;
  return null;
}

/** Under the lock. */
async function migrateThere(
  query: Query,
  shown: string,
  factory: SqlMigrationAwareDriverAdapterFactory,
): Promise<MigrateResult> {
  const [[table] = []] = await query("SELECT to_regclass('_prisma_migrations') IS NOT NULL");
  const all = table
    ? await query(
        "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
      )
    : [];
  // One that failed left nothing but this row: a migration is one transaction here. Nobody else migrates now.
  const rows = all.filter(([, , finishedAt]) => finishedAt !== null);
  if (rows.length < all.length) await query("DELETE FROM _prisma_migrations WHERE finished_at IS NULL");
  const state = await compareMigrations("postgresql", rows as unknown as AppliedRow[], shown, (name) => name);
  if (!state.ok) return state;
  if (state.pending.length === 0) return { ok: true, applied: [] };
  try {
    const applied = await applyMigrations("postgresql", factory);
    if (state.isNew) return { ok: true, applied };
    return {
      ok: true,
      applied,
      hint: "Sluice makes no copy of a PostgreSQL database: make one with pg_dump.",
    };
  } catch (error) {
    return { ok: false, message: `The database ${shown} could not be migrated: ${reasonOf(error)}.` };
  }
}

/** SQL that the migrations of PostgreSQL lack to make what schema.prisma says; "" for none. `serverUrl`: as below. */
export async function missingOnServer(serverUrl: string): Promise<string> {
  const { migrationFactory } = await loadPostgres();
  return missingSql("postgresql", migrationFactory(serverUrl));
}

/**
 * Writes the migration of PostgreSQL that leads from the folder to the schema; returns what to say about it.
 * @param serverUrl a database on a server where others may be made and dropped
 */
export async function newServerMigration(serverUrl: string, name: string, now: Date): Promise<string> {
  const sql = await missingOnServer(serverUrl);
  if (!sql) return "The migrations of PostgreSQL already lead to schema.prisma.";
  // Sorted as SQLite sorts, by code points, wherever the database was made.
  const sorted = sql.replaceAll(/ TEXT\b/g, ' TEXT COLLATE "C"');
  return `Wrote ${await writeMigration("postgresql", name, now, sorted)}; read it before you commit it.`;
}

function reasonOf(error: unknown): string {
  const { code = "", message = String(error) } = error as { code?: string; message?: string };
  if (code === "ECONNREFUSED" || code === "ENOTFOUND") return `nothing answers there (${code})`;
  return (message.split("\n")[0] ?? message).trim().replace(/\.$/, "");
}
