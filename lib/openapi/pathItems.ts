import { type Document, isMap, type Pair, type YAMLMap } from "yaml";
import { keyText } from "../text/source";
import { isMethodKey, type Operation } from "./operations";

/** The paths of a document that is written, by template. */
export class PathItems {
  private readonly items = new Map<string, Pair>();

  constructor(
    private readonly tree: Document,
    private readonly paths: YAMLMap,
  ) {
    for (const pair of paths.items) this.items.set(keyText(pair) ?? "", pair);
  }

  /** The map of a path, made when there is none. Where `operation` of it is behind a reference, that is written out. */
  of(template: string, operation: Operation | undefined): YAMLMap {
    const plain = operation?.referenced ? operation.item : undefined;
    const pair = this.items.get(template);
    if (pair && isMap(pair.value) && !(plain && pair.value.has("$ref"))) return pair.value;
    const node = this.tree.createNode(plain ?? {}, { aliasDuplicateObjects: false }) as YAMLMap;
    node.flow = false;
    if (pair) pair.value = node;
    else {
      const added = this.tree.createPair(template, node) as Pair;
      this.items.set(template, added);
      if (this.paths.items.length === 0) this.paths.flow = false;
      this.paths.items.push(added);
    }
    return node;
  }

  /** Takes out those of these paths that have no operation left. */
  drop(templates: Iterable<string>): void {
    for (const template of templates) {
      const pair = this.items.get(template);
      const left = isMap(pair?.value) ? pair.value.items.map((p) => keyText(p) ?? "") : [];
      if (left.some((key) => isMethodKey(key) || key === "trace")) continue;
      this.paths.items = this.paths.items.filter((p) => p !== pair);
    }
  }
}
