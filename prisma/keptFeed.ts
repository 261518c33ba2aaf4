import type {
  AccessRead,
  LiveRead,
  Newest,
  RevisionRead,
  Source,
  SwitchedRevision,
  TestKeyRequest,
  Users,
} from "#lib/feed";
import { CopyFeed } from "./copyFeed";
import { CopyFolder } from "./copyFolder";
import { CopyKeeper } from "./copyKeeper";
import { DatabaseFeed, untilNewer } from "./databaseFeed";

/** How long the end of a gateway may wait for its copy, ms. */
const FINISH_MS = 2_000;

/** Where a gateway keeps its own copy of what it serves, and how old that may become, ms. */
export interface CopyPlace {
  folder: string;
  maxAgeMs: number;
}

export type Feed = Source & Users & { close(): Promise<void> };

/** What a gateway reads: the database, and its own copy of that where it keeps one. */
export function openFeed(databaseUrl: string, secret: Buffer, copy: CopyPlace | null): Feed {
  const feed = new DatabaseFeed(databaseUrl, secret);
  return copy ? new KeptFeed(feed, new CopyFolder(copy.folder, secret), copy.maxAgeMs) : feed;
}

/**
 * The database with a copy kept of it, which takes its place for a gateway that has nothing else: one that started while
 * the database cannot be read.
 */
class KeptFeed implements Feed {
  private readonly keeper: CopyKeeper;
  /** Null while the database is what is read. */
  private copy: CopyFeed | null = null;
  private lastLive: LiveRead | null = null;

  constructor(
    private readonly feed: DatabaseFeed,
    private readonly folder: CopyFolder,
    private readonly maxAgeMs: number,
  ) {
    this.keeper = new CopyKeeper(folder, feed, maxAgeMs);
  }

  async newest(orCopy = false): Promise<Newest> {
    try {
      // A database that answers, but whose rows cannot be read, is none yet.
      if (orCopy) await this.feed.live();
      const newest = await this.feed.newest();
      this.copy = null;
      this.keeper.saw(newest.generation);
      return newest;
    } catch (error) {
      if (!orCopy) throw error;
      const trouble = error instanceof Error ? error.message : String(error);
      const copy = this.copy ?? CopyFeed.open(this.folder);
      if (typeof copy === "string") throw new Error(`${trouble} ${copy}`, { cause: error });
      this.copy = copy;
      const { confirmedAt } = copy;
      return { ...copy.newest, copy: { confirmedAt, maxAgeMs: this.maxAgeMs, trouble } };
    }
  }

  newer(known: Newest, pollMs: number): Promise<Newest> {
    const look = async () => {
      const newest = await this.newest(this.copy !== null);
      if (!newest.copy) this.keeper.keepUp();
      return newest;
    };
    return untilNewer(look, known, pollMs);
  }

  async live(): Promise<LiveRead> {
    this.lastLive = await this.source.live();
    return this.lastLive;
  }

  revisions(rows: readonly SwitchedRevision[]): Promise<RevisionRead[]> {
    return this.source.revisions(rows);
  }

  async earlier(apiIds: readonly string[]): Promise<SwitchedRevision[][]> {
    const found = await this.source.earlier(apiIds);
    if (!this.copy) this.keeper.ranBefore(apiIds, found, this.lastLive);
    return found;
  }

  access(known: string): Promise<AccessRead> {
    return this.source.access(known);
  }

  async signIn(username: string): ReturnType<Users["signIn"]> {
    return this.withUsers().signIn(username);
  }

  async testKey(request: TestKeyRequest): Promise<string | null> {
    return this.withUsers().testKey(request);
  }

  async close(): Promise<void> {
    if (!this.copy) await this.keeper.finish(FINISH_MS);
    await this.feed.close();
  }

  private get source(): Omit<Source, "newer" | "newest"> {
    return this.copy ?? this.feed;
  }

  /** Throws at once where the database cannot be read. */
  private withUsers(): Users {
    if (this.copy) throw new Error("There are no users in the gateway's own copy.");
    return this.feed;
  }
}
