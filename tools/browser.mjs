import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright";
import { aptInstall, canUseApt, ran } from "./debian.mjs";

/** The path of a Chromium for this machine, installed where it has none. Ends the process when it cannot be had. */
export async function browserOrExit() {
  const browser = findChromium() ?? installChromium();
  if (browser) return browser;
  console.error(
    "No browser was found and none could be installed. Install Chromium or Chrome, or set PLAYWRIGHT_CHROMIUM_PATH to one.",
  );
  process.exit(1);
}

/** Firefox on this machine: its path, or why it cannot be used. */
export function findFirefox() {
  const path = inFolders("firefox-esr") ?? inFolders("firefox");
  return path ? { path } : { missing: missing("Firefox", ["firefox-esr"]) };
}

/** WebKit on this machine: what drives it, a browser around it and a display for that; or why it cannot be used. */
export function findWebkit() {
  const [driver, display, browser] = [inFolders("WebKitWebDriver"), inFolders("Xvfb"), miniBrowser()];
  if (driver && display && browser) return { driver, display, browser };
  return { missing: missing("WebKit", WEBKIT_PACKAGES) };
}

/** Installs what is not there of Firefox and WebKit, where it can. */
export function installOthers() {
  const packages = [
    ...("missing" in findFirefox() ? ["firefox-esr"] : []),
    ...("missing" in findWebkit() ? WEBKIT_PACKAGES : []),
  ];
  if (packages.length === 0 || !canUseApt()) return;
  console.log(`Installing ${packages.join(", ")}`);
  aptInstall(packages);
}

const WEBKIT_PACKAGES = ["webkit2gtk-driver", "xvfb"];

const missing = (name, packages) =>
  `There is no ${name} that tests can drive, and it could not be installed. ` +
  `On Debian, as root: apt-get install ${packages.join(" ")}`;

function findChromium() {
  const given = process.env.PLAYWRIGHT_CHROMIUM_PATH;
  if (given) {
    if (existsSync(given)) return given;
    console.error(`PLAYWRIGHT_CHROMIUM_PATH=${given} does not exist.`);
    process.exit(1);
  }
  const own = chromium.executablePath();
  if (own && existsSync(own)) return own;
  // Without the windows that nobody sees, the same pages take a tenth less of the processor.
  for (const name of ["chromium-headless-shell", "chromium", "google-chrome"]) {
    const path = inFolders(name);
    if (path) return path;
  }
  const mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
  return existsSync(mac) ? mac : undefined;
}

function inFolders(name) {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** WebKit's own small browser lies beside its libraries: /usr/lib/<machine>/webkit2gtk-<version>/. */
function miniBrowser() {
  const inside = (folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return inside("/usr/lib")
    .filter((folder) => /-linux-gnu[^/]*$/.test(folder))
    .flatMap(inside)
    .filter((folder) => /webkit2?gtk-[\d.]+$/.test(folder))
    .map((folder) => join(folder, "MiniBrowser"))
    .find((path) => existsSync(path));
}

/** Debian's package where that is possible (it brings its libraries), Playwright's own download elsewhere. */
function installChromium() {
  console.log("Installing a browser");
  const installed = canUseApt()
    ? aptInstall(["chromium-headless-shell"])
    : ran(process.execPath, ["node_modules/playwright/cli.js", "install", "chromium"]);
  return installed ? findChromium() : undefined;
}
