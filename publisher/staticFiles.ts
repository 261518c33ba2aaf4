/**
 * The build's scripts and styles as Brotli, which `tools/prepare.mjs` made once: Next compresses with gzip, anew for
 * every request. Whoever does not accept Brotli, and all other files, are left to Next.
 */
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join, sep } from "node:path";
import { pipeline } from "node:stream";

const TYPES: Record<string, string> = {
  ".js": "application/javascript; charset=UTF-8",
  ".css": "text/css; charset=UTF-8",
};

/** Returns true when it has answered. Only files that were there at the start are served, by their exact path. */
export function staticFiles(folder: string): (req: IncomingMessage, res: ServerResponse) => boolean {
  const files = new Map<string, { file: string; type: string; size: number }>();
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  for (const name of names) {
    const type = TYPES[name.match(/(\.\w+)\.br$/)?.[1] ?? ""];
    if (!type) continue;
    const file = join(folder, name);
    const path = `/_next/static/${name.slice(0, -".br".length).split(sep).join("/")}`;
    files.set(path, { file, type, size: statSync(file).size });
  }
  return (req, res) => {
    if (req.method !== "GET" || !/\bbr\b/.test(String(req.headers["accept-encoding"]))) return false;
    const found = files.get((req.url ?? "").split("?", 1)[0] ?? "");
    if (!found) return false;
    res.writeHead(200, {
      "Content-Type": found.type,
      "Content-Encoding": "br",
      "Content-Length": found.size,
      Vary: "Accept-Encoding",
      // Their names change with their content.
      "Cache-Control": "public, max-age=31536000, immutable",
    });
    pipeline(createReadStream(found.file), res, () => {});
    return true;
  };
}
