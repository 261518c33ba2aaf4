/**
 * `npm run bench`: the gateway beside whichever of HAProxy, nginx and Caddy are installed, each on the same
 * one core in turn, in front of the same two backends, under the same load. Backends and load share the
 * other core, so compare columns of one run; absolute figures say more about the machine.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import autocannon from "autocannon";
import {
  folder,
  installed,
  LOAD_CORE,
  listening,
  PROXY_CORE,
  run,
  sluice,
  start,
  type Target,
} from "./benchTools";

const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
/** Everything is measured once a round, in turn, because a shared machine's speed drifts; medians are printed. */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
/** Rounds at half of Sluice's own rate. */
const LOW_RATE_ROUNDS = 3;
const CONNECTIONS = Number(process.env.BENCH_CONNECTIONS ?? 64);
const BACKENDS = [17001, 17002];
const PATH = "/bench/1.0.0/small";

interface Result {
  perSecond: number;
  p50: number;
  p99: number;
  errors: number;
}

await run(main);

async function main(): Promise<void> {
  // The load at a fixed rate comes from this process, which must not take the proxies' core.
  if (installed("taskset")) execFileSync("taskset", ["-acp", LOAD_CORE, String(process.pid)]);
  for (const port of BACKENDS) {
    start({ name: "backend", port, command: [process.execPath, "-e", backendCode(port)] }, LOAD_CORE);
    await listening(port);
  }
  const proxies = [
    await sluice(17081, BACKENDS),
    bareLoop(17082),
    haproxy(17083),
    nginx(17084),
    caddy(17085),
  ];
  const targets = proxies.filter((target) => target !== undefined);
  for (const target of targets) {
    start(target, PROXY_CORE);
    await listening(target.port);
    load(urlOf(target.port), 2);
  }
  const measured = new Map<string, Result[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const target of [{ name: "backend alone", port: BACKENDS[0]! }, ...targets]) {
      const results = measured.get(target.name) ?? [];
      measured.set(target.name, [...results, load(urlOf(target.port), SECONDS)]);
    }
  }
  const lowRate = new Map<string, number[]>();
  const rate = Math.round(median(measured.get("Sluice")!.map((r) => r.perSecond)) / 2);
  for (let round = 0; round < LOW_RATE_ROUNDS; round++) {
    for (const target of [{ name: "backend alone", port: BACKENDS[0]! }, ...targets]) {
      const url = urlOf(target.port);
      const run = await autocannon({ url, connections: 16, duration: SECONDS, overallRate: rate });
      lowRate.set(target.name, [...(lowRate.get(target.name) ?? []), run.latency.p99]);
    }
  }
  print(measured, lowRate);
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}${PATH}`;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Answers every request head with the same bytes: as fast as node can be, so that it is not what is measured. */
function backendCode(port: number): string {
  return `
    const answer = Buffer.from("HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: 13\\r\\n\\r\\nhello, world!");
    require("node:net").createServer((socket) => {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("data", (data) => { if (data.includes("\\r\\n\\r\\n")) socket.write(answer); });
    }).listen(${port}, "127.0.0.1");`;
}

/** The least that node and undici can do between two sockets: what a gateway built on them cannot beat. */
function bareLoop(port: number): Target {
  const code = `
    import http from "node:http";
    import { Pool } from "undici";
    const pools = [${BACKENDS}].map((backend) => new Pool("http://127.0.0.1:" + backend, { headersTimeout: 0, bodyTimeout: 0 }));
    let next = 0;
    http.createServer((req, res) => {
      pools[next++ % pools.length].dispatch({ path: req.url, method: req.method, headers: [] }, {
        onConnect() {},
        onHeaders(status, raw, resume, text) {
          res.writeHead(status, text, raw.map((value) => value.toString("latin1")));
          return true;
        },
        onData: (chunk) => res.write(chunk),
        onComplete: () => res.end(),
        onError: () => res.destroy(),
      });
    }).listen(${port}, "127.0.0.1");`;
  return { name: "bare undici loop", port, command: [process.execPath, "--input-type=module", "-e", code] };
}

function haproxy(port: number): Target | undefined {
  if (!installed("haproxy")) return undefined;
  const file = join(folder, "haproxy.cfg");
  const servers = BACKENDS.map((backend, i) => `  server b${i} 127.0.0.1:${backend}`).join("\n");
  writeFileSync(
    file,
    `global\n  nbthread 1\ndefaults\n  mode http\n  timeout connect 3s\n  timeout client 60s\n  timeout server 30s\n  http-reuse always\nfrontend f\n  bind 127.0.0.1:${port}\n  option forwardfor\n  default_backend b\nbackend b\n  balance roundrobin\n${servers}\n`,
  );
  return { name: "HAProxy", port, command: ["haproxy", "-db", "-f", file] };
}

function nginx(port: number): Target | undefined {
  if (!installed("nginx")) return undefined;
  const file = join(folder, "nginx.conf");
  mkdirSync(join(folder, "logs"), { recursive: true });
  const servers = BACKENDS.map((backend) => `server 127.0.0.1:${backend};`).join(" ");
  writeFileSync(
    file,
    `daemon off; worker_processes 1; error_log stderr crit; pid ${folder}/nginx.pid;\nevents { worker_connections 4096; }\nhttp { access_log ${folder}/nginx.log; keepalive_requests 1000000;\n upstream b { ${servers} keepalive 128; keepalive_requests 1000000; }\n server { listen 127.0.0.1:${port}; location / { proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Forwarded-For $remote_addr; } } }\n`,
  );
  return { name: "nginx", port, command: ["nginx", "-c", file, "-p", folder] };
}

function caddy(port: number): Target | undefined {
  if (!installed("caddy")) return undefined;
  const file = join(folder, "Caddyfile");
  const to = BACKENDS.map((backend) => `127.0.0.1:${backend}`).join(" ");
  writeFileSync(
    file,
    `{\n  admin off\n  auto_https off\n}\nhttp://127.0.0.1:${port} {\n  bind 127.0.0.1\n  reverse_proxy ${to} {\n    lb_policy round_robin\n  }\n}\n`,
  );
  return {
    name: "Caddy",
    port,
    command: ["caddy", "run", "--config", file, "--adapter", "caddyfile"],
    env: { GOMAXPROCS: "1", XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  };
}

function load(url: string, seconds: number): Result {
  if (!installed("wrk")) throw new Error("Install wrk (a Debian package) to run the benchmark.");
  const args = ["-c", LOAD_CORE, "wrk", "-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--latency", url];
  const text = execFileSync("taskset", args, { encoding: "utf8" });
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
  const ms = (pattern: RegExp) => {
    const [, value = "0", unit = "ms"] = pattern.exec(text) ?? [];
    return Number(value) * (unit === "us" ? 0.001 : unit === "s" ? 1000 : 1);
  };
  const [, c, r, w, t] =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text) ?? [];
  return {
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50: ms(/50%\s+([\d.]+)(us|ms|s)/),
    p99: ms(/99%\s+([\d.]+)(us|ms|s)/),
    errors:
      number(/Non-2xx or 3xx responses: (\d+)/) + [c, r, w, t].reduce((sum, n) => sum + Number(n ?? 0), 0),
  };
}

/** Ratios are taken round by round and then their median: the fairest figure that a noisy machine gives. */
function print(measured: ReadonlyMap<string, Result[]>, lowRate: ReadonlyMap<string, number[]>): void {
  const ours = measured.get("Sluice")!;
  const row = (cells: (string | number)[]) => `| ${cells.join(" | ")} |`;
  console.log(row(["", "requests/s", "p50 ms", "p99 ms", "p99 ms at half load", "errors", "Sluice is"]));
  console.log(row(["---", "---:", "---:", "---:", "---:", "---:", "---:"]));
  for (const [name, rounds] of measured) {
    const of = (figure: keyof Result) => median(rounds.map((r) => r[figure]));
    const ratio = median(rounds.map((r, i) => ours[i]!.perSecond / r.perSecond));
    const errors = rounds.reduce((sum, r) => sum + r.errors, 0);
    const cells = [name, Math.round(of("perSecond")), of("p50").toFixed(2), of("p99").toFixed(2)];
    console.log(row([...cells, median(lowRate.get(name) ?? []), errors, `${ratio.toFixed(2)}x`]));
  }
}
