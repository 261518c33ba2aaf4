import { stat } from "node:fs/promises";
import { secretIds, withSwitches } from "#lib/edit/api";
import { readTrusted } from "#prisma/certificates";
import { openToRead } from "#prisma/db";
import {
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
import { parseText, problemText } from "#prisma/store";
import { faultOf } from "#prisma/trouble";
import type { SignInOf } from "../callers/testkey";
import { buildSnapshot } from "../routes/build";
import type { LiveRow, Tools } from "../routes/runtimeApi";
import { emptySnapshot, type Snapshot } from "../routes/table";
import type { Authenticator } from "../tokens/auth";

/**
 * How long to wait for a locked database, ms. SQLite waits without letting requests run meanwhile, and the next
 * look is not far.
 */
const BUSY_TIMEOUT_MS = 10;

/**
 * Keeps the snapshot in step with the database by polling the highest change id
 * (docs/decisions/005-database-is-polled.md). Whatever the database does, the last good snapshot serves on.
 */
export class Watcher {
  snapshot: Snapshot = emptySnapshot;
  /** Why new deployments are not seen; null when all is well. */
  databaseError: string | null = null;
  private db: ReturnType<typeof openToRead> | null = null;
  /** Which file `db` has open. */
  private file = "";
  private fileChanged = false;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly databaseUrl: string,
    private readonly pollMs: number,
    private readonly tools: Tools,
    private readonly auth: Authenticator,
  ) {}

  /** Looks once, then again and again. Resolves after the first look, whether it succeeded or not. */
  async start(): Promise<void> {
    await this.look();
    if (!this.stopped) this.timer = setTimeout(() => void this.start(), this.pollMs);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.db?.$disconnect();
  }

  /** A publisher's user for a test key, always as the database says now; undefined while it cannot be read. */
  async signIn(username: string): ReturnType<SignInOf> {
    return this.db ? readSignIn(this.db, username).catch(() => undefined) : undefined;
  }

  private async look(): Promise<void> {
    try {
      const file = await identity(this.databaseUrl);
      if (this.db && file !== this.file) await this.close();
      if (!this.db) {
        this.fileChanged = this.file !== file;
        this.file = file;
        this.db = openToRead(this.databaseUrl, BUSY_TIMEOUT_MS);
      }
      const generation = await readGeneration(this.db);
      // In another file the same number may mean something else.
      if (generation !== this.snapshot.generation || this.fileChanged) await this.load();
      this.fileChanged = false;
      if (this.databaseError !== null) console.log("The database can be read again.");
      this.databaseError = null;
    } catch (error) {
      const message = reason(error);
      if (this.databaseError !== message) console.error(`The database cannot be read: ${message}`);
      this.databaseError = message;
      // A handle to a broken file stays broken: start afresh next time.
      await this.close();
    }
  }

  private async close(): Promise<void> {
    const closing = this.db;
    this.db = null;
    await closing?.$disconnect().catch(() => {});
  }

  private async load(): Promise<void> {
    const before = this.snapshot;
    const { generation, live } = await readLive(this.db!);
    const switches = await readSwitches(this.db!);
    const rowOf = ({ apiId, revisionId, number }: LiveRevision): LiveRow => {
      const states = switches.get(apiId) ?? noStates;
      return { apiId, revisionId, revision: number, switches: states, definition: null, error: null };
    };
    const rows = live.map(rowOf);
    await this.fill(rows.filter((row) => !before.byId.get(row.apiId)?.serves(row)));
    this.tools.registry.trustThese(await readTrusted(this.db!));
    // Before the swap: once a generation is reported, its revocations count.
    await this.auth.update(await readAuth(this.db!, new Date(), (sentence) => console.error(sentence)));
    let next = buildSnapshot(generation, rows, before, this.tools);
    const standIns = (await this.standIns(rows, next)).map((earlier) => earlier.map(rowOf));
    if (standIns.length > 0) {
      const unread = rows.filter((row) => !row.definition && !next.byId.get(row.apiId)?.serves(row));
      await this.fill([...unread, ...standIns.flat()]);
      next = buildSnapshot(generation, rows, next, this.tools, standIns);
    }
    this.snapshot = next;
    for (const api of before.byId.values()) if (next.byId.get(api.apiId) !== api) api.dispose(this.tools);
    for (const [apiId, error] of next.errors) {
      if (before.errors.get(apiId)?.message === error.message) continue;
      const instead = next.byId.get(apiId);
      console.error(`API ${apiId}: ${error.message}${instead ? ` r${instead.revision} serves.` : ""}`);
    }
  }

  /**
   * What may serve for APIs whose live revision cannot: what they ran before. A gateway that has just started
   * knows of none, and one that serves such a revision must follow the operators' switches all the same.
   */
  private async standIns(rows: readonly LiveRow[], built: Snapshot): Promise<LiveRevision[][]> {
    const failed = rows.filter(({ apiId, switches }) => {
      if (!built.errors.has(apiId)) return false;
      const { revisionId = "" } = built.byId.get(apiId) ?? {};
      return !built.byId.get(apiId)?.serves({ revisionId, switches });
    });
    const found: LiveRevision[][] = [];
    for (const { apiId } of failed) found.push(await readEarlier(this.db!, apiId));
    return found;
  }

  /** Reads what rows say. */
  private async fill(rows: readonly LiveRow[]): Promise<void> {
    const texts = await readRevisions(
      this.db!,
      rows.map((row) => row.revisionId),
    );
    for (const row of rows) Object.assign(row, await this.read(row, texts.get(row.revisionId) ?? ""));
  }

  /** A revision's text with the credentials that it names, or why it cannot be read. */
  private async read(
    { apiId, switches }: LiveRow,
    text: string,
  ): Promise<Pick<LiveRow, "definition" | "secrets" | "error">> {
    const parsed = parseText(text);
    if (!parsed.ok) {
      const error = `The revision cannot be read: ${problemText(parsed.problems)}`;
      return { definition: null, error };
    }
    const definition = withSwitches(parsed.definition, switches);
    const ids = secretIds(definition);
    const secrets = await readSecrets(this.db!, this.tools.secret, apiId, ids);
    return { definition, secrets, error: ids.every((id) => secrets.has(id)) ? null : unreadable };
  }
}

const noStates: EndpointStates = new Map();

const unreadable =
  "A stored password or key cannot be read: it was encrypted under another SLUICE_SECRET, or removed. Enter it anew.";

/**
 * Which file the URL names now. SQLite goes on reading a file that was moved away or replaced as if nothing
 * had happened.
 */
async function identity(databaseUrl: string): Promise<string> {
  const path = databaseUrl.replace(/^file:/, "");
  try {
    const { dev, ino } = await stat(path);
    return `${dev} ${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(`There is no file ${path}.`);
  }
}

/** The reason without Prisma's many lines around it. */
function reason(error: unknown): string {
  // Prisma's name for SQLITE_BUSY says nothing of a lock.
  if (faultOf(error) === "busy") return "It is locked by another process.";
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split("\n").at(-1)?.trim() || "unknown error";
}
