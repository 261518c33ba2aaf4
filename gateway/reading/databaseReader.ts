import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { type ApiDefinition, secretIds, servingProblems, withSwitches } from "#lib/edit/api";
import { readTrusted } from "#prisma/certificates";
import { openToRead } from "#prisma/db";
import { parseText, problemText } from "#prisma/documents";
import type { PrismaClient } from "#prisma/generated/client";
import {
  type AuthRows,
  type EndpointStates,
  type LiveRevision,
  readAuth,
  readEarlier,
  readGeneration,
  readLive,
  readRevisions,
  readSignIn,
  readSwitches,
} from "#prisma/liveRevisions";
import { readSecrets } from "#prisma/sealedSecrets";
import { holdsLog, identityIn, identityOf, logOf, pathOf, saltsOf } from "#prisma/sqlite";
import { faultOf, words } from "#prisma/trouble";

/** How long to wait for a locked database, ms: nobody's request waits with it. */
const BUSY_TIMEOUT_MS = 1_000;

/** The highest change id, and of which file: in another one the same number may mean something else. */
export interface Newest {
  generation: number;
  file: string;
}

/** What is live, by revision, with what operators said of endpoints. */
export interface LiveRead {
  generation: number;
  live: (LiveRevision & { switches: EndpointStates })[];
  /** Ids of APIs that answer nobody. */
  blocked: string[];
}

/** A revision's text as it was understood. */
export interface RevisionRead {
  /** With the operators' switches applied. */
  definition: ApiDefinition | null;
  /** Plain texts of the stored credentials that it names, by id. */
  secrets?: ReadonlyMap<string, string>;
  /** Why it cannot serve, one sentence each. */
  problems: string[];
}

/** Who may call, and whose certificates are believed. */
export interface AccessRead {
  /** What the asker knows then. */
  known: string;
  /** Null: what it knows already. */
  news: {
    trusted: ReadonlyMap<string, readonly string[]>;
    auth: AuthRows;
    /** What is left out, for the log. */
    sentences: string[];
  } | null;
}

/**
 * All that the gateway reads. It runs in a thread of its own (databaseThread.ts), because SQLite's calls do not come
 * back before they are done: on a slow disk they held up every request. Errors are one sentence; the database is
 * opened anew after each.
 */
export class DatabaseReader {
  private db: PrismaClient | null = null;
  /** Which file `db` has open. */
  private file = "";
  /** Its log. */
  private log: string | null = null;
  private salts: string | null = null;
  /** What was found by the last question for the highest change id. */
  private found: { readonly marks: Marks; readonly at: number; readonly generation: number } | null = null;

  constructor(
    private readonly databaseUrl: string,
    private readonly secret: Buffer,
  ) {}

  /** Looks every `pollMs` until the newest is not the known one any more. */
  async newer(known: Newest, pollMs: number): Promise<Newest> {
    for (;;) {
      await setTimeout(pollMs);
      const newest = await this.newest();
      if (newest.generation !== known.generation || newest.file !== known.file) return newest;
    }
  }

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

  async live(): Promise<LiveRead> {
    return this.reading(async (db) => {
      const { live, ...rest } = await readLive(db);
      const switches = await readSwitches(db);
      return { ...rest, live: live.map((row) => withStates(row, switches)) };
    });
  }

  /** What the rows' revisions say, in their order. */
  async revisions(rows: LiveRead["live"]): Promise<RevisionRead[]> {
    return this.reading(async (db) => {
      const texts = await readRevisions(
        db,
        rows.map((row) => row.revisionId),
      );
      const read: RevisionRead[] = [];
      for (const row of rows) read.push(await this.revision(db, row, texts.get(row.revisionId) ?? ""));
      return read;
    });
  }

  /** What APIs ran before, a list for each, the newest first. */
  async earlier(apiIds: readonly string[]): Promise<LiveRead["live"][]> {
    return this.reading(async (db) => {
      const switches = await readSwitches(db);
      const found: LiveRead["live"][] = [];
      for (const apiId of apiIds) {
        found.push((await readEarlier(db, apiId)).map((row) => withStates(row, switches)));
      }
      return found;
    });
  }

  /** `known`: what the asker was told last; "" for nothing. */
  async access(known: string): Promise<AccessRead> {
    return this.reading(async (db) => {
      const trusted = await readTrusted(db);
      const sentences: string[] = [];
      const auth = await readAuth(db, (sentence) => sentences.push(sentence));
      const now = digest(trusted, auth);
      return { known: now, news: now === known ? null : { trusted, auth, sentences } };
    });
  }

  /** A publisher's user as the database says now; null for an unknown or disabled one. */
  async signIn(username: string): ReturnType<typeof readSignIn> {
    return this.reading((db) => readSignIn(db, username));
  }

  async close(): Promise<void> {
    const closing = this.db;
    this.db = null;
    this.found = null;
    await closing?.$disconnect().catch(() => {});
  }

  private async reading<T>(read: (db: PrismaClient) => Promise<T>): Promise<T> {
    if (!this.db) throw new Error("The database is not open.");
    try {
      return await read(this.db);
    } catch (error) {
      // A handle to a broken file stays broken: start afresh next time.
      await this.close();
      throw new Error(reason(error), { cause: error });
    }
  }

  /** A revision's text with the credentials that it names, or why it cannot be read. */
  private async revision(
    db: PrismaClient,
    { apiId, switches }: LiveRead["live"][number],
    text: string,
  ): Promise<RevisionRead> {
    const parsed = parseText(text);
    if (!parsed.ok) {
      return { definition: null, problems: [`The revision cannot be read: ${problemText(parsed.problems)}`] };
    }
    const definition = withSwitches(parsed.definition, switches);
    const ids = secretIds(definition);
    const secrets = await readSecrets(db, this.secret, apiId, ids);
    const problems = ids.every((id) => secrets.has(id))
      ? servingProblems(definition).map((problem) => problem.message)
      : [unreadable];
    return { definition, secrets, problems };
  }
}

const noStates: EndpointStates = new Map();

function withStates(row: LiveRevision, switches: ReadonlyMap<string, EndpointStates>) {
  return { ...row, switches: switches.get(row.apiId) ?? noStates };
}

const unreadable =
  "A stored password or key cannot be read: it was encrypted under another SLUICE_SECRET, or removed. Enter it anew.";

function digest(
  trusted: ReadonlyMap<string, readonly string[]>,
  { keys, issuers, revocations }: AuthRows,
): string {
  const { tokens, clients } = revocations;
  const text = JSON.stringify([[...trusted], keys, issuers, [...tokens], [...clients]]);
  return createHash("sha256").update(text).digest("base64");
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

/** The reason without Prisma's many lines around it. */
function reason(error: unknown): string {
  // Prisma's name for SQLITE_BUSY says nothing of a lock.
  if (faultOf(error) === "busy") return "It is locked by another process.";
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split("\n").at(-1)?.trim() || "unknown error";
}
