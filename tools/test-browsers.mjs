/**
 * `npm run test:browsers`: the journeys of e2e/browsers in Chromium, Firefox and WebKit, each of which is found or
 * installed. Arguments go to Playwright: `npm run test:browsers -- --project=firefox`.
 */
import { spawnSync } from "node:child_process";
import { environment, root } from "./clone.mjs";
import { prepareOrExit } from "./prepare.mjs";

await prepareOrExit(["install", "client", "bundle", "build"]);
// Not before Playwright is installed.
const { browserOrExit, installOthers } = await import("./browser.mjs");
installOthers();

const { status, signal } = spawnSync(
  process.execPath,
  [
    "node_modules/@playwright/test/cli.js",
    "test",
    "--config=e2e/browsers/browsers.config.ts",
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: environment({ PLAYWRIGHT_CHROMIUM_PATH: await browserOrExit() }),
  },
);
process.exit(status ?? (signal === "SIGINT" ? 130 : 1));
