import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where Next asks for the map of a file for which Node has none. Of its own development server; it has no other door. */
const ASKED_BY_NEXT = Symbol.for("next.dev.bundlerFindSourceMap");

/**
 * Has Next name files and lines of the sources in the errors that it logs, without `--enable-source-maps`: with that Node
 * reads the map of each file that it loads, 130 MB for all pages, which takes up to 160 MiB of memory. A map is read when
 * an error has met its file.
 */
export function mapErrorsLate(): void {
  const known = new Map<string, object | undefined>();
  Object.assign(globalThis, {
    [ASKED_BY_NEXT]: (url: string) => {
      if (!known.has(url)) known.set(url, mapBeside(url));
      return known.get(url);
    },
  });
}

/** The map that the last line of a file names, or undefined. */
function mapBeside(url: string): object | undefined {
  if (!url.startsWith("file:")) return undefined;
  try {
    const file = fileURLToPath(url);
    const [, name] = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(readFileSync(file, "utf8").slice(-1_000)) ?? [];
    if (!name || name.startsWith("data:")) return undefined;
    return JSON.parse(readFileSync(join(dirname(file), decodeURIComponent(name)), "utf8"));
  } catch {
    // An error is told without it.
    return undefined;
  }
}
