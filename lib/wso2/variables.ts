import type { Notes } from "./projectNotes";

/** `${NAME}` in parameter files and in api.yaml, as apictl takes them from the environment. */

/** Every text in `value` with its variables replaced; each missing one is a problem that names it. */
export function substituted(
  value: unknown,
  variables: ReadonlyMap<string, string>,
  notes: Notes,
  place = "",
): unknown {
  if (typeof value === "string") {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (all, name: string) => {
      const text = variables.get(name);
      if (text === undefined) notes.problem(place, `The variable ${name} is not set.`);
      return text ?? all;
    });
  }
  if (Array.isArray(value))
    return value.map((item, i) => substituted(item, variables, notes, `${place}[${i}]`));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    substituted(item, variables, notes, place === "" ? key : `${place}.${key}`),
  ]);
  return Object.fromEntries(entries);
}
