import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { writeNewFile } from "./newFile";

/**
 * The folder of what an installation keeps beside its database: its secret, the gateway's own certificate and its id
 * (docs/decisions/028-data-folder.md). Copies of the database are the database's, and lie beside its file.
 */

/** Those of our variables that say where it is. */
export interface DataSettings {
  DATABASE_URL: string;
  SLUICE_DATA?: string | undefined;
}

/** A file that Sluice makes for itself could not be written; the message is a sentence that says what to do. */
export class UnusableFolder extends Error {}

/**
 * Its absolute path: `SLUICE_DATA`, else where the SQLite file lies, else `data`. Relative ones count from the working
 * directory, which is the clone's folder in all our processes. Whether it is there is not looked at: `keepFile` makes it.
 */
export function dataFolder({ DATABASE_URL, SLUICE_DATA }: DataSettings): string {
  if (SLUICE_DATA) return resolve(SLUICE_DATA);
  const file = sqlitePath(DATABASE_URL);
  return file === undefined ? resolve("data") : dirname(resolve(file));
}

/** The path in a `file:` URL; undefined for anything else. */
export function sqlitePath(databaseUrl: string): string | undefined {
  return /^file:(?:\/\/)?([^?]+)/.exec(databaseUrl)?.[1];
}

/**
 * Writes a file of the data folder as `writeNewFile` does. A folder that is missing is made, for its owner only. Throws
 * `UnusableFolder`.
 */
export function keepFile(file: string, text: string, how: { replace: boolean; mode: number }): void {
  const folder = dirname(file);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(folder, "made", error);
  }
  try {
    writeNewFile(file, text, how);
  } catch (error) {
    throw unusable(folder, "written", error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "it is not allowed",
  EPERM: "it is not allowed",
  EEXIST: "there is a file of that name",
  ENOTDIR: "a part of that path is a file",
  EROFS: "its disk can only be read",
  ENOSPC: "its disk is full",
  EDQUOT: "its disk is full",
};

function unusable(folder: string, what: "made" | "written", error: unknown): UnusableFolder {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return new UnusableFolder(
    `The data folder ${folder} cannot be ${what}: ${REASONS[code] ?? message}. Make it possible, or set SLUICE_DATA to a folder that can be written.`,
  );
}
