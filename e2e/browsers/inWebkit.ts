import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import webdriver from "selenium-webdriver";
import { freePort } from "../ports";
import { type Driver, type Key, type Running, size } from "./driver";

const { Builder, By, Key: named } = webdriver;

const keys: Record<Key, string> = {
  Enter: named.ENTER,
  selectAll: named.chord(named.CONTROL, "a"),
  paste: named.chord(named.CONTROL, "v"),
};

interface Paths {
  driver: string;
  browser: string;
  display: string;
}

/** WebKit as GTK programs have it, by WebDriver, on a display that nobody sees. */
export async function launchWebkit(paths: Paths): Promise<Running> {
  const { display, name } = await openDisplay(paths.display);
  const port = await freePort();
  const driver = spawn(paths.driver, [`--port=${port}`], {
    // As root, which tests in containers are, there is no sandbox to be had.
    env: { ...process.env, DISPLAY: name, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" },
    stdio: "ignore",
  });
  const server = `http://127.0.0.1:${port}`;
  await answering(`${server}/status`, driver);
  return {
    open: () => open(server, paths.browser),
    close: async () => {
      await ended(driver);
      await ended(display);
    },
  };
}

async function open(server: string, binary: string): Promise<Driver> {
  const session = await new Builder()
    .usingServer(server)
    .withCapabilities({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary, args: ["--automation"] },
    })
    .build();
  await session.manage().window().setRect(size);
  const at = (path: string) => session.findElement(By.xpath(path));
  return {
    open: (url) => session.get(url),
    back: () => session.navigate().back(),
    click: async (path) => (await at(path)).click(),
    type: async (path, text) => (await at(path)).sendKeys(text),
    press: async (path, key) => (await at(path)).sendKeys(keys[key]),
    upload: async (path, file) => (await at(path)).sendKeys(file),
    run: (script, ...args) =>
      session.executeScript(`return (${script})(...${JSON.stringify(args)})`) as never,
    screenshot: async () => Buffer.from(await session.takeScreenshot(), "base64"),
    errors: () => [],
    close: () => session.quit(),
  };
}

/** A display of a number that is free; Xvfb finds and tells it. */
async function openDisplay(path: string): Promise<{ display: ChildProcess; name: string }> {
  const screen = ["-screen", "0", `${size.width}x${size.height}x24`];
  const display = spawn(path, ["-displayfd", "3", ...screen, "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const number = await new Promise<string>((resolve, reject) => {
    (display.stdio[3] as Readable).once("data", (told) => resolve(String(told).trim()));
    display.once("error", reject);
    display.once("exit", () => reject(new Error("Xvfb ended while it started.")));
  });
  return { display, name: `:${number}` };
}

async function answering(url: string, process: ChildProcess): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await fetch(url).catch(() => null))?.ok) {
    if (process.exitCode !== null || Date.now() > deadline)
      throw new Error(`WebKitWebDriver does not answer at ${url}.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function ended(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    process.once("exit", () => resolve());
    process.kill();
  });
}
