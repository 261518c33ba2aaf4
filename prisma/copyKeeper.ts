import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { LiveRead, Source, SwitchedRevision } from "#lib/feed";
import { CONFIRMED, type CopyFolder, fileOf, MANIFEST } from "./copyFolder";
import { Manifest, manifestOf } from "./copyForms";
import type { StoredRevision } from "./revisionReading";

/** Between two manifests, ms. */
const WRITE_MS = 5_000;
/** How often a copy is confirmed that is what the database says, ms; more often where it may not become that old. */
const CONFIRM_MS = 60_000;
const CONFIRMS_AN_AGE = 4;
/** Revisions that are read at a time. */
const AT_A_TIME = 20;

/** What the copy is made of. */
export interface Copied extends Pick<Source, "live" | "access"> {
  stored(rows: readonly SwitchedRevision[]): Promise<StoredRevision[]>;
}

/**
 * Keeps a gateway's own copy in step with the database, in the thread that reads it. A revision is written once, and the
 * manifest last, so that whatever ends this there is a copy that is whole: the one before, or the next.
 */
export class CopyKeeper {
  private readonly confirmMs: number;
  /** What is on the disk. */
  private written: { id: string; generation: number } | null = null;
  private nextAt = Number.NEGATIVE_INFINITY;
  private confirmAt = Number.NEGATIVE_INFINITY;
  private writing: Promise<void> | null = null;
  /** Something is to be written although the generation is the same. */
  private isStale = false;
  private seen = -1;
  /** By revision; null before the manifest of the process before was looked at. */
  private titles: Map<string, string> | null = null;
  /** What stood in for revisions that could not be served, by API, and for which. */
  private readonly earlier = new Map<string, { of: string | undefined; rows: SwitchedRevision[] }>();
  private told = "";

  constructor(
    private readonly folder: CopyFolder,
    private readonly source: Copied,
    maxAgeMs: number,
  ) {
    this.confirmMs = Math.min(CONFIRM_MS, maxAgeMs / CONFIRMS_AN_AGE);
  }

  /** The database can be read, and this is its newest generation. */
  saw(generation: number): void {
    this.seen = generation;
  }

  /** Writes what was seen, if it is time for that, beside whoever waits. */
  keepUp(): void {
    if (this.writing) return;
    const now = performance.now();
    if (!this.written || !this.isCurrent) {
      if (now >= this.nextAt) void this.write();
    } else if (now >= this.confirmAt) this.attempt(this.written.id);
  }

  private get isCurrent(): boolean {
    return !this.isStale && this.written?.generation === this.seen;
  }

  /** What APIs ran before that cannot be served as they are. */
  ranBefore(apiIds: readonly string[], found: readonly SwitchedRevision[][], live: LiveRead | null): void {
    for (const [at, apiId] of apiIds.entries()) {
      const of = live?.live.find((row) => row.apiId === apiId)?.revisionId;
      this.earlier.set(apiId, { of, rows: found[at] ?? [] });
    }
    this.isStale = true;
  }

  /** Writes what was seen last, if that is quick. @param withinMs how long it may take */
  async finish(withinMs: number): Promise<void> {
    if (this.seen < 0 || (this.isCurrent && !this.writing)) return;
    const late = new Promise((resolve) => setTimeout(resolve, withinMs).unref());
    await Promise.race([(this.writing ?? Promise.resolve()).then(() => this.write()), late]);
  }

  private write(): Promise<void> {
    this.writing ??= this.writeAll()
      .then(
        () => this.tell(""),
        (error: unknown) => {
          this.isStale = true;
          this.tell(error instanceof Error ? error.message : String(error));
        },
      )
      .finally(() => {
        this.writing = null;
        this.nextAt = performance.now() + WRITE_MS;
      });
    return this.writing;
  }

  private async writeAll(): Promise<void> {
    this.isStale = false;
    const readAt = Date.now();
    const live = await this.source.live();
    const { news } = await this.source.access("");
    if (!news) return;
    const before = this.titles ? null : this.before();
    const titles = this.titles ?? new Map(before?.live.map(({ revisionId, title }) => [revisionId, title]));
    const earlier = this.standIns(live, before);
    const rows = [live.live, ...earlier.values()].flat();
    // Those that this process has not written itself may be damaged, or of another secret.
    const there = this.titles ? this.folder.names() : await this.sound();
    await this.writeRevisions(rows, there, titles);
    const manifest = manifestOf(live, earlier, news, (id) => titles.get(id) ?? "");
    const id = createHash("sha256").update(JSON.stringify(manifest)).digest("base64url");
    this.folder.write(MANIFEST, { ...manifest, id, writtenAt: Date.now() });
    this.confirm(id, readAt);
    this.folder.keepOnly(new Set([MANIFEST, CONFIRMED, ...rows.map((row) => fileOf(row.revisionId))]));
    const named = new Set(rows.map((row) => row.revisionId));
    this.titles = new Map([...titles].filter(([revisionId]) => named.has(revisionId)));
    this.written = { id, generation: live.generation };
  }

  /** Those that are not on the disk yet. One whose credentials cannot be read now is left for later. */
  private async writeRevisions(
    rows: readonly SwitchedRevision[],
    there: ReadonlySet<string>,
    titles: Map<string, string>,
  ): Promise<void> {
    const missing = rows.filter(
      ({ revisionId }) => !there.has(fileOf(revisionId)) || !titles.has(revisionId),
    );
    for (let i = 0; i < missing.length; i += AT_A_TIME) {
      for (const found of await this.source.stored(missing.slice(i, i + AT_A_TIME))) {
        const { revisionId, text, secrets, title, isWhole } = found;
        titles.set(revisionId, title);
        if (!isWhole || text === "") continue;
        this.folder.write(fileOf(revisionId), { revisionId, text, secrets: [...secrets] });
        // Whoever asks for the newest generation does not wait for the disk more than once.
        await setImmediate();
      }
    }
  }

  /** The files that can be opened. */
  private async sound(): Promise<Set<string>> {
    const found = new Set<string>();
    for (const name of this.folder.names()) {
      if (this.folder.read(name).ok) found.add(name);
      await setImmediate();
    }
    return found;
  }

  /** What the process before has written. */
  private before(): Manifest | null {
    const opened = this.folder.read(MANIFEST);
    return opened.ok ? (Manifest.safeParse(opened.value).data ?? null) : null;
  }

  private standIns(live: LiveRead, before: Manifest | null): Map<string, SwitchedRevision[]> {
    for (const [apiId, rows] of before?.earlier ?? []) {
      const of = before?.live.find((row) => row.apiId === apiId)?.revisionId;
      if (!this.earlier.has(apiId)) this.earlier.set(apiId, { of, rows });
    }
    const found = new Map<string, SwitchedRevision[]>();
    for (const { apiId, revisionId } of live.live) {
      const known = this.earlier.get(apiId);
      if (known?.of === revisionId) found.set(apiId, known.rows);
      else this.earlier.delete(apiId);
    }
    return found;
  }

  private confirm(id: string, at: number): void {
    this.folder.write(CONFIRMED, { id, at });
    this.confirmAt = performance.now() + this.confirmMs;
  }

  private attempt(id: string): void {
    try {
      this.confirm(id, Date.now());
    } catch (error) {
      this.confirmAt = performance.now() + WRITE_MS;
      this.tell(error instanceof Error ? error.message : String(error));
    }
  }

  /** Once, and when it is over. */
  private tell(problem: string): void {
    if (problem !== this.told) {
      if (problem === "") console.log("The gateway's own copy is written again.");
      else console.error(`The gateway's own copy cannot be written: ${problem}`);
    }
    this.told = problem;
  }
}
