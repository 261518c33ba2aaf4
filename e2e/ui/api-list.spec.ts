import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";

test("an empty list says what an API is and offers to create one", async ({ page, publisher }) => {
  const { url } = await publisher();
  await page.goto(url);
  await expect(page).toHaveURL(`${url}/apis`);
  await expect(page.getByText("An API is an address on the gateway")).toBeVisible();
  await page.getByRole("link", { name: "Create API" }).click();
  await expect(page).toHaveURL(/\/apis\/create$/);
});

test("the list shows what is live, what differs and what is down, and can be searched", async ({
  page,
  publisher,
  gateway,
  backend,
  database,
}) => {
  const up = await backend("up");
  const down = await backend("down");
  const running = await gateway();
  const balanced = { routing: "loadBalanced" };
  await running.deploy(apiWith([up.url, down.url], balanced, "Orders"));
  await database.save(apiWith([up.url], balanced, "Orders"));
  await database.save(apiWith([], {}, "Drafted"));
  await down.kill();
  for (let i = 0; i < 4; i++) await fetch(`${running.url}/orders/1.0.0/`);
  const { url } = await publisher();
  await page.goto(`${url}/apis`);

  const orders = page.getByRole("row", { name: /Orders/ });
  await expect(orders).toContainText("Live: r1");
  await expect(orders).toContainText("Undeployed changes");
  await expect(orders).toContainText("1 of 2 endpoints down");
  await expect(page.getByRole("row", { name: /Drafted/ })).toContainText("Draft");

  await orders.getByText("1 of 2 endpoints down").last().click();
  await expect(page).toHaveURL(/\/apis\/[^/]+$/);
  await page.goBack();

  await page.getByRole("searchbox", { name: "Search APIs" }).fill("draf");
  await expect(orders).toHaveCount(0);
  await expect(page).toHaveURL(/search=draf/);
  await page.getByRole("searchbox", { name: "Search APIs" }).fill("nothing like it");
  await expect(page.getByText("No API has “nothing like it” in its name or path.")).toBeVisible();
});

test("an API that is blocked says so in its row, in the words of its own pages", async ({
  page,
  publisher,
  gateway,
  backend,
  database,
}) => {
  const up = await backend("up");
  const running = await gateway();
  await running.deploy(apiWith([up.url], {}, "Orders"));
  await database.save(apiWith([up.url], {}, "Drafted"));
  await database.sql(`UPDATE "Api" SET "lifeCycle" = 'BLOCKED'`);
  const { url } = await publisher();
  await page.goto(`${url}/apis`);
  const orders = page.getByRole("row", { name: /Orders/ });
  await expect(orders).toContainText("Live: r1");
  await expect(orders).toContainText("Blocked: callers get 503");
  // Callers of what is not deployed get 404.
  await expect(page.getByRole("row", { name: /Drafted/ })).not.toContainText("Blocked");
  await orders.getByRole("link", { name: "Orders" }).click();
  await expect(page.getByTestId("api-state")).toContainText("blocked: callers get 503");
  await page.setViewportSize({ width: 420, height: 800 });
  await page.goto(`${url}/apis`);
  await expect(orders.getByText("Blocked: callers get 503").first()).toBeVisible();
});

test.describe(() => {
  test.use({ installation: "own" });

  test("the states in the list are those of now, and a gateway that is gone is said once", async ({
    page,
    publisher,
    gateway,
    backend,
  }) => {
    const [one, two, three] = [await backend("one"), await backend("two"), await backend("three")];
    const g = await gateway();
    const endpoints = [one, two, three].map(({ url }, i) => ({ id: `ep-${i + 1}`, url }));
    const group = { enabled: true, routing: "loadBalanced" as const, endpoints };
    const { id } = await g.deploy({ ...apiWith([], {}, "Orders"), endpoints: { production: group } });
    await g.deploy(apiWith([one.url], {}, "Other"));
    const call = () => fetch(`${g.url}/orders/1.0.0/`);
    const { url } = await publisher();
    await page.goto(`${url}/apis`);
    const orders = page.getByRole("row", { name: /Orders/ });
    await expect(orders).toContainText("Not checked");
    for (let i = 0; i < 3; i++) await call();
    await expect(orders).toContainText("Up");
    await two.kill();
    for (let i = 0; i < 3; i++) await call();
    await expect(orders).toContainText("1 of 3 endpoints down");

    // Whoever switches one off knows; it is not down.
    await two.restart();
    await page.goto(`${url}/apis/${id}/monitor`);
    await page.getByRole("button", { name: `Off ${new URL(two.url).host}` }).click();
    await expect(page.getByTestId("announcements")).toContainText("off");
    await page.goto(`${url}/apis`);
    await expect(orders).toContainText("Up, 1 switched off or draining");

    await g.stop();
    await expect(page.getByText("The gateway does not answer")).toHaveCount(1);
    await expect(orders).toContainText("Not known");
  });
});

test("the longest name leaves every column in sight", async ({ page, publisher, database }) => {
  const context = `/${"a/".repeat(99)}b`;
  await database.save({
    ...apiWith([], {}, "W".repeat(60)),
    context,
    version: "1.0.0-alpha.20261127.rc1.bbb",
  });
  const { url } = await publisher();
  await page.goto(`${url}/apis`);
  const table = page.getByRole("region", { name: "APIs" });
  await expect(table.getByRole("link")).toBeVisible();
  expect(await table.evaluate((region) => region.scrollWidth - region.clientWidth)).toBe(0);
});

test("more than one page of APIs is paged", async ({ page, publisher, database }) => {
  for (let i = 10; i < 37; i++) await database.save(apiWith([], {}, `Api${i}`));
  const { url } = await publisher();
  await page.goto(`${url}/apis`);
  await expect(page.getByText("27 APIs")).toBeVisible();
  await expect(page.getByRole("link", { name: "Api34" })).toBeVisible();
  await page.getByRole("link", { name: "Go to page 2" }).click();
  await expect(page.getByRole("link", { name: "Api36" })).toBeVisible();
  await page.goto(`${url}/apis?page=99`);
  await expect(page).toHaveURL(/page=2/);
});

test.describe("an address that leads nowhere", () => {
  test.use({ expectedConsoleErrors: /404 \(Not Found\)/ });

  test("says so and leads back", async ({ page, publisher }) => {
    const { url } = await publisher();
    await page.goto(`${url}/apis/no-such-api/endpoints`);
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
    await page.getByRole("link", { name: "Go to the APIs" }).click();
    await expect(page).toHaveURL(`${url}/apis`);
  });
});
