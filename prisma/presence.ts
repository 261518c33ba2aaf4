import { type Announced, type Presences, RENEW_MS, type Told } from "#lib/gateways";
import { loadPostgres } from "./connect";
import { gatewaySignature, isSignedBy, readProblems } from "./gatewaySignature";
import type { PrismaClient } from "./generated/client";
import { notMigrated, sentenceOf } from "./readable";

/**
 * What a gateway writes, and all that it writes: its own row of `Gateway`, over a connection of its own whose role needs
 * no more than that table. PostgreSQL only. Times are the database's.
 */

/** A process that ran would have said so within this time, ms, by whatever the database's clock says: its row may be taken over. */
const TAKE_OVER_MS = RENEW_MS + 2_000;

/** Of a row that another process of this id has. */
interface Holder {
  instance: string;
  seenAt: number;
}

export class Presence implements Presences {
  private db: Promise<PrismaClient> | null = null;
  /** Who had the row when we looked first. */
  private holder: Holder | null = null;

  constructor(
    private readonly databaseUrl: string,
    private readonly secret: Buffer,
  ) {}

  async announce(said: Announced): Promise<Told> {
    return this.writing(async (db) => {
      if (await this.write(db, said, "")) return this.isOurs();
      const row = await db.gateway.findUnique({ where: { id: said.id } });
      // Gone meanwhile: the next time it is ours.
      if (!row) return "waits";
      const { instance, name, signature } = row;
      if (!isSignedBy(this.secret, { ...row, problems: readProblems(row.problems) })) {
        // Nobody believes it anyway.
        return (await this.write(db, said, signature)) ? this.isOurs() : "waits";
      }
      const seenAt = row.lastSeenAt.getTime();
      if (this.holder?.instance !== instance) this.holder = { instance, seenAt };
      // It has said so again since: it is not one that was killed.
      return seenAt > this.holder.seenAt ? { other: name } : "waits";
    });
  }

  private isOurs(): "told" {
    this.holder = null;
    return "told";
  }

  async leave(id: string, instance: string): Promise<void> {
    await this.writing((db) => db.gateway.deleteMany({ where: { id, instance } }));
  }

  async close(): Promise<void> {
    const closing = this.db;
    this.db = null;
    await (await closing)?.$disconnect().catch(() => {});
  }

  /** False where the row is another process's that may still run. @param forged a signature that is none of ours, whose row is nobody's */
  private async write(db: PrismaClient, said: Announced, forged: string): Promise<boolean> {
    const { id, instance, name, version, httpUrl, httpsUrl, adminUrl, generation } = said;
    const problems = JSON.stringify(said.problems);
    const signature = gatewaySignature(this.secret, said);
    const written = await db.$executeRaw`
      INSERT INTO "Gateway" AS old ("id", "instance", "name", "version", "httpUrl", "httpsUrl", "adminUrl",
        "generation", "problems", "signature", "startedAt", "lastSeenAt")
      VALUES (${id}, ${instance}, ${name}, ${version}, ${httpUrl}, ${httpsUrl}, ${adminUrl},
        ${generation}, ${problems}, ${signature}, clock_timestamp(), clock_timestamp())
      ON CONFLICT ("id") DO UPDATE SET "instance" = EXCLUDED."instance", "name" = EXCLUDED."name",
        "version" = EXCLUDED."version", "httpUrl" = EXCLUDED."httpUrl", "httpsUrl" = EXCLUDED."httpsUrl",
        "adminUrl" = EXCLUDED."adminUrl", "generation" = EXCLUDED."generation", "problems" = EXCLUDED."problems",
        "signature" = EXCLUDED."signature", "lastSeenAt" = EXCLUDED."lastSeenAt",
        "startedAt" = CASE WHEN old."instance" = EXCLUDED."instance" THEN old."startedAt" ELSE EXCLUDED."startedAt" END
      WHERE old."instance" = EXCLUDED."instance" OR old."signature" = ${forged}
        OR old."lastSeenAt" < EXCLUDED."lastSeenAt" - ${TAKE_OVER_MS} * interval '1 millisecond'
        OR old."lastSeenAt" > EXCLUDED."lastSeenAt" + ${TAKE_OVER_MS} * interval '1 millisecond'`;
    return written > 0;
  }

  /** Not kept where it fails: a file of certificates may be there the next time. */
  private async open(): Promise<PrismaClient> {
    try {
      return (await loadPostgres()).openPostgresToAnnounce(this.databaseUrl);
    } catch (error) {
      this.db = null;
      throw error;
    }
  }

  private async writing<T>(work: (db: PrismaClient) => Promise<T>): Promise<T> {
    try {
      this.db ??= this.open();
      return await work(await this.db);
    } catch (error) {
      throw new Error(wordsOf(error), { cause: error });
    }
  }
}

/** By PostgreSQL's codes: a role without the right, a server that can only be read, a table that is not there. */
function wordsOf(error: unknown): string {
  const text = String(error);
  if (/\b42501\b/.test(text)) return NOT_ALLOWED;
  if (/\b25006\b/.test(text)) return "The database can only be read.";
  return /\b42P01\b/.test(text) ? notMigrated : sentenceOf(error);
}

const NOT_ALLOWED =
  'Its role in the database may not write the table "Gateway": grant it SELECT, INSERT, UPDATE and DELETE there.';
