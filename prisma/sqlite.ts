import { resolve } from "node:path";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import type { SqlDriverAdapter } from "@prisma/driver-adapter-utils";

/** Plain SQL on a database file, for what is done to the file as such: migrations, backup, restoring. */

/** Absolute path of a `file:` URL; undefined for anything else. A relative one counts from the working directory. */
export function databaseFile(databaseUrl: string): string | undefined {
  const path = /^file:(?:\/\/)?([^?]+)/.exec(databaseUrl)?.[1];
  return path ? resolve(path) : undefined;
}

/** Opens the file, which is made if it is not there, and closes it when the work is done. @param waitMs for a lock */
export async function withDatabase<T>(
  file: string,
  waitMs: number,
  work: (database: SqlDriverAdapter) => Promise<T>,
): Promise<T> {
  const database = await new PrismaBetterSqlite3({ url: `file:${file}`, timeout: waitMs }).connect();
  try {
    return await work(database);
  } finally {
    await database.dispose();
  }
}

/** The rows of a query. */
export async function query(database: SqlDriverAdapter, sql: string): Promise<unknown[][]> {
  return (await database.queryRaw({ sql, args: [], argTypes: [] })).rows;
}

/** Statements without rows. */
export async function run(database: SqlDriverAdapter, sql: string): Promise<void> {
  await database.executeScript(sql);
}

/** A text as SQL writes it. */
export const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
