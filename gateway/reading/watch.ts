import { setTimeout } from "node:timers/promises";
import type { CopyNews, SwitchedRevision, TestKeyRequest } from "#lib/feed";
import type { TestKeyUsers } from "../callers/testkey";
import { buildSnapshot } from "../routes/build";
import type { LiveRow, Tools } from "../routes/runtimeApi";
import { emptySnapshot, type Snapshot, wasRead } from "../routes/table";
import type { Authenticator } from "../tokens/auth";
import type { DatabaseClient } from "./databaseClient";
import { OwnCopy } from "./ownCopy";

/** Most revisions that are asked for at a time: requests are served between one answer and the next. */
const AT_A_TIME = 20;

/**
 * Keeps the snapshot in step with the database by polling the highest change id
 * (docs/decisions/005-database-is-polled.md). Whatever the database does, the last good snapshot serves on.
 */
export class Watcher implements TestKeyUsers {
  snapshot: Snapshot = emptySnapshot;
  /** Why the database cannot be read; null when it can. */
  private trouble: string | null = null;
  /** Told when there is another snapshot, or something else about it. */
  onNews: () => void = () => {};
  /** The file that the snapshot was read from. */
  private file = "";
  /** Live revisions that could not be served at the last look. */
  private failedBefore: ReadonlySet<string> = new Set();
  /** What the reader said last of who may call. */
  private access = "";
  private stopped = false;

  constructor(
    private readonly database: DatabaseClient,
    private readonly pollMs: number,
    private readonly tools: Tools,
    private readonly auth: Authenticator,
  ) {}

  /** Why new deployments are not seen, and what is served meanwhile; null when all is well. */
  get databaseError(): string | null {
    const { copy } = this.snapshot;
    return this.trouble && copy ? `${this.trouble} ${copy.words}` : this.trouble;
  }

  /** Loads, and then whatever is newer. Resolves after the first try, whether it succeeded or not. */
  async start(): Promise<void> {
    await this.look(false);
    void this.goOn();
  }

  private async goOn(): Promise<void> {
    while (!this.stopped) {
      // From a copy on it is looked whether the database is there again.
      const failed = this.trouble !== null && this.snapshot.copy === null;
      if (failed) await setTimeout(this.pollMs);
      await this.look(!failed);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.database.stop();
  }

  /** A publisher's user for a test key, always as the database says now; undefined while it cannot be read. */
  signIn(username: string): ReturnType<TestKeyUsers["signIn"]> {
    return this.database.ask("signIn", username).catch(() => undefined);
  }

  /** A token for a user; null where nobody can sign it. */
  testKey(request: TestKeyRequest): ReturnType<TestKeyUsers["testKey"]> {
    return this.database.ask("testKey", request).catch(() => null);
  }

  /** `waits`: until there is something newer. */
  private async look(waits: boolean): Promise<void> {
    try {
      const known = { generation: this.snapshot.generation, file: this.file };
      const { generation, file, copy } = await (waits
        ? this.database.ask("newer", known, this.pollMs)
        : this.database.ask("newest", !wasRead(this.snapshot) || this.snapshot.copy !== null));
      if (generation !== this.snapshot.generation || file !== this.file) await this.load(copy);
      this.file = file;
      this.say(copy?.trouble ?? null);
      this.onNews();
    } catch (error) {
      if (this.stopped) return;
      this.say(error instanceof Error ? error.message : String(error));
    }
  }

  private say(trouble: string | null): void {
    const before = this.trouble;
    this.trouble = trouble;
    if (trouble === before) return;
    if (trouble === null) console.log("The database can be read again.");
    else console.error(`The database cannot be read: ${this.databaseError}`);
  }

  private async load(copy: CopyNews | undefined): Promise<void> {
    const before = this.snapshot;
    const { generation, live, blocked } = await this.database.ask("live");
    const rows = live.map(rowOf);
    await this.fill(rows.filter((row) => !before.byId.get(row.apiId)?.serves(row)));
    await this.takeAccess();
    let next = buildSnapshot(generation, rows, before, this.tools);
    const standIns = await this.standIns(rows, next);
    if (standIns.length > 0) {
      const unread = rows.filter((row) => !row.definition && !next.byId.get(row.apiId)?.serves(row));
      await this.fill([...unread, ...standIns.flat()]);
      next = buildSnapshot(generation, rows, next, this.tools, standIns);
    }
    this.snapshot = { ...next, blocked: new Set(blocked), copy: copy ? new OwnCopy(copy) : null };
    for (const api of before.byId.values()) if (next.byId.get(api.apiId) !== api) api.dispose(this.tools);
    for (const [apiId, error] of next.errors) {
      if (before.errors.get(apiId)?.message === error.message) continue;
      const instead = next.byId.get(apiId);
      console.error(`API ${apiId}: ${error.message}${instead ? ` r${instead.revision} serves.` : ""}`);
    }
  }

  /** Before the snapshot is swapped: once a generation is reported, its revocations count. */
  private async takeAccess(): Promise<void> {
    const { known, news } = await this.database.ask("access", this.access);
    if (news) {
      for (const sentence of news.sentences) console.error(sentence);
      this.tools.registry.trustThese(news.trusted);
      await this.auth.update(news.auth);
      this.access = known;
    }
    this.auth.retry();
  }

  /**
   * What may serve for APIs whose live revision cannot: what they ran before. A gateway that has just started
   * knows of none, and one that serves such a revision must follow the operators' switches all the same. Where it goes
   * on serving one it asks once: what reads the database keeps the answer for a start without that.
   */
  private async standIns(rows: readonly LiveRow[], built: Snapshot): Promise<LiveRow[][]> {
    const failed = rows.filter(({ apiId }) => built.errors.has(apiId));
    const isServed = ({ apiId, switches }: LiveRow) => {
      const { revisionId = "" } = built.byId.get(apiId) ?? {};
      return built.byId.get(apiId)?.serves({ revisionId, switches }) ?? false;
    };
    const asked = failed.filter((row) => !isServed(row) || !this.failedBefore.has(row.revisionId));
    const ids = asked.map((row) => row.apiId);
    const earlier = ids.length > 0 ? await this.database.ask("earlier", ids) : [];
    this.failedBefore = new Set(failed.map((row) => row.revisionId));
    return earlier.filter((_, at) => !isServed(asked[at]!)).map((revisions) => revisions.map(rowOf));
  }

  /** Reads what rows say. */
  private async fill(rows: readonly LiveRow[]): Promise<void> {
    for (let i = 0; i < rows.length; i += AT_A_TIME) {
      const some = rows.slice(i, i + AT_A_TIME);
      const asked = some.map(({ apiId, revisionId, revision, paths, switches }) => ({
        ...{ apiId, revisionId, paths, switches },
        number: revision,
      }));
      const read = await this.database.ask("revisions", asked);
      for (const [at, row] of some.entries()) Object.assign(row, read[at]);
    }
  }
}

function rowOf({ apiId, revisionId, number, paths, switches }: SwitchedRevision): LiveRow {
  return { apiId, revisionId, revision: number, paths, switches, definition: null, problems: [] };
}
