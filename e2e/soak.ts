/**
 * `npm run soak -- 30`: so many minutes of moderate load on one gateway while backends are killed, hung and
 * restarted at random and a deployment comes every second. Beside the requests there are WebSockets, streams of events
 * and calls of gRPC. Ends with exit code 1 when an idempotent request failed, something that lasts could not be opened
 * anew, or memory, sockets or timers grew. Not part of `npm test`: it is a matter of time.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend } from "./backends";
import bundle from "./bundle";
import type { ApiInput } from "./database";
import { Databases } from "./database";
import { freePort } from "./ports";
import { run, until } from "./processes";
import { Lasting, lastingBackend } from "./soakLasting";

const MINUTES = Number(process.argv[2] ?? 30);
const REQUESTS_PER_SECOND = Number(process.env.SOAK_RATE ?? 150);
const BACKENDS = 4;
/** So many of them are in trouble at once at most; the rest has to carry the load. */
const TROUBLED = 2;
/** Growth of the second half over the first that counts as a leak. */
const TOLERANCE = 1.25;
const methods = ["GET", "GET", "GET", "PUT", "DELETE"];

interface Sample {
  rss: number;
  sockets: number;
  timers: number;
}

await bundle();
const databases = await Databases.start();
const database = await databases.create();
const backends = await Promise.all(Array.from({ length: BACKENDS }, (_, i) => lastingBackend(`b${i}`)));
const [http, admin] = [await freePort(), await freePort()];
const logFolder = mkdtempSync(join(tmpdir(), "sluice-soak-"));
const gateway = run("gateway", {
  DATABASE_URL: database.url,
  GATEWAY_HTTP_PORT: String(http),
  GATEWAY_HTTPS_PORT: "off",
  GATEWAY_ADMIN_PORT: String(admin),
  GATEWAY_ACCESS_LOG: join(logFolder, "access.log"),
});
await until(
  gateway,
  async () => (await get(`http://127.0.0.1:${admin}/readyz`).catch(() => null))?.status === 200,
);

let deploys = 0;
await deploy();
// The gateway polls; the first deployment has to be there before the load.
while ((await get(`http://127.0.0.1:${http}/soak/1.0.0/`)).status !== 200) await sleep(50);

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const failures: string[] = [];
let sent = 0;
let inFlight = 0;
const samples: Sample[] = [];
const end = Date.now() + MINUTES * 60_000;
const lasting = await Lasting.start(`http://127.0.0.1:${http}`, database, (what) => failures.push(what));
await Promise.all([load(), chaos(), deployEverySecond(), sampleMemory(), lasting.run(end)]);
while (inFlight > 0) await sleep(50);
report();
const code = await gateway.stop();
for (const backend of backends) await backend.kill();
await databases.stop();
rmSync(logFolder, { recursive: true, force: true });
if (code !== 0) throw new Error(`The gateway ended with ${code}:\n${gateway.output()}`);
process.exit(failures.length > 0 || grew() ? 1 : 0);

async function deploy(): Promise<void> {
  deploys++;
  const definition: ApiInput = {
    name: "Soak",
    context: "/soak",
    version: "1.0.0",
    // Every deployment is a new revision, and now and then the group itself changes.
    description: `deployment ${deploys}`,
    endpoints: {
      production: {
        enabled: true,
        routing: "loadBalanced",
        algorithm: { name: deploys % 10 < 5 ? "roundRobin" : "leastConnections" },
        session: { kind: deploys % 20 < 10 ? "none" : "transport" },
        responseTimeoutMs: 1_000,
        endpoints: backends.map((backend, i) => ({
          id: `ep_${i}_soak`,
          url: backend.url,
          settings: { suspension: { initialMs: 500, maxMs: 2_000, factor: 2 } },
        })),
      },
    },
  };
  await database.deploy(definition);
}

async function deployEverySecond(): Promise<void> {
  while (Date.now() < end) {
    await Promise.all([deploy(), sleep(1_000)]);
  }
}

/** An open loop: requests start at their time whether or not others are done, as callers do. */
async function load(): Promise<void> {
  while (Date.now() < end) {
    for (let i = 0; i < REQUESTS_PER_SECOND / 50; i++) void one();
    await sleep(20);
    for (const backend of backends) backend.requests.length = 0;
  }
}

async function one(): Promise<void> {
  const method = methods[sent++ % methods.length]!;
  inFlight++;
  try {
    const body = method === "PUT" ? "x".repeat(1 + (sent % 5_000)) : undefined;
    const { status, text } = await get(`http://127.0.0.1:${http}/soak/1.0.0/r/${sent}`, method, body, agent);
    if (status !== 200) failures.push(`${method}: ${status} ${text}`);
  } catch (error) {
    failures.push(`${method}: ${(error as Error).message}`);
  }
  inFlight--;
}

async function chaos(): Promise<void> {
  const troubled = new Set<Backend>();
  while (Date.now() < end) {
    // Slower than a request takes through three attempts, or no gateway could keep up with what is well.
    await sleep(1_000 + Math.random() * 3_000);
    const backend = backends[Math.floor(Math.random() * backends.length)]!;
    if (troubled.delete(backend)) await backend.restart();
    else if (troubled.size < TROUBLED) {
      troubled.add(backend);
      if (Math.random() < 0.5) await backend.kill();
      else backend.hang();
    }
  }
  for (const backend of troubled) await backend.restart();
}

async function sampleMemory(): Promise<void> {
  while (Date.now() < end) {
    const rss =
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.pid}/status`, "utf8"))?.[1]) / 1024;
    const { text } = await get(`http://127.0.0.1:${admin}/metrics`);
    const timers = Number(/nodejs_active_resources\{type="Timeout"\} (\d+)/.exec(text)?.[1] ?? 0);
    samples.push({ rss, sockets: readdirSync(`/proc/${gateway.pid}/fd`).length, timers });
    if (samples.length % 30 === 0) report();
    await sleep(2_000);
  }
}

/** The most of a figure in a part of the run; the first fifth is warm-up. */
function most(figure: keyof Sample, from: number, to: number): number {
  const part = samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to));
  return Math.max(0, ...part.map((sample) => sample[figure]));
}

function grew(): boolean {
  return (["rss", "sockets", "timers"] as const).some(
    (figure) => most(figure, 0.6, 1) > most(figure, 0.2, 0.6) * TOLERANCE,
  );
}

function report(): void {
  const figures = (["rss", "sockets", "timers"] as const)
    .map(
      (figure) => `${figure} ${Math.round(most(figure, 0.2, 0.6))} then ${Math.round(most(figure, 0.6, 1))}`,
    )
    .join(", ");
  console.log(`${sent} requests, ${deploys} deploys, ${failures.length} failed; most of ${figures}`);
  console.log(`  ${lasting.figures()}`);
  for (const failure of new Set(failures.slice(-5))) console.log(`  ${failure}`);
}

function get(
  url: string,
  method = "GET",
  body?: string,
  through?: Agent,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const req = request(url, { method, agent: through ?? false }, (res: IncomingMessage) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk));
      res.on("end", () => resolve({ status: res.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      res.on("error", reject);
      res.on("close", () => reject(new Error("the answer was cut off")));
    });
    req.on("error", reject);
    req.end(body);
  });
}
