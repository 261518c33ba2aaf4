/**
 * `npm start`: prepares the clone, then runs publisher and gateway until the user stops them. One that dies after it
 * had been ready is started again, and the other one goes on.
 * `--only=publisher` and `--only=gateway` leave the other one to somebody else; a gateway alone does not migrate.
 * `--new` makes a new database where the one that was there is lost.
 * `npm run dev` (`--dev`) skips the build, runs Next in development mode and restarts the gateway upon changes.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { environment, loadEnvFile, root } from "./clone.mjs";
import { prepareOrExit } from "./prepare.mjs";
import { productionArgs } from "./production.mjs";

/** The gateway lets requests in flight finish for up to 30 s. */
const STOP_MS = 35_000;
/** npm passes a terminal's Ctrl+C on to us a second time; only a later one means "at once". */
const SAME_KEYPRESS_MS = 500;
/** Pauses before one that died is started again, ms; the last one is kept to. */
const RESTART_MS = [200, 1_000, 5_000, 30_000];
/** One that ran for so long has recovered: the next time the pauses begin anew, ms. */
const RECOVERED_MS = 60_000;
/** How long the last lines may take on their way out, ms. */
const FLUSH_MS = 1_000;

// A terminal that is closed or stopped, a pipe without a reader, a full disk: none of them is a reason to stop.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const dev = process.argv.includes("--dev");
const names = wantedNames(["publisher", "gateway"]);
loadEnvFile();
const forPublisher = ["migrate", ...(dev ? [] : ["build"])];
await prepareOrExit(["install", "client", "bundle", ...(names.includes("publisher") ? forPublisher : [])]);

const { Output, isIgnored } = await import("../build/starter.mjs");
const output = new Output(1, { inBackground: true });
const say = (text) => output.write(`${text}\n`);

const env = environment({ NODE_ENV: dev ? "development" : "production" });
// The two processes write to pipes and could not see the terminal otherwise.
if (process.stdout.isTTY && !process.env.NO_COLOR) env.FORCE_COLOR ??= "1";

let stopping = false;
let signalledAt = 0;
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, onSignal);
// Under nohup a closed terminal is to be survived; listening would undo that.
if (!isIgnored("SIGHUP")) process.on("SIGHUP", onSignal);

const tsx = ["--import", "tsx"];
const tsxWatch = ["node_modules/tsx/dist/cli.mjs", "watch", "--clear-screen=false"];
const devArgs = {
  publisher: [...tsx, "publisher/main.ts", "--dev"],
  gateway: [...tsxWatch, "gateway/main.ts"],
};
const services = names.map((name) => service(name, dev ? devArgs[name] : productionArgs(name)));
for (const one of services) run(one);
announce();

/** Both, unless `--only=` says which. */
function wantedNames(both) {
  const given = process.argv.find((argument) => argument.startsWith("--only"));
  if (given === undefined) return both;
  const wanted = both.filter((name) => given === `--only=${name}`);
  if (wanted.length > 0) return wanted;
  console.error(`--only=publisher or --only=gateway starts one of the two (it is "${given}").`);
  process.exit(1);
}

/** One of the two, through all its lives. */
function service(name, args) {
  const one = { name, args, child: null, ended: null, wasReady: false, failures: 0, readyAt: 0 };
  one.ready = new Promise((found) => {
    one.onReady = (line) => {
      one.wasReady = true;
      one.readyAt = Date.now();
      found(line);
    };
  });
  return one;
}

/** Starts it, and again whenever it dies after it had been ready once. */
async function run(one) {
  while (!stopping) {
    one.readyAt = 0;
    one.ended = live(one);
    const { code, how } = await one.ended;
    if (stopping) return;
    if (!one.wasReady) return giveUp(one, code, how);
    if (one.readyAt > 0 && Date.now() - one.readyAt > RECOVERED_MS) one.failures = 0;
    const pause = RESTART_MS[Math.min(one.failures++, RESTART_MS.length - 1)];
    const other = otherOf(one);
    const goesOn = other ? `; the ${other.name} goes on` : "";
    say(`The ${one.name} ${how}. It is started again in ${pause / 1_000} s${goesOn}.`);
    await sleep(pause);
  }
}

/** One life of a process; resolves when it has ended. */
function live(one) {
  // Node itself, not npx, so that signals arrive; an own process group, so that Ctrl+C reaches only this process. The
  // channel tells it when this process is gone, however that came about.
  const child = spawn(process.execPath, one.args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  one.child = child;
  for (const stream of [child.stdout, child.stderr]) forward(one, stream);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 1, how: `could not be started: ${error.message}` }));
    child.on("exit", async (code, signal) => {
      // Its last lines, which say why, come first; a process it left behind may hold the pipes open.
      await Promise.race([new Promise((closed) => child.on("close", closed)), sleep(500)]);
      killGroup(child);
      if (signal) resolve({ code: 128 + constants.signals[signal], how: `was ended by ${signal}` });
      else resolve({ code, how: `stopped with exit code ${code}` });
    });
  });
}

/** Prints a stream line by line under the name of its process, and notices the line that says where it listens. */
function forward(one, stream) {
  createInterface({ input: stream }).on("line", (line) => {
    say(`${one.name.padEnd(9)} | ${line}`);
    if (/^(Publisher|Gateway): https?:/.test(line)) one.onReady(line);
  });
}

function otherOf(one) {
  return services.find((service) => service !== one);
}

/** It never worked: its own sentence says why, and there is nothing to go on with. */
async function giveUp(one, code, how) {
  const other = otherOf(one);
  const stopped = other ? ` The ${other.name} is stopped, too: npm start starts both again.` : "";
  say(`The ${one.name} ${how}.${stopped}`);
  await stopAll();
  await output.flush(FLUSH_MS);
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
  say("Stopping; requests in flight may finish. Press Ctrl+C again to stop at once.");
  await stopAll();
  await output.flush(FLUSH_MS);
  process.exit(0);
}

async function stopAll() {
  stopping = true;
  for (const { child } of services) child?.kill("SIGTERM");
  await Promise.race([Promise.all(services.map(({ ended }) => ended)), sleep(STOP_MS)]);
  killGroups();
}

/** Ends what is left of them, with everything they started. */
function killGroups() {
  for (const { child } of services) killGroup(child);
}

function killGroup(child) {
  try {
    if (child) process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nothing is left.
  }
}

async function announce() {
  const lines = await Promise.all(
    services.map(async ({ name, ready }) => {
      const line = await ready;
      if (name === "publisher") return line.replace("Publisher: ", "  Publisher  ");
      const { http, https } = await gatewayUrls();
      return `  Gateway    ${[http, https].filter(Boolean).join("  ")}`;
    }),
  );
  if (stopping) return;
  say(`\n${lines.join("\n")}\n\n  Press Ctrl+C to stop.\n`);
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
