/** `npm run screenshots`: the README's pictures, taken from the running product with three real backends. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright";
import { browserOrExit } from "./browser.mjs";

const folder = mkdtempSync(join(tmpdir(), "sluice-screenshots-"));
const password = "correct horse battery";
const [publisher, http, admin] = [13000, 19090, 19096];
const product = spawn(process.execPath, ["tools/start.mjs"], {
  env: {
    ...process.env,
    DATABASE_URL: `file:${join(folder, "sluice.db")}`,
    PORT: String(publisher),
    GATEWAY_HTTP_PORT: String(http),
    GATEWAY_ADMIN_PORT: String(admin),
    GATEWAY_ACCESS_LOG: "off",
    ADMIN_PASSWORD: password,
  },
  stdio: ["ignore", "pipe", "inherit"],
});
const backends = [8081, 8082, 8083].map((port) => createServer((_req, res) => res.end("ok\n")).listen(port));
const browser = await chromium.launch({
  executablePath: await browserOrExit(),
  // Hinted, letters have other widths than the page was laid out for: on a screen they are not.
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--font-render-hinting=none"],
});
try {
  await new Promise<void>((resolve) => {
    product.stdout.on("data", (chunk) => String(chunk).includes("Press Ctrl+C") && resolve());
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 1120 } });
  await page.goto(`http://localhost:${publisher}/apis/create/rest`);
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("#itest-id-apiname-input").fill("PizzaShack");
  await page.locator("#itest-id-apicontext-input").fill("pizzashack");
  await page.locator("#itest-id-apiversion-input").fill("1.0.0");
  await page.locator("#itest-id-apiendpoint-input").fill("http://localhost:8081");
  await page.locator("#itest-create-default-api-button").click();
  await page.getByRole("link", { name: "Endpoints" }).first().click();
  await page.locator("#panel1bh-header").click();
  await page.locator("#certificateEndpoint").click();
  await page.locator("#config-type-load_balance").click();
  for (const port of [8082, 8083]) {
    await page.locator("#production_endpoints-load_balance").fill(`http://localhost:${port}`);
    await page.keyboard.press("Enter");
  }
  await page.getByRole("button", { name: "Save & Deploy" }).click();
  await page
    .getByText(/Live: r1/)
    .first()
    .waitFor();
  const basic = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
  const gateway = `http://localhost:${http}`;
  const key = await fetch(`${gateway}/testkey`, { method: "POST", headers: { Authorization: basic } });
  const headers = { Authorization: `Bearer ${await key.text()}` };
  for (let i = 0; i < 9; i++) await fetch(`${gateway}/pizzashack/1.0.0/menu`, { headers });
  await page.getByText("Up", { exact: true }).nth(3).waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByRole("heading", { name: "Endpoints", exact: true }).scrollIntoViewIfNeeded();
  await page.screenshot({ path: "docs/endpoints.png" });
  await page.goto(`http://localhost:${publisher}/apis/${new URL(page.url()).pathname.split("/")[2]}/monitor`);
  await page.getByRole("figure", { name: "Latency" }).waitFor();
  await page.screenshot({ path: "docs/monitor.png" });
} finally {
  await browser.close();
  for (const backend of backends) backend.close();
  product.kill("SIGTERM");
  await new Promise((resolve) => product.once("exit", resolve));
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
