import type { SqlDriverAdapter, SqlQuery, SqlResultSet, Transaction } from "@prisma/driver-adapter-utils";
import { refuseNul } from "./sqlite";

const plain = (sql: string): SqlQuery => ({ sql, args: [], argTypes: [] });

/** A transaction of the connection of a process that writes (connection.ts). */
export class OwnTransaction implements Transaction {
  readonly provider = "sqlite";
  readonly adapterName = "sluice-sqlite";
  /** Prisma sends COMMIT and ROLLBACK itself. */
  readonly options = { usePhantomQuery: false };
  private isOver = false;

  constructor(
    private readonly step: <T>(work: (adapter: SqlDriverAdapter) => Promise<T>) => Promise<T>,
    private readonly confirm: () => void,
    /** "unknown": SQLite may be in the transaction still. */
    private readonly end: (outcome: "committed" | "rolledBack" | "unknown") => void,
  ) {}

  async queryRaw(sql: SqlQuery): Promise<SqlResultSet> {
    refuseNul(sql);
    return this.step((adapter) => adapter.queryRaw(sql));
  }

  async executeRaw(sql: SqlQuery): Promise<number> {
    refuseNul(sql);
    const isCommit = sql.sql === "COMMIT";
    if (isCommit) this.confirm();
    try {
      const changed = await this.step((adapter) => adapter.executeRaw(sql));
      if (isCommit || sql.sql === "ROLLBACK") this.isOver = true;
      // Nothing is acknowledged that went into a file which was taken away meanwhile.
      if (isCommit) this.confirm();
      return changed;
    } catch (error) {
      // SQLite ends a transaction by itself after some errors, which are what is to be told.
      if (sql.sql === "ROLLBACK") return 0;
      throw error;
    }
  }

  async commit(): Promise<void> {
    this.end("committed");
  }

  async rollback(): Promise<void> {
    this.end(this.isOver ? "rolledBack" : "unknown");
  }

  async createSavepoint(name: string): Promise<void> {
    await this.executeRaw(plain(`SAVEPOINT ${name}`));
  }

  async rollbackToSavepoint(name: string): Promise<void> {
    await this.executeRaw(plain(`ROLLBACK TO ${name}`));
  }

  async releaseSavepoint(name: string): Promise<void> {
    await this.executeRaw(plain(`RELEASE SAVEPOINT ${name}`));
  }
}
