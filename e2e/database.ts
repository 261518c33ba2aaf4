import { type ChildProcess, fork } from "node:child_process";
import { constants, copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as z from "zod";
import type { Role } from "#lib/access/roles";
import type { IssuerInput as Issuer } from "#lib/access/tokens";
import type { ApiDefinition } from "#lib/edit/api";
import type { Engine } from "#lib/node/databaseUrl";
import type { NewCertificate } from "#lib/traffic/trustedCertificates";
import { neutralEnvironment, root } from "./processes";
import type { SeedCall, SeedReply, SeedRequest } from "./seed";
import { TestServer } from "./testServer";
import type { Act } from "./together";

/** An API as a test writes it: whatever has a default may be left out. */
export type ApiInput = z.input<typeof ApiDefinition>;

/** `generation` is what the gateway's /status tells once it has seen the deployment. */
export interface Deployed {
  id: string;
  revision: number;
  generation: number;
}

/** `generation` is the one at which the gateway knows the key. */
export interface IssuedToken {
  token: string;
  /** Claim `jti`. */
  id: string;
  /** ms */
  expiresAt: number;
  generation: number;
}

export interface SeededApplication {
  id: string;
  production: { clientId: string; secret: string };
  sandbox: { clientId: string; secret: string };
}

type SeedCallOf<Kind> = Extract<SeedCall, { do: Kind }>;
export type TokenRequest = SeedCallOf<"token">["token"];
type IssuerInput = z.input<typeof Issuer>;

/** A migrated database of one test, written the way the publisher writes. */
export interface Database {
  url: string;
  /** What a process needs to know of it. */
  env: Readonly<Record<string, string>>;
  /** Of SQLite; "" otherwise. */
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
  /** Adds a user; returns the id. */
  user(username: string, password: string, role: Role): Promise<string>;
  /** Signs a token with this installation's key, which is made if need be; `now` as below. */
  token(token: TokenRequest, now?: number): Promise<IssuedToken>;
  /** These return the new generation. Times in ms. */
  /** @param now what the clock says, ms since 1970; the time unless given */
  revokeToken(id: string, expiresAt: number, now?: number): Promise<number>;
  revokeClient(clientId: string): Promise<number>;
  deleteIssuer(id: string): Promise<number>;
  /** Accepts the tokens of another issuer, or changes the one of this id. */
  issuer(input: IssuerInput, id?: string): Promise<{ id: string; generation: number }>;
  /** Trusts a certificate for one origin. */
  trust(input: NewCertificate): Promise<{ id: string; generation: number }>;
  /** Returns the new generation. */
  distrust(id: string): Promise<number>;
  /** Adds an application that is subscribed to these APIs, with keys of both kinds. */
  application(name: string, apis?: string[]): Promise<SeededApplication>;
  /** Switches an endpoint as an operator; returns the new generation. */
  switch(id: string, endpoint: string, state: "on" | "draining" | "off"): Promise<number>;
  /** What changes come to that are made at once, on PostgreSQL: "ok", why not, or the error. */
  together(behind: string, acts: Act[], meanwhile?: string): Promise<string[]>;
  /** Lets go of the file until it is used again. */
  close(): Promise<void>;
  /** What `reset` brings back from now on, instead of nothing. */
  keep(): Promise<void>;
  /** Everything is as it was when it was kept, but for the generation, which this returns. */
  reset(): Promise<number>;
  /** One statement, for rows that the store would never write; returns the rows of a query. */
  sql<Row = Record<string, unknown>>(text: string): Promise<Row[]>;
}

/** Made by e2e/bundle.ts: e2e/seed.ts as one file, and a migrated database without rows. */
export const SEED = join(root, "build/e2e-seed.mjs");
export const TEMPLATE = join(root, "build/e2e-template.db");

/** One per worker: the process that writes. */
export class Databases {
  private requests = 0;
  private server: Promise<TestServer> | null = null;
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
    const execArgv = ["--enable-source-maps"];
    return new Databases(folder, fork(SEED, { cwd: root, execArgv, env: neutralEnvironment() }));
  }

  async stop(): Promise<void> {
    if (this.seed.connected) this.seed.disconnect();
    await (await this.server)?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /**
   * A copy of the migrated file. Beside it lies the certificate that this worker's first gateway made, unless a test
   * wants to see one made: that takes as long as the rest of a gateway's start.
   */
  async create(withCertificate = true, engine: Engine = "sqlite"): Promise<Database> {
    const folder = join(this.folder, String(++this.requests));
    await mkdir(folder);
    if (withCertificate) await copyPair(this.folder, folder);
    const file = engine === "sqlite" ? join(folder, "sluice.db") : "";
    if (file) await copyFile(TEMPLATE, file);
    const url = file ? `file:${file}` : await (await this.postgres()).create();
    return this.opened(url, file, folder);
  }

  /** The server of this worker, started when the first test wants one. */
  postgres(): Promise<TestServer> {
    this.server ??= TestServer.start((url, text) => this.ask(url, this.folder, { do: "sql", text }));
    return this.server;
  }

  /** What tests may do with a database that is there. */
  opened(url: string, file: string, folder: string): Database {
    let kept = TEMPLATE;
    const ask = <T>(call: SeedCall) => this.ask(url, folder, call) as Promise<T>;
    return {
      url,
      env: { DATABASE_URL: url, SLUICE_DATA: folder },
      file,
      folder,
      save: (definition) => ask({ do: "save", definition }),
      deploy: (definition) => ask({ do: "deploy", definition }),
      undeploy: (id) => ask({ do: "undeploy", id }),
      delete: (id) => ask({ do: "delete", id }),
      user: (username, password, role) => ask({ do: "user", username, password, role }),
      token: (token, now) => ask({ do: "token", token, now }),
      revokeToken: (id, expiresAt, now) => ask({ do: "revokeToken", id, expiresAt, now }),
      revokeClient: (clientId) => ask({ do: "revokeClient", clientId }),
      issuer: (input, id) => ask({ do: "issuer", input, id }),
      deleteIssuer: (id) => ask({ do: "deleteIssuer", id }),
      trust: (input) => ask({ do: "trust", input }),
      distrust: (id) => ask({ do: "distrust", id }),
      application: (name, apis = []) => ask({ do: "application", name, apis }),
      switch: (id, endpoint, state) => ask({ do: "switch", id, endpoint, state }),
      together: (behind, acts, meanwhile) => ask({ do: "together", behind, acts, meanwhile }),
      close: () => ask({ do: "close" }),
      keep: async () => {
        kept = join(folder, "kept.db");
        await ask({ do: "keep", file: kept });
      },
      reset: () => ask({ do: "reset", file: kept }),
      sql: (text) => ask({ do: "sql", text }),
    };
  }

  async remove(database: Database, withCertificate = true): Promise<void> {
    if (withCertificate) await copyPair(database.folder, this.folder);
    await this.ask(database.url, database.folder, { do: "close" });
    if (!database.file) await (await this.postgres()).drop(database.url);
    await rm(database.folder, { recursive: true, force: true });
  }

  private async ask(url: string, folder: string, call: SeedCall): Promise<unknown> {
    if (!this.seed.connected) throw new Error("e2e/seed.ts has ended; its error is above.");
    const request = ++this.requests;
    const reply = await new Promise<SeedReply>((resolve) => {
      this.waiting.set(request, resolve);
      this.seed.send({ ...call, request, url, folder } satisfies SeedRequest);
    });
    if (reply.error) throw new Error(reply.error);
    return reply.result;
  }
}

/** Copies certificate and key where there are some, and none yet. */
async function copyPair(from: string, to: string): Promise<void> {
  // The key first: a certificate without its key is what a gateway cannot start with.
  for (const file of ["sluice.key", "sluice.crt"]) {
    await copyFile(join(from, file), join(to, file), constants.COPYFILE_EXCL).catch(() => {});
  }
}
