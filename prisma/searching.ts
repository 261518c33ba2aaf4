import { usesPostgres } from "#lib/node/env";

/** For a `where`: the text occurs, letters of ASCII large or small. SQLite never tells them apart, and has no word for it. */
export function containing(text: string): { contains: string } {
  const mode = { mode: "insensitive" };
  return { contains: text, ...(usesPostgres() ? mode : {}) };
}
