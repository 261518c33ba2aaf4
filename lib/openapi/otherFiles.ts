import { type Document, isMap, isScalar, isSeq, visit, YAMLMap } from "yaml";
import { renderJson, renderYaml } from "../text/render";
import {
  isPlainMap,
  keyText,
  MAX_TEXT,
  type Plain,
  type PlainMap,
  readText,
  type Source,
  short,
} from "../text/source";
import type { FilesAround } from "./openapiReading";
import { lookUp, pointerParts } from "./pointers";
import { withoutSecrets } from "./secrets";

/** A part of a file: what a reference names. */
export interface Place {
  file: string;
  /** RFC 6901 in a URI fragment, with its #. */
  pointer: string;
  value: Plain | undefined;
}

/** What path items refer to in other files of a project; nothing outside of it is ever asked for. */
export class OtherFiles {
  private readonly sources = new Map<string, Source | string>();
  private readonly trees = new Map<string, Document>();
  private readonly values = new Map<YAMLMap, Map<string | undefined, unknown>>();
  private readonly written = new Map<string, Place[]>();
  private read: number;
  private added = 0;

  constructor(
    private readonly around: FilesAround,
    private readonly own: Source,
  ) {
    this.sources.set(around.main, own);
    this.read = own.text.length;
  }

  isOther(file: string): boolean {
    return file !== this.around.main;
  }

  /** What a reference in the file `from` (the definition unless given) names, or why it names nothing. */
  find(ref: string, from = this.around.main): Place | { problem: string } | { missing: string } {
    const file = fileOf(ref, from);
    if (file === undefined) return { problem: `${short(ref)} leads out of the project.` };
    const source = this.open(file);
    if (source === undefined) return { missing: `${short(file)} is not in the project.` };
    if (typeof source === "string") return { problem: source };
    const at = ref.indexOf("#");
    const pointer = at < 0 ? "#" : ref.slice(at);
    return { file, pointer, value: lookUp(source.value, pointer) };
  }

  /** The file, or what is wrong with it; undefined when it is not there. */
  private open(file: string): Source | string | undefined {
    const known = this.sources.get(file);
    if (known !== undefined) return known;
    const text = this.around.textOf(file);
    if (text === undefined) return undefined;
    this.read += text.length;
    const read = this.read > MAX_TEXT ? undefined : readText(text);
    const found = read?.ok ? read.source : read ? wrong(file, read.problems[0]) : TOO_LARGE;
    this.sources.set(file, found);
    return found;
  }

  /** Notes that the path item of a template is to be written out; a sentence where that makes too large a text. */
  writeOut(template: string, places: Place[]): string | undefined {
    // Once too large, nothing more is measured: thousands of paths may refer to one large file.
    if (this.added > MAX_TEXT) return TOO_LARGE;
    this.added += places.reduce((sum, { value }) => sum + JSON.stringify(value ?? null).length, 0);
    if (this.added + this.own.text.length > MAX_TEXT) return TOO_LARGE;
    this.written.set(template, places);
  }

  /** The definition with what it refers to written out, as one text; undefined where that is as it was. */
  text(): string | undefined {
    if (this.written.size === 0) return undefined;
    const tree = this.own.expanded();
    const paths = this.nodeAt(tree.contents, ["paths"]);
    for (const pair of isMap(paths) ? paths.items : []) {
      const places = this.written.get(keyText(pair) ?? "");
      if (places) pair.value = layered([pair.value, ...places.map((place) => this.nodeOf(place))]);
    }
    return /^\s*\{/.test(this.own.text) ? renderJson(tree) : renderYaml(tree, false);
  }

  /** Texts, without secrets, of the files beside the definition that its text refers to, and of those that they do. */
  referred(value: PlainMap, warn: (sentence: string) => void): Record<string, string> {
    const { main } = this.around;
    const folder = main.slice(0, main.lastIndexOf("/") + 1);
    const texts = new Map<string, string>();
    const waiting = [{ refs: refsIn(value), from: main }];
    let left = MAX_KEPT;
    for (const { refs, from } of waiting) {
      for (const ref of refs) {
        const file = fileOf(ref, from);
        if (!file?.startsWith(folder) || file === main || texts.has(file)) continue;
        const source = this.open(file);
        if (typeof source !== "object") continue;
        if (source.text.length > left) warn(`${short(file)} is not kept: at most 1 MiB of such files is.`);
        else {
          left -= source.text.length;
          texts.set(file, withoutSecrets(source));
          waiting.push({ refs: refsIn(source.value), from: file });
        }
      }
    }
    return Object.fromEntries(texts);
  }

  private nodeOf({ file, pointer }: Place): unknown {
    let tree = this.trees.get(file);
    if (!tree) {
      tree = (this.sources.get(file) as Source).expanded();
      if (file !== this.around.main) this.rebase(tree, file);
      this.trees.set(file, tree);
    }
    return this.nodeAt(tree.contents, pointerParts(pointer));
  }

  private nodeAt(node: unknown, parts: readonly string[]): unknown {
    return parts.reduce<unknown>((around, part) => {
      if (isSeq(around)) return around.items[Number(part)];
      return isMap(around) ? this.valuesOf(around).get(part) : undefined;
    }, node);
  }

  /** By their keys: thousands of paths may refer to parts of one large map. */
  private valuesOf(map: YAMLMap): Map<string | undefined, unknown> {
    const known = this.values.get(map);
    if (known) return known;
    const values = new Map(map.items.map((pair) => [keyText(pair), pair.value]));
    this.values.set(map, values);
    return values;
  }

  /** References of a file as the definition has to write them to mean the same. */
  private rebase(tree: Document, file: string): void {
    visit(tree, {
      Pair: (_, pair) => {
        if (!isScalar(pair.key) || pair.key.value !== "$ref" || !isScalar(pair.value)) return;
        const ref = pair.value.value;
        const target = typeof ref === "string" ? fileOf(ref, file) : undefined;
        if (typeof ref !== "string" || target === undefined) return;
        const at = ref.indexOf("#");
        const name = target === this.around.main ? "" : relative(target, this.around.main);
        pair.value.value = name + (at < 0 ? "" : ref.slice(at)) || "#";
      },
    });
  }
}

/** Files that a definition refers to and that are kept beside it, characters: every revision has them. */
const MAX_KEPT = 1024 * 1024;

/** What stands in references anywhere in a value, each once. */
function refsIn(value: Plain | undefined, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) refsIn(item, found);
  else if (isPlainMap(value)) {
    if (typeof value.$ref === "string") found.add(value.$ref);
    for (const part of Object.values(value)) refsIn(part, found);
  }
  return found;
}

const TOO_LARGE = "With the files that it refers to, the definition is longer than 10 MiB.";

function wrong(file: string, problem: { line: number; message: string } | undefined): string {
  return `${file}, line ${problem?.line ?? 1}: ${problem?.message ?? "It cannot be read."}`;
}

/** The file of a reference, by its path in the project; undefined where that is outside. */
export function fileOf(ref: string, from: string): string | undefined {
  const name = decoded(ref.split("#", 1)[0] ?? "");
  if (name === "") return from;
  if (/^\/|\\|^[A-Za-z][A-Za-z0-9+.-]*:/.test(name)) return undefined;
  const parts = from.split("/").slice(0, -1);
  for (const part of name.split("/")) {
    if (part === ".." && parts.pop() === undefined) return undefined;
    if (part !== ".." && part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** How a file at `from` refers to another one. */
function relative(target: string, from: string): string {
  const [there, here] = [target.split("/"), from.split("/").slice(0, -1)];
  let same = 0;
  while (same < here.length && here[same] === there[same]) same++;
  return [...here.slice(same).map(() => ".."), ...there.slice(same)].map(encodeURIComponent).join("/");
}

/** The last with what those before it say instead, the first counting most; references are left out. */
function layered(nodes: unknown[]): YAMLMap {
  const result = new YAMLMap();
  for (const node of nodes.reverse()) {
    if (!isMap(node)) continue;
    result.flow = node.flow;
    const own = new Set(node.items.map((pair) => keyText(pair)));
    const kept = result.items.filter((pair) => !own.has(keyText(pair)));
    result.items = [...kept, ...node.items].filter((pair) => keyText(pair) !== "$ref");
  }
  return result;
}
