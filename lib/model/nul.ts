/** U+0000: no input holds it, because PostgreSQL stores no text with it, and one rule holds on both databases. */

export const NUL_WORDS = "A text holds the character U+0000, which cannot be stored. Take it out.";
/** Whether a text can be stored. */
export const withoutNul = (text: string) => !text.includes("\0");

/** Where a value has a text with it, by its keys, which count themselves; null where none has. The value is a tree. */
export function placeOfNul(value: unknown, path: (string | number)[] = []): (string | number)[] | null {
  if (typeof value === "string") return value.includes("\0") ? path : null;
  if (typeof value !== "object" || value === null) return null;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, member] of entries) {
    if (typeof key === "string" && key.includes("\0")) return path;
    const found = placeOfNul(member, [...path, key]);
    if (found) return found;
  }
  return null;
}
