import { setTimeout as sleep } from "node:timers/promises";
import type {
  IsolationLevel,
  SqlDriverAdapter,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from "@prisma/driver-adapter-utils";
import { OwnTransaction } from "./ownTransaction";
import { holdsLog, identityOf, logOf, query, refuseNul } from "./sqlite";
import { type Fault, faultError, faultOf, words } from "./trouble";

/** How long a write, or a read, waits for somebody else who writes, ms. */
export const BUSY_WAIT_MS = 5_000;
/** Between two tries, ms, by chance more or less, so that of two processes each has its turn. */
const PAUSE_MS = 10;
/** After these SQLite may stay what it became, even when the cause has passed. */
const LASTING: ReadonlySet<Fault | null> = new Set([
  "readOnly",
  "failing",
  "damaged",
  "notOpened",
  "noDatabase",
]);
const READS = /^\s*(SELECT|WITH|EXPLAIN)\b/i;
/** Of which version a database is. */
const MIGRATIONS =
  "SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1";

interface Opened {
  adapter: SqlDriverAdapter;
  /** Which file this is. */
  file: string;
  /** Which file its log is. */
  log: string | null;
}

/**
 * The connection of a process that writes. Beyond the driver's it
 * - acknowledges nothing that went into a file which is no longer the one at its path, and opens the one there anew,
 * - is opened anew after an error that SQLite would not recover from,
 * - takes the write lock when a transaction begins: one that looks first cannot write once another process has,
 * - keeps a write outside of transactions out of one that is under way, which may be rolled back,
 * - waits for others without keeping the process from anything else.
 */
export class Connection implements SqlDriverAdapter {
  readonly provider = "sqlite";
  readonly adapterName = "sluice-sqlite";
  private opened: Opened | null = null;
  private opening: Promise<void> | null = null;
  private suspect = false;
  /** Nothing was written since such an error: before the next try it is opened anew, once more after reads. */
  private hasFailed = false;
  private inTransaction = false;
  private turn: Promise<unknown> = Promise.resolve();
  /** What was open before. */
  private last: Opened | null = null;
  /** Of what is open: another file must have the same. */
  private migrations = "";
  /** What the log of the process was told last; null when all is well. */
  private told: Fault | null = null;

  constructor(
    private readonly path: string,
    private readonly connect: () => Promise<SqlDriverAdapter>,
  ) {}

  async queryRaw(sql: SqlQuery): Promise<SqlResultSet> {
    refuseNul(sql);
    if (READS.test(sql.sql)) return patiently(() => this.use((adapter) => adapter.queryRaw(sql)));
    return this.write((adapter) => adapter.queryRaw(sql));
  }

  async executeRaw(sql: SqlQuery): Promise<number> {
    refuseNul(sql);
    return this.write((adapter) => adapter.executeRaw(sql));
  }

  executeScript(script: string): Promise<void> {
    return this.write((adapter) => adapter.executeScript(script));
  }

  async startTransaction(level?: IsolationLevel): Promise<Transaction> {
    if (level && level !== "SERIALIZABLE") throw new Error(`SQLite knows no isolation level ${level}.`);
    const since = performance.now();
    const release = await this.takeTurn();
    try {
      await patiently(() => this.use((adapter) => this.begin(adapter)), since);
    } catch (error) {
      release();
      throw error;
    }
    return new OwnTransaction(
      (work) => this.step(work),
      () => this.confirm(),
      (outcome) => {
        if (outcome === "committed") this.hasFailed = false;
        if (outcome === "unknown") this.suspect = true;
        this.inTransaction = false;
        release();
      },
    );
  }

  private async begin(adapter: SqlDriverAdapter): Promise<void> {
    this.inTransaction = true;
    try {
      await adapter.executeScript("BEGIN IMMEDIATE");
    } catch (error) {
      this.inTransaction = false;
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.opening?.catch(() => {});
    await this.close();
  }

  /** Alone, and acknowledged only if it is in the file that is at the path. */
  private async write<T>(work: (adapter: SqlDriverAdapter) => Promise<T>): Promise<T> {
    const since = performance.now();
    const release = await this.takeTurn();
    try {
      const result = await patiently(() => this.use(work), since);
      this.confirm();
      this.hasFailed = false;
      return result;
    } finally {
      release();
    }
  }

  /** To write; the next one's turn begins when the returned function is called. */
  private async takeTurn(): Promise<() => void> {
    const before = this.turn;
    let release = () => {};
    this.turn = new Promise<void>((resolve) => {
      release = resolve;
    });
    await before;
    if (this.hasFailed) this.suspect = true;
    return release;
  }

  /** Has the file at the path worked on. */
  private async use<T>(work: (adapter: SqlDriverAdapter) => Promise<T>): Promise<T> {
    while (!this.isCurrent()) await this.openAnew();
    return this.step(work);
  }

  /** One that is under way is not taken away. */
  private isCurrent(): boolean {
    if (this.inTransaction) this.confirm();
    else if (this.suspect || identityOf(this.path) !== this.opened?.file) return false;
    return this.opened !== null;
  }

  private async step<T>(work: (adapter: SqlDriverAdapter) => Promise<T>): Promise<T> {
    try {
      if (!this.opened) throw faultError("replaced");
      return await work(this.opened.adapter);
    } catch (error) {
      if (LASTING.has(faultOf(error))) this.suspect = this.hasFailed = true;
      throw error;
    }
  }

  /** Throws if the open file is not the one at the path. */
  private confirm(): void {
    const there = identityOf(this.path);
    if (there !== this.opened?.file) throw faultError(there === null ? "gone" : "replaced");
  }

  private openAnew(): Promise<void> {
    this.opening ??= this.open().finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  private async open(): Promise<void> {
    const file = identityOf(this.path);
    if (this.opened && this.opened.file !== file) await emptyLog(this.opened.adapter);
    await this.close();
    if (file === null) throw this.tell("gone");
    const isOther = this.last !== null && this.last.file !== file;
    if (isOther && holdsLog(this.path, this.last?.log ?? null)) throw this.tell("foreignLog");
    const adapter = await this.connect().catch((error) => this.refuse(error, isOther));
    try {
      const migrations = await migrationsOf(adapter).catch((error) => this.refuse(error, isOther));
      if (isOther && migrations !== this.migrations) throw this.tell("foreign");
      this.migrations = migrations;
      // Replaced between the two looks, it is opened anew by the next one.
      this.opened = this.last = { adapter, file, log: identityOf(logOf(this.path)) };
      this.suspect = false;
    } catch (error) {
      await adapter.dispose();
      throw error;
    }
    if (isOther) console.log(`Another database is at ${this.path} now. It is used from now on.`);
    else if (this.told) console.log(`The database ${this.path} is there again.`);
    this.told = null;
  }

  /** What cannot be read at all is none of ours, if it is not what was there before. */
  private refuse(error: unknown, isOther: boolean): never {
    if (isOther && faultOf(error) === "noDatabase") throw this.tell("foreign");
    throw error;
  }

  /** Says it once. */
  private tell(fault: Fault): Error {
    if (this.told !== fault) console.error(`${this.path}: ${words(fault)}`);
    this.told = fault;
    return faultError(fault);
  }

  private async close(): Promise<void> {
    const closing = this.opened;
    this.opened = null;
    await closing?.adapter.dispose();
  }
}

/** Empty for one that has never been migrated. */
async function migrationsOf(adapter: SqlDriverAdapter): Promise<string> {
  const [table] = await query(adapter, "SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'");
  return table ? JSON.stringify(await query(adapter, MIGRATIONS)) : "";
}

/**
 * What lies in the log of a file that was moved away goes into that file: it is whole then, and the log does not destroy
 * the one which is at its path now.
 */
async function emptyLog(adapter: SqlDriverAdapter): Promise<void> {
  try {
    await query(adapter, "PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // It is damaged itself, or cannot be written.
  }
}

/** Tries again while somebody else has the database, without keeping this process from anything else. */
async function patiently<T>(work: () => Promise<T>, since = performance.now()): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (faultOf(error) !== "busy" || performance.now() - since > BUSY_WAIT_MS) throw error;
      await sleep(PAUSE_MS * (0.5 + Math.random()));
    }
  }
}
