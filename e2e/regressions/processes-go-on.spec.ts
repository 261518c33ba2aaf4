import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, root, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { freePort } from "../ports";
import { neutralEnvironment } from "../processes";

/** What ends one process leaves the other one alone, and nothing that a log or a terminal does ends any of them. */

interface Installation {
  starter: ChildProcess;
  publisher: string;
  gateway: string;
  output(): string;
  /** Process ids of what it started, by name. */
  children(): Record<string, number>;
  /** Whether both answer. */
  serves(): Promise<boolean>;
}

type Streams = [stdout: "pipe" | number, stderr: "pipe" | number];

const installation = test.extend<{ start(streams?: Streams, env?: object): Promise<Installation> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  start: async ({}, use, testInfo) => {
    const started: Installation[] = [];
    const folders: string[] = [];
    await use(async (streams = ["pipe", "pipe"], env = {}) => {
      const folder = mkdtempSync(join(tmpdir(), "sluice-start-"));
      folders.push(folder);
      const [port, http, admin] = [await freePort(), await freePort(), await freePort()];
      const starter = spawn(process.execPath, ["tools/start.mjs"], {
        cwd: root,
        env: {
          ...neutralEnvironment(),
          DATABASE_URL: `file:${join(folder, "sluice.db")}`,
          PORT: String(port),
          GATEWAY_HTTP_PORT: String(http),
          GATEWAY_HTTPS_PORT: "off",
          GATEWAY_ADMIN_PORT: String(admin),
          ...env,
        },
        stdio: ["ignore", ...streams],
      });
      const chunks: Buffer[] = [];
      starter.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
      starter.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
      const answers = async (url: string) => {
        const answer = await fetch(url, { redirect: "manual" }).catch(() => null);
        await answer?.body?.cancel();
        return answer !== null && answer.status < 500;
      };
      const one: Installation = {
        starter,
        publisher: `http://127.0.0.1:${port}`,
        gateway: `http://127.0.0.1:${http}`,
        output: () => Buffer.concat(chunks).toString(),
        children: () => childrenOf(starter.pid!),
        serves: async () =>
          (await answers(`http://127.0.0.1:${port}/sign-in`)) &&
          (await answers(`http://127.0.0.1:${admin}/readyz`)) &&
          (await answers(`http://127.0.0.1:${http}/`)),
      };
      started.push(one);
      return one;
    });
    for (const { starter, output, children } of started) {
      if (testInfo.status !== testInfo.expectedStatus) console.log(`--- start ---\n${output()}`);
      const left = Object.values(children());
      starter.kill("SIGKILL");
      for (const pid of left) kill(pid);
    }
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  },
});

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function childrenOf(pid: number): Record<string, number> {
  try {
    const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
    return Object.fromEntries(
      ids.map((id) => [
        /build\/(\w+)\.mjs/.exec(readFileSync(`/proc/${id}/cmdline`, "utf8"))?.[1],
        Number(id),
      ]),
    );
  } catch {
    return {};
  }
}

function isAlive(pid: number): boolean {
  try {
    // A zombie that nobody waits for has ended, too.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

const soon = { timeout: 60_000 };

installation(
  "a process that dies after it was ready is started again, and the other one goes on",
  async ({ start }) => {
    const one = await start();
    await expect.poll(one.serves, soon).toBe(true);
    for (const [name, other] of [
      ["gateway", "publisher"],
      ["publisher", "gateway"],
      ["gateway", "publisher"],
    ] as const) {
      const before = one.children();
      kill(before[name]!);
      await expect.poll(() => isAlive(before[name]!)).toBe(false);
      await expect.poll(() => one.children()[name] ?? 0, soon).not.toBe(0);
      await expect.poll(one.serves, soon).toBe(true);
      expect(one.children()[other]).toBe(before[other]);
      expect(one.children()[name]).not.toBe(before[name]);
      expect(one.output()).toMatch(
        new RegExp(`The ${name} was ended by SIGKILL. It is started again in \\d.* s; the ${other} goes on.`),
      );
    }
    one.starter.kill("SIGTERM");
    expect((await once(one.starter, "exit"))[0]).toBe(0);
  },
);

installation("a process that never became ready says why, and npm start ends", async ({ start }) => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const port = (taken.address() as { port: number }).port;
  const one = await start(["pipe", "pipe"], { GATEWAY_HTTP_PORT: String(port) });
  expect((await once(one.starter, "exit"))[0]).toBe(1);
  expect(one.output()).toContain(`Port ${port} is already in use.`);
  expect(one.output()).not.toContain("started again in");
  expect(one.children()).toEqual({});
  taken.close();
});

installation(
  "whoever started them is killed: both end, and nobody is left over on a port",
  async ({ start }) => {
    const one = await start();
    await expect.poll(one.serves, soon).toBe(true);
    const children = Object.values(one.children());
    expect(children).toHaveLength(2);
    one.starter.kill("SIGKILL");
    await expect.poll(() => children.some(isAlive), soon).toBe(false);
  },
);

installation("a reader of the output that goes away (npm start | head) ends nothing", async ({ start }) => {
  const one = await start();
  await expect.poll(one.serves, soon).toBe(true);
  const before = one.children();
  one.starter.stdout!.destroy();
  one.starter.stderr!.destroy();
  for (let i = 0; i < 200; i++) await fetch(`${one.gateway}/nothing/${i}`);
  expect(await one.serves()).toBe(true);
  // What happens then is said to nobody, and is done all the same.
  kill(before.gateway!);
  await expect.poll(() => isAlive(before.gateway!)).toBe(false);
  await expect.poll(one.serves, soon).toBe(true);
  expect(one.children().publisher).toBe(before.publisher);
  expect(isAlive(one.starter.pid!)).toBe(true);
});

installation("a full disk under the output (npm start > file) ends nothing", async ({ start }) => {
  const full = openSync("/dev/full", "w");
  const one = await start([full, full]);
  await expect.poll(one.serves, soon).toBe(true);
  const before = one.children();
  for (let i = 0; i < 200; i++) await fetch(`${one.gateway}/nothing/${i}`);
  expect(await one.serves()).toBe(true);
  expect(one.children()).toEqual(before);
});

test.use({ installation: "own" });

test("an error that nobody handles ends the gateway only after requests under way are answered", async ({
  backend,
  gateway,
}) => {
  let answer = () => {};
  const one = await backend("one", {
    handler: (_, res) => {
      answer = () => res.end("late");
    },
  });
  const g = await gateway({ NODE_OPTIONS: `--import=${join(root, "e2e/regressions/throwing.mjs")}` });
  await g.deploy(pizza([one]));
  const asked = fetch(`${g.url}/pizza/1.0.0/menu`);
  await expect.poll(() => one.requests.length).toBe(1);
  process.kill(g.pid, "SIGUSR2");
  await expect.poll(g.output).toContain("an error that nobody handles");
  await expect
    .poll(() =>
      fetch(g.url)
        .then(() => "open")
        .catch(() => "closed"),
    )
    .toBe("closed");
  answer();
  expect(await (await asked).text()).toBe("late");
  expect(await g.exited).toBe(1);
  expect(g.output()).toContain("thrown by a test");
});

test("errors of the publisher are logged with the lines of its sources, although it starts without their maps", async ({
  publisher,
}) => {
  const p = await publisher({ NODE_OPTIONS: `--import=${join(root, "e2e/regressions/throwingPages.mjs")}` });
  process.kill(p.pid, "SIGUSR2");
  const page = () => fetch(`${p.url}/apis`, { redirect: "manual" });
  await expect.poll(async () => (await page()).status).toBe(500);
  await expect.poll(p.output).toMatch(/thrown in a page\n.*\n.*\(proxy\.ts:\d+:\d+\)/);
  const before = await fetch(`${p.url}/before-pages`);
  expect(before.status).toBe(500);
  expect(await before.text()).toBe("The publisher failed to answer this. Its log says why.\n");
  await expect.poll(p.output).toMatch(/thrown before pages\n.*\n.*\(publisher\/frontDoor\.ts:\d+:\d+\)/);
});
