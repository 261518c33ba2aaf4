import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright";
import { root } from "./clone.mjs";

/** The path of a Chromium for this machine, installed where it has none. Ends the process when it cannot be had. */
export async function browserOrExit() {
  const browser = find() ?? install();
  if (browser) return browser;
  console.error(
    "No browser was found and none could be installed. Install Chromium or Chrome, or set PLAYWRIGHT_CHROMIUM_PATH to one.",
  );
  process.exit(1);
}

function find() {
  const given = process.env.PLAYWRIGHT_CHROMIUM_PATH;
  if (given) {
    if (existsSync(given)) return given;
    console.error(`PLAYWRIGHT_CHROMIUM_PATH=${given} does not exist.`);
    process.exit(1);
  }
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  // Without the windows that nobody sees, the same pages take a tenth less of the processor.
  const names = ["chromium-headless-shell", "chromium", "google-chrome"];
  const candidates = [
    chromium.executablePath(),
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ];
  return candidates.find((path) => path && existsSync(path));
}

/** Debian's package where that is possible (it brings its libraries), Playwright's own download elsewhere. */
function install() {
  console.log("Installing a browser");
  const apt = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  const commands = apt
    ? [
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium-headless-shell"],
      ]
    : [[process.execPath, "node_modules/playwright/cli.js", "install", "chromium"]];
  for (const [command, ...args] of commands) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const { status } = spawnSync(command, args, { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0) return undefined;
  }
  return find();
}
