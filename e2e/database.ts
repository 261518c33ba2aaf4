import { type ChildProcess, fork } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import type { ApiDefinition } from "#lib/api";
import { neutralEnvironment, root } from "./processes";
import type { SeedCall, SeedReply, SeedRequest } from "./seed";

/** An API as a test writes it: whatever has a default may be left out. */
export type ApiInput = z.input<typeof ApiDefinition>;

/** `generation` is what the gateway's /status tells once it has seen the deployment. */
export interface Deployed {
  id: string;
  revision: number;
  generation: number;
}

/** A migrated SQLite file of one test, written the way the publisher writes. */
export interface Database {
  url: string;
  file: string;
  /** Folder of this test alone; the gateway keeps its secret there. */
  folder: string;
  /** Saves the draft only; returns the API's id. The same name and version mean the same API. */
  save(definition: ApiInput): Promise<string>;
  /** Saves and deploys. */
  deploy(definition: ApiInput): Promise<Deployed>;
  /** Both return the new generation. */
  undeploy(id: string): Promise<number>;
  delete(id: string): Promise<number>;
  /** One statement, for rows that the store would never write; returns the rows of a query. */
  sql<Row = Record<string, unknown>>(text: string): Promise<Row[]>;
}

/** One per worker: holds a migrated file to copy and the process that writes. */
export class Databases {
  private requests = 0;
  private readonly waiting = new Map<number, (reply: SeedReply) => void>();

  private constructor(
    private readonly folder: string,
    private readonly seed: ChildProcess,
  ) {
    seed.on("message", (reply: SeedReply) => {
      this.waiting.get(reply.request)?.(reply);
      this.waiting.delete(reply.request);
    });
    seed.on("exit", (code) => {
      for (const [request, answer] of this.waiting)
        answer({ request, error: `e2e/seed.ts ended (${code}).` });
    });
  }

  static async start(): Promise<Databases> {
    const folder = await mkdtemp(join(tmpdir(), "sluice-e2e-"));
    const seed = fork("e2e/seed.ts", { cwd: root, execArgv: ["--import", "tsx"], env: neutralEnvironment() });
    const databases = new Databases(folder, seed);
    await databases.ask(`file:${join(folder, "template.db")}`, { do: "migrate" });
    return databases;
  }

  async stop(): Promise<void> {
    if (this.seed.connected) this.seed.disconnect();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A copy of the migrated file. */
  async create(): Promise<Database> {
    const folder = join(this.folder, String(++this.requests));
    await mkdir(folder);
    const file = join(folder, "sluice.db");
    await copyFile(join(this.folder, "template.db"), file);
    const url = `file:${file}`;
    const ask = <T>(call: SeedCall) => this.ask(url, call) as Promise<T>;
    return {
      url,
      file,
      folder,
      save: (definition) => ask({ do: "save", definition }),
      deploy: (definition) => ask({ do: "deploy", definition }),
      undeploy: (id) => ask({ do: "undeploy", id }),
      delete: (id) => ask({ do: "delete", id }),
      sql: (text) => ask({ do: "sql", text }),
    };
  }

  async remove(database: Database): Promise<void> {
    await this.ask(database.url, { do: "close" });
    await rm(database.folder, { recursive: true, force: true });
  }

  private async ask(url: string, call: SeedCall): Promise<unknown> {
    if (!this.seed.connected) throw new Error("e2e/seed.ts has ended; its error is above.");
    const request = ++this.requests;
    const reply = await new Promise<SeedReply>((resolve) => {
      this.waiting.set(request, resolve);
      this.seed.send({ ...call, request, url } satisfies SeedRequest);
    });
    if (reply.error) throw new Error(reply.error);
    return reply.result;
  }
}
