import puppeteer, { type ElementHandle, type KeyInput } from "puppeteer-core";
import { type Driver, type Key, type Running, size } from "./driver";

/** Firefox, by WebDriver BiDi. */
export async function launchFirefox(executablePath: string): Promise<Running> {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
  return { open, close: () => browser.close() };

  async function open(): Promise<Driver> {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport(size);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    async function at(path: string): Promise<ElementHandle<HTMLInputElement>> {
      const found = await page.$(`::-p-xpath(${path})`);
      if (!found) throw new Error(`There is no ${path}.`);
      return found as ElementHandle<HTMLInputElement>;
    }
    async function press(path: string, key: Key): Promise<void> {
      const element = await at(path);
      if (key === "Enter") return element.press("Enter");
      const held: KeyInput = process.platform === "darwin" ? "Meta" : "Control";
      await element.focus();
      await page.keyboard.down(held);
      await page.keyboard.press(key === "paste" ? "v" : "a");
      await page.keyboard.up(held);
    }
    return {
      open: async (url) => void (await page.goto(url)),
      back: async () => void (await page.goBack()),
      click: async (path) => (await at(path)).click(),
      type: async (path, text) => (await at(path)).type(text),
      press,
      upload: async (path, file) => (await at(path)).uploadFile(file),
      run: (script, ...args) => page.evaluate(`(${script})(...${JSON.stringify(args)})`) as never,
      screenshot: async () => Buffer.from(await page.screenshot()),
      errors: () => errors,
      close: () => context.close(),
    };
  }
}
