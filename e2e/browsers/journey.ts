/** What a journey starts from: a browser of its project in which nobody is signed in, and the fixtures of all tests. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFirefox, findWebkit } from "../../tools/browser.mjs";
import { test as base, outputFolder } from "../fixtures";
import type { Running } from "./driver";
import { launchChromium } from "./inChromium";
import { launchFirefox } from "./inFirefox";
import { launchWebkit } from "./inWebkit";
import { Person } from "./person";

export { admin, expect } from "../fixtures";

export interface EngineOption {
  engine: "chromium" | "firefox" | "webkit";
}

interface WorkerFixtures extends EngineOption {
  /** Why there is no such browser, in words; or the browser. */
  running: Running | string;
}

export const test = base.extend<{ isThere: undefined; person: Person }, WorkerFixtures>({
  engine: ["chromium", { option: true, scope: "worker" }],

  running: [
    async ({ engine }, use) => {
      const running = await launch(engine);
      await use(running);
      if (typeof running !== "string") await running.close();
    },
    { scope: "worker" },
  ],

  // Before anything else is started.
  isThere: [
    async ({ running }, use, testInfo) => {
      if (typeof running === "string") {
        console.log(running);
        testInfo.skip(true, running);
      }
      await use(undefined);
    },
    { auto: true },
  ],

  person: async ({ running }, use, testInfo) => {
    if (typeof running === "string") return;
    const driver = await running.open();
    await use(new Person(driver));
    if (testInfo.status !== testInfo.expectedStatus)
      writeFileSync(join(outputFolder(), "screen.png"), await driver.screenshot());
    const errors = driver.errors();
    await driver.close();
    base.expect(errors, "errors on the browser's console").toEqual([]);
  },
});

async function launch(engine: EngineOption["engine"]): Promise<Running | string> {
  if (engine === "chromium") return launchChromium();
  if (engine === "firefox") {
    const found = findFirefox();
    return "missing" in found ? found.missing : launchFirefox(found.path);
  }
  const found = findWebkit();
  return "missing" in found ? found.missing : launchWebkit(found);
}
