/**
 * `npm run bench:engines`: how soon a change of one API among a thousand is served from SQLite and from PostgreSQL, in
 * alternating rounds; how long a gateway takes to start with them, and what it holds. Each engine has a process that
 * writes (this file again, asked by the parent) and a gateway of its own.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { folder, run } from "./benchTools";
import { newDatabaseName, startPostgres } from "./postgresServer";
import { productionArgs } from "./production.mjs";

const APIS = 1_000;
const ROUNDS = 6;
const CHANGES_A_ROUND = 20;
/** Between two looks whether the gateway has it, ms. */
const LOOK_MS = 5;
/** By chance up to this before each change, so that changes and polls do not keep step, ms. */
const POLL_MS = 250;
const by = { userId: null, username: "bench" };

interface Prepared {
  /** To make and deploy all APIs, ms. */
  madeMs: number;
  /** From a gateway's start until it serves all of them, ms, several times. */
  startMs: number[];
  rssMib: number;
}

const [, , engine, givenPort] = process.argv;
const port = Number(givenPort);
if (engine) child(engine);
else await run(parent);

async function parent(): Promise<void> {
  const server = await startPostgres();
  try {
    const name = newDatabaseName();
    const { withConnection } = await (await import("#prisma/connect")).loadPostgres();
    await withConnection(server.url("postgres"), (query) => query(`CREATE DATABASE "${name}"`));
    const engines = [
      { name: "SQLite", ...started("sqlite", `file:${join(folder, "engines.db")}`, 17_110) },
      { name: "PostgreSQL", ...started("postgresql", server.url(name), 17_120) },
    ];
    for (const { name: shown, ask } of engines) {
      const { madeMs, startMs, rssMib } = await ask<Prepared>("prepare");
      const starts = startMs.map((ms) => `${(ms / 1_000).toFixed(2)} s`).join(", ");
      console.log(
        `${shown}: ${APIS} APIs made and deployed in ${(madeMs / 1_000).toFixed(1)} s; a gateway serves them ${starts} after its start, with ${rssMib.toFixed(0)} MiB`,
      );
    }
    const waits = new Map<string, number[]>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name: shown, ask } of engines) {
        waits.set(shown, [...(waits.get(shown) ?? []), ...(await ask<number[]>("round"))]);
      }
    }
    for (const [shown, all] of waits) {
      all.sort((a, b) => a - b);
      const at = (part: number) => all[Math.min(all.length - 1, Math.floor(all.length * part))]!.toFixed(0);
      console.log(
        `${shown}: a change of one of ${APIS} is served ${at(0.5)} ms after its commit (median of ${all.length}), 95 of 100 within ${at(0.95)} ms, all within ${at(1)} ms`,
      );
    }
    for (const { stop } of engines) stop();
  } finally {
    await server.stop();
  }
}

function started(name: string, url: string, port: number) {
  const writer = fork(fileURLToPath(import.meta.url), [name, String(port)], {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, DATABASE_URL: url, SLUICE_DATA: join(folder, name) },
  });
  const ask = <T>(what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      writer.once("message", (answer: { error?: string; value: T }) =>
        answer.error ? reject(new Error(answer.error)) : resolve(answer.value),
      );
      writer.send(what);
    });
  return { ask, stop: () => writer.disconnect() };
}

function child(name: string): void {
  let gateway: ChildProcess | undefined;
  process.on("message", async (what: string) => {
    try {
      if (what === "prepare") {
        const prepared = await prepare(name);
        gateway = prepared.gateway;
        process.send?.({ value: prepared.told });
      } else process.send?.({ value: await changes() });
    } catch (error) {
      process.send?.({ error: String(error) });
    }
  });
  process.on("disconnect", () => {
    gateway?.kill();
    process.exit();
  });
}

async function prepare(name: string): Promise<{ told: Prepared; gateway: ChildProcess }> {
  const [{ migrate }, { connectDatabase }, store] = await Promise.all([
    import("#prisma/migrate"),
    import("#prisma/connect"),
    import("#prisma/store"),
  ]);
  const migrated = await migrate(process.env.DATABASE_URL ?? "");
  if (!migrated.ok) throw new Error(`${name}: ${migrated.message}`);
  await connectDatabase();
  const since = performance.now();
  let last = 0;
  for (let i = 0; i < APIS; i++) {
    const made = await store.createApi(definitionOf(i, "first"), by);
    if (!made.ok) throw new Error(JSON.stringify(made.problems));
    const deployed = await store.deploy(made.id, { by });
    if (!deployed.ok) throw new Error("not deployed");
    last = deployed.generation;
  }
  const madeMs = performance.now() - since;
  const startMs: number[] = [];
  for (let i = 0; ; i++) {
    const start = performance.now();
    const gateway = spawn(process.execPath, productionArgs("gateway"), {
      env: {
        ...process.env,
        NODE_ENV: "production",
        GATEWAY_HTTP_PORT: String(port),
        GATEWAY_HTTPS_PORT: "off",
        GATEWAY_ADMIN_PORT: String(port + 1),
        GATEWAY_ACCESS_LOG: "off",
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    await seen(last);
    startMs.push(performance.now() - start);
    if (i === 2) {
      const status = readFileSync(`/proc/${gateway.pid}/status`, "utf8");
      const rssMib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
      return { told: { madeMs, startMs, rssMib }, gateway };
    }
    gateway.kill();
    await new Promise((ended) => gateway.once("exit", ended));
  }
}

function definitionOf(i: number, description: string) {
  return {
    ...{ name: `Api${i}`, version: "1", context: `/api${i}`, description, security: { kind: "none" } },
    endpoints: {
      production: { enabled: true, endpoints: [{ id: `ep_${i}`, url: "http://127.0.0.1:9" }] },
    },
  };
}

let version = 0;

async function changes(): Promise<number[]> {
  const [store, { findApiId }] = await Promise.all([import("#prisma/store"), import("#prisma/apiIndex")]);
  const waits: number[] = [];
  for (let i = 0; i < CHANGES_A_ROUND; i++) {
    const name = `Api${(version * 37) % APIS}`;
    const id = await findApiId(name, "1");
    const draft = id && (await store.getApi(id));
    if (!draft) throw new Error(`${name} is gone`);
    const changed = { ...draft.definition, description: `change ${++version}` };
    const saved = await store.saveDraft(draft.id, changed, draft.draftVersion, by);
    if (!saved.ok) throw new Error(`${name} was not saved`);
    await sleep(Math.random() * POLL_MS);
    const deployed = await store.deploy(draft.id, { by });
    if (!deployed.ok) throw new Error(`${name} was not deployed`);
    const since = performance.now();
    await seen(deployed.generation);
    waits.push(performance.now() - since);
  }
  return waits;
}

/** Waits until the gateway says that it serves this generation. */
async function seen(generation: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port + 1}/status?api=none`).catch(() => null);
    if (answer && ((await answer.json()) as { generation: number }).generation >= generation) return;
    await sleep(LOOK_MS);
  }
}
