import {
  Composer,
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type Scalar,
  type Tags,
  type YAMLParseError,
} from "yaml";
import { expandedTree } from "./expandedTree";
import {
  isPlainMap,
  MAX_DEPTH,
  type Node,
  note,
  type Path,
  type Plain,
  type PlainMap,
  Reading,
} from "./plainValues";
import { syntaxWords } from "./syntaxWords";
import type { Note } from "./textNote";

export { isPlainMap, keyText, MAX_DEPTH, type Path, type Plain, type PlainMap, short } from "./plainValues";

/** Longest text that is read, characters: 10 MiB. */
export const MAX_TEXT = 10 * 1024 * 1024;

type Token = Parameters<Composer["next"]>[0];

/** A text as a document: its values, where each stands, and the tree for writing it back with its comments. */
export interface Source {
  text: string;
  value: PlainMap;
  tree: Document;
  /** Whether parts of the tree are shared, by aliases or merge keys: changed in one place, they would change in all. */
  hasAliases: boolean;
  /** What stands under merge keys. Some of it may not be in `value`, where other keys go before it. */
  merges: readonly { path: Path; value: Plain }[];
  /** A copy of the tree, with its comments, in which nothing is shared. */
  expanded(): Document;
  /** Remarks of the reading itself: repairs. */
  warnings: Note[];
  /** The line of the deepest part of `path` that exists, 1-based. */
  lineOf(path: Path): number;
  /** A scalar as it is written ("1.0", not 1); undefined where there is none. */
  written(path: Path): string | undefined;
  /** Where a scalar stands in `text`, aliases followed. */
  range(path: Path): [start: number, end: number] | undefined;
}

export type TextReader = typeof readText;

/** A reader that remembers what it has read: for whoever reads the same texts twice, which takes the longest by far. */
export function remembering(): TextReader {
  const known = new Map<string, ReturnType<TextReader>>();
  return (text) => {
    const result = known.get(text) ?? readText(text);
    known.set(text, result);
    return result;
  };
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
      node = childOf(reading, reading.resolved(node), key)?.value;
      if (node === undefined) return undefined;
    }
    return reading.resolved(node);
  };
  const lineOf = (path: Path) => {
    let node = reading.resolved(tree.contents);
    let line = lineAt(node?.range?.[0] ?? 0);
    for (const key of path) {
      const child = childOf(reading, node, key);
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
    merges: reading.merges,
    expanded: () => expandedTree(tree, reading),
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

function childOf(
  reading: Reading,
  node: unknown,
  key: string | number,
): { value: unknown; start: number } | undefined {
  if (isMap(node)) {
    const pair = reading.pairOf(node, String(key));
    if (!pair) return undefined;
    return { value: pair.value, start: (pair.key as Scalar).range?.[0] ?? 0 };
  }
  if (isSeq(node)) {
    const item = node.items[Number(key)] as Node | undefined;
    return item && { value: item, start: item.range?.[0] ?? 0 };
  }
}

function refuse(line: number, message: string): { ok: false; problems: Note[] } {
  return { ok: false, problems: [note(line, [], message)] };
}
