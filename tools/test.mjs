/**
 * `npm test`: prepares the clone, finds or installs a browser and PostgreSQL, runs every test. Arguments go to Playwright:
 * `npm test -- --project=gateway -g "failover"`.
 */
import { spawnSync } from "node:child_process";
import { environment, root } from "./clone.mjs";
import { prepareOrExit } from "./prepare.mjs";

await prepareOrExit(["install", "client", "bundle", "build"]);
// Not before Playwright is installed.
const { browserOrExit } = await import("./browser.mjs");
const { installPostgres } = await import("./postgresPrograms.mjs");
installPostgres();

const { status, signal } = spawnSync(
  process.execPath,
  ["node_modules/@playwright/test/cli.js", "test", ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: environment({ PLAYWRIGHT_CHROMIUM_PATH: await browserOrExit() }),
  },
);
process.exit(status ?? (signal === "SIGINT" ? 130 : 1));
