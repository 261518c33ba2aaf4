import { parentPort, workerData } from "node:worker_threads";
import type { Answered, Asked, ThreadData } from "./databaseClient";
import { DatabaseReader } from "./databaseReader";

/** The thread that has the database open: it answers what databaseClient.ts asks. */

const { databaseUrl, secret } = workerData as ThreadData;
const reader = new DatabaseReader(databaseUrl, Buffer.from(secret));

parentPort?.on("message", async (asked: Asked) => {
  let answered: Answered;
  try {
    answered = { id: asked.id, value: await ask(asked) };
  } catch (error) {
    answered = { id: asked.id, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answered);
});

function ask({ name, args }: Asked): Promise<unknown> {
  return (reader[name] as (...args: unknown[]) => Promise<unknown>)(...args);
}
