import * as z from "zod";

/**
 * What zod says by itself ("Too big: expected number to be <=100") is for programmers. A rule that brings no sentence of
 * its own gets one here, because people read it beside a field.
 */
z.config({
  customError: (issue) => {
    if (issue.code === "invalid_type" && Number.isNaN(issue.input)) return "Enter a number.";
    if (issue.code === "invalid_type")
      return Object.hasOwn(kinds, issue.expected) ? `Write ${kinds[issue.expected]} here.` : undefined;
    if (issue.code === "invalid_value") return `Possible here: ${issue.values.map(String).join(", ")}.`;
    if (issue.code === "unrecognized_keys") return `Not known here: ${issue.keys.join(", ")}.`;
    if (issue.code === "too_big") return limit("at most", String(issue.maximum), issue.origin);
    if (issue.code === "too_small") return limit("at least", String(issue.minimum), issue.origin);
    return undefined;
  },
});

/** By zod's names, for whoever sends JSON. */
const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function limit(bound: string, count: string, origin: string): string {
  if (origin === "string") return `Enter ${bound} ${count} characters.`;
  if (origin === "array" || origin === "set") return `Enter ${bound} ${count} of them.`;
  return `Enter a number of ${bound} ${count}.`;
}
