/** What the scripts beside this know of their clone, and how they run a tool in it. Plain Node, as `prepare.mjs` is. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A failure that is explained already: callers exit with its code and print nothing but its message. */
export class StepFailed extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Reads `.env`, which Next would do by itself and our other processes would not. */
export function loadEnvFile() {
  const file = join(root, ".env");
  if (existsSync(file)) process.loadEnvFile?.(file);
}

/** Has this process, wherever it was called, use the database and the folder that `npm start` uses. */
export function takeEnvironment() {
  loadEnvFile();
  const { DATABASE_URL, SLUICE_DATA } = environment();
  Object.assign(process.env, { DATABASE_URL, SLUICE_DATA });
}

/** What our processes share: absolute paths, and no calls home by the tools. */
export function environment(extra = {}) {
  const databaseUrl = process.env.DATABASE_URL || "file:./data/sluice.db";
  // Beside an SQLite file unless it is set.
  const data = process.env.SLUICE_DATA || (databaseUrl.startsWith("file:") ? "" : "data");
  return {
    ...process.env,
    DATABASE_URL: databaseUrl.replace(/^file:(?:\/\/)?(?!\/)/, `file:${root}/`),
    SLUICE_DATA: data && resolve(root, data),
    NEXT_TELEMETRY_DISABLED: "1",
    CHECKPOINT_DISABLE: "1",
    // Prisma's native engine cannot be downloaded everywhere, and nothing here uses it. Naming any existing
    // executable stops every attempt: generation and migrations are WebAssembly.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    ...extra,
  };
}

/** What stands in a file; undefined where there is none. */
export function text(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Runs one tool. `quiet` keeps its output for the case that it fails; without a label it explains itself. A signal to
 * us ends the tool first: otherwise `next build` would go on alone after Ctrl+C.
 */
export async function run(label, command, args, { quiet = false, env = environment(), ...options } = {}) {
  const stdio = ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"];
  const child = spawn(command, args, { cwd: root, stdio, env, ...options });
  const output = [];
  child.stdout?.on("data", (chunk) => output.push(chunk));
  child.stderr?.on("data", (chunk) => output.push(chunk));
  let interrupted;
  const forward = (signal) => {
    interrupted = signal;
    child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  const [code, error] = await new Promise((done) => {
    child.on("error", (problem) => done([1, problem.message]));
    child.on("close", (exitCode, signal) => done([exitCode ?? 1, signal ? `it was ended by ${signal}` : ""]));
  });
  for (const signal of signals) process.off(signal, forward);
  if (interrupted) throw new StepFailed("Stopped.", interrupted === "SIGINT" ? 130 : 143);
  if (code === 0) return;
  if (!label) throw new StepFailed("", code);
  process.stderr.write(Buffer.concat(output));
  throw new StepFailed(`${label} failed${error ? `: ${error}` : ` with exit code ${code}`}.`, code);
}

/** Tells who waits what is done now. */
export function say(text) {
  console.log(`[prepare] ${text}`);
}
