import { renameSync, statSync } from "node:fs";
import { type DataSettings, dataFolder } from "#lib/node/dataFolder";
import { secretFile } from "#lib/node/secret";
import { asideOf, COMPANIONS, databaseFile, logOf } from "./sqlite";

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size;

/**
 * Why no new database is to be made unasked: its secret or its log tells that there was one. One sentence, or null
 * when there is a database, or never was one.
 */
export function lostDatabase(settings: DataSettings): string | null {
  const file = databaseFile(settings.DATABASE_URL);
  if (!file || sizeOf(file)) return null;
  const rest = [secretFile(dataFolder(settings)), logOf(file)].filter(sizeOf);
  if (rest.length === 0) return null;
  return `There is no database at ${file}, but there was one: ${rest.join(" and ")} ${rest.length > 1 ? "are" : "is"} there. Put it back, restore a backup (npx sluice restore FILE), or begin anew with an empty one (npm start -- --new).`;
}

/** Keeps what is left of a lost database from a new one, under the name that is returned; null when nothing is left. */
export function putRestAside(databaseUrl: string, now: Date): string | null {
  const file = databaseFile(databaseUrl);
  if (!file || sizeOf(file)) return null;
  const aside = asideOf(file, now);
  const rest = COMPANIONS.filter((companion) => sizeOf(file + companion) !== undefined);
  for (const companion of rest) renameSync(file + companion, aside + companion);
  return rest.length > 0 ? aside : null;
}
