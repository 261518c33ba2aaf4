import { parentPort, workerData } from "node:worker_threads";
import { readSource } from "./read";

/** Reads one large source beside the process that answers requests; made by scripts/prepare.mjs. */
parentPort?.postMessage(readSource(workerData));
