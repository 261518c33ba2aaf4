import { closeSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";

/** How many descriptors (files, sockets, pipes) this process has and may have. Known on Linux, else null. */

/** Open now. */
export function openDescriptors(): number | null {
  try {
    // Since Linux 6.2 the folder's size tells it, which needs no descriptor.
    return statSync("/proc/self/fd").size || readdirSync("/proc/self/fd").length - 1;
  } catch {
    return null;
  }
}

/** Open at most; null also while there is none free to look with. */
export function descriptorLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}

/** Whether an error's code says that this process, or the machine, has no free descriptor. */
export const isDescriptorShortage = (code: string | undefined) => code === "EMFILE" || code === "ENFILE";

/** Whether none is free now: for errors that do not say it. */
export function areDescriptorsUsedUp(): boolean {
  try {
    closeSync(openSync("/dev/null", "r"));
    return false;
  } catch (error) {
    return isDescriptorShortage((error as NodeJS.ErrnoException).code);
  }
}
