import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Pair,
  Parser,
  type Scalar,
  type Tags,
  YAMLMap,
  type YAMLParseError,
  type YAMLSeq,
} from "yaml";
import type { Note } from "../openapi/openapiReading";
import { syntaxWords } from "./syntaxWords";

/** Longest text that is read, characters: 10 MiB. */
export const MAX_TEXT = 10 * 1024 * 1024;
/** Deepest nesting that is read. Real documents stay below 30; every walk over a document may recurse this far. */
export const MAX_DEPTH = 100;
/** What aliases may add to a document, characters, each value counted as 16 more: stops "billion laughs". */
const MAX_ALIASED = 10 * 1024 * 1024;

export type Plain = string | number | boolean | null | Plain[] | PlainMap;
/** Without a prototype, so that `__proto__` and `constructor` are keys like any other. */
export interface PlainMap {
  [key: string]: Plain;
}
export type Path = (string | number)[];
type Node = YAMLMap | YAMLSeq | Scalar;
type Token = Parameters<Composer["next"]>[0];

/** A text as a document: its values, where each stands, and the tree for writing it back with its comments. */
export interface Source {
  text: string;
  value: PlainMap;
  tree: Document;
  hasAliases: boolean;
  /** Remarks of the reading itself: repairs. */
  warnings: Note[];
  /** The line of the deepest part of `path` that exists, 1-based. */
  lineOf(path: Path): number;
  /** A scalar as it is written ("1.0", not 1); undefined where there is none. */
  written(path: Path): string | undefined;
  /** Where a scalar stands in `text`, aliases followed. */
  range(path: Path): [start: number, end: number] | undefined;
}

/** Reads YAML 1.2 or JSON, which is YAML. Never throws, never recurses deeper than MAX_DEPTH. */
export function readText(text: string): { ok: true; source: Source } | { ok: false; problems: Note[] } {
  if (text.length > MAX_TEXT) return refuse(1, "The text is longer than 10 MiB.");
  const content = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const lines = new LineCounter();
  const tokens = tokensOf(content, lines);
  if (!Array.isArray(tokens)) return refuse(Math.max(1, lines.linePos(tokens.at).line), tokens.message);
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    // Its own check compares every key with every other; `toPlain` does it with a set.
    uniqueKeys: false,
    lineCounter: lines,
    customTags: numbersAsWritten,
  });
  const trees = [...composer.compose(tokens, true, content.length)];
  const [tree, second] = trees;
  if (!tree) return refuse(1, "The text is empty.");
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  if (second) return refuse(lineAt(second.range[0]), "There are several documents (---) in the text.");
  if (tree.errors.length > 0) {
    return { ok: false, problems: syntaxProblems(content, tree.errors, lineAt) };
  }
  return build(content, tree, lineAt);
}

/** One a line: what follows an error on its line is mostly the same, seen again. */
function syntaxProblems(
  content: string,
  errors: readonly YAMLParseError[],
  lineAt: (offset: number) => number,
): Note[] {
  const byLine = new Map<number, Note>();
  for (const error of errors.slice(0, 20)) {
    const line = lineAt(error.pos[0]);
    if (!byLine.has(line)) byLine.set(line, note(line, [], syntaxWords(error, content.slice(error.pos[0]))));
  }
  return [...byLine.values()];
}

/**
 * The parser's stack is as high as the text is nested, so depth is known before anything recurses over it. Collecting
 * many syntax errors takes quadratic time in the library, so reading ends at the first.
 */
function tokensOf(text: string, lines: LineCounter): Token[] | { at: number; message: string } {
  const tokens: Token[] = [];
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === "error") return { at: token.offset, message: syntaxWords(token, token.source) };
      tokens.push(token);
    }
    if (parser.stack.length > MAX_DEPTH + 2) {
      return { at: parser.offset, message: `Nested more than ${MAX_DEPTH} levels deep.` };
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

/** 12345678901234567890 and 1e400 would be written as other numbers: each is written as it was read. */
function numbersAsWritten(tags: Tags): Tags {
  return tags.map((tag) => {
    if (typeof tag === "string" || !/:(int|float)$/.test(tag.tag) || tag.collection) return tag;
    const stringify = tag.stringify;
    return {
      ...tag,
      stringify: (item, ...rest) =>
        item.source && typeof item.value === "number" ? item.source : stringify!(item, ...rest),
    };
  });
}

function build(text: string, tree: Document.Parsed, lineAt: (offset: number) => number) {
  const reading = new Reading(lineAt);
  const value = reading.plain(tree.contents, [], 0);
  if (reading.problems.length > 0) return { ok: false as const, problems: reading.problems };
  if (!isPlainMap(value)) {
    if (text.trim() === "") return refuse(1, "It is empty.");
    return refuse(1, "This is not an OpenAPI document: the key openapi (or swagger) is missing.");
  }
  const nodeAt = (path: Path): Node | undefined => {
    let node: unknown = tree.contents;
    for (const key of path) {
      node = childOf(reading.resolved(node), key)?.value;
      if (node === undefined) return undefined;
    }
    return reading.resolved(node);
  };
  const lineOf = (path: Path) => {
    let node = reading.resolved(tree.contents);
    let line = lineAt(node?.range?.[0] ?? 0);
    for (const key of path) {
      const child = childOf(node, key);
      if (!child) break;
      line = lineAt(child.start);
      node = reading.resolved(child.value);
    }
    return line;
  };
  const scalarAt = (path: Path) => {
    const node = nodeAt(path);
    return isScalar(node) ? node : undefined;
  };
  const source: Source = {
    text,
    value,
    tree,
    hasAliases: reading.hasAliases,
    warnings: reading.warnings,
    lineOf,
    written: (path) => {
      const scalar = scalarAt(path);
      if (!scalar || scalar.value === null) return undefined;
      return typeof scalar.value === "string" ? scalar.value : (scalar.source ?? String(scalar.value));
    },
    range: (path) => {
      const range = scalarAt(path)?.range;
      return range ? [range[0], range[1]] : undefined;
    },
  };
  return { ok: true as const, source };
}

function childOf(node: unknown, key: string | number): { value: unknown; start: number } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((p) => keyText(p) === String(key));
    if (!pair) return undefined;
    return { value: pair.value, start: (pair.key as Scalar).range?.[0] ?? 0 };
  }
  if (isSeq(node)) {
    const item = node.items[Number(key)] as Node | undefined;
    return item && { value: item, start: item.range?.[0] ?? 0 };
  }
}

/** A key as text: `200:` is "200". Undefined for a key that is a list or a map. */
export function keyText(pair: Pair): string | undefined {
  const { key } = pair;
  if (!isScalar(key)) return typeof key === "string" ? key : key === null ? "null" : undefined;
  return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
}

interface Anchored {
  node: Node;
  value: Plain;
  cost: number;
  depth: number;
}

/** Turns the tree into plain values in the order of the text, in which an alias means the last anchor before it. */
class Reading {
  problems: Note[] = [];
  warnings: Note[] = [];
  hasAliases = false;
  private anchors = new Map<string, Anchored | "open">();
  private targets = new Map<unknown, Node>();
  private cost = 0;
  private aliased = 0;
  private deepest = 0;

  constructor(private lineAt: (offset: number) => number) {}

  /** The node itself, or the one that an alias stands for. */
  resolved(node: unknown): Node | undefined {
    if (isAlias(node)) return this.targets.get(node);
    return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
  }

  plain(node: unknown, path: Path, depth: number): Plain {
    if (isAlias(node)) return this.alias(node.source, node, path, depth);
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null;
    const before = this.cost;
    const outer = this.deepest;
    this.deepest = depth;
    if (node.anchor) this.anchors.set(node.anchor, "open");
    let value: Plain;
    if (isMap(node)) value = this.map(node, path, depth);
    else if (isSeq(node)) value = node.items.map((item, i) => this.plain(item, [...path, i], depth + 1));
    else value = scalarValue(node);
    this.cost += 16 + (typeof value === "string" ? value.length : 0);
    if (node.anchor) {
      const { cost, deepest } = this;
      this.anchors.set(node.anchor, { node, value, cost: cost - before, depth: deepest - depth });
    }
    this.deepest = Math.max(outer, this.deepest);
    return value;
  }

  private map(node: YAMLMap, path: Path, depth: number): PlainMap {
    this.repair(node, path);
    const value: PlainMap = Object.create(null);
    const seen = new Map<string, number>();
    for (const pair of node.items) {
      const key = keyText(pair);
      const at = (pair.key as Node | null)?.range?.[0] ?? 0;
      const earlier = key === undefined ? undefined : seen.get(key);
      if (key === undefined) {
        this.problem(at, path, "A key must be a text, not a list, a map or an alias.");
      } else if (earlier !== undefined) {
        const line = this.lineAt(earlier);
        this.problem(at, [...path, key], `The key ${short(key)} stands here twice, first in line ${line}.`);
      } else {
        seen.set(key, at);
        if (key === "<<") {
          this.warn(at, [...path, key], "Merge keys (<<) are not part of YAML 1.2 and have no effect.");
        }
        this.cost += key.length;
        value[key] = this.plain(pair.value, [...path, key], depth + 1);
      }
    }
    return value;
  }

  private alias(name: string, node: unknown, path: Path, depth: number): Plain {
    this.hasAliases = true;
    const at = (node as { range?: [number, number, number] }).range?.[0] ?? 0;
    const anchor = this.anchors.get(name);
    if (anchor === undefined || anchor === "open") {
      const why = anchor ? "contains itself" : "does not stand before it";
      this.problem(at, path, `What the alias *${short(name)} names ${why}.`);
      return null;
    }
    this.targets.set(node, anchor.node);
    this.aliased += anchor.cost;
    this.cost += anchor.cost;
    this.deepest = Math.max(this.deepest, depth + anchor.depth);
    if (this.aliased > MAX_ALIASED) this.problem(at, path, "The aliases make this document too large.");
    else if (depth + anchor.depth > MAX_DEPTH) {
      this.problem(at, path, `Nested more than ${MAX_DEPTH} levels deep by aliases.`);
    }
    return this.problems.length > 0 ? null : anchor.value;
  }

  /**
   * WSO2's documentation of resource endpoints has `urls` and `type` beside an empty `x-wso2-production-endpoints:`
   * instead of under it, and people copy it: read as what it means.
   */
  private repair(node: YAMLMap, path: Path): void {
    for (let i = 0; i < node.items.length; i++) {
      const pair = node.items[i]!;
      const key = keyText(pair);
      if (!/^x-wso2-(production|sandbox)-endpoints$/.test(key ?? "")) continue;
      if (pair.value !== null && !(isScalar(pair.value) && pair.value.value === null)) continue;
      let end = i + 1;
      while (node.items[end] && endpointKeys.has(keyText(node.items[end]!) ?? "")) end++;
      const moved = node.items.slice(i + 1, end);
      if (!moved.some((p) => keyText(p) === "urls")) continue;
      const start = (moved[0]!.key as Scalar).range?.[0] ?? 0;
      this.warn(
        start,
        [...path, key!],
        `${moved.map((p) => keyText(p)).join(", ")} stood beside ${key} instead of under it, and was read as if indented.`,
      );
      const under = new YAMLMap();
      under.flow = node.flow;
      under.range = node.range;
      under.items = node.items.splice(i + 1, moved.length);
      pair.value = under;
    }
  }

  private problem(offset: number, path: Path, message: string): void {
    if (this.problems.length < 20) this.problems.push(note(this.lineAt(offset), path, message));
  }

  private warn(offset: number, path: Path, message: string): void {
    if (this.warnings.length < 200) this.warnings.push(note(this.lineAt(offset), path, message));
  }
}

const endpointKeys = new Set(["urls", "type", "advanceEndpointConfig", "securityConfig"]);

function scalarValue({ value, source }: Scalar): Plain {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  return typeof value === "number" ? value : (source ?? String(value));
}

export const isPlainMap = (value: Plain | undefined): value is PlainMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** For messages: what strangers wrote, cut to a readable length. */
export const short = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

function note(line: number, path: Path, message: string): Note {
  return { line, path, message };
}

function refuse(line: number, message: string): { ok: false; problems: Note[] } {
  return { ok: false, problems: [note(line, [], message)] };
}
