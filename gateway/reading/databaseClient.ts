import { Worker } from "node:worker_threads";
import type { Source, Users } from "#lib/feed";
import type { Presences } from "#lib/gateways";

/** What the thread is to read. */
export interface ThreadData {
  databaseUrl: string;
  secret: Uint8Array;
  /** Where the gateway keeps its own copy, and how old that may become, ms; null: it keeps none. */
  copy: { folder: string; maxAgeMs: number } | null;
  /** Whether it follows one that has ended: requests are served meanwhile. */
  again: boolean;
}

/** What can be asked, by its name. */
type Database = Source & Users & Presences & { close(): Promise<void> };
type Question = keyof Database;

export interface Asked {
  id: number;
  name: Question;
  args: unknown[];
}

/** The value, or a sentence that says why there is none. */
export type Answered = { id: number; value: unknown } | { id: number; error: string };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** MiB of what is short-lived; the process's own setting is for the thread that serves. */
const YOUNG_MIB = 16;

/**
 * The database, asked from the thread that serves requests. One that ends is started again with the next question;
 * what it was asked is refused with a sentence.
 */
export class DatabaseClient {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private again = false;

  constructor(private readonly data: Omit<ThreadData, "again">) {}

  /** Asks the reader. Rejects with a sentence. */
  ask<Name extends Question>(name: Name, ...args: Parameters<Database[Name]>): ReturnType<Database[Name]>;
  ask(name: Question, ...args: unknown[]): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker ??= this.start();
      this.worker.postMessage({ id, name, args } satisfies Asked);
    });
  }

  /** Closes the database and ends the thread. */
  async stop(): Promise<void> {
    if (!this.worker) return;
    await this.ask("close").catch(() => {});
    await this.worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(new URL(THREAD, import.meta.url), {
      workerData: { ...this.data, again: this.again } satisfies ThreadData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    this.again = true;
    // biome-ignore-start lint/plugin: of the thread, not of an exchange
    worker.on("message", (answered: Answered) => {
      const asked = this.waiting.get(answered.id);
      this.waiting.delete(answered.id);
      if ("error" in answered) asked?.reject(new Error(answered.error));
      else asked?.resolve(answered.value);
    });
    worker.on("error", (error) => this.ended(worker, error.message));
    worker.on("exit", (code) => this.ended(worker, `exit code ${code}`));
    // biome-ignore-end lint/plugin: of the thread, not of an exchange
    return worker;
  }

  private ended(worker: Worker, why: string): void {
    if (worker !== this.worker) return;
    this.worker = null;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(new Error(`The thread that reads it ended: ${why}.`));
  }
}

/** Always as a bundle: a thread does not translate TypeScript. */
const THREAD = import.meta.url.endsWith(".ts") ? "../../build/databaseThread.mjs" : "./databaseThread.mjs";
