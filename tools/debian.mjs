/** Installs what tests need where that is possible: as root on Debian and its relatives. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { root } from "./clone.mjs";

export const canUseApt = () => process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");

/** Whether all of them are there afterwards. */
export const aptInstall = (packages) =>
  ran("apt-get", ["update", "-qq"]) &&
  ran("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages]);

/** Runs a command without its output but for errors; whether it succeeded. */
export function ran(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
  return status === 0;
}
