/**
 * What tests start: real processes on ports and a database of their own. Everything stops with its test, and a
 * failing test prints what its processes wrote.
 */
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import type { Role } from "#lib/access/roles";
import { GatewayStatus } from "#lib/status";
import { type Backend, type BackendOptions, startBackend } from "./backends";
import { type ApiInput, type Database, Databases, type Deployed } from "./database";
import { freePort } from "./ports";
import { type Running, run, untilReady } from "./processes";

export { root } from "./processes";
export type { ApiInput, Backend, Database, Deployed };
export { expect };

type Environment = Record<string, string>;

export interface Gateway extends Running {
  /** Without a slash at the end. */
  url: string;
  httpsUrl: string;
  adminUrl: string;
  status(): Promise<GatewayStatus>;
  /** Waits until this gateway serves what was deployed. */
  reaches(generation: number): Promise<void>;
  /** Saves, deploys and waits until this gateway serves it. */
  deploy(definition: ApiInput): Promise<Deployed>;
}

export interface Publisher extends Running {
  /** Without a slash at the end. */
  url: string;
  /** Signs in by HTTP and hands the session to this test's browser too; as the administrator unless told otherwise. */
  signIn(username?: string, password?: string): Promise<Session>;
  /** Adds a user of this role, named like it, and signs in. */
  signInAs(role: Role): Promise<Session>;
}

/** What a machine sends to be let in. */
export interface Session {
  /** For the header `Cookie`. */
  cookie: string;
  /** For `Authorization: Bearer`. */
  token: string;
}

/** The administrator of every test's publisher. */
export const admin = { username: "admin", password: "correct horse battery" };

interface GatewayPorts {
  http: number;
  https: number;
  admin: number;
}

interface TestFixtures {
  /** Lets this test's gateway make its certificate itself. Set with `test.use`. */
  ownCertificate: boolean;
  database: Database;
  /** Starts a real HTTP server; its name is in its answers. */
  backend(name?: string, options?: BackendOptions): Promise<Backend>;
  /** Starts the gateway on this test's database and waits until it is ready. */
  gateway(env?: Environment): Promise<Gateway>;
  /** Starts the built publisher on this test's database; it asks this test's first gateway, also a later one. */
  publisher(env?: Environment): Promise<Publisher>;
  /** Whether this test's browser is signed in as the administrator from the start. Set with `test.use`. */
  signedIn: boolean;
  /** Puts cookies into this test's browser, if it has one. */
  browserCookies: ((url: string, cookie: string) => Promise<void>)[];
  /** Console errors that this test causes on purpose; any other fails it. Set with `test.use`. */
  expectedConsoleErrors: RegExp;
  /** Ports of this test's first gateway, which the publisher must know even before that starts. */
  firstGatewayPorts: GatewayPorts;
  /** Stops what it was given when the test ends. */
  processes: Running[];
}

interface WorkerFixtures {
  databases: Databases;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  databases: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      const databases = await Databases.start();
      await use(databases);
      await databases.stop();
    },
    { scope: "worker" },
  ],

  ownCertificate: [false, { option: true }],

  database: async ({ databases, ownCertificate }, use) => {
    const database = await databases.create(!ownCertificate);
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
    const started: Running[] = [];
    await use(started);
    if (testInfo.status !== testInfo.expectedStatus) {
      for (const { name, output } of started) console.log(`--- ${name} ---\n${output()}`);
    }
    // The test has its answers; what is still open is not waited for.
    await Promise.all(started.map((running) => running.stop("SIGKILL")));
  },

  // biome-ignore lint/correctness/noEmptyPattern: see above
  firstGatewayPorts: async ({}, use) => use(await gatewayPorts()),

  gateway: async ({ database, processes, firstGatewayPorts }, use) => {
    let ports: GatewayPorts | undefined = firstGatewayPorts;
    await use(async (env = {}) => {
      const { http, https, admin } = ports ?? (await gatewayPorts());
      ports = undefined;
      const running = run("gateway", {
        DATABASE_URL: database.url,
        GATEWAY_HTTP_PORT: String(http),
        GATEWAY_HTTPS_PORT: String(https),
        GATEWAY_ADMIN_PORT: String(admin),
        // A deployment is seen at once, so that tests do not wait for it.
        GATEWAY_POLL_MS: "25",
        ...env,
      });
      processes.push(running);
      const adminUrl = `http://127.0.0.1:${admin}`;
      await untilReady(running, () => answersOk(`${adminUrl}/readyz`));

      async function status(): Promise<GatewayStatus> {
        return GatewayStatus.parse(await (await fetch(`${adminUrl}/status`)).json());
      }
      async function reaches(generation: number): Promise<void> {
        const message = `the gateway serves generation ${generation}`;
        const seen = async () => (await status()).generation >= generation;
        await expect.poll(seen, { message, intervals: [10, 20, 50] }).toBe(true);
      }
      async function deploy(definition: ApiInput): Promise<Deployed> {
        const deployed = await database.deploy(definition);
        await reaches(deployed.generation);
        return deployed;
      }
      const url = `http://127.0.0.1:${http}`;
      const httpsUrl = `https://127.0.0.1:${https}`;
      return { ...running, url, httpsUrl, adminUrl, status, reaches, deploy };
    });
  },

  signedIn: [true, { option: true }],

  // biome-ignore lint/correctness/noEmptyPattern: see above
  browserCookies: async ({}, use) => use([]),

  publisher: async ({ database, processes, firstGatewayPorts, signedIn, browserCookies }, use) => {
    await use(async (env = {}) => {
      const port = await freePort();
      const running = run("publisher", {
        DATABASE_URL: database.url,
        PORT: String(port),
        GATEWAY_ADMIN_PORT: String(firstGatewayPorts.admin),
        GATEWAY_HTTP_PORT: String(firstGatewayPorts.http),
        GATEWAY_HTTPS_PORT: String(firstGatewayPorts.https),
        ADMIN_PASSWORD: admin.password,
        ...env,
      });
      processes.push(running);
      await untilReady(running, () => /^Publisher: http/m.test(running.output()));
      const url = `http://localhost:${port}`;
      async function signIn(username = admin.username, password = admin.password): Promise<Session> {
        const session = await postSession(url, username, password);
        for (const put of browserCookies) await put(url, session.cookie);
        return session;
      }
      async function signInAs(role: Role): Promise<Session> {
        await database.user(role, `${role} password`, role);
        return signIn(role, `${role} password`);
      }
      if (signedIn && browserCookies.length > 0) await signIn();
      return { ...running, url, signIn, signInAs };
    });
  },

  expectedConsoleErrors: [/(?!)/, { option: true }],

  // Needs `processes` only to be judged before they are stopped: what a dying publisher causes is no finding.
  page: async ({ page, processes: _stoppedLater, expectedConsoleErrors, browserCookies }, use) => {
    browserCookies.push(async (url, cookie) => {
      const [name = "", value = ""] = cookie.split(/=(.*)/s);
      await page.context().addCookies([{ name, value, url, httpOnly: true, sameSite: "Lax" }]);
    });
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

/** Fails with the accessibility rules that the page as it is now breaks (WCAG 2.2 A and AA), in both colour schemes. */
export async function axe(page: Page): Promise<void> {
  // Halfway through a dialog's fading in, no colour is what it will be.
  await expect.poll(() => page.evaluate(movements), { message: "movements on the page" }).toBe(0);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  expect(await broken(new AxeBuilder({ page }).withTags(tags)), "accessibility rules broken").toEqual([]);
  const given = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  const [scheme, other] = given ? (["dark", "light"] as const) : (["light", "dark"] as const);
  await page.emulateMedia({ colorScheme: other });
  // Nothing but the colours differs, and some are on their way for a moment.
  await expect
    .poll(() => broken(new AxeBuilder({ page }).withRules(["color-contrast"])), {
      message: `accessibility rules broken when ${other}`,
      // One look takes seconds on a machine that has other work.
      timeout: 15_000,
    })
    .toEqual([]);
  await page.emulateMedia({ colorScheme: scheme });
}

/** In the page: transitions and animations that will end and have not yet. */
function movements(): number {
  const moving = document.getAnimations().filter(({ playState }) => playState === "running");
  return moving.filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
    .length;
}

async function broken(builder: AxeBuilder): Promise<string[]> {
  const { violations } = await builder.analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`),
  );
}

async function postSession(url: string, username: string, password: string): Promise<Session> {
  const answer = await fetch(`${url}/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  if (!answer.ok) throw new Error(`Signing in as ${username}: ${answer.status} ${await answer.text()}`);
  const { token } = (await answer.json()) as { token: string };
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  return { token, cookie };
}

async function gatewayPorts(): Promise<GatewayPorts> {
  return { http: await freePort(), https: await freePort(), admin: await freePort() };
}

async function answersOk(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
