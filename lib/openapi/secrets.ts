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
  for (const path of secretPaths(source.value, [])) {
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
  if (!isPlainMap(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const place = [...path, key];
    const found = secretPaths(part, place);
    if (key === "securityConfig" && isPlainMap(part))
      found.push(...filled(part.password, [...place, "password"]));
    if (key === "security" && isPlainMap(part) && /^x-sluice-/.test(String(path.at(-1)))) {
      for (const [kind, field] of ownSecrets) {
        const login = part[kind];
        if (isPlainMap(login)) found.push(...filled(login[field], [...place, kind, field]));
      }
    }
    return found;
  });
}

const filled = (value: Plain | undefined, path: Path): Path[] =>
  value === undefined || value === null || value === "" || value === SECRET_IS_SET ? [] : [path];
