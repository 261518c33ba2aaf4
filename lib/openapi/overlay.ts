import { isPlainMap, type Path, type Plain, type PlainMap, short } from "../text/source";
import type { Notes } from "./notes";

/** What differs, field by field: `over(base, difference(base, value))` is `value`. Lists are compared whole. */
export function difference(base: object, value: object): PlainMap {
  const result: PlainMap = {};
  for (const [key, after] of Object.entries(value)) {
    const before = (base as Record<string, unknown>)[key];
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    result[key] =
      isPlainMap(before as Plain) && isPlainMap(after)
        ? difference(before as object, after)
        : (after as Plain);
  }
  return result;
}

/** `base` with what a document says of it. Only fields that `base` has are taken; others are remarked on. */
export function over(base: object, said: PlainMap, path: Path, notes: Notes): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(said)) {
    const before = Object.hasOwn(base, key) ? result[key] : undefined;
    if (before === undefined) {
      notes.warn([...path, key], `${short(key)} is not known here and has no effect.`);
    } else if (isPlainMap(before as Plain) && isPlainMap(value)) {
      result[key] = over(before as object, value, [...path, key], notes);
    } else result[key] = value;
  }
  return result;
}
