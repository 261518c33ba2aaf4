import { defineConfig } from "@playwright/test";
import type { EngineOption } from "./journey";

/** `npm run test:browsers`: the same journeys in three browsers. */
export default defineConfig<object, EngineOption>({
  testDir: ".",
  outputDir: "../../test-results",
  globalSetup: "../bundle.ts",
  fullyParallel: true,
  // A browser, a publisher and a gateway each.
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["../closing-line.ts"]],
  projects: [
    { name: "chromium", use: { engine: "chromium" } },
    { name: "firefox", use: { engine: "firefox" } },
    { name: "webkit", use: { engine: "webkit" } },
  ],
});
