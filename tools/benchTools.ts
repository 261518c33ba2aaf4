/** What the benchmarks share: a folder of their own, processes on a core of their own, and the gateway in front of backends. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { productionArgs } from "./production.mjs";

export const PROXY_CORE = "0";
export const LOAD_CORE = "1";
export const ADMIN_PORT = 17096;

/** A process to measure, and where it listens. */
export interface Target {
  name: string;
  port: number;
  command: string[];
  env?: Record<string, string>;
}

export const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
const running: ChildProcess[] = [];

/** Runs a benchmark, and ends with everything that it started. */
export async function run(main: () => Promise<void>): Promise<never> {
  try {
    await main();
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  } finally {
    // Not SIGKILL: nginx ends its worker only when asked.
    for (const child of running) child.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
  process.exit();
}

/** The gateway in its production form, with an API of security None over these backends. */
export async function sluice(
  port: number,
  backends: readonly number[],
  limits: object = {},
): Promise<Target> {
  const database = `file:${join(folder, "bench.db")}`;
  process.env.DATABASE_URL = database;
  const { migrate } = await import("#prisma/migrate");
  await migrate(database);
  const { createApi, deploy } = await import("#prisma/store");
  const by = { userId: null, username: "bench" };
  const definition = {
    name: "Bench",
    context: "/bench",
    version: "1.0.0",
    // The others check no tokens either.
    security: { kind: "none" },
    limits,
    endpoints: {
      production: {
        enabled: true,
        routing: "loadBalanced",
        endpoints: backends.map((port) => ({
          id: `ep_${port}`,
          url: `http://127.0.0.1:${port}/bench/1.0.0`,
        })),
      },
    },
  };
  const created = await createApi(definition, by);
  if (!created.ok) throw new Error(JSON.stringify(created.problems));
  await deploy(created.id, { by });
  return {
    name: "Sluice",
    port,
    command: [process.execPath, ...productionArgs("gateway")],
    env: {
      NODE_ENV: "production",
      DATABASE_URL: database,
      GATEWAY_HTTP_PORT: String(port),
      GATEWAY_HTTPS_PORT: "off",
      GATEWAY_ADMIN_PORT: String(ADMIN_PORT),
      // All accounting on: every request is logged.
      GATEWAY_ACCESS_LOG: join(folder, "access.log"),
    },
  };
}

export function start(target: Target, core: string): ChildProcess {
  const pin = installed("taskset") ? ["taskset", "-c", core] : [];
  const [command = "", ...args] = [...pin, ...target.command];
  const child = spawn(command, args, {
    env: { ...process.env, ...target.env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors = (errors + chunk).slice(-2000);
  });
  child.on("exit", (code) => {
    if (code) console.error(`${target.name} ended with ${code}: ${errors}`);
  });
  running.push(child);
  return child;
}

export function installed(command: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
}

export async function listening(port: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Nothing listens on port ${port}.`);
}
