import { createServer } from "node:net";

/**
 * Ports below the range from which the system takes ports for outgoing connections (from 32768 on Linux), so that
 * a port stays free between the moment it is found and the moment a process opens it. Every worker has its own
 * share of them; two runs at once start at different places.
 */
const SHARE = 3_000;
const first = 20_000 + (Number(process.env.TEST_PARALLEL_INDEX ?? 0) % 4) * SHARE;
let next = process.pid % SHARE;

/** A port that nothing listens on and that this worker has not handed out lately. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < SHARE; tries++) {
    next = (next + 1) % SHARE;
    // Taken before waiting: several may ask at once.
    const port = first + next;
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${first} to ${first + SHARE - 1} is free.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
