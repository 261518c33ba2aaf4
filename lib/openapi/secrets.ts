import { isPlainMap, type Path, type Plain, type Source } from "../text/source";
import { SECRET_IS_SET } from "./openapiReading";

export const ownSecrets = [
  ["basic", "password"],
  ["digest", "password"],
  ["oauth2", "clientSecret"],
  ["oauth2", "password"],
  ["apiKey", "value"],
] as const;

/** The text with each secret in it replaced, all else character by character as it was. */
export function withoutSecrets(source: Source): string {
  const { text } = source;
  if (!/securityConfig|x-sluice-/.test(text)) return text;
  const places = new Map<number, number>();
  // What is under a merge key is in the text also where other keys go before it.
  const merged = source.merges.flatMap(({ path, value }) => secretPaths(value, path));
  for (const path of [...secretPaths(source.value, []), ...merged]) {
    const range = source.range(path);
    if (range) places.set(...range);
  }
  let result = text;
  for (const [start, end] of [...places].sort((a, b) => b[0] - a[0])) {
    // A block scalar's range holds its last line break.
    const after = result.slice(start, end).endsWith("\n") ? "\n" : "";
    result = `${result.slice(0, start)}"${SECRET_IS_SET}"${after}${result.slice(end)}`;
  }
  return result;
}

function secretPaths(value: Plain | undefined, path: Path): Path[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => secretPaths(item, [...path, i]));
  if (isPlainMap(value))
    return Object.entries(value).flatMap(([key, part]) => secretPaths(part, [...path, key]));
  const isFilled = value !== undefined && value !== null && value !== "" && value !== SECRET_IS_SET;
  return isFilled && isSecret(path) ? [path] : [];
}

const fields = new Set<unknown>(ownSecrets.map(([, field]) => field));

/** Whether a place is a secret's, merge keys left aside. */
function isSecret(path: Path): boolean {
  if (!fields.has(path.at(-1))) return false;
  const isMerge = (at: number) =>
    path[at] === "<<" || (typeof path[at] === "number" && path[at - 1] === "<<");
  const [field, kind, security, around] = path.filter((_, at) => !isMerge(at)).reverse();
  if (kind === "securityConfig") return field === "password";
  if (security !== "security" || !/^x-sluice-/.test(String(around))) return false;
  return ownSecrets.some((own) => own[0] === kind && own[1] === field);
}
