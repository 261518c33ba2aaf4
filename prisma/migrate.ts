/**
 * Applies `prisma/migrations` without a download.
 *
 * `prisma migrate deploy` needs a native engine that Prisma fetches from its own host at run time. The same engine
 * is published as WebAssembly on npm, so a start needs nothing but `npm ci`. It keeps Prisma's bookkeeping
 * (`_prisma_migrations`, checksums), so `prisma migrate` can take over on the same folder at any time.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { bindMigrationAwareSqlAdapterFactory, type SqlDriverAdapter } from "@prisma/driver-adapter-utils";
import * as engineGlue from "@prisma/schema-engine-wasm/schema_engine_bg";
import { putInPlace, removeWhole } from "./backup";
import { databaseFile, query, quoted, run, withDatabase } from "./sqlite";
import { faultOf } from "./trouble";

/** Expected failures are values: `message` is one sentence that says what to do. */
export type MigrateResult = { ok: true; applied: string[]; backup?: string } | { ok: false; message: string };

type Migration = { name: string; sql: string; checksum: string };

/** Seen from here and from `build/`, where this is bundled. */
const PRISMA_FOLDER = fileURLToPath(new URL("../prisma", import.meta.url));
const MIGRATIONS_FOLDER = join(PRISMA_FOLDER, "migrations");
const SCHEMA_FILE = join(PRISMA_FOLDER, "schema.prisma");
const LOCKFILE_TEXT = '# Written by prisma/migrate.ts; belongs into version control.\nprovider = "sqlite"\n';
/** Between the names of a database and of the migration that a copy of it was made before. */
const BEFORE = ".before-";
const NO_FILTERS = { externalTables: [], externalEnums: [] };
/** How long a start waits for another one that migrates the same file, or for a writer. */
const LOCK_WAIT_MS = 60_000;

/** Brings the database up to the migrations folder; safe to call from several processes at once. */
export async function migrate(databaseUrl: string): Promise<MigrateResult> {
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

type Comparison = { ok: true; pending: Migration[]; isNew: boolean } | { ok: false; message: string };

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
    const applied = await applyMigrations(unfinished);
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
  const folder = await readMigrations();
  const rows = await withDatabase(file, LOCK_WAIT_MS, async (database) => {
    const table = await query(database, "SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'");
    if (table.length === 0) return [];
    return query(
      database,
      "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
    );
  });
  const wanted = new Map(folder.map((migration) => [migration.name, migration]));
  for (const [name, checksum, finishedAt] of rows as [string, string, unknown][]) {
    const migration = wanted.get(name);
    if (finishedAt === null) {
      return { ok: false, message: await failedEarlier(file, name) };
    }
    if (!migration) {
      return {
        ok: false,
        message: `The database ${file} was written by a newer Sluice (it has the migration ${name}); use that version, or another DATABASE_URL.`,
      };
    }
    if (migration.checksum !== checksum) {
      return {
        ok: false,
        message: `The migration ${name} was edited after ${file} had applied it; restore its migration.sql and write a new one with: npm run migration -- <name>.`,
      };
    }
    wanted.delete(name);
  }
  return { ok: true, pending: [...wanted.values()], isNew: rows.length === 0 };
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
    return { ok: true, applied: await applyMigrations(file), backup };
  } catch (error) {
    const way = backup ? ` The data as it was before is in ${backup}: npx sluice restore ${backup}` : "";
    return { ok: false, message: `The database ${file} could not be migrated: ${reason(error)}.${way}` };
  }
}

/** Applies what is pending; returns the names. */
async function applyMigrations(file: string): Promise<string[]> {
  const { appliedMigrationNames } = await withEngine(`file:${file}`, async (engine) =>
    engine.applyMigrations({ migrationsList: migrationsList(await readMigrations()), filters: NO_FILTERS }),
  );
  // Kept in the file: readers (the gateway) and the writer (the publisher) do not block each other.
  await withDatabase(file, LOCK_WAIT_MS, (database) => run(database, "PRAGMA journal_mode = WAL"));
  return appliedMigrationNames;
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

async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(MIGRATIONS_FOLDER, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(MIGRATIONS_FOLDER, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

function migrationsList(migrations: Migration[]): engineGlue.ApplyMigrationsInput["migrationsList"] {
  return {
    baseDir: MIGRATIONS_FOLDER,
    lockfile: { path: "migration_lock.toml", content: LOCKFILE_TEXT },
    shadowDbInitScript: "",
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: "migration.sql", content: { tag: "ok", value: sql } },
    })),
  };
}

/** Loads Prisma's schema engine for one database; its connections are closed afterwards, whatever happens. */
async function withEngine<T>(url: string, work: (engine: engineGlue.SchemaEngine) => Promise<T>): Promise<T> {
  const opened: SqlDriverAdapter[] = [];
  const factory = new PrismaBetterSqlite3({ url, timeout: 5_000 });
  const bound = bindMigrationAwareSqlAdapterFactory({
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => track(await factory.connect()),
    connectToShadowDb: async () => track(acceptScripts(await factory.connectToShadowDb())),
  });
  function track(adapter: SqlDriverAdapter): SqlDriverAdapter {
    opened.push(adapter);
    return adapter;
  }
  await loadEngine();
  const schema = await readFile(SCHEMA_FILE, "utf8");
  const engine = await engineGlue.SchemaEngine.new({ datamodels: [[SCHEMA_FILE, schema]] }, () => {}, bound);
  try {
    return await work(engine);
  } catch (error) {
    // An error of the driver crosses WebAssembly as a number only.
    const id = /External error id#(\d+)/.exec(String(error))?.[1];
    throw (id && bound.errorRegistry.consumeError(Number(id))?.error) || error;
  } finally {
    engine.free();
    for (const adapter of opened) await adapter.dispose();
  }
}

/** The engine replays a whole migration on the shadow database as one statement, which this driver refuses. */
function acceptScripts(adapter: SqlDriverAdapter): SqlDriverAdapter {
  const executeRaw = adapter.executeRaw.bind(adapter);
  adapter.executeRaw = async (statement) => {
    if (statement.args.length > 0) return executeRaw(statement);
    await adapter.executeScript(statement.sql);
    return 0;
  };
  return adapter;
}

/** The package's own entry imports the .wasm file as a module, which Node 20 cannot. */
async function loadEngine(): Promise<void> {
  const glue = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bytes = await readFile(join(dirname(glue), "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, {
    "./schema_engine_bg.js": engineGlue as unknown as WebAssembly.ModuleImports,
  });
  const { __wbg_set_wasm: setWasm } = engineGlue as unknown as { __wbg_set_wasm(exports: unknown): void };
  setWasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
}

/** One line without the engine's internal stack and without a full stop. */
function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (faultOf(error) === "busy") {
    return "another program is using it; stop the gateway and the publisher, then start again";
  }
  if (/schema is not empty/.test(text)) return "it holds other tables; set DATABASE_URL to another file";
  return (text.split("\n")[0] ?? text).trim().replace(/\.$/, "");
}

/**
 * Writes the migration that leads from the folder to schema.prisma, as `<UTC time>_<name>/migration.sql`, the naming
 * Prisma itself uses; returns what to say about it.
 */
export async function newMigration(name: string): Promise<string> {
  const schema = await readFile(SCHEMA_FILE, "utf8");
  const { stdout: sql, exitCode } = await withEngine(":memory:", async (engine) =>
    engine.diff({
      from: { tag: "migrations", ...migrationsList(await readMigrations()) },
      to: { tag: "schemaDatamodel", files: [{ path: SCHEMA_FILE, content: schema }] },
      script: true,
      exitCode: true,
      filters: NO_FILTERS,
    }),
  );
  if (!sql || exitCode === 0) return "The migrations already lead to schema.prisma: nothing to write.";
  const time = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const folder = join(MIGRATIONS_FOLDER, `${time}_${name.toLowerCase().replace(/[^a-z0-9]+/g, "_")}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "migration.sql"), sql);
  await writeFile(join(MIGRATIONS_FOLDER, "migration_lock.toml"), LOCKFILE_TEXT);
  return `Wrote ${folder}/migration.sql; read it before you commit it.`;
}
