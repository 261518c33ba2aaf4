import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";
import { Failure, USAGE } from "./client";

/** More than a project may have anyway: whoever names a home folder by mistake learns it soon. */
const MAX_FILES = 1_000;

export interface SourceFile {
  bytes: Buffer;
  name: string;
  /** Those of a folder that may name variables. */
  texts: string[];
}

/** A file as it is, or a folder as a ZIP file. */
export async function readSource(path: string): Promise<SourceFile> {
  const stats = await stat(path).catch(() => null);
  if (!stats) throw new Failure(`There is no file or folder ${path}.`, USAGE);
  if (!stats.isDirectory()) return { bytes: await readBytes(path), name: path, texts: [] };
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => {
    throw new Failure(`The folder ${path} cannot be read.`, USAGE);
  });
  const files = entries.filter((entry) => entry.isFile());
  if (files.length === 0) throw new Failure(`The folder ${path} is empty.`, USAGE);
  if (files.length > MAX_FILES)
    throw new Failure(`The folder ${path} has more than ${MAX_FILES} files.`, USAGE);
  const zip = new ZipFile();
  const texts: string[] = [];
  for (const { parentPath, name } of files) {
    const file = join(parentPath, name);
    const content = await readBytes(file);
    if (/^(api|api_params|params)\.(ya?ml|json)$/.test(name)) texts.push(content.toString());
    zip.addBuffer(content, relative(path, file).split(sep).join("/"));
  }
  zip.end();
  return { bytes: await buffer(zip.outputStream as Readable), name: `${path}.zip`, texts };
}

export const readText = async (path: string): Promise<string> => (await readBytes(path)).toString();

function readBytes(path: string): Promise<Buffer> {
  return readFile(path).catch(() => {
    throw new Failure(`The file ${path} cannot be read.`, USAGE);
  });
}

/** The variables that texts name as `${NAME}`, as far as they are set; the rest of the environment goes nowhere. */
export function namedVariables(texts: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const names = texts.flatMap((text) => [...text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)]);
  return Object.fromEntries(
    names.flatMap(([, name = ""]) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Writes files below a folder that must not be there yet, or be empty. */
export async function writeFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new Failure(`${folder} is not a folder.`, USAGE);
  });
  if (present.length > 0) throw new Failure(`The folder ${folder} is not empty.`, USAGE);
  for (const [path, text] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
