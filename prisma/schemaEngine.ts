/**
 * Prisma's schema engine and the migrations that it applies.
 *
 * `prisma migrate deploy` needs a native engine that Prisma fetches from its own host at run time. The same engine
 * is published as WebAssembly on npm, so a start needs nothing but `npm ci`. It keeps Prisma's bookkeeping
 * (`_prisma_migrations`, checksums), so `prisma migrate` can take over on the same folder at any time.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import * as engineGlue from "@prisma/schema-engine-wasm/schema_engine_bg";
import type { Engine } from "#lib/node/databaseUrl";

/** Expected failures are values: `message` is one sentence that says what to do. `hint`: what to know besides. */
export type MigrateResult =
  | { ok: true; applied: string[]; backup?: string; hint?: string }
  | { ok: false; message: string };

/** One folder of `prisma/migrations/<engine>`. */
export type Migration = { name: string; sql: string; checksum: string };

/** Seen from here and from `build/`, where this is bundled. */
const PRISMA_FOLDER = fileURLToPath(new URL("../prisma", import.meta.url));
const NO_FILTERS = { externalTables: [], externalEnums: [] };

const folderOf = (engine: Engine) => join(PRISMA_FOLDER, "migrations", engine);
/** That of PostgreSQL is written by tools/prepare.mjs: the same but for the provider. */
const schemaOf = (engine: Engine) =>
  join(PRISMA_FOLDER, engine === "sqlite" ? "schema.prisma" : "generated/postgresql.prisma");
const lockfileOf = (engine: Engine) =>
  `# Written by prisma/schemaEngine.ts; belongs into version control.\nprovider = "${engine}"\n`;

/** All that there are for an engine, oldest first. */
export async function readMigrations(engine: Engine): Promise<Migration[]> {
  const folder = folderOf(engine);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/** What a database was told to have, compared with the folder. */
export type Comparison = { ok: true; pending: Migration[]; isNew: boolean } | { ok: false; message: string };

/** A row of `_prisma_migrations` that was not rolled back: name, checksum, when it was finished (null: it was not). */
export type AppliedRow = readonly [name: string, checksum: string, finishedAt: unknown];

/**
 * What is pending. @param shown the database in words
 * @param unfinished what to say of a migration that ended half-way
 */
export async function compareMigrations(
  engine: Engine,
  rows: readonly AppliedRow[],
  shown: string,
  unfinished: (name: string) => Promise<string> | string,
): Promise<Comparison> {
  const wanted = new Map((await readMigrations(engine)).map((migration) => [migration.name, migration]));
  for (const [name, checksum, finishedAt] of rows) {
    const migration = wanted.get(name);
    if (finishedAt === null) return { ok: false, message: await unfinished(name) };
    if (!migration) {
      return {
        ok: false,
        message: `The database ${shown} was written by a newer Sluice (it has the migration ${name}); use that version, or another DATABASE_URL.`,
      };
    }
    if (migration.checksum !== checksum) {
      return {
        ok: false,
        message: `The migration ${name} was edited after ${shown} had applied it; restore its migration.sql and write a new one with: npm run migration -- <name>.`,
      };
    }
    wanted.delete(name);
  }
  return { ok: true, pending: [...wanted.values()], isNew: rows.length === 0 };
}

/** Applies what is pending in a database; returns the names. */
export async function applyMigrations(
  engine: Engine,
  factory: SqlMigrationAwareDriverAdapterFactory,
): Promise<string[]> {
  const migrations = await readMigrations(engine);
  const { appliedMigrationNames } = await withEngine(engine, factory, async (schemaEngine) =>
    schemaEngine.applyMigrations({ migrationsList: listOf(engine, migrations), filters: NO_FILTERS }),
  );
  return appliedMigrationNames;
}

/** SQL that leads from what the migrations make to the schema; "" where they lead there already. */
export async function missingSql(
  engine: Engine,
  factory: SqlMigrationAwareDriverAdapterFactory,
): Promise<string> {
  const migrations = await readMigrations(engine);
  const file = schemaOf(engine);
  const content = await readFile(file, "utf8");
  const { stdout: sql, exitCode } = await withEngine(engine, factory, async (schemaEngine) =>
    schemaEngine.diff({
      from: { tag: "migrations", ...listOf(engine, migrations) },
      to: { tag: "schemaDatamodel", files: [{ path: file, content }] },
      script: true,
      exitCode: true,
      filters: NO_FILTERS,
    }),
  );
  return exitCode === 0 ? "" : (sql ?? "");
}

/** Writes a migration as `<time>_<name>/migration.sql`, the naming Prisma itself uses; returns its file. */
export async function writeMigration(engine: Engine, name: string, now: Date, sql: string): Promise<string> {
  const time = now.toISOString().replace(/\D/g, "").slice(0, 14);
  const file = join(
    folderOf(engine),
    `${time}_${name.toLowerCase().replace(/[^a-z0-9]+/g, "_")}`,
    "migration.sql",
  );
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, sql);
  await writeFile(join(folderOf(engine), "migration_lock.toml"), lockfileOf(engine));
  return file;
}

function listOf(engine: Engine, migrations: Migration[]): engineGlue.ApplyMigrationsInput["migrationsList"] {
  return {
    baseDir: folderOf(engine),
    lockfile: { path: "migration_lock.toml", content: lockfileOf(engine) },
    shadowDbInitScript: "",
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: "migration.sql", content: { tag: "ok", value: sql } },
    })),
  };
}

/** Loads the engine for one database; its connections are closed afterwards, whatever happens. */
async function withEngine<T>(
  engine: Engine,
  factory: SqlMigrationAwareDriverAdapterFactory,
  work: (schemaEngine: engineGlue.SchemaEngine) => Promise<T>,
): Promise<T> {
  const opened: SqlDriverAdapter[] = [];
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
  const file = schemaOf(engine);
  const schema = await readFile(file, "utf8");
  const schemaEngine = await engineGlue.SchemaEngine.new({ datamodels: [[file, schema]] }, () => {}, bound);
  try {
    return await work(schemaEngine);
  } catch (error) {
    // An error of the driver crosses WebAssembly as a number only.
    const id = /External error id#(\d+)/.exec(String(error))?.[1];
    throw (id && bound.errorRegistry.consumeError(Number(id))?.error) || error;
  } finally {
    schemaEngine.free();
    for (const adapter of opened) await adapter.dispose();
  }
}

/** The engine replays a whole migration on the shadow database as one statement, which drivers refuse. */
function acceptScripts(adapter: SqlDriverAdapter): SqlDriverAdapter {
  const executeRaw = adapter.executeRaw.bind(adapter);
  adapter.executeRaw = async (statement) => {
    if (statement.args.length > 0) return executeRaw(statement);
    await adapter.executeScript(statement.sql);
    return 0;
  };
  return adapter;
}

let loaded: Promise<void> | null = null;

/** Once: the package keeps views of the first memory that it was given. */
function loadEngine(): Promise<void> {
  loaded ??= load();
  return loaded;
}

/** The package's own entry imports the .wasm file as a module, which Node 20 cannot. */
async function load(): Promise<void> {
  const glue = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bytes = await readFile(join(dirname(glue), "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, {
    "./schema_engine_bg.js": engineGlue as unknown as WebAssembly.ModuleImports,
  });
  const { __wbg_set_wasm: setWasm } = engineGlue as unknown as { __wbg_set_wasm(exports: unknown): void };
  setWasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
}
