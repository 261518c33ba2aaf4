import { copyFile, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { engineOf } from "#lib/node/databaseUrl";
import { syncFolder } from "#lib/node/newFile";
import { asideOf, COMPANIONS, databaseFile, query, quoted, run, withDatabase } from "./sqlite";
import { faultOf } from "./trouble";

/**
 * Copies of the database that can be trusted, and the way back (docs/operate.md section 8). A database in use is more
 * than its file: `cp` of it alone loses what was written last, and a file put in its place is destroyed by the log
 * (`-wal`) of the one before.
 */

/** What a copy holds, so that whoever made it sees that it is the right one. */
export interface Contents {
  apis: number;
  users: number;
}

/** `message` is one sentence that says what is wrong and that nothing was changed. */
export type BackupResult = { ok: true; contents: Contents } | { ok: false; message: string };
/** `aside`: where the database that was there is now; null when there was none. */
export type RestoreResult =
  | { ok: true; contents: Contents; aside: string | null }
  | { ok: false; message: string };

/** How long somebody who writes is waited for, ms. */
const WAIT_MS = 10_000;

/** Writes all that is committed now to a new file, while Sluice may run, and looks whether it can be read back. */
export async function backup(databaseUrl: string, target: string): Promise<BackupResult> {
  if (engineOf(databaseUrl) === "postgresql") return refusal(byTheServer("pg_dump"));
  const file = databaseFile(databaseUrl);
  if (!file || !(await exists(file))) return refusal(`There is no database at ${file ?? databaseUrl}.`);
  if (await exists(target)) return refusal(`${target} exists already. Name a new file.`);
  const unchecked = `${target}.unchecked`;
  try {
    await mkdir(dirname(resolve(target)), { recursive: true });
    await rm(unchecked, { force: true });
    await withDatabase(file, WAIT_MS, (database) => run(database, `VACUUM INTO ${quoted(unchecked)}`));
    const contents = await contentsOf(unchecked);
    await putInPlace(unchecked, target);
    return { ok: true, contents };
  } catch (error) {
    await rm(unchecked, { force: true });
    return refusal(`${file} could not be copied: ${reasonOf(error)}. Nothing was written.`);
  }
}

/**
 * Puts a backup in the place of the database, which nobody may have open. What was there is kept beside it, under
 * another name, with all that belongs to it.
 *
 * @param now names what is put aside
 */
export async function restore(databaseUrl: string, source: string, now: Date): Promise<RestoreResult> {
  if (engineOf(databaseUrl) === "postgresql") return refusal(byTheServer("pg_restore"));
  const file = databaseFile(databaseUrl);
  if (!file) return refusal("DATABASE_URL must name a file, like file:./data/sluice.db.");
  if (!(await exists(source))) return refusal(`There is no backup at ${source}.`);
  const incoming = `${file}.incoming`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await copyWhole(source, incoming);
    const contents = await contentsOf(incoming);
    if (await isOpen(file)) {
      await removeWhole(incoming);
      return refusal(`${file} is in use. Stop Sluice, then restore. Nothing was changed.`);
    }
    const aside = asideOf(file, now);
    const isThere = await exists(file);
    // Also where only the file itself is gone: its log would destroy the one that comes.
    for (const companion of ["", ...COMPANIONS])
      if (await exists(file + companion)) await rename(file + companion, aside + companion);
    await putInPlace(incoming, file);
    return { ok: true, contents, aside: isThere ? aside : null };
  } catch (error) {
    await removeWhole(incoming);
    return refusal(`${source} could not be restored: ${reasonOf(error)}. Nothing was changed.`);
  }
}

const byTheServer = (tool: string) =>
  `The database is a PostgreSQL server's, whose own ${tool} does this (docs/several-machines.md section 4 says how). Nothing was done.`;
const refusal = (message: string) => ({ ok: false, message }) as const;

/** Looks at every page of a copy of our own; rejects with why it is not a database of Sluice that can be read. */
async function contentsOf(file: string): Promise<Contents> {
  return withDatabase(file, WAIT_MS, async (database) => {
    const [[verdict] = []] = await query(database, "PRAGMA integrity_check(1)");
    if (verdict !== "ok") throw new Error(`it is damaged (${verdict})`);
    const [[apis, users] = []] = await query(
      database,
      'SELECT (SELECT count(*) FROM "Api"), (SELECT count(*) FROM "User") FROM "_prisma_migrations"',
    );
    // Whole in its one file.
    await query(database, "PRAGMA journal_mode = DELETE");
    await query(database, "PRAGMA journal_mode = WAL");
    return { apis: Number(apis), users: Number(users) };
  });
}

/** Whether another process has the database open: only who is alone may leave the mode in which it is shared. */
export async function isOpen(file: string): Promise<boolean> {
  if (!(await exists(file))) return false;
  try {
    return await withDatabase(file, 0, async (database) => {
      const [[mode] = []] = await query(database, "PRAGMA journal_mode = DELETE");
      if (mode !== "delete") return true;
      await query(database, "PRAGMA journal_mode = WAL");
      return false;
    });
  } catch (error) {
    // One that is damaged tells nothing, and is what a backup is for.
    return faultOf(error) === "busy";
  }
}

/** With what was written last, where the file was copied together with its log. */
async function copyWhole(from: string, to: string): Promise<void> {
  await removeWhole(to);
  await copyFile(from, to);
  if (await exists(`${from}-wal`)) await copyFile(`${from}-wal`, `${to}-wal`);
}

/** With its log, where there is one. */
export async function removeWhole(file: string): Promise<void> {
  for (const companion of ["", ...COMPANIONS]) await rm(file + companion, { force: true });
}

/** On disk under its name, or not there: also after a power cut. */
export async function putInPlace(from: string, to: string): Promise<void> {
  for (const companion of COMPANIONS) await rm(from + companion, { force: true });
  const file = await open(from, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(from, to);
  syncFolder(dirname(resolve(to)));
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Without the full stop, in the middle of a sentence. */
function reasonOf(error: unknown): string {
  const fault = faultOf(error);
  if (fault === "noDatabase") return "it is no database";
  if (fault === "damaged") return "it is damaged";
  if (fault === "full") return "the disk is full";
  const text = error instanceof Error ? error.message : String(error);
  if (/no such table|TableDoesNotExist/i.test(text)) return "it is no database of Sluice";
  return (text.split("\n")[0] ?? text).trim().replace(/\.$/, "");
}
