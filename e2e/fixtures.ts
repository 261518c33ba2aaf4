/**
 * What tests start: real processes on ports and a database of their own. Everything stops with its test, and a
 * failing test prints what its processes wrote.
 */
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { GatewayStatus } from "#lib/status";
import { type Backend, type BackendOptions, startBackend } from "./backends";
import { type ApiInput, type Database, Databases, type Deployed } from "./database";
import { freePort } from "./ports";
import { type Running, run, untilReady } from "./processes";

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
}

interface GatewayPorts {
  http: number;
  https: number;
  admin: number;
}

interface TestFixtures {
  database: Database;
  /** Starts a real HTTP server; its name is in its answers. */
  backend(name?: string, options?: BackendOptions): Promise<Backend>;
  /** Starts the gateway on this test's database and waits until it is ready. */
  gateway(env?: Environment): Promise<Gateway>;
  /** Starts the built publisher on this test's database; it asks this test's first gateway, also a later one. */
  publisher(env?: Environment): Promise<Publisher>;
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

  database: async ({ databases }, use) => {
    const database = await databases.create();
    await use(database);
    await databases.remove(database);
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

  publisher: async ({ database, processes, firstGatewayPorts }, use) => {
    await use(async (env = {}) => {
      const port = await freePort();
      const running = run("publisher", {
        DATABASE_URL: database.url,
        PORT: String(port),
        GATEWAY_ADMIN_PORT: String(firstGatewayPorts.admin),
        GATEWAY_HTTP_PORT: String(firstGatewayPorts.http),
        GATEWAY_HTTPS_PORT: String(firstGatewayPorts.https),
        ...env,
      });
      processes.push(running);
      await untilReady(running, () => /^Publisher: http/m.test(running.output()));
      return { ...running, url: `http://localhost:${port}` };
    });
  },

  expectedConsoleErrors: [/(?!)/, { option: true }],

  // Needs `processes` only to be judged before they are stopped: what a dying publisher causes is no finding.
  page: async ({ page, processes: _stoppedLater, expectedConsoleErrors }, use) => {
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

/** Fails with the accessibility rules that the page as it is now breaks (WCAG 2.2 A and AA). */
export async function axe(page: Page): Promise<void> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const broken = violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`),
  );
  expect(broken, "accessibility rules broken").toEqual([]);
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
