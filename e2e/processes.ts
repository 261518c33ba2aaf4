import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { productionArgs } from "../tools/production.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A Sluice process started by a test. */
export interface Running {
  name: string;
  pid: number;
  /** What it has printed, both streams. */
  output(): string;
  /** Lets go of what it has printed so far. */
  forget(): void;
  hasEnded(): boolean;
  /** The exit code; null when a signal ended it. */
  exited: Promise<number | null>;
  /** Sends the signal (SIGTERM) and waits for the end; returns the exit code, null when the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts one of our processes as `npm start` does: its bundle, by Node itself, so that signals arrive. `uid`: who it is,
 * if not whoever runs the tests.
 */
export function run(name: "gateway" | "publisher", env: Record<string, string>, uid?: number): Running {
  const child = spawn(process.execPath, productionArgs(name), {
    cwd: root,
    env: { ...neutralEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    uid,
    gid: uid,
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  let ended = false;
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  exited.then(() => {
    ended = true;
  });
  return {
    name,
    pid: child.pid ?? -1,
    output: () => Buffer.concat(chunks).toString(),
    forget: () => {
      chunks.length = 0;
    },
    hasEnded: () => ended,
    exited,
    stop: (signal = "SIGTERM") => {
      child.kill(signal);
      return exited;
    },
  };
}

/** Waits until `isSo` holds; a process that ends before, or takes over a minute, fails with what it printed. */
export async function until(
  running: Running,
  isSo: () => Promise<boolean> | boolean,
  what = "is ready",
): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isSo())) {
    if (running.hasEnded())
      throw new Error(`The ${running.name} ended before it ${what}:\n${running.output()}`);
    if (Date.now() > deadline)
      throw new Error(`It is not so after 60 s that the ${running.name} ${what}:\n${running.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The settings of whoever runs the tests must not reach the processes under test. */
export function neutralEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^(GATEWAY_|SLUICE_|CHECK_|ADMIN_|ALLOWED_HOSTS$|TRUSTED_PROXIES$|TOKEN_ISSUER$|DATABASE_URL$|HOST$|PORT$|FORCE_COLOR$|NODE_ENV$)/;
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !ours.test(name)),
  ) as NodeJS.ProcessEnv;
}
