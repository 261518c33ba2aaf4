/** One preparation of a clone at a time. Plain Node, as `prepare.mjs` is. */
import { createHash } from "node:crypto";
import { linkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root, say, text } from "./clone.mjs";

/** Longer than any preparation takes; only then does a process id that lives again not block for ever. */
const STALE_LOCK_MS = 15 * 60_000;
/** How often it is looked for the lock until somebody should be told what is waited for. */
const SILENT_WAITS = 10;

/** A file with the holder's process id. It lives outside the clone, because `npm ci` empties node_modules. */
export async function lock() {
  const file = join(
    tmpdir(),
    `sluice-prepare-${createHash("sha256").update(root).digest("hex").slice(0, 12)}.lock`,
  );
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    for (let waits = 1; ; waits++, await sleep(200)) {
      try {
        // A link appears at once and complete, so that nobody reads a lock that names no process yet.
        linkSync(own, file);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if (error.code !== "EEXIST") throw error;
      }
      const holder = Number(text(file));
      const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (!isRunning(holder) || age > STALE_LOCK_MS) rmSync(file, { force: true });
      // What takes no time is not worth a word.
      else if (waits === SILENT_WAITS) say(`Waiting for process ${holder}, which prepares the same folder`);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
