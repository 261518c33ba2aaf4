import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { openFeed } from "#prisma/keptFeed";
import { Presence } from "#prisma/presence";
import type { Answered, Asked, ThreadData } from "./databaseClient";

/** The thread that has the database open: it answers what databaseClient.ts asks. */

let steppedBack = false;

/**
 * Requests come first where both threads share a processor. Until the first wait for news none is served, and a start on
 * a busy machine takes twice as long from behind. On Linux a thread has a priority of its own, under the number that
 * `/proc/thread-self` ends with; elsewhere they share alike.
 */
function stepBack(): void {
  if (steppedBack) return;
  steppedBack = true;
  try {
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // There is no such file, or no right to it.
  }
}

const { databaseUrl, secret, copy, again } = workerData as ThreadData;
if (again) stepBack();
const reader = openFeed(databaseUrl, Buffer.from(secret), copy);
const presence = new Presence(databaseUrl, Buffer.from(secret));

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
  if (name === "newer") stepBack();
  if (name === "close") return Promise.all([reader.close(), presence.close()]);
  if (name === "announce" || name === "leave")
    return (presence[name] as (...args: unknown[]) => Promise<unknown>)(...args);
  return (reader[name] as (...args: unknown[]) => Promise<unknown>)(...args);
}
