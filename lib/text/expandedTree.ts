import { type Document, isMap, isSeq, Pair, type YAMLMap, type YAMLSeq } from "yaml";
import type { Node, Reading } from "./plainValues";

/**
 * A copy of a tree in which each alias is what it stands for and each merge key what it merges, with the comments.
 * Recurses as deep as reading has allowed, and is as large as reading has counted.
 */
export function expandedTree(tree: Document, reading: Reading): Document {
  const copy = (given: unknown): Node | null => {
    const node = reading.resolved(given);
    if (!node) return null;
    const result = empty(node);
    if (isMap(node)) {
      const pairs = reading.pairsOf(node).map((pair) => new Pair(copy(pair.key), copy(pair.value)));
      (result as YAMLMap).items = pairs;
    } else if (isSeq(node)) (result as YAMLSeq).items = node.items.map(copy);
    return result;
  };
  const result = tree.clone() as Document;
  result.contents = copy(tree.contents) as typeof result.contents;
  return result;
}

/** The same node without an anchor, and without what is in it. */
function empty(node: Node): Node {
  const result = Object.create(Object.getPrototypeOf(node), Object.getOwnPropertyDescriptors(node)) as Node;
  delete result.anchor;
  return result;
}
