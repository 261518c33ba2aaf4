import { type FileHandle, mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Output } from "#lib/node/output";

/** How often it is looked whether the file at the path is still the one that is written to, ms. */
const LOOK_MS = 1_000;

const NEW_LINE = 10;

interface Opened {
  readonly handle: FileHandle;
  /** It ends within a line. */
  readonly cut: boolean;
}

/** A file that is appended to, and the one that comes in its place when a log rotator moves or removes it. */
export class LogFile {
  private output: Output | null = null;
  /** What is under way: one after the other. */
  private last = Promise.resolve();
  private looking = false;
  private problem = "";

  private constructor(
    private readonly path: string,
    private opened: Opened,
  ) {}

  /** Opens the file, and its folder where there is none. Throws when that cannot be. */
  static async open(path: string): Promise<LogFile> {
    return new LogFile(path, await openFile(path));
  }

  get descriptor(): number {
    return this.opened.handle.fd;
  }

  /** Keeps this output, which writes to the file, on the one that is at the path. */
  watch(output: Output): void {
    this.output = output;
    void output.moveTo(this.descriptor, this.opened.cut);
    setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Opens the path anew, whatever is there. */
  reopen(): void {
    this.last = this.last.then(() => this.take(() => openFile(this.path)));
  }

  private look(): void {
    if (this.looking) return;
    this.looking = true;
    const find = async () => ((await this.isInPlace()) ? null : openFile(this.path));
    this.last = this.last
      .then(() => this.take(find))
      .finally(() => {
        this.looking = false;
      });
  }

  /** Goes on in the file that is found, if any. Never rejects. */
  private async take(find: () => Promise<Opened | null>): Promise<void> {
    try {
      const next = await find();
      this.problem = "";
      if (!next) return;
      const { handle } = this.opened;
      this.opened = next;
      await this.output?.moveTo(next.handle.fd, next.cut);
      await handle.close();
    } catch (error) {
      const problem = `The access log goes on in the file from before: ${(error as Error).message}`;
      if (this.problem !== problem) console.error(problem);
      this.problem = problem;
    }
  }

  private async isInPlace(): Promise<boolean> {
    const found = await stat(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    const written = await this.opened.handle.stat();
    return found !== null && written.ino === found.ino && written.dev === found.dev;
  }
}

async function openFile(path: string): Promise<Opened> {
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, "a");
  return { handle, cut: await endsInLine(path).catch(() => false) };
}

/** Whether a file ends within a line, as one does that was cut by a full disk or a power cut. */
async function endsInLine(path: string): Promise<boolean> {
  const found = await stat(path);
  if (!found.isFile() || found.size === 0) return false;
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, found.size - 1);
    return bytesRead === 1 && buffer[0] !== NEW_LINE;
  } finally {
    await file.close();
  }
}
