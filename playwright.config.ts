import { defineConfig, type PlaywrightTestConfig } from "@playwright/test";

// A failing browser test keeps a picture and the page as text. A trace costs every test a fifth of its time:
// `npm test -- --trace retain-on-failure -g "its title"` has it.
const browser: PlaywrightTestConfig["use"] = {
  screenshot: "only-on-failure",
  launchOptions: {
    // Set by tools/test.mjs; unset, Playwright uses a browser of its own.
    executablePath: process.env.PLAYWRIGHT_CHROMIUM_PATH || undefined,
    args: [
      "--no-sandbox",
      // Pages of one context share a renderer, which has compiled our scripts already (e2e/common.ts).
      "--process-per-site",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
};

/** Files of the tests that run over PostgreSQL alone. */
const OVER_POSTGRES = /\.postgresql\.spec\.ts/;

export default defineConfig<object, { storesIn: "sqlite" | "postgresql" }>({
  outputDir: "test-results",
  globalSetup: "./e2e/bundle.ts",
  fullyParallel: true,
  // Two cores are sure to be there. What each project may have of the workers is bounded, so that tests which wait for
  // time (gateway, regressions) run beside those that keep a core busy (ui, to the end).
  workers: 4,
  // A test that passes only the second time is a failure that nobody has understood.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Two shared cores may be ten times slower today than yesterday. Nobody waits for what comes sooner.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["./e2e/closing-line.ts"]],
  projects: [
    { name: "lib", testDir: "e2e/lib", workers: 2 },
    { name: "gateway", testDir: "e2e/gateway", testIgnore: OVER_POSTGRES, workers: 2 },
    { name: "regressions", testDir: "e2e/regressions", testIgnore: OVER_POSTGRES, workers: 1, use: browser },
    // What there is on the other engine only (OVER_POSTGRES), and of the tests above and below those that ask the store
    // and the feed for what engines may do differently (BOTH in e2e/fixtures.ts). The rest of the gateway's and the pages'
    // runs there, too, but for what is done to a file: `SLUICE_TEST_ALL=1 npx playwright test --project=postgresql`.
    {
      name: "postgresql",
      workers: 1,
      testDir: "e2e",
      testMatch: /(gateway|ui|regressions)\/.*\.spec\.ts$/,
      grep: new RegExp(
        `${OVER_POSTGRES.source}|@both-engines${process.env.SLUICE_TEST_ALL ? "|(gateway|ui)/" : ""}`,
      ),
      use: { ...browser, storesIn: "postgresql" },
    },
    { name: "ui", testDir: "e2e/ui", testIgnore: OVER_POSTGRES, workers: 3, use: browser },
  ],
});
