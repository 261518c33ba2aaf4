import type { Problem } from "#lib/edit/api";
import { settingName } from "#lib/tell/diffWords";

/** The sentence about a place of the document, for the field that shows it. */
export type ProblemAt = (...path: (string | number)[]) => string | undefined;

export function problemFinder(problems: readonly Problem[]): ProblemAt {
  const byPath = new Map(problems.map((p) => [p.path.join("/"), p.message]));
  return (...path) => byPath.get(path.join("/"));
}

/**
 * What a sentence is about that stands away from its field: ", weight of sandbox endpoint 2" or ", production Slow
 * start". Empty where the sentence says it itself.
 */
export function placeWords({ path }: Problem): string {
  const [root, keyType, list, index, field] = path;
  const names = path.filter((part) => typeof part === "string");
  if (root === "limits") return `, ${settingName(names)}`;
  if (root === "endpoints" && list !== "endpoints" && path.length > 2) {
    return `, ${settingName(names.slice(1))}`;
  }
  if (root !== "endpoints" || list !== "endpoints" || typeof index !== "number") return "";
  return `, ${field === "weight" ? "weight of " : ""}${keyType} endpoint ${index + 1}`;
}

/** For a field that holds a list: the first problem of the list or of one of its members. */
export function problemUnder(problems: readonly Problem[], ...path: (string | number)[]): string | undefined {
  return problems.find((p) => path.every((part, i) => p.path[i] === part))?.message;
}

/** Each problem once, as a field tells it: a number that breaks two rules of one sentence, and a list's members. */
export function told(problems: readonly Problem[]): Problem[] {
  const field = ({ path, message }: Problem) =>
    [...(typeof path.at(-1) === "number" ? path.slice(0, -1) : path), message].join("/");
  return [...new Map(problems.map((p) => [field(p), p])).values()];
}
