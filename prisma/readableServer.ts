import type { Newest } from "#lib/feed";
import { shownDatabase } from "#lib/node/databaseUrl";
import { openReader } from "./connect";
import type { PrismaClient } from "./generated/client";
import { readGeneration } from "./generation";
import { type Readable, sentenceOf } from "./readable";

/** A PostgreSQL database as a gateway has it open. */
export class ReadableServer implements Readable {
  private db: Promise<PrismaClient> | null = null;
  private readonly shown: string;

  constructor(private readonly databaseUrl: string) {
    this.shown = shownDatabase(databaseUrl);
  }

  async newest(): Promise<Newest> {
    return { generation: await this.reading(readGeneration), file: this.shown };
  }

  async reading<T>(read: (db: PrismaClient) => Promise<T>): Promise<T> {
    // The connections mend themselves: one that failed is not used again.
    try {
      // Not kept where it fails: a file of certificates may be there the next time.
      this.db ??= openReader(this.databaseUrl, 0).catch((error) => {
        this.db = null;
        throw error;
      });
      return await read(await this.db);
    } catch (error) {
      throw new Error(sentenceOf(error), { cause: error });
    }
  }

  async close(): Promise<void> {
    const closing = this.db;
    this.db = null;
    await (await closing)?.$disconnect().catch(() => {});
  }
}
