import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure, USAGE } from "./client";

/** What of a folder can be imported, by name, and what is none of it. */
export interface Sources {
  sources: string[];
  skipped: string[];
}

const MAIN = /^api\.(ya?ml|json)$/;

/**
 * The projects, ZIP files and OpenAPI documents in a folder of them. Null where the path is one thing to import itself:
 * a file, or the folder of a project.
 */
export async function sourcesIn(path: string): Promise<Sources | null> {
  const stats = await stat(path).catch(() => null);
  if (!stats?.isDirectory() || (await isProject(path))) return null;
  const names = (await namesIn(path)).sort();
  if (names.length === 0) throw new Failure(`The folder ${path} is empty.`, USAGE);
  const found: Sources = { sources: [], skipped: [] };
  for (const name of names) {
    const isSource = !name.startsWith(".") && (await canBeImported(join(path, name)));
    (isSource ? found.sources : found.skipped).push(name);
  }
  if (found.sources.length > 0) return found;
  throw new Failure(
    `The folder ${path} is no project, and has none in it, nor a ZIP file or an OpenAPI document. A project has an api.yaml at its top or in its only folder.`,
    USAGE,
  );
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => {
    throw new Failure(`The folder ${folder} cannot be read.`, USAGE);
  });
}

async function canBeImported(path: string): Promise<boolean> {
  // Follows links; one that leads nowhere is nothing to import.
  const stats = await stat(path).catch(() => null);
  // What cannot be read is told by whoever imports it.
  if (stats?.isDirectory()) return isProject(path).catch(() => true);
  if (!stats?.isFile()) return false;
  return /\.zip$/i.test(path) || (/\.(ya?ml|json)$/i.test(path) && (await isOpenApi(path)));
}

/** It has an api.yaml at its top or in its only folder, as the reader of projects finds it. */
async function isProject(folder: string): Promise<boolean> {
  const names = await namesIn(folder);
  if (names.some((name) => MAIN.test(name))) return true;
  const [only, ...others] = names.filter((name) => !/^(__MACOSX$|\.DS_Store$|\._)/.test(name));
  if (only === undefined || others.length > 0) return false;
  const below = await readdir(join(folder, only)).catch(() => []);
  return below.some((name) => MAIN.test(name));
}

/** Whatever else is wrong with it, it says that it is one. */
async function isOpenApi(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined || /(^\uFEFF?|[{,]\s*)["']?(openapi|swagger)["']?\s*:/m.test(text);
}
