import type { Notes } from "./projectNotes";

/**
 * WSO2's files hold strings where numbers are meant, numbers where strings are usual, objects for lists of one and
 * null for nothing. These read all of them; what they cannot read is a problem at its place.
 */

export type Json = Record<string, unknown>;

/** An object with own keys only; anything else, null included, is undefined. */
export function objectOf(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** A list; one value without a list around it is a list of one, null and "" are none. */
export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null || value === "" ? [] : [value];
}

/** Text; numbers and booleans as they are written; "" for nothing. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** "True", "false", true, 1; `fallback` for nothing and for anything else. */
export function flagOf(value: unknown, fallback: boolean): boolean {
  const text = textOf(value).trim().toLowerCase();
  if (["true", "1", "yes"].includes(text)) return true;
  return ["false", "0", "no"].includes(text) ? false : fallback;
}

/** A number between the bounds, also as text; null for nothing. Anything else is a problem, and null. */
export function numberOf(
  value: unknown,
  notes: Notes,
  place: string,
  { min, max, whole = true }: { min: number; max: number; whole?: boolean },
): number | null {
  if (value === undefined || value === null || textOf(value).trim() === "") {
    if (typeof value !== "object" || value === null) return null;
  }
  const number = typeof value === "object" ? Number.NaN : Number(textOf(value).trim());
  if (number >= min && number <= max && (!whole || Number.isInteger(number))) return number;
  const kind = whole ? "a whole number" : "a number";
  notes.problem(place, `${shown(value)} is not possible here: write ${kind} from ${min} to ${max}.`);
  return null;
}

/** A value of an unknown file for a sentence: short, and never a whole document. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** What is in `value` besides `known`. */
export function withoutKeys(value: Json, known: readonly string[]): Json {
  const left = new Set(known);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !left.has(key)));
}

/** What leads from `base` to `value`, the leaves that differ only; undefined when nothing does. Lists are leaves. */
export function difference(base: unknown, value: unknown): unknown {
  const [from, to] = [objectOf(base), objectOf(value)];
  if (!from || !to) return JSON.stringify(base) === JSON.stringify(value) ? undefined : value;
  const entries = Object.keys(to).flatMap((key) => {
    const change = difference(from[key], to[key]);
    return change === undefined ? [] : [[key, change] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** `base` with the leaves of `change`: the inverse of `difference`. Keys that `base` does not have are left out. */
export function merged<T>(base: T, change: unknown): T {
  const [from, by] = [objectOf(base), objectOf(change)];
  if (!from || !by) return change === undefined ? base : (change as T);
  const entries = Object.entries(from).map(([key, value]) => [
    key,
    Object.hasOwn(by, key) ? merged(value, by[key]) : value,
  ]);
  return Object.fromEntries(entries) as T;
}

/** What is kept of unknown keys: all but texts under names such as proxyPassword, which would be secrets in the open. */
export function withoutCredentials<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutCredentials) as T;
  const object = objectOf(value);
  if (!object) return value;
  const entries = Object.entries(object).flatMap(([key, item]) =>
    /passw|secret|apikeyvalue/i.test(key) && typeof item === "string"
      ? []
      : [[key, withoutCredentials(item)]],
  );
  return Object.fromEntries(entries) as T;
}
