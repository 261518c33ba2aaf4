import { axe, expect, test } from "../fixtures";
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
  await list.getByRole("button", { name: "Play" }).click();
  await list.getByRole("button", { name: "Pause" }).click();
  await list.getByRole("button", { name: "Show all" }).click();
  await expect(requests).toHaveCount(20);
  await axe(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 420, height: 900 });
  await axe(page);
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

test("below the plan stands what came in the last minute", async ({ page, publisher, gateway, backend }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const { id } = await g.deploy(pizza([one, two], { routing: "loadBalanced" }));
  for (let i = 0; i < 4; i++) await fetch(`${g.url}/pizza/1.0.0/`);
  const { url } = await publisher();
  await openEndpoints(page, url, id);
  await expect(page.getByRole("list", { name: "Last 60 s" })).toHaveText(
    `${new URL(one.url).host} 2${new URL(two.url).host} 2`,
  );
});
