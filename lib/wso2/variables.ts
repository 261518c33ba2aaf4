import type { Notes } from "./projectNotes";

/** `${NAME}` in parameter files and in api.yaml, as apictl takes them from the environment. */

/** Most that is put into one file, characters: a short text may name a long variable very often. */
const MAX_FILLED = 10 * 1024 * 1024;

/** How much may still be put into a file, characters. */
export interface Room {
  left: number;
}

export const roomOfFile = (): Room => ({ left: MAX_FILLED });

/**
 * Every text in `value` with its variables replaced; each missing one is a problem that names it. Once there is no room
 * left, that is a problem too, and no more are replaced.
 */
export function substituted(
  value: unknown,
  variables: ReadonlyMap<string, string>,
  notes: Notes,
  place = "",
  room = roomOfFile(),
): unknown {
  if (typeof value === "string") {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (all, name: string) => {
      const text = variables.get(name);
      if (text === undefined) notes.problem(place, `The variable ${name} is not set.`);
      return text === undefined || !fits(text, room, notes, place) ? all : text;
    });
  }
  if (Array.isArray(value))
    return value.map((item, i) => substituted(item, variables, notes, `${place}[${i}]`, room));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    substituted(item, variables, notes, place === "" ? key : `${place}.${key}`, room),
  ]);
  return Object.fromEntries(entries);
}

function fits(text: string, room: Room, notes: Notes, place: string): boolean {
  const fitted = room.left >= 0;
  room.left -= text.length;
  if (fitted && room.left < 0)
    notes.problem(place, "With its variables filled in, the file is larger than 10 MiB.");
  return room.left >= 0;
}
