/** The source files of a clone. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const SOURCE = /\.(ts|tsx|mts|mjs|js)$/;
const NO_SOURCE = new Set([
  "node_modules",
  "build",
  "data",
  "generated",
  "test-results",
  "playwright-report",
]);

/** A source file's path from the root, with "/", to its text. */
export type Tree = ReadonlyMap<string, string>;

/** Every source file below a folder. */
export function readTree(root: string): Tree {
  const tree = new Map<string, string>();
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith(".") || NO_SOURCE.has(entry.name)) continue;
      if (entry.isDirectory()) walk(path);
      else if (SOURCE.test(entry.name) && entry.name !== "next-env.d.ts")
        tree.set(path, readFileSync(join(root, path), "utf8"));
    }
  };
  walk("");
  return tree;
}
