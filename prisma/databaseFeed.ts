import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { secretIds, servingProblems, withSwitches } from "#lib/edit/api";
import type {
  AccessRead,
  AuthRows,
  EndpointStates,
  LiveRead,
  LiveRevision,
  Newest,
  RevisionRead,
  Source,
  SwitchedRevision,
  TestKeyRequest,
  Users,
} from "#lib/feed";
import { openSigningKey, signToken } from "./access/signedTokens";
import { readTrusted } from "./certificates";
import { openToRead } from "./db";
import { parseText, problemText } from "./documents";
import type { PrismaClient } from "./generated/client";
import { readGeneration } from "./generation";
import {
  newestSigningKey,
  readAuth,
  readEarlier,
  readLive,
  readRevisions,
  readSignIn,
  readSwitches,
} from "./liveRevisions";
import { readSecrets } from "./sealedSecrets";
import { holdsLog, identityIn, identityOf, logOf, pathOf, saltsOf } from "./sqlite";
import { faultOf, words } from "./trouble";

/** How long to wait for a locked database, ms: nobody's request waits with it. */
const BUSY_TIMEOUT_MS = 1_000;

/**
 * All that a gateway reads, and nothing that it writes. It runs in a thread of its own there (databaseThread.ts), because
 * SQLite's calls do not come back before they are done: on a slow disk they held up every request. Errors are one
 * sentence; the database is opened anew after each.
 */
export class DatabaseFeed implements Source, Users {
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

  async revisions(rows: readonly SwitchedRevision[]): Promise<RevisionRead[]> {
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

  async earlier(apiIds: readonly string[]): Promise<SwitchedRevision[][]> {
    return this.reading(async (db) => {
      const switches = await readSwitches(db);
      const found: SwitchedRevision[][] = [];
      for (const apiId of apiIds) {
        found.push((await readEarlier(db, apiId)).map((row) => withStates(row, switches)));
      }
      return found;
    });
  }

  async access(known: string): Promise<AccessRead> {
    return this.reading(async (db) => {
      const trusted = await readTrusted(db);
      const sentences: string[] = [];
      const auth = await readAuth(db, (sentence) => sentences.push(sentence));
      const { id } = (await newestSigningKey(db)) ?? {};
      if (id !== undefined && !(await this.signingKey(db))) sentences.push(otherSecret);
      const now = digest(trusted, auth);
      return { known: now, news: now === known ? null : { trusted, auth, sentences } };
    });
  }

  async signIn(username: string): ReturnType<typeof readSignIn> {
    return this.reading((db) => readSignIn(db, username));
  }

  async testKey({ issuer, revokedBefore, ...request }: TestKeyRequest): Promise<string | null> {
    const key = await this.reading((db) => this.signingKey(db));
    return key && (await signToken(key, issuer, request, new Date(), revokedBefore)).token;
  }

  private async signingKey(db: PrismaClient) {
    const row = await newestSigningKey(db);
    return row && openSigningKey(row, this.secret).catch(() => null);
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
    { apiId, switches }: SwitchedRevision,
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

const otherSecret = "The signing key cannot be opened: give gateway and publisher the same SLUICE_SECRET.";
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
