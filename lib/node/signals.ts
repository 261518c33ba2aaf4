import { readFileSync } from "node:fs";
import { constants } from "node:os";

/**
 * What asks a process of ours to stop: a signal, or the death of whoever started it. `npm start` gives its children a
 * channel that closes with it, also when it is killed: nobody is left over that holds a port.
 */
export function stopOnRequest(stop: () => void): void {
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  if (!isIgnored("SIGHUP")) process.on("SIGHUP", stop);
  // Under `npm start` alone.
  if (process.channel) process.on("disconnect", stop);
}

/**
 * Whether a signal was to be ignored when this process began, as SIGHUP is under nohup: listening to it would undo
 * that. Known on Linux; elsewhere false.
 */
export function isIgnored(signal: keyof typeof constants.signals): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
    return (BigInt(`0x${mask}`) & (1n << BigInt(constants.signals[signal] - 1))) !== 0n;
  } catch {
    return false;
  }
}
