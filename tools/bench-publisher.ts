/**
 * `npm run bench:publisher`: how long the publisher's pages take with a thousand APIs, one of them with five hundred
 * resources, what a browser loads for them, and the Core Web Vitals it sees. `-- --postgresql` stores them there;
 * `-- --server-time` leaves out the browser.
 */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { chromium, type Page } from "playwright";
import { ADMIN_PORT, folder, listening, run } from "./benchTools";
import { browserOrExit } from "./browser.mjs";
import { startPostgres } from "./postgresServer";
import { productionArgs } from "./production.mjs";

const [APIS, RESOURCES, REQUESTS] = [1_000, 500, 20];
const [PUBLISHER, GATEWAY] = [17083, 17084];
const PASSWORD = "correct horse battery";

await run(main);

async function main(): Promise<void> {
  const server = process.argv.includes("--postgresql") ? await startPostgres() : null;
  try {
    await measure(server ? server.url("postgres") : `file:${join(folder, "publisher.db")}`);
  } finally {
    await server?.stop();
  }
}

async function measure(database: string): Promise<void> {
  Object.assign(process.env, { DATABASE_URL: database, SLUICE_DATA: folder });
  const { small, large } = await seed(database);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: "production",
    DATABASE_URL: database,
    PORT: String(PUBLISHER),
    GATEWAY_HTTP_PORT: String(GATEWAY),
    GATEWAY_HTTPS_PORT: "off",
    GATEWAY_ADMIN_PORT: String(ADMIN_PORT),
    GATEWAY_ACCESS_LOG: "off",
    ADMIN_PASSWORD: PASSWORD,
  };
  const processes = (["gateway", "publisher"] as const).map((name) =>
    spawn(process.execPath, productionArgs(name), { env, stdio: ["ignore", "ignore", "inherit"] }),
  );
  try {
    await Promise.all([listening(ADMIN_PORT), listening(PUBLISHER)]);
    const url = `http://localhost:${PUBLISHER}`;
    const session = await fetch(`${url}/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: "admin", password: PASSWORD }),
    });
    const cookie = session.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const pages = {
      "list, first page": "/apis",
      "list, last page": `/apis?page=${APIS / 25}`,
      "list, search": "/apis?search=orders-7",
      Overview: `/apis/${small}`,
      Endpoints: `/apis/${small}/endpoints`,
      [`Endpoints, ${RESOURCES} resources`]: `/apis/${large}/endpoints`,
      [`Resources, ${RESOURCES} resources`]: `/apis/${large}/resources`,
    };
    console.log(`Server time over ${REQUESTS} requests, ${APIS} APIs`);
    for (const [name, path] of Object.entries(pages)) console.log(await serverTime(name, url + path, cookie));
    if (!process.argv.includes("--server-time")) await browse(url, cookie, pages);
  } finally {
    for (const child of processes) child.kill("SIGTERM");
  }
}

async function seed(database: string): Promise<{ small: string; large: string }> {
  const { migrate } = await import("#prisma/migrate");
  await migrate(database);
  await (await import("#prisma/connect")).connectDatabase();
  const { createApi, deploy } = await import("#prisma/store");
  const by = { userId: null, username: "bench" };
  const ids: string[] = [];
  for (let i = 0; i < APIS; i++) {
    const large = i === 0;
    const paths = Array.from({ length: large ? RESOURCES : 5 }, (_, n) => `/orders/{id}/part-${n}`);
    const endpoints = [0, 1, 2].map((n) => ({ id: `ep_${i}_${n}`, url: `http://127.0.0.1:1700${n}/orders` }));
    const created = await createApi(
      {
        name: `orders-${i}`,
        context: `/orders-${i}`,
        version: "1.0.0",
        resources: paths.map((path) => ({ method: "GET", path })),
        openapi: large ? openApiOf(paths) : "",
        endpoints: { production: { enabled: true, routing: "loadBalanced", endpoints } },
      },
      by,
    );
    if (!created.ok) throw new Error(JSON.stringify(created.problems));
    await deploy(created.id, { by });
    ids.push(created.id);
  }
  return { small: ids[1]!, large: ids[0]! };
}

function openApiOf(paths: readonly string[]): string {
  const operations = paths.map((path) => {
    const schema = { type: "object", properties: { id: { type: "string" }, amount: { type: "number" } } };
    const content = { "application/json": { schema } };
    const responses = { 200: { description: "A part of an order, as the warehouse knows it.", content } };
    return [path, { get: { summary: `Read ${path}`, responses } }];
  });
  const info = { title: "orders-0", version: "1.0.0" };
  return JSON.stringify({ openapi: "3.0.3", info, paths: Object.fromEntries(operations) }, null, 2);
}

/** From the request to the last byte of the answer, as one client after another sees it. */
async function serverTime(name: string, url: string, cookie: string): Promise<string> {
  const times: number[] = [];
  let bytes = 0;
  for (let i = 0; i < REQUESTS + 5; i++) {
    const start = performance.now();
    const answer = await fetch(url, { headers: { cookie } });
    bytes = (await answer.arrayBuffer()).byteLength;
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    // The first ones compile.
    if (i >= 5) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => `${Math.round(times[Math.floor(share * (times.length - 1))]!)} ms`;
  return `  ${name.padEnd(32)} median ${at(0.5).padStart(7)}  p95 ${at(0.95).padStart(7)}  ${Math.round(bytes / 1024)} KiB`;
}

async function browse(url: string, cookie: string, pages: Record<string, string>): Promise<void> {
  const executablePath = await browserOrExit();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const [cookieName = "", value = ""] = cookie.split(/=(.*)/s);
  console.log(
    "In a browser: compressed scripts, Largest Contentful Paint, Cumulative Layout Shift, longest task, time to the next paint after a click",
  );
  for (const [name, path] of Object.entries(pages)) {
    const context = await browser.newContext();
    await context.addCookies([{ name: cookieName, value, url }]);
    const page = await context.newPage();
    const scripts = await scriptBytes(page);
    // tsx wraps functions in a helper that the page does not have.
    await page.addInitScript("globalThis.__name = (f) => f");
    await page.addInitScript(observe);
    await page.goto(url + path, { waitUntil: "networkidle" });
    await page.getByRole("main").click({ position: { x: 4, y: 4 } });
    const vitals = await page.evaluate(
      () => (window as unknown as { vitals: Record<string, number> }).vitals,
    );
    const words = [
      `${Math.round(scripts() / 1024)} KiB`,
      `LCP ${Math.round(vitals.lcp ?? 0)} ms`,
      `CLS ${(vitals.cls ?? 0).toFixed(3)}`,
      `longest task ${Math.round(vitals.task ?? 0)} ms`,
      `click ${Math.round(vitals.click ?? 0)} ms`,
    ];
    console.log(`  ${name.padEnd(32)} ${words.join("  ")}`);
    await context.close();
  }
  await browser.close();
}

/** Counts the bytes of scripts as they come over the wire. */
async function scriptBytes(page: Page): Promise<() => number> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const scripts = new Set<string>();
  let bytes = 0;
  session.on(
    "Network.responseReceived",
    ({ requestId, type }) => type === "Script" && scripts.add(requestId),
  );
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  return () => bytes;
}

/** Runs in the page. */
function observe(): void {
  const vitals = { lcp: 0, cls: 0, task: 0, click: 0 };
  (window as unknown as { vitals: typeof vitals }).vitals = vitals;
  const watch = (
    type: string,
    take: (entry: PerformanceEntry & { value?: number; hadRecentInput?: boolean }) => void,
  ) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
      type,
      buffered: true,
      durationThreshold: 16,
    } as PerformanceObserverInit);
  watch("largest-contentful-paint", (entry) => {
    vitals.lcp = entry.startTime;
  });
  watch("layout-shift", (entry) => {
    if (!entry.hadRecentInput) vitals.cls += entry.value ?? 0;
  });
  watch("longtask", (entry) => {
    vitals.task = Math.max(vitals.task, entry.duration);
  });
  watch("event", (entry) => {
    vitals.click = Math.max(vitals.click, entry.duration);
  });
}
