import { type Document, isMap, isScalar, isSeq, Scalar, visit } from "yaml";
import { keyText } from "./source";

/** The tree as YAML, with its comments; what was JSON becomes ordinary YAML. */
export function renderYaml(tree: Document, wasJson: boolean): string {
  visit(tree, {
    Collection: (_, node) => {
      // An empty one in block style would stand on a line of its own, and on the same line when written again.
      if (node.items.length === 0) node.flow = true;
      else if (wasJson) node.flow = false;
    },
    Scalar: (_, node) => {
      if (wasJson && node.type === Scalar.QUOTE_DOUBLE) node.type = undefined;
    },
  });
  return tree.toString({ lineWidth: 0 });
}

/** The tree as JSON. Numbers are written as they were read: a JavaScript number cannot hold each of them. */
export function renderJson(tree: Document): string {
  return `${json(tree.contents, "\n")}\n`;
}

/** Recurses as deep as the text was nested, which reading has bounded. */
function json(node: unknown, line: string): string {
  const inner = `${line}  `;
  if (isMap(node)) {
    const pairs = node.items.map((p) => `${JSON.stringify(keyText(p) ?? "")}: ${json(p.value, inner)}`);
    return pairs.length === 0 ? "{}" : `{${inner}${pairs.join(`,${inner}`)}${line}}`;
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => json(item, inner));
    return items.length === 0 ? "[]" : `[${inner}${items.join(`,${inner}`)}${line}]`;
  }
  if (!isScalar(node)) return "null";
  const { value, source } = node;
  if (typeof value !== "number") return JSON.stringify(value ?? null);
  if (source && /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(source)) return source;
  return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(source ?? String(value));
}
