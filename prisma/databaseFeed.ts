import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
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
import { engineOf } from "#lib/node/databaseUrl";
import { openSigningKey, signToken } from "./access/signedTokens";
import { readTrusted } from "./certificates";
import type { PrismaClient } from "./generated/client";
import { newestSigningKey, readAuth, readEarlier, readLive, readSignIn, readSwitches } from "./liveRevisions";
import type { Readable } from "./readable";
import { ReadableFile } from "./readableFile";
import { ReadableServer } from "./readableServer";
import { readStored, type StoredRevision, understood } from "./revisionReading";

/** Part of the time between two looks. */
const JITTER = 0.1;

/**
 * All that a gateway reads, and nothing that it writes. It runs in a thread of its own there (databaseThread.ts), because
 * SQLite's calls do not come back before they are done: on a slow disk they held up every request. Errors are one
 * sentence; the database is opened anew after each.
 */
export class DatabaseFeed implements Source, Users {
  private readonly database: Readable;

  constructor(
    databaseUrl: string,
    private readonly secret: Buffer,
  ) {
    this.database =
      engineOf(databaseUrl) === "sqlite" ? new ReadableFile(databaseUrl) : new ReadableServer(databaseUrl);
  }

  async newer(known: Newest, pollMs: number): Promise<Newest> {
    return untilNewer(() => this.newest(), known, pollMs);
  }

  newest(): Promise<Newest> {
    return this.database.newest();
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
      const found = await readStored(db, this.secret, rows);
      return found.map((one, at) => understood(one, rows[at]!.switches));
    });
  }

  /** Revisions as they are stored, in their order. */
  stored(rows: readonly SwitchedRevision[]): Promise<StoredRevision[]> {
    return this.reading((db) => readStored(db, this.secret, rows));
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

  close(): Promise<void> {
    return this.database.close();
  }

  private reading<T>(read: (db: PrismaClient) => Promise<T>): Promise<T> {
    return this.database.reading(read);
  }
}

/** Looks every `pollMs` until what is newest is not the known one any more. */
export async function untilNewer(
  look: () => Promise<Newest>,
  known: Newest,
  pollMs: number,
): Promise<Newest> {
  for (;;) {
    // By chance sooner or later, so that many gateways do not ask at once.
    await setTimeout(pollMs * (1 - JITTER + 2 * JITTER * Math.random()));
    const newest = await look();
    if (newest.generation !== known.generation || newest.file !== known.file) return newest;
  }
}

const noStates: EndpointStates = new Map();

function withStates(row: LiveRevision, switches: ReadonlyMap<string, EndpointStates>) {
  return { ...row, switches: switches.get(row.apiId) ?? noStates };
}

const otherSecret = "The signing key cannot be opened: give gateway and publisher the same SLUICE_SECRET.";

function digest(
  trusted: ReadonlyMap<string, readonly string[]>,
  { keys, issuers, revocations }: AuthRows,
): string {
  const { tokens, clients } = revocations;
  const text = JSON.stringify([[...trusted], keys, issuers, [...tokens], [...clients]]);
  return createHash("sha256").update(text).digest("base64");
}
