import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";

/** How long a statement of a migration waits for a writer, ms. */
const WAIT_MS = 5_000;

/** What the schema engine asks for first, so that nobody else has the file open. */
const ALONE = /^PRAGMA main\.locking_mode\b/i;
/** Of a migration that makes a table anew: no row may be deleted because its parent's table is. */
const WITHOUT_REFERENCES = /^PRAGMA foreign_keys\s*=\s*OFF\b/im;

/**
 * Prisma's way to a SQLite file, for the schema engine, beside gateways that read it: those serve on while it is
 * migrated. Others who migrate are kept out by a lock of our own (migrate.ts), and each migration is one transaction, so
 * that readers see the schema from before or the one after, and writers lose nothing between two statements.
 */
export class BesideReaders extends PrismaBetterSqlite3 {
  constructor(file: string) {
    super({ url: `file:${file}`, timeout: WAIT_MS });
  }

  override async connect(): ReturnType<PrismaBetterSqlite3["connect"]> {
    const adapter = await super.connect();
    const [script, carryOut] = [adapter.executeScript.bind(adapter), adapter.executeRaw.bind(adapter)];
    // The driver throws at once instead of rejecting.
    const run = async (text: string) => script(text);
    adapter.executeRaw = async (query) => (ALONE.test(query.sql) ? 0 : carryOut(query));
    adapter.executeScript = async (text) => {
      // Has no effect once the transaction has begun.
      const references = WITHOUT_REFERENCES.test(text) ? ["OFF", "ON"] : [];
      const [off, on] = references.map((how) => `PRAGMA foreign_keys=${how}`);
      if (off) await run(off);
      try {
        await run(`BEGIN IMMEDIATE;\n${text}\n;COMMIT`);
      } catch (error) {
        // A full disk has ended it already.
        await run("ROLLBACK").catch(() => {});
        throw error;
      } finally {
        if (on) await run(on);
      }
    };
    return adapter;
  }
}
