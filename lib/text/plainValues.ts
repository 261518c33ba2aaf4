import { isAlias, isMap, isScalar, isSeq, type Pair, Scalar, YAMLMap, type YAMLSeq } from "yaml";
import type { Note } from "./textNote";

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
export type Node = YAMLMap | YAMLSeq | Scalar;

interface Anchored {
  node: Node;
  value: Plain;
  cost: number;
  depth: number;
}

/** Turns the tree into plain values in the order of the text, in which an alias means the last anchor before it. */
export class Reading {
  problems: Note[] = [];
  warnings: Note[] = [];
  hasAliases = false;
  /** What stands under merge keys, with its places: some of it may be nowhere else. */
  merges: { path: Path; value: Plain }[] = [];
  private anchors = new Map<string, Anchored | "open">();
  private targets = new Map<unknown, Node>();
  private inherited = new Map<Node, Map<string, Pair>>();
  private cost = 0;
  private aliased = 0;
  private deepest = 0;

  constructor(private lineAt: (offset: number) => number) {}

  /** The node itself, or the one that an alias stands for. */
  resolved(node: unknown): Node | undefined {
    if (isAlias(node)) return this.targets.get(node);
    return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
  }

  /** The pairs of a map as they count: a merge key is those of what it merges that the map itself does not have. */
  pairsOf(node: YAMLMap): Pair[] {
    const inherited = this.inherited.get(node);
    if (!inherited) return node.items;
    return node.items.flatMap((pair) => (isMergeKey(pair) ? [...inherited.values()] : [pair]));
  }

  /** The pair of a key, which may be a merged one. */
  pairOf(node: YAMLMap, key: string): Pair | undefined {
    return node.items.find((pair) => keyText(pair) === key) ?? this.inherited.get(node)?.get(key);
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
        this.cost += key.length;
        const part = this.plain(pair.value, [...path, key], depth + 1);
        if (!isMergeKey(pair)) value[key] = part;
        else if (!this.merge(value, node, pair.value, part)) {
          value[key] = part;
          this.warn(
            at,
            [...path, key],
            "A merge key (<<) takes a map or a list of maps: this one has no effect.",
          );
        } else this.merges.push({ path: [...path, key], value: part });
      }
    }
    return value;
  }

  /** Adds what `node` does not have itself; of several maps the first counts. False where they are no maps. */
  private merge(into: PlainMap, node: YAMLMap, given: unknown, part: Plain): boolean {
    const read = this.resolved(given);
    const sources = isSeq(read) ? read.items.map((item) => this.resolved(item)) : [read];
    const maps = Array.isArray(part) ? part : [part];
    if (!sources.every((source) => isMap(source)) || !maps.every(isPlainMap)) return false;
    this.hasAliases = true;
    const own = new Set(node.items.map((pair) => keyText(pair)));
    const inherited = new Map<string, Pair>();
    sources.forEach((source, i) => {
      for (const pair of this.pairsOf(source)) {
        const key = keyText(pair);
        if (key === undefined || own.has(key) || inherited.has(key)) continue;
        inherited.set(key, pair);
        into[key] = maps[i]![key]!;
      }
    });
    this.inherited.set(node, inherited);
    return true;
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

/** Only a plain one, as in YAML 1.1: "<<" in quotes is a key like any other. */
const isMergeKey = ({ key }: Pair) => isScalar(key) && key.value === "<<" && key.type === Scalar.PLAIN;

/** A key as text: `200:` is "200". Undefined for a key that is a list or a map. */
export function keyText(pair: Pair): string | undefined {
  const { key } = pair;
  if (!isScalar(key)) return typeof key === "string" ? key : key === null ? "null" : undefined;
  return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
}

export const isPlainMap = (value: Plain | undefined): value is PlainMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** For messages: what strangers wrote, cut to a readable length. */
export const short = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

export function note(line: number, path: Path, message: string): Note {
  return { line, path, message };
}
