import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { keepFile } from "#lib/node/dataFolder";
import { keyFor, seal, unseal } from "#lib/node/secret";

/** The form of the files; a higher one is a later version's. */
const FORMAT = 1;
const FILE = /^sluice-copy (\d+) (\w+)\n(v1\.[\w-]+)\n$/;
/** Files of ours and what a crash leaves of them: nothing else in the folder is touched. */
const OURS = /^(?:manifest|confirmed|revision-[0-9a-f]{32})\.sealed(?:\.[0-9a-f]{12})?$/;

const UNDER_WAY = /\.sealed\.[0-9a-f]{12}$/;
/** A file that is this old is no longer written, ms. */
const LEFT_MS = 60_000;

export const MANIFEST = "manifest.sealed";
export const CONFIRMED = "confirmed.sealed";

/** The name of a revision's file: whatever its id, it can be one. */
export function fileOf(revisionId: string): string {
  return `revision-${createHash("sha256").update(revisionId).digest("hex").slice(0, 32)}.sealed`;
}

/** What a file holds; else what is wrong with it, as the end of a sentence that begins with its name. */
export type Opened = { ok: true; value: unknown } | { ok: false; why: string };

/**
 * The folder of a gateway's own copy of what it serves (docs/decisions/030-own-copy.md): sealed files, each bound to its
 * name, with the form and a mark of the key in front, so that what cannot be opened can be told apart.
 */
export class CopyFolder {
  private readonly key: Buffer;
  private readonly mark: string;

  /** @param folder absolute; made when something is written */
  constructor(
    readonly folder: string,
    secret: Buffer,
  ) {
    this.key = keyFor(secret, "gateway-copy");
    this.mark = keyFor(secret, "gateway-copy-mark").toString("hex").slice(0, 16);
  }

  /** Seen complete or not at all. Throws `UnusableFolder`. */
  write(name: string, value: unknown): void {
    const sealed = seal(this.key, JSON.stringify({ name, value }));
    const text = `sluice-copy ${FORMAT} ${this.mark}\n${sealed}\n`;
    keepFile(join(this.folder, name), text, { replace: true, mode: 0o600 });
  }

  read(name: string): Opened {
    const no = (why: string): Opened => ({ ok: false, why });
    let text: string;
    try {
      text = readFileSync(join(this.folder, name), "utf8");
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      return no(
        ["ENOENT", "ENOTDIR"].includes(code) ? "is not there" : `cannot be read (${code || message})`,
      );
    }
    const [, format = "", mark = "", sealed = ""] = FILE.exec(text) ?? [];
    if (sealed === "") return no("is damaged");
    if (Number(format) > FORMAT)
      return no(`has form ${format}, of a later version; this one knows ${FORMAT}`);
    if (mark !== this.mark) return no("is sealed with another SLUICE_SECRET");
    const opened = unseal(this.key, sealed);
    const found = opened === null ? null : (JSON.parse(opened) as { name: string; value: unknown });
    return found?.name === name ? { ok: true, value: found.value } : no("is damaged");
  }

  /** Files of ours that are there. */
  names(): Set<string> {
    try {
      return new Set(readdirSync(this.folder).filter((name) => OURS.test(name)));
    } catch {
      return new Set();
    }
  }

  /** Removes all files of ours but these. One under way may be another gateway's, which shares the folder. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.names()) {
      const file = join(this.folder, name);
      if (names.has(name) || (UNDER_WAY.test(name) && isYoung(file))) continue;
      rmSync(file, { force: true });
    }
  }
}

function isYoung(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs < LEFT_MS;
}
