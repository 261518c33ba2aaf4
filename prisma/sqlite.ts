import { closeSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import type { SqlDriverAdapter, SqlQuery } from "@prisma/driver-adapter-utils";
import { sqlitePath } from "#lib/node/dataFolder";
import { faultError } from "./trouble";

/** Plain SQL on a database file, for what is done to the file as such: migrations, backup, restoring. */

/** Absolute path of a `file:` URL; undefined for anything else. A relative one counts from the working directory. */
export function databaseFile(databaseUrl: string): string | undefined {
  const path = sqlitePath(databaseUrl);
  return path ? resolve(path) : undefined;
}

/** Files that belong to a database beside its own. */
export const COMPANIONS = ["-wal", "-shm", "-journal"];
/** Its log, in which lies what was written last. */
export const logOf = (file: string) => `${file}-wal`;
/** The name under which a database, or what is left of it, is kept when another one takes its place. */
export const asideOf = (file: string, now: Date) =>
  `${file}.replaced-${now.toISOString().replace(/\D/g, "")}`;

/**
 * Which file lies at a path now; null where there is none. SQLite goes on with a file that was moved away, replaced or
 * removed as if nothing had happened.
 */
export function identityOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? identityIn(found) : null;
}

/** Which file it is that was looked at. */
export function identityIn({ dev, ino }: { dev: number | bigint; ino: number | bigint }): string {
  return `${dev} ${ino}`;
}

/** Whether the log beside a database is this one, of another file, and holds something: it would destroy the database. */
export function holdsLog(path: string, log: string | null): boolean {
  const found = statSync(logOf(path), { throwIfNoEntry: false });
  return found !== undefined && found.size > 0 && log === identityIn(found);
}

/** By what a log is known from the one that took its place in the same file; null where it holds nothing (its salts). */
export function saltsOf(path: string): string | null {
  const [at, bytes] = [16, Buffer.alloc(8)];
  try {
    const file = openSync(logOf(path), "r");
    try {
      return readSync(file, bytes, 0, bytes.length, at) < bytes.length ? null : bytes.toString("hex");
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

/** The path that the driver opens for a `file:` URL. */
export const pathOf = (databaseUrl: string) => databaseUrl.replace(/^file:/, "");

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

/** Refuses what PostgreSQL could not store: on both the same is stored, and nothing is lost on the way to another. */
export function refuseNul({ args }: SqlQuery): void {
  if (args.some((one) => typeof one === "string" && one.includes("\0"))) throw faultError("nul");
}

/** Statements without rows. */
export async function run(database: SqlDriverAdapter, sql: string): Promise<void> {
  await database.executeScript(sql);
}

/** A text as SQL writes it. */
export const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
