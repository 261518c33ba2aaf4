/**
 * `npm test`: prepares the clone, finds or installs a browser, runs every test. Arguments go to Playwright:
 * `npm test -- --project=gateway -g "failover"`.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { environment, prepareOrExit, root } from "./prepare.mjs";

await prepareOrExit(["install", "client", "bundle", "build"]);

const browser = (await findBrowser()) ?? (await installBrowser());
if (!browser) {
  console.error(
    "No browser was found and none could be installed. Install Chromium or Chrome, or set PLAYWRIGHT_CHROMIUM_PATH to one.",
  );
  process.exit(1);
}

const { status, signal } = spawnSync(
  process.execPath,
  ["node_modules/@playwright/test/cli.js", "test", ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: environment({ PLAYWRIGHT_CHROMIUM_PATH: browser }),
  },
);
process.exit(status ?? (signal === "SIGINT" ? 130 : 1));

async function findBrowser() {
  const given = process.env.PLAYWRIGHT_CHROMIUM_PATH;
  if (given) {
    if (existsSync(given)) return given;
    console.error(`PLAYWRIGHT_CHROMIUM_PATH=${given} does not exist.`);
    process.exit(1);
  }
  const { chromium } = await import("playwright");
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  const candidates = [
    chromium.executablePath(),
    ...["chromium", "google-chrome"].flatMap((name) => folders.map((folder) => join(folder, name))),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ];
  return candidates.find((path) => path && existsSync(path));
}

/** Debian's package where that is possible (it brings its libraries), Playwright's own download elsewhere. */
async function installBrowser() {
  console.log("[test] Installing a browser");
  const apt = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  const commands = apt
    ? [
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
      ]
    : [[process.execPath, "node_modules/playwright/cli.js", "install", "chromium"]];
  for (const [command, ...args] of commands) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const { status } = spawnSync(command, args, { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0) return undefined;
  }
  return findBrowser();
}
