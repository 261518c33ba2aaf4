import { statSync } from "node:fs";
import type { Newest } from "#lib/feed";
import { openToRead } from "./db";
import type { PrismaClient } from "./generated/client";
import { readGeneration } from "./generation";
import { type Readable, sentenceOf } from "./readable";
import { holdsLog, identityIn, identityOf, logOf, pathOf, saltsOf } from "./sqlite";
import { words } from "./trouble";

/** How long to wait for a locked database, ms: nobody's request waits with it. */
const BUSY_TIMEOUT_MS = 1_000;

/** A SQLite file as a gateway has it open. Most times its marks say that nothing was written, and it is not asked. */
export class ReadableFile implements Readable {
  private db: PrismaClient | null = null;
  /** Which file `db` has open. */
  private file = "";
  /** Its log. */
  private log: string | null = null;
  private salts: string | null = null;
  /** What was found by the last question for the generation. */
  private found: { readonly marks: Marks; readonly at: number; readonly generation: number } | null = null;

  constructor(private readonly databaseUrl: string) {}

  async newest(): Promise<Newest> {
    const now = Date.now();
    const path = pathOf(this.databaseUrl);
    const marks = marksOf(path, now);
    if (this.db && marks?.file !== this.file) await this.close();
    if (!marks) throw new Error(`There is no file ${path}.`);
    const { file } = marks;
    // The publisher empties it, if there is one, and may have written anew into it before this looks again.
    const isLeft = this.file !== file && holdsLog(path, this.log) && saltsOf(path) === this.salts;
    if (isLeft) throw new Error(words("foreignLog"));
    this.file = file;
    if (this.found && isSame(this.found.marks, marks) && now - this.found.at < ASK_MS) {
      return { generation: this.found.generation, file };
    }
    this.db ??= openToRead(this.databaseUrl, BUSY_TIMEOUT_MS);
    const generation = await this.reading(readGeneration);
    this.found = { marks, at: now, generation };
    this.log = identityOf(logOf(path)) ?? this.log;
    this.salts = saltsOf(path) ?? this.salts;
    return { generation, file };
  }

  async close(): Promise<void> {
    const closing = this.db;
    this.db = null;
    this.found = null;
    await closing?.$disconnect().catch(() => {});
  }

  async reading<T>(read: (db: PrismaClient) => Promise<T>): Promise<T> {
    if (!this.db) throw new Error("The database is not open.");
    try {
      return await read(this.db);
    } catch (error) {
      // A handle to a broken file stays broken: start afresh next time.
      await this.close();
      throw new Error(sentenceOf(error), { cause: error });
    }
  }
}

/** By what a write is noticed without a question: it costs a fiftieth of one. */
interface Marks {
  /** Which file the URL names: SQLite goes on reading one that was moved away or replaced as if nothing had happened. */
  readonly file: string;
  /** When file and write-ahead log were last written, and how long they are. */
  readonly written: string;
  /** A write that comes now has another time: file systems count in steps. */
  readonly settled: boolean;
}

/** Two writes within this time may have the same, ms: Linux counts in hundredths of a second at most. */
const STEP_MS = 50;
/** After this time the database is asked whatever the marks say, ms: some shared folders tell of writes late. */
const ASK_MS = 1_000;

function marksOf(path: string, now: number): Marks | null {
  const file = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!file) return null;
  const log = statSync(logOf(path), { bigint: true, throwIfNoEntry: false });
  const latest = Math.max(Number(file.mtimeMs), Number(log?.mtimeMs ?? 0));
  return {
    file: identityIn(file),
    written: `${file.mtimeNs} ${file.size} ${log?.ino} ${log?.mtimeNs} ${log?.size}`,
    settled: Math.abs(now - latest) > STEP_MS,
  };
}

/** Whether nothing was written between the two, for certain. */
function isSame(before: Marks, now: Marks): boolean {
  return before.settled && before.file === now.file && before.written === now.written;
}
