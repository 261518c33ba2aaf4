/**
 * One installation and one browser context a worker, kept for all tests that need none of their own. What a test
 * left in them is gone when the next one begins: the database is as it was before, the browser's pages are closed.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import type { Engine } from "#lib/node/databaseUrl";
import type { Database, Databases } from "./database";
import {
  admin,
  type Gateway,
  type GatewayPorts,
  gatewayPorts,
  launchGateway,
  launchPublisher,
  postSession,
  type Session,
} from "./installation";
import { freePort } from "./ports";
import { type Running, root } from "./processes";

const SAME_NONCE = { NODE_OPTIONS: `--import=${pathToFileURL(join(root, "e2e/sameNonce.mjs"))}` };

interface CommonPublisher {
  running: Running;
  url: string;
  /** The administrator's, made once. */
  session: Session;
}

export class Common {
  private database: Database | undefined;
  private isUsed = false;
  private ports: GatewayPorts | undefined;
  private startedGateway: Gateway | undefined;
  private startedPublisher: CommonPublisher | undefined;

  constructor(
    private readonly databases: Databases,
    private readonly engine: Engine,
  ) {}

  /** The database as no test has seen it yet. */
  async emptyDatabase(): Promise<Database> {
    this.database ??= await this.databases.create(true, this.engine);
    if (this.isUsed) {
      const generation = await this.database.reset();
      if (this.startedGateway && !this.startedGateway.hasEnded())
        await this.startedGateway.reaches(generation);
    }
    this.isUsed = true;
    return this.database;
  }

  /** The gateway; started anew when a test has ended it. Its output begins here. */
  async gateway(database: Database): Promise<Gateway> {
    if (!this.startedGateway || this.startedGateway.hasEnded()) {
      this.ports ??= await gatewayPorts();
      const { gateway, isReady } = launchGateway(database, this.ports);
      this.startedGateway = gateway;
      await isReady();
    }
    this.startedGateway.forget();
    return this.startedGateway;
  }

  /** The publisher, with its gateway; started anew when a test has ended it. Call it while the database is empty. */
  async publisher(database: Database): Promise<CommonPublisher> {
    await this.gateway(database);
    if (!this.startedPublisher || this.startedPublisher.running.hasEnded()) {
      const { running, url, isReady } = launchPublisher(database, this.ports!, await freePort(), SAME_NONCE);
      await isReady();
      const session = await postSession(url, admin.username, admin.password);
      this.startedPublisher = { running, url, session };
      await database.keep();
    }
    this.startedPublisher.running.forget();
    return this.startedPublisher;
  }

  async stop(): Promise<void> {
    await Promise.all(
      [this.startedGateway, this.startedPublisher?.running].map((one) => one?.stop("SIGKILL")),
    );
    if (this.database) await this.databases.remove(this.database);
  }
}

/**
 * A browser context whose pages share one renderer, which has our scripts compiled already: a page opens in half the
 * processor time. The page that is kept open keeps that renderer alive. It asks for less motion, so that tests do not
 * wait for what fades and slides; a context of a test's own, and what sets it by `emulateMedia`, sees it.
 */
export class CommonContext {
  private context: BrowserContext | undefined;
  private kept: Page | undefined;

  constructor(private readonly browser: Browser) {}

  async open(): Promise<BrowserContext> {
    this.context ??= await this.browser.newContext({ reducedMotion: "reduce" });
    return this.context;
  }

  /** Keeps a page of this site open from now on, unless there is one. */
  async keep(url: string): Promise<void> {
    if (!this.context || this.kept) return;
    this.kept = await this.context.newPage();
    await this.kept.goto(url);
  }

  /** Closes what a test has opened and forgets what it has stored. */
  async clean(): Promise<void> {
    if (!this.context) return;
    const opened = this.context.pages().filter((page) => page !== this.kept);
    await Promise.all(opened.map((page) => page.close()));
    await this.context.unrouteAll({ behavior: "ignoreErrors" });
    await this.context.setOffline(false);
    await this.context.clearCookies();
    await this.kept?.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
  }

  async close(): Promise<void> {
    await this.context?.close();
  }
}
