import { isPlainMap, type Path, type Plain, type PlainMap, readText, type Source } from "../text/source";
import type { Note } from "./projectNotes";
import { textOf } from "./values";

/** Files by their path with "/", as text or as bytes. */
export type ProjectFiles = ReadonlyMap<string, string | Uint8Array>;

/** The same without the one top folder that exports have, and without what file managers leave behind. */
export function withoutTopFolder(files: ProjectFiles): Map<string, string | Uint8Array> {
  const kept = [...files].filter(([path]) => !/(^|\/)(__MACOSX\/|\.DS_Store$|\._)/.test(path));
  const [first = ""] = kept.map(([path]) => path);
  const folder = first.slice(0, first.indexOf("/") + 1);
  const inOne = folder !== "" && kept.every(([path]) => path.startsWith(folder));
  if (!inOne || /^(Definitions|Endpoint-certificates|Meta-information)\/$/.test(folder)) return new Map(kept);
  return new Map(kept.map(([path, content]) => [path.slice(folder.length), content]));
}

/** UTF-8; undefined when it is not. */
export function fileText(content: string | Uint8Array): string | undefined {
  if (typeof content === "string") return content;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

/** The first of these files that is there. */
export function findFile(
  files: ProjectFiles,
  names: readonly string[],
): { file: string; text: string } | { file: string; problem: Note } | undefined {
  for (const file of names) {
    const content = files.get(file);
    if (content === undefined) continue;
    const text = fileText(content);
    if (text !== undefined) return { file, text };
    return { file, problem: { file, place: "", message: "The file is not text in UTF-8." } };
  }
}

/** A YAML or JSON file of a project, bounded as OpenAPI texts are. `list`: one without a map comes under `data`. */
export function readYaml(
  file: string,
  text: string,
  { list = false, read: readIt = readText } = {},
): { source: Source } | { problems: Note[] } {
  // Older lists of certificates have no map around them.
  const read = readIt(list && /^\uFEFF?\s*- /.test(text) ? `data:\n${text}` : text);
  if (read.ok) return { source: read.source };
  const problems = read.problems.map(({ line, path, message }) => {
    const words = message.includes("OpenAPI") ? "The file holds no map of keys and values." : message;
    return {
      file,
      place: [`line ${line}`, ...(path.length > 0 ? [path.join(".")] : [])].join(", "),
      message: words,
    };
  });
  return { problems };
}

/** The value of a place with numbers as they are written: a version 1.0 is not 1. */
export function written(source: Source, path: (string | number)[], value: unknown): string {
  return (source.written(path) ?? textOf(value)).trim();
}

/** What is wrong in a file, with the line of each place. */
export function withLines(problems: readonly Note[], source: Source): Note[] {
  return problems.map((problem) => {
    const line = source.lineOf(pathOf(problem.place, source.value));
    return { ...problem, place: [`line ${line}`, problem.place].filter((part) => part !== "").join(", ") };
  });
}

/** "data.list[0].url" as the file has it: maybe without `data` around it, and with one object for a list of one. */
function pathOf(place: string, root: PlainMap): Path {
  const parts = place.split(/[.[\]]+/).filter((part) => part !== "");
  if (parts[0] === "data" && root.data === undefined) parts.shift();
  const path: Path = [];
  let value: Plain | undefined = root;
  for (const part of parts) {
    if (Array.isArray(value)) value = value[Number(part)];
    else if (isPlainMap(value) && Object.hasOwn(value, part)) value = value[part];
    else if (/^\d+$/.test(part)) continue;
    else break;
    path.push(part);
  }
  return path;
}
