import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { apiWith } from "../pages/apis";
import { chooseType, expectClean, openEndpoints } from "../pages/endpoints";

const [a, b, c] = ["http://orders-a:8080", "http://orders-b:8080", "http://orders-c:8080"];
const weighted = { routing: "loadBalanced", algorithm: { name: "weightedRoundRobin" } };

test("the page shows where traffic will go, also if endpoints are down, and changes nothing by that", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b, c], weighted)));
  const list = page.getByRole("region", { name: "Production Endpoints" });
  const planned = list.getByRole("list", { name: "Planned", exact: true });
  await expect(planned).toHaveText("orders-a:8080 33.3 %orders-b:8080 33.3 %orders-c:8080 33.3 %");
  await list.getByLabel(`Weight of ${a}`).fill("2");
  await expect(planned).toHaveText("orders-a:8080 50 %orders-b:8080 25 %orders-c:8080 25 %");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expectClean(page);

  await list.getByLabel(`If this one is down ${a}`).check();
  await expect(page.getByTestId("announcements")).toHaveText(
    "Planned, if so: orders-a:8080 0 %, orders-b:8080 50 %, orders-c:8080 50 %",
  );
  const ifSo = list.getByRole("list", { name: "Planned, if so" });
  await expect(ifSo).toHaveText("orders-a:8080 0 %orders-b:8080 50 %orders-c:8080 50 %");
  await expectClean(page);
  await list.getByText("Next 20 requests").first().click();
  const requests = list.getByRole("list", { name: "Next 20 requests" }).getByRole("listitem");
  await expect(requests).toHaveCount(20);
  await expect(requests.nth(0)).toHaveText("orders-b:8080");
  await expect(requests.nth(1)).toHaveText("orders-c:8080");
  await list.getByRole("button", { name: "Step" }).click();
  await list.getByRole("button", { name: "Step" }).click();
  await expect(requests).toHaveCount(2);
  // The common browser asks for less motion, and then nothing plays.
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await list.getByRole("button", { name: "Play" }).click();
  await list.getByRole("button", { name: "Pause" }).click();
  await list.getByRole("button", { name: "Show all" }).click();
  await expect(requests).toHaveCount(20);
  await page.setViewportSize({ width: 420, height: 900 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
  await page.setViewportSize({ width: 1280, height: 900 });

  await list.getByLabel(`If this one is down ${b}`).check();
  await list.getByLabel(`If this one is down ${c}`).check();
  await expect(list.getByText("No endpoint would take new traffic: callers would get 503.")).toBeVisible();
  await list.getByLabel(`If this one is down ${c}`).uncheck();
  await chooseType(page, "failover");
  await expect(
    list.getByText("All traffic goes to orders-c:8080; if it is down, callers get 503."),
  ).toBeVisible();
  await list.getByLabel(`If this one is down ${a}`).uncheck();
  await expect(
    list.getByText("All traffic goes to orders-a:8080; if it is down, to orders-c:8080."),
  ).toBeVisible();
});

test("below the plan stands what came in the last minute", async ({
  page,
  publisher,
  gateway,
  backend,
  database,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const { id } = await g.deploy(pizza([one, two], { routing: "loadBalanced" }));
  for (let i = 0; i < 4; i++) await fetch(`${g.url}/pizza/1.0.0/`);
  const { url } = await publisher();
  await openEndpoints(page, url, id);
  await expect(page.getByRole("list", { name: "Last 60 s" })).toHaveText(
    `${new URL(one.url).host} 2${new URL(two.url).host} 2`,
  );
  const row = page.getByRole("listitem", { name: one.url });
  await expect(row).toContainText(/2 attempts in 60 s · p50 \/ p99 [\d.]+ ms \/ [\d.]+ ms · 0 in flight/);

  // What is typed is not what is deployed, and has its place all the same.
  await page.getByLabel("URL of endpoint 2").fill("http://elsewhere:8080");
  await expect(page.getByRole("list", { name: "Last 60 s" })).toContainText("elsewhere:8080 not deployed");
  await page.getByRole("button", { name: "Undo", exact: true }).click();

  // What an operator says on Monitor is said here too.
  await database.sql(
    `INSERT INTO EndpointSwitch (apiId, endpointId, state, author) VALUES ('${id}', 'ep-1', 'off', 'olga')`,
  );
  await database.sql("UPDATE Generation SET value = value + 1");
  await expect(row).toContainText("Switched off on Monitor by olga");
  await expect(page.getByRole("list", { name: "Planned", exact: true })).toHaveText(
    `${new URL(one.url).host} 0 %${new URL(two.url).host} 100 %`,
  );
  // However much there is to say, the switches stand below each other.
  const placeOf = async (e: typeof one) =>
    (await page.getByLabel(`If this one is down ${e.url}`).boundingBox())?.x;
  expect(await placeOf(one)).toBe(await placeOf(two));
});

test("what is failing but not suspended says how often", async ({ page, publisher, gateway, backend }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const timeout = { retriesBeforeSuspension: 2, retryDelayMs: 600_000 };
  const settings = { timeout, responseTimeoutMs: 100 };
  const { id } = await g.deploy(pizza([one, two], { routing: "loadBalanced", each: { settings } }));
  one.hang();
  for (let i = 0; i < 2; i++) await fetch(`${g.url}/pizza/1.0.0/`);
  const { url } = await publisher();
  await openEndpoints(page, url, id);
  await expect(page.getByRole("listitem", { name: one.url })).toContainText(
    "Failing 1 of 3: no response in time",
  );
});

test("clients that stick are shown one by one, and what a custom algorithm does is not made up", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const policy = { routing: "loadBalanced", session: { kind: "transport" } };
  await openEndpoints(page, url, await database.save(apiWith([a, b], policy)));
  const list = page.getByRole("region", { name: "Production Endpoints" });
  await list.getByText("Next 20 requests").first().click();
  const requests = list.getByRole("list", { name: "Next 20 requests" }).getByRole("listitem");
  await expect(requests.nth(0)).toHaveText("Client A: orders-a:8080");
  await expect(requests.nth(1)).toHaveText("Client B: orders-b:8080");
  await expect(requests.nth(5)).toHaveText("Client A stays: orders-a:8080");
  // Whoever wants no motion has none.
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await expect(list.getByRole("button", { name: "Play" })).toBeVisible();
  await page.emulateMedia({ reducedMotion: "reduce" });
  await expect(list.getByRole("button", { name: "Play" })).toBeHidden();

  const algorithm = { name: "other", className: "com.example.Mine" };
  const custom = {
    ...apiWith([a, b], { routing: "loadBalanced", algorithm }),
    name: "Mine",
    context: "/mine",
  };
  await openEndpoints(page, url, await database.save(custom));
  await list.getByText("Next 20 requests").first().click();
  await expect(list.getByText("Try Out shows where requests really go.")).toBeVisible();
  await expect(list.getByRole("list", { name: "Planned", exact: true })).toHaveCount(0);
});
