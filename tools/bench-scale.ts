/**
 * `npm run bench:scale`: what size costs the gateway. Processor time per request with ten and with ten thousand
 * operations in an API and with one and a thousand APIs live, memory, and how soon a deployment of one API is seen.
 */
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import autocannon from "autocannon";
import { ADMIN_PORT, LOAD_CORE, listening, PROXY_CORE, run, sluice, start } from "./benchTools";

const PORT = 17081;
const BACKEND = 17003;
const APIS = 1_000;
const OPERATIONS = 10_000;
const ROUNDS = 7;
const SECONDS = 2;
/** Of those whose times are told, while deployments follow each other. */
const CALLS_A_SECOND = 400;
const CALLS_SECONDS = 8;
/** Between two looks whether the gateway has one of them: who looks is served, too, ms. */
const SEEN_PAUSE_MS = 50;
/** Jiffies a second in /proc on Linux. */
const TICKS = 100;
/** Paths of operations, half of them with parameters. */
const pathOf = (i: number) => (i % 2 ? `/items${i}/{id}/parts/{part}` : `/group${i % 97}/thing${i}`);
const by = { userId: null, username: "bench" };
/** Late, because it opens the database that `sluice` names. */
const store = () => import("#prisma/store");

await run(main);

async function main(): Promise<void> {
  const answer = `require("node:http").createServer((q, r) => r.end("hello, world!")).listen(${BACKEND}, "127.0.0.1")`;
  start({ name: "backend", port: BACKEND, command: [process.execPath, "-e", answer] }, LOAD_CORE);
  await listening(BACKEND);
  const gateway = start(await sluice(PORT, [BACKEND]), PROXY_CORE);
  await listening(PORT);

  await seen((await add("few", 10)).generation);
  const alone = await median(() => cost(gateway, "few", 10));
  const small = rss(gateway);
  await seen((await add("many", OPERATIONS)).generation);
  const many = await median(() => cost(gateway, "many", OPERATIONS));
  console.log(`10 operations: ${alone.toFixed(1)} µs a request, ${OPERATIONS}: ${many.toFixed(1)} µs`);
  console.log(
    `resident: ${small.toFixed(0)} MiB, with ${OPERATIONS} operations ${rss(gateway).toFixed(0)} MiB`,
  );
  let last = 0;
  for (let i = 0; i < APIS; i++) last = (await add(`api${i}`, 5)).generation;
  await seen(last);
  const crowded = await median(() => cost(gateway, "few", 10));
  console.log(`1 API: ${alone.toFixed(1)} µs a request, ${APIS}: ${crowded.toFixed(1)} µs`);
  console.log(`resident with ${APIS} APIs: ${rss(gateway).toFixed(0)} MiB`);
  await tellDeployments(gateway);
  await tellCalls();
}

/** How soon a deployment of one API is seen, and what it costs, with all the others there. */
async function tellDeployments(gateway: ChildProcess): Promise<void> {
  const { id } = await add("last", 5);
  const waits: number[] = [];
  const work: number[] = [];
  for (let i = 0; i < 20; i++) {
    const [start, before] = [performance.now(), usage(gateway)];
    await seen(await deployed(id));
    waits.push(performance.now() - start);
    work.push((usage(gateway) - before) / 1000);
  }
  waits.sort((a, b) => a - b);
  console.log(
    `a deployment is seen after ${waits[10]!.toFixed(0)} ms, at most ${waits[19]!.toFixed(0)} ms, ` +
      `and costs the gateway ${(work.reduce((a, b) => a + b) / work.length).toFixed(0)} ms of processor time`,
  );
}

/**
 * How long calls take while one of all the APIs is deployed again and again, beside how long they take otherwise: in
 * alternating rounds, since a machine is not the same from one minute to the next.
 */
async function tellCalls(): Promise<void> {
  const { id } = await add("again", 5);
  const calls = async () => {
    const { non2xx, errors, latency } = await autocannon({
      ...{ url: `http://127.0.0.1:${PORT}/few/1${pathOf(0)}`, connections: 4 },
      // In a thread of its own: this one deploys meanwhile, and would take that time for the gateway's.
      ...{ overallRate: CALLS_A_SECOND, duration: CALLS_SECONDS, workers: 1 },
    });
    if (non2xx + errors > 0) throw new Error("not answered");
    return latency;
  };
  const rounds: { quiet: autocannon.Histogram; busy: autocannon.Histogram }[] = [];
  let deployments = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const quiet = await calls();
    let deploying = true;
    const deploys = (async () => {
      for (; deploying; deployments++) await seen(await deployed(id), SEEN_PAUSE_MS);
    })();
    const busy = await calls();
    deploying = false;
    await deploys;
    rounds.push({ quiet, busy });
  }
  const middle = (of: (round: (typeof rounds)[number]) => number) =>
    rounds.map(of).sort((x, y) => x - y)[Math.floor(ROUNDS / 2)]!;
  console.log(
    `calls while ${deployments} deployments follow each other in ${ROUNDS * CALLS_SECONDS} s: ` +
      `p50 ${middle(({ busy }) => busy.p50)} ms, p99 ${middle(({ busy }) => busy.p99)} ms; ` +
      `without: ${middle(({ quiet }) => quiet.p50)} and ${middle(({ quiet }) => quiet.p99)} ms`,
  );
}

async function add(name: string, operations: number): Promise<{ id: string; generation: number }> {
  const resources = Array.from({ length: operations }, (_, i) => ({ method: "GET", path: pathOf(i) }));
  const endpoints = [{ id: `ep_${name}`, url: `http://127.0.0.1:${BACKEND}` }];
  const definition = {
    name,
    context: `/${name}`,
    version: "1",
    security: { kind: "none" },
    endpoints: { production: { enabled: true, endpoints } },
    resources,
  };
  const created = await (await store()).createApi(definition, by);
  if (!created.ok) throw new Error(JSON.stringify(created.problems));
  return { id: created.id, generation: await deployed(created.id) };
}

async function deployed(id: string): Promise<number> {
  const result = await (await store()).deploy(id, { by });
  if (!result.ok) throw new Error("not deployed");
  return result.generation;
}

/** Processor time so far, µs. */
function usage({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1e6;
}

/** Resident memory, MiB. */
function rss({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** Processor time of one request, µs; the operations are asked for in turn. */
async function cost(gateway: ChildProcess, name: string, operations: number): Promise<number> {
  const requests = Array.from({ length: operations }, (_, i) => ({
    path: `/${name}/1${pathOf((i * 7919) % operations).replaceAll(/\{\w+\}/g, "42")}`,
  }));
  const before = usage(gateway);
  const result = await autocannon({
    url: `http://127.0.0.1:${PORT}`,
    connections: 32,
    duration: SECONDS,
    requests,
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${name}: ${result.non2xx} not answered`);
  return (usage(gateway) - before) / result.requests.total;
}

async function median(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i < ROUNDS; i++) values.push(await measure());
  return values.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
}

/** Waits until the gateway says that it serves this generation. */
async function seen(generation: number, pauseMs = 5): Promise<void> {
  for (;;) {
    const text = await (await fetch(`http://127.0.0.1:${ADMIN_PORT}/status?api=none`)).text();
    if ((JSON.parse(text) as { generation: number }).generation >= generation) return;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
