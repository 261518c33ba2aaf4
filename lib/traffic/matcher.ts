/**
 * Finds the operation for a method and a path. A tree of segments for each method, each step one look into a map, so
 * that a request costs the same whether an API has ten operations or ten thousand. Ours for the reasons in
 * docs/decisions/015-matcher.md.
 */

/** One segment of a template with a parameter and more: `{name}.json`, `{id}:cancel`, `{from}-{to}`. */
interface Pattern {
  /** The texts around the parameters: one more than there are parameters. */
  readonly texts: readonly string[];
  readonly source: string;
}

class Node<T> {
  readonly literals = new Map<string, Node<T>>();
  /** Those with more text first. */
  readonly patterns: { pattern: Pattern; node: Node<T> }[] = [];
  parameter: Node<T> | null = null;
  /** `/menu*`: everything that begins so; the longest beginning first. */
  readonly beginnings: { text: string; value: T }[] = [];
  /** The template that ends here. */
  value: T | null = null;
  /** `/*` here: the rest, and nothing more as well. */
  rest: T | null = null;
}

export class Matcher<T> {
  private readonly roots = new Map<string, Node<T>>();

  get methods(): string[] {
    return [...this.roots.keys()];
  }

  /**
   * Adds an operation. Of two templates of one shape (/a/{x}, /a/{y}) the first one added serves. Throws for a
   * template with a `templateProblem`.
   */
  add(method: string, template: string, value: T): void {
    const segments = withoutSlashes(decoded(template));
    const list = segments === "" ? [] : segments.split("/");
    const last = list.at(-1);
    const open = last?.endsWith("*") ? list.pop()!.slice(0, -1) : null;
    const problem = templateProblem(template);
    if (problem) throw new Error(problem);
    let node = ensure(this.roots, method);
    for (const segment of list) node = step(node, segment);
    if (open === null) node.value ??= value;
    else if (open === "") node.rest ??= value;
    else if (!node.beginnings.some((b) => b.text === open)) {
      node.beginnings.push({ text: open, value });
      node.beginnings.sort((a, b) => b.text.length - a.text.length);
    }
  }

  /** The most specific operation: segment by segment literal, then parameter, then wildcard. A slash at the end is optional. */
  find(method: string, path: string): T | null {
    const root = this.roots.get(method);
    return root ? search(root, withoutSlashes(readable(path)), 0) : null;
  }
}

/** Why a path cannot be matched; undefined when it can. */
export function templateProblem(template: string): string | undefined {
  const star = template.indexOf("*");
  if (star < 0) return undefined;
  const beginning = template.slice(template.lastIndexOf("/"), star);
  if (star === template.length - 1 && !beginning.includes("{")) return undefined;
  return `${template}: a * stands at the end only, as in /menu/*.`;
}

/** What two templates have in common that take the same calls: the names of parameters do not matter. */
export function templateShape(template: string): string {
  return withoutSlashes(decoded(template)).replace(/\{[^{}]*\}/g, "{}");
}

/**
 * Whether a path that a template matches ends with a slash for those who declare it so: true or false as the template
 * does; null where there is nothing to go by, below a wildcard and at the root.
 */
export function templateSlash(template: string): boolean | null {
  if (template.endsWith("*") || withoutSlashes(template) === "") return null;
  return template.endsWith("/");
}

/** A path with a slash at its end, or without one. */
export function withSlash(path: string, wanted: boolean): string {
  if (path.endsWith("/") === wanted) return path;
  return wanted ? `${path}/` : path.slice(0, -1);
}

/** Looks from the segment at `from` on, which is beyond the end of the path when there is none left. */
function search<T>(node: Node<T>, path: string, from: number): T | null {
  if (from > path.length || path === "") return node.value ?? node.rest;
  const slash = path.indexOf("/", from);
  const end = slash < 0 ? path.length : slash;
  const segment = path.slice(from, end);
  const literal = node.literals.get(segment);
  let found = literal ? search(literal, path, end + 1) : null;
  if (found === null && segment !== "") {
    for (const { pattern, node: next } of node.patterns) {
      if (!fits(pattern, segment)) continue;
      found = search(next, path, end + 1);
      if (found !== null) return found;
    }
    if (node.parameter) found = search(node.parameter, path, end + 1);
  }
  if (found !== null) return found;
  for (const { text, value } of node.beginnings) if (path.startsWith(text, from)) return value;
  return node.rest;
}

function ensure<T>(nodes: Map<string, Node<T>>, key: string): Node<T> {
  const node = nodes.get(key) ?? new Node<T>();
  nodes.set(key, node);
  return node;
}

function step<T>(node: Node<T>, segment: string): Node<T> {
  const texts = segment.split(/\{[^{}]*\}/);
  if (texts.length === 1) {
    return ensure(node.literals, segment);
  }
  if (texts.every((text) => text === "")) {
    node.parameter ??= new Node();
    return node.parameter;
  }
  const source = texts.join("{}");
  const known = node.patterns.find(({ pattern }) => pattern.source === source);
  if (known) return known.node;
  const next = new Node<T>();
  node.patterns.push({ pattern: { texts, source }, node: next });
  node.patterns.sort((a, b) => b.pattern.source.length - a.pattern.source.length);
  return next;
}

/**
 * Whether the texts stand in the segment in this order, with something for each parameter between them. Goes once
 * from left to right: a regular expression of several parameters could be made to take very long by a caller.
 */
function fits({ texts }: Pattern, segment: string): boolean {
  const first = texts[0]!;
  const last = texts.at(-1)!;
  if (!segment.startsWith(first) || !segment.endsWith(last)) return false;
  let at = first.length;
  for (const text of texts.slice(1, -1)) {
    const next = segment.indexOf(text, at + 1);
    if (next < 0) return false;
    at = next + text.length;
  }
  return at + 1 <= segment.length - last.length;
}

/** "/a/b/" as "a/b". */
function withoutSlashes(path: string): string {
  return path.slice(path.startsWith("/") ? 1 : 0, path.length > 1 && path.endsWith("/") ? -1 : undefined);
}

/** Templates may be written encoded or not, as paths are matched decoded. */
function decoded(template: string): string {
  try {
    return decodeURI(template);
  } catch {
    return template;
  }
}

/**
 * Reserved characters stay encoded: `%2F` parts no segments. Octets that are not UTF-8 match whatever a parameter
 * matches, and keep nothing else of the path from being read.
 */
function readable(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURI(path);
  } catch {
    return path
      .replace(/(?:%[89a-f][0-9a-f])+/gi, (octets) =>
        new TextDecoder().decode(
          Uint8Array.from(octets.slice(1).split("%"), (one) => Number.parseInt(one, 16)),
        ),
      )
      .replace(/%[0-7][0-9a-f]/gi, (one) => decodeURI(one));
  }
}
