import { chromium } from "@playwright/test";
import { type Driver, type Key, type Running, size } from "./driver";

const keys: Record<Key, string> = {
  Enter: "Enter",
  selectAll: "ControlOrMeta+a",
  paste: "ControlOrMeta+v",
};

/** Long enough for a press that can be made, and short enough to look anew for what a page has replaced. */
const patience = { timeout: 2_000 };

/** Chromium, by Playwright. */
export async function launchChromium(): Promise<Running> {
  const browser = await chromium.launch({
    executablePath: process.env.PLAYWRIGHT_CHROMIUM_PATH || undefined,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  return { open, close: () => browser.close() };

  async function open(): Promise<Driver> {
    const context = await browser.newContext({ viewport: size });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error.stack ?? error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    const at = (path: string) => page.locator(`xpath=${path}`);
    return {
      open: async (url) => void (await page.goto(url)),
      back: async () => void (await page.goBack({ waitUntil: "commit" })),
      click: (path) => at(path).click(patience),
      type: (path, text) => at(path).pressSequentially(text, patience),
      press: (path, key) => at(path).press(keys[key], patience),
      upload: (path, file) => at(path).setInputFiles(file, patience),
      run: (script, ...args) => page.evaluate(`(${script})(...${JSON.stringify(args)})`),
      screenshot: () => page.screenshot(),
      errors: () => errors,
      close: () => context.close(),
    };
  }
}
