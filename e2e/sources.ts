import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./processes";

/** Made, downloaded or not text. */
const skipped = new Set(
  ".git .next build data generated installations node_modules playwright-report test-results".split(" "),
);

/** The texts of this repository with one of these endings, by their paths from its root. */
export function sources(...endings: string[]): Map<string, string> {
  const found = new Map<string, string>();
  const look = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (skipped.has(entry.name)) continue;
      if (entry.isDirectory()) look(path);
      else if (endings.some((ending) => path.endsWith(ending)))
        found.set(path, readFileSync(join(root, path), "utf8"));
    }
  };
  look("");
  return found;
}
