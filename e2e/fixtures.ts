/**
 * What tests start: real processes, ports and a database. Those that need nothing special share an installation with
 * the other tests of their worker, one after another, each on an empty database; a test that changes the environment
 * or ends processes gets one of its own. A failing test prints what its processes wrote.
 */
import { mkdirSync } from "node:fs";
import { test as base, expect, type Page } from "@playwright/test";
import type { Role } from "#lib/access/roles";
import type { Engine } from "#lib/node/databaseUrl";
import { postgresMissing } from "../tools/postgresServer";
import { type Backend, type BackendOptions, startBackend } from "./backends";
import { Common, CommonContext } from "./common";
import { type ApiInput, type Database, Databases, type Deployed } from "./database";
import {
  admin,
  type Environment,
  type Gateway,
  type GatewayPorts,
  gatewayPorts,
  launchGateway,
  launchPublisher,
  type Publisher,
  postSession,
  type Session,
} from "./installation";
import { freePort } from "./ports";
import type { Running } from "./processes";

export { settled } from "./accessibility";
export { root } from "./processes";
export type { ApiInput, Backend, Database, Deployed, Gateway, Publisher, Session };
export { admin, expect };

interface TestFixtures {
  /**
   * "common": the installation that this worker keeps. "own": database, publisher and gateway are this test's alone,
   * their environment is for it to set, and there is no gateway before it asks for one. Set with `test.use`.
   */
  installation: "common" | "own";
  /** Lets this test's gateway make its certificate itself. Set with `test.use`. */
  ownCertificate: boolean;
  database: Database;
  /** Starts a real HTTP server; its name is in its answers. */
  backend(name?: string, options?: BackendOptions): Promise<Backend>;
  /** A gateway on this test's database that is ready: the common one the first time, else a new one. */
  gateway(env?: Environment): Promise<Gateway>;
  /** The built publisher on this test's database; it asks this test's first gateway, also a later one. */
  publisher(env?: Environment): Promise<Publisher>;
  /** Whether this test's browser is signed in as the administrator from the start. Set with `test.use`. */
  signedIn: boolean;
  /** Whether the browser context is the one that this worker keeps. Set with `test.use` beside what is its own. */
  commonContext: boolean;
  /** Puts cookies into this test's browser, if it has one. */
  browserCookies: ((url: string, cookie: string) => Promise<void>)[];
  /** Console errors that this test causes on purpose; any other fails it. Set with `test.use`. */
  expectedConsoleErrors: RegExp;
  /** Ports of this test's first gateway, which the publisher must know even before that starts. */
  firstGatewayPorts: GatewayPorts;
  /** What this test has to do with: printed when it fails. */
  processes: Running[];
  /** Stops what it was given when the test ends. */
  ownProcesses: Running[];
}

interface WorkerFixtures {
  /** What tests store in. The configuration sets it: another value is another worker, with all that it starts. */
  storesIn: Engine;
  databases: Databases;
  common: Common;
  contextOfWorker: CommonContext;
}

/**
 * The tag of a test that asks of the store or the feed what the two engines may do differently: what is kept, counted,
 * ordered, searched, or done at once. The project `postgresql` runs it, too.
 */
export const BOTH = "@both-engines";

/** A folder of the running test alone, which exists. */
export function outputFolder(): string {
  const folder = base.info().outputDir;
  mkdirSync(folder, { recursive: true });
  return folder;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  storesIn: ["sqlite", { option: true, scope: "worker" }],

  databases: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      const databases = await Databases.start();
      await use(databases);
      await databases.stop();
    },
    { scope: "worker" },
  ],

  common: [
    async ({ databases, storesIn }, use) => {
      const common = new Common(databases, storesIn);
      await use(common);
      await common.stop();
    },
    { scope: "worker" },
  ],

  contextOfWorker: [
    async ({ browser }, use) => {
      const context = new CommonContext(browser);
      await use(context);
      await context.close();
    },
    { scope: "worker" },
  ],

  installation: ["common", { option: true }],
  ownCertificate: [false, { option: true }],

  database: async ({ databases, installation, ownCertificate, common, storesIn }, use, testInfo) => {
    const missing = storesIn === "postgresql" ? postgresMissing() : null;
    testInfo.skip(missing !== null, missing ?? "");
    if (installation === "common") return use(await common.emptyDatabase());
    const database = await databases.create(!ownCertificate, storesIn);
    await use(database);
    await databases.remove(database, !ownCertificate);
  },

  // biome-ignore lint/correctness/noEmptyPattern: see above
  backend: async ({}, use) => {
    const started: Backend[] = [];
    await use(async (name, options) => {
      const backend = await startBackend(name, options);
      started.push(backend);
      return backend;
    });
    await Promise.all(started.map((backend) => backend.kill()));
  },

  // biome-ignore lint/correctness/noEmptyPattern: see above
  processes: async ({}, use, testInfo) => {
    const involved: Running[] = [];
    await use(involved);
    if (testInfo.status === testInfo.expectedStatus) return;
    for (const { name, output } of involved) console.log(`--- ${name} ---\n${output()}`);
  },

  // Needs `database` only to be done with before that is removed: what misses it is no finding.
  ownProcesses: async ({ processes, database: _removedLater }, use) => {
    const started: Running[] = [];
    await use(started);
    processes.push(...started);
    // The test has its answers; what is still open is not waited for.
    await Promise.all(started.map((running) => running.stop("SIGKILL")));
  },

  // biome-ignore lint/correctness/noEmptyPattern: see above
  firstGatewayPorts: async ({}, use) => use(await gatewayPorts()),

  gateway: async ({ database, processes, ownProcesses, firstGatewayPorts, installation, common }, use) => {
    let first = installation === "common" ? await common.gateway(database) : undefined;
    if (first) processes.push(first);
    let ports: GatewayPorts | undefined = first ? undefined : firstGatewayPorts;
    await use(async (env) => {
      if (first && !env) {
        const gateway = first;
        first = undefined;
        return gateway;
      }
      if (env && installation === "common") throw needsOwn("gateway");
      const { gateway, isReady } = launchGateway(database, ports ?? (await gatewayPorts()), env);
      ports = undefined;
      ownProcesses.push(gateway);
      await isReady();
      return gateway;
    });
  },

  signedIn: [true, { option: true }],

  // biome-ignore lint/correctness/noEmptyPattern: see above
  browserCookies: async ({}, use) => use([]),

  publisher: async (
    { database, processes, ownProcesses, firstGatewayPorts, signedIn, browserCookies, installation, common },
    use,
  ) => {
    const shared = installation === "common" ? await common.publisher(database) : undefined;
    if (shared) processes.push(shared.running);
    async function start(env?: Environment): Promise<{ running: Running; url: string }> {
      if (shared && !env) return shared;
      if (shared) throw needsOwn("publisher");
      const { running, url, isReady } = launchPublisher(database, firstGatewayPorts, await freePort(), env);
      ownProcesses.push(running);
      await isReady();
      return { running, url };
    }
    async function show(url: string, session: Session): Promise<Session> {
      for (const put of browserCookies) await put(url, session.cookie);
      return session;
    }
    await use(async (env) => {
      const { running, url } = await start(env);
      const signIn = async (username = admin.username, password = admin.password) =>
        show(url, await postSession(url, username, password));
      async function signInAs(role: Role): Promise<Session> {
        await database.user(role, `${role} password`, role);
        return signIn(role, `${role} password`);
      }
      if (signedIn && browserCookies.length > 0) await (shared ? show(url, shared.session) : signIn());
      return { ...running, url, signIn, signInAs };
    });
  },

  expectedConsoleErrors: [/(?!)/, { option: true }],

  commonContext: [true, { option: true }],

  // What a test gives a context by `test.use` (a viewport, touch, a scheme) holds for a new one only.
  context: async ({ browser, contextOfWorker, commonContext }, use) => {
    if (!commonContext) {
      const context = await browser.newContext();
      await use(context);
      return context.close();
    }
    await use(await contextOfWorker.open());
    await contextOfWorker.clean();
  },

  // Needs `ownProcesses` only to be judged before they are stopped: what a dying publisher causes is no finding.
  page: async (
    { page, ownProcesses: _stoppedLater, expectedConsoleErrors, browserCookies, contextOfWorker },
    use,
  ) => {
    browserCookies.push(async (url, cookie) => {
      await contextOfWorker.keep(`${url}/icon.svg`);
      const [name = "", value = ""] = cookie.split(/=(.*)/s);
      await page.context().addCookies([{ name, value, url, httpOnly: true, sameSite: "Lax" }]);
    });
    untilTakenOver(page);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error.stack ?? error)));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
    });
    await use(page);
    const unexpected = errors.filter((error) => !expectedConsoleErrors.test(error));
    expect(unexpected, "errors on the browser's console").toEqual([]);
  },
});

/** The common gateway, which reads the same rows, would do beside it what the environment forbids. */
function needsOwn(process: "gateway" | "publisher"): Error {
  return new Error(`A ${process} with an environment needs test.use({ installation: "own" }).`);
}

/**
 * Has `goto` and `reload` wait until React has taken the page over: a press before that can be lost, the sooner the
 * busier the machine is. What is done before is what e2e/ui/early.spec.ts is about; it waits for less by `waitUntil`.
 */
function untilTakenOver(page: Page): void {
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  page.goto = async (url, options) => {
    const response = await goto(url, options);
    if (!options?.waitUntil) await page.waitForFunction(takenOver);
    return response;
  };
  page.reload = async (options) => {
    const response = await reload(options);
    if (!options?.waitUntil) await page.waitForFunction(takenOver);
    return response;
  };
}

/** In the page: whether React has taken it over. */
export function takenOver(): boolean {
  return [...document.querySelectorAll("button")].every((button) =>
    Object.keys(button).some((key) => key.startsWith("__reactFiber$")),
  );
}
