/**
 * `npm run bench:memory -- 10`: what the gateway holds in memory. First per request, while bodies wait: two hundred
 * downloads that nobody reads, then two hundred uploads that the backend does not read. Then resident memory
 * over so many minutes under full load, a line a minute.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { type ClientRequest, createServer, request } from "node:http";
import { promisify } from "node:util";
import { ADMIN_PORT, LOAD_CORE, listening, PROXY_CORE, run, sluice, start } from "./benchTools";

const MINUTES = Number(process.argv[2] ?? 10);
const PORT = 17081;
const BACKEND = 17003;
const WAITING = 200;
/** More than all the buffers of the operating system between two processes. */
const BODY_BYTES = 16 * 1024 * 1024;

await run(main);

async function main(): Promise<void> {
  const backend = createServer((req, res) => {
    if (req.method === "POST") return;
    if (req.url?.endsWith("/small")) return void res.end("hello, world!");
    res.writeHead(200, { "Content-Length": BODY_BYTES });
    const piece = Buffer.alloc(64 * 1024);
    let sent = 0;
    const more = () => {
      while (sent < BODY_BYTES && res.write(piece)) sent += piece.length;
    };
    res.on("drain", more);
    more();
  });
  backend.listen(BACKEND, "127.0.0.1");
  // Nothing is kept for a replay, so that what is seen is what streaming takes (a body that is kept is read into
  // the same memory).
  const gateway = start(await sluice(PORT, [BACKEND], { replayBytes: 0 }), PROXY_CORE);
  await listening(PORT);
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.pid}/status`, "utf8"))?.[1]);
  const buffered = async () => {
    const text = await (await fetch(`http://127.0.0.1:${ADMIN_PORT}/metrics`)).text();
    return Number(/^nodejs_external_memory_bytes (\d+)/m.exec(text)?.[1]) / 1024;
  };
  await load(5);
  for (const direction of ["downloads", "uploads"] as const) {
    const before = await settled(buffered);
    const callers = wait(direction);
    const after = await settled(buffered);
    console.log(
      `${WAITING} ${direction} waiting: ${((after - before) / WAITING).toFixed(1)} KiB of buffers each`,
    );
    for (const caller of callers) caller.destroy();
  }
  for (let minute = 1; minute <= MINUTES; minute++) {
    await load(60);
    console.log(`after ${minute} min of full load: ${(rss() / 1024).toFixed(0)} MiB resident`);
  }
}

/** Requests that stay as they are: their answers are not read, or their bodies not taken. */
function wait(direction: "downloads" | "uploads"): ClientRequest[] {
  const options = { host: "127.0.0.1", port: PORT, path: "/bench/1.0.0/big", agent: false as const };
  return Array.from({ length: WAITING }, () => {
    const method = direction === "uploads" ? "POST" : "GET";
    const headers = direction === "uploads" ? { "Content-Length": BODY_BYTES } : {};
    const caller = request({ ...options, method, headers }, (answer) => answer.pause());
    caller.on("error", () => {});
    if (direction === "downloads") caller.end();
    else {
      const piece = Buffer.alloc(64 * 1024);
      const more = () => {
        while (caller.write(piece));
      };
      caller.on("drain", more);
      more();
    }
    return caller;
  });
}

/** A figure in KiB once it has stopped moving. */
async function settled(figure: () => Promise<number>): Promise<number> {
  let before = await figure();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const now = await figure();
    if (Math.abs(now - before) < 256) return now;
    before = now;
  }
}

async function load(seconds: number): Promise<void> {
  const url = `http://127.0.0.1:${PORT}/bench/1.0.0/small`;
  await promisify(execFile)("taskset", ["-c", LOAD_CORE, "wrk", "-t1", "-c64", `-d${seconds}s`, url]);
}
