/**
 * `npm start`: prepares the clone, then runs publisher and gateway until one of them or the user stops.
 * `npm run dev` (`--dev`) skips the build, runs Next in development mode and restarts the gateway upon changes.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { environment, prepareOrExit, root } from "./prepare.mjs";
import { productionArgs } from "./production.mjs";

/** The gateway lets requests in flight finish for up to 30 s. */
const STOP_MS = 35_000;
/** npm passes a terminal's Ctrl+C on to us a second time; only a later one means "at once". */
const SAME_KEYPRESS_MS = 500;

const dev = process.argv.includes("--dev");
// Next would read this file by itself, and the gateway would not.
const envFile = join(root, ".env");
if (existsSync(envFile)) process.loadEnvFile?.(envFile);
await prepareOrExit(["install", "client", "migrate", "bundle", ...(dev ? [] : ["build"])]);

const env = environment({ NODE_ENV: dev ? "development" : "production" });
// The two processes write to pipes and could not see the terminal otherwise.
if (process.stdout.isTTY && !process.env.NO_COLOR) env.FORCE_COLOR ??= "1";

let stopping = false;
let signalledAt = 0;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, onSignal);

const tsx = ["--import", "tsx"];
const tsxWatch = ["node_modules/tsx/dist/cli.mjs", "watch", "--clear-screen=false"];
const publisher = start(
  "publisher",
  dev ? [...tsx, "scripts/publisher.ts", "--dev"] : productionArgs("publisher"),
);
const gateway = start("gateway", dev ? [...tsxWatch, "gateway/main.ts"] : productionArgs("gateway"));
const children = [publisher, gateway];
for (const child of children) child.ended.then((end) => onEnd(child, end));
announce();

function start(name, args) {
  // Node itself, not npx, so that signals arrive; an own process group, so that Ctrl+C reaches only this process.
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const listeningLine = Promise.race([child.stdout, child.stderr].map((stream) => forward(name, stream)));
  return { name, pid: child.pid, listeningLine, ended: ending(child), kill: (signal) => child.kill(signal) };
}

/** Prints a stream line by line under the name of its process; resolves with the line that gives the URL. */
function forward(name, stream) {
  return new Promise((found) => {
    createInterface({ input: stream }).on("line", (line) => {
      process.stdout.write(`${name.padEnd(9)} | ${line}\n`);
      if (/^Publisher: http/.test(line)) found(line);
    });
  });
}

function ending(child) {
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 1, how: `could not be started: ${error.message}` }));
    child.on("exit", async (code, signal) => {
      // Its last lines, which say why, come first; a process it left behind may hold the pipes open.
      await Promise.race([new Promise((closed) => child.on("close", closed)), sleep(500)]);
      if (signal) resolve({ code: 128 + constants.signals[signal], how: `was ended by ${signal}` });
      else resolve({ code, how: `stopped with exit code ${code}` });
    });
  });
}

async function onEnd(child, { code, how }) {
  if (stopping) return;
  const other = children.find((one) => one !== child).name;
  console.error(`The ${child.name} ${how}. The ${other} is stopped, too: npm start starts both again.`);
  await stopAll();
  process.exit(code);
}

async function onSignal(signal) {
  const repeated = Date.now() - signalledAt < SAME_KEYPRESS_MS;
  if (repeated) return;
  const second = signalledAt > 0;
  signalledAt = Date.now();
  if (second && signal === "SIGINT") {
    killGroups();
    process.exit(130);
  }
  if (stopping) return;
  console.log("Stopping; requests in flight may finish. Press Ctrl+C again to stop at once.");
  await stopAll();
  process.exit(0);
}

async function stopAll() {
  stopping = true;
  for (const child of children) child.kill("SIGTERM");
  await Promise.race([Promise.all(children.map((child) => child.ended)), sleep(STOP_MS)]);
  killGroups();
}

/** Ends what is left of both, with everything they started. */
function killGroups() {
  for (const { pid } of children) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // Nothing is left.
    }
  }
}

async function announce() {
  const [publisherLine, { http, https }] = await Promise.all([publisher.listeningLine, gatewayUrls()]);
  if (stopping) return;
  const publisherUrl = publisherLine.replace("Publisher: ", "");
  const gatewayText = [http, https].filter(Boolean).join("  ");
  console.log(`\n  Publisher  ${publisherUrl}\n  Gateway    ${gatewayText}\n\n  Press Ctrl+C to stop.\n`);
}

/** Asked rather than computed: the gateway knows best where it listens. */
async function gatewayUrls() {
  const secret = env.GATEWAY_ADMIN_SECRET;
  const headers = secret ? { authorization: `Bearer ${secret}` } : {};
  // Listening on all addresses includes this one; on one address it is that one.
  const given = env.GATEWAY_ADMIN_HOST || "127.0.0.1";
  const host = ["0.0.0.0", "::", "localhost"].includes(given) ? "127.0.0.1" : given;
  const admin = `http://${host.includes(":") ? `[${host}]` : host}:${env.GATEWAY_ADMIN_PORT || 9096}`;
  for (; ; await sleep(150)) {
    try {
      const ready = await fetch(`${admin}/readyz`);
      if (ready.ok) return (await (await fetch(`${admin}/status`, { headers })).json()).urls;
    } catch {
      // Not listening yet. If it never does, it says so itself and ends.
    }
  }
}
