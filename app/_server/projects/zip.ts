import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type Entry, fromBuffer, type ZipFile } from "yauzl";
import { ZipFile as ZipWriter } from "yazl";

/** ZIP files of strangers in, ours out. Bounds: docs/rules/wso2.md section 2. */

const MIB = 1024 * 1024;
/** Largest file, bytes. */
export const MAX_PACKED = 20 * MIB;
/** Largest content, bytes, counted while inflating: what a file says of itself may be a lie. */
const MAX_UNPACKED = 100 * MIB;
const MAX_ENTRIES = 1_000;
/** File types in the upper half of a Unix mode. */
const TYPE_MASK = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;

export type Unzipped = { ok: true; files: Map<string, Buffer> } | { ok: false; message: string };

/** All files by path. Nothing touches the disk. */
export async function readZip(bytes: Buffer): Promise<Unzipped> {
  if (bytes.length > MAX_PACKED) return refuse("The ZIP file is larger than 20 MiB.");
  let zip: ZipFile;
  try {
    zip = await open(bytes);
  } catch {
    return refuse("This is not a ZIP file, or it is damaged.");
  }
  if (zip.entryCount > MAX_ENTRIES) return refuse(`The ZIP file has more than ${MAX_ENTRIES} entries.`);
  const files = new Map<string, Buffer>();
  let left = MAX_UNPACKED;
  let entries = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      if (++entries > MAX_ENTRIES) return refuse(`The ZIP file has more than ${MAX_ENTRIES} entries.`);
      const problem = entryProblem(entry, files);
      if (problem) return refuse(problem);
      if (entry.fileName.endsWith("/")) continue;
      const content = await atMost(await zip.openReadStreamPromise(entry), left);
      if (!content) return refuse("The ZIP file holds more than 100 MiB.");
      left -= content.length;
      files.set(entry.fileName, content);
    }
  } catch (error) {
    return refuse(
      `The ZIP file cannot be read: ${error instanceof Error ? error.message : "it is damaged"}.`,
    );
  }
  return { ok: true, files };
}

function open(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    const options = {
      lazyEntries: true,
      decodeStrings: true,
      validateEntrySizes: true,
      strictFileNames: true,
    };
    fromBuffer(bytes, options, (error, zip) => (error ? reject(error) : resolve(zip)));
  });
}

function entryProblem(entry: Entry, files: ReadonlyMap<string, Buffer>): string | undefined {
  const name = entry.fileName;
  const shown = JSON.stringify(name.length > 100 ? `${name.slice(0, 97)}...` : name);
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name) || name.includes("\\") || name.includes("\0"))
    return `The ZIP file has the entry ${shown}: only relative paths with / are accepted.`;
  if (name.split("/").includes("..")) return `The ZIP file has the entry ${shown}: ".." is not accepted.`;
  if (entry.isEncrypted()) return `The entry ${shown} of the ZIP file is encrypted.`;
  const type = (entry.externalFileAttributes >>> 16) & TYPE_MASK;
  const fromUnix = entry.versionMadeBy >>> 8 === 3;
  if (fromUnix && type !== 0 && type !== REGULAR && type !== FOLDER)
    return `The entry ${shown} of the ZIP file is a link or a device; only files and folders are accepted.`;
  if (files.has(name)) return `The ZIP file has the entry ${shown} twice.`;
}

/** The whole stream; undefined as soon as it is longer than `most` bytes. */
async function atMost(stream: Readable, most: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the stream, and with it the inflating.
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const refuse = (message: string): Unzipped => ({ ok: false, message });

/** The same content gives the same bytes, whenever it is written. */
export async function writeZip(files: ReadonlyMap<string, string | Uint8Array>): Promise<Buffer> {
  const zip = new ZipWriter();
  const mtime = new Date(Date.UTC(2000, 0, 1));
  for (const [path, content] of files) {
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : Buffer.from(content);
    zip.addBuffer(bytes, path, { mtime, mode: REGULAR | 0o644 });
  }
  zip.end();
  return buffer(zip.outputStream as Readable);
}
