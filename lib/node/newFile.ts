import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a small file that is seen complete or not at all, also after a power cut: it is on the disk before it has
 * its name, and its name is when this returns. Without `replace` the first one to come stays. Throws when it cannot
 * be written.
 */
export function writeNewFile(
  file: string,
  text: string,
  { replace, mode }: { replace: boolean; mode: number },
): void {
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    const written = openSync(temporary, "wx", mode);
    try {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length; ) done += writeSync(written, bytes, done);
      fsyncSync(written);
    } finally {
      closeSync(written);
    }
    if (replace) renameSync(temporary, file);
    else linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(dirname(file));
}

/** Puts the names in a folder on the disk. Where a folder cannot be opened (Windows) nothing can be done. */
export function syncFolder(path: string): void {
  let folder: number;
  try {
    folder = openSync(path, "r");
  } catch {
    return;
  }
  try {
    fsyncSync(folder);
  } catch (error) {
    // File systems that know no such thing say so.
    if (!["EINVAL", "EPERM", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    closeSync(folder);
  }
}
