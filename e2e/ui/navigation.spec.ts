import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { openEndpoints } from "../pages/endpoints";
import { held } from "../pages/requests";

test("the focus is never lost with the page that had it", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  await database.save(apiWith(["http://orders:8080"], {}, "Orders"));
  await page.goto(`${url}/apis`);
  await page.getByRole("link", { name: "Orders" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Orders 1.0.0" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
  await expect(page).toHaveTitle("Overview · Orders 1.0.0 · Sluice");
  // What stays keeps it.
  const runtime = page.getByRole("link", { name: "Runtime" });
  await runtime.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 2, name: "Runtime" })).toBeVisible();
  await expect(runtime).toBeFocused();
  await expect(page).toHaveTitle("Runtime · Orders 1.0.0 · Sluice");
});

test("an API is found from anywhere, and unsaved changes are not lost by it", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await database.save(apiWith(["http://orders:8080"], {}, "Orders"));
  const id = await database.save(apiWith(["http://pizza:8080"], {}, "Pizza"));
  await openEndpoints(page, url, id);
  await page.locator("#production_endpoints").fill("http://typed:8080");
  const search = page.getByRole("search").getByRole("searchbox", { name: "Find an API" });
  await search.fill("ord");
  await search.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Stay" }).click();
  await expect(page.locator("#production_endpoints")).toHaveValue("http://typed:8080");
  // What was typed to find something is not the API's.
  await search.press("Control+z");
  await expect(page.locator("#production_endpoints")).toHaveValue("http://typed:8080");
  await search.fill("ord");
  await search.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Leave without saving" }).click();
  await expect(page).toHaveURL(`${url}/apis?search=ord`);
  await expect(page.getByRole("link", { name: "Orders" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Pizza" })).toHaveCount(0);
  await expect(page.getByRole("searchbox")).toHaveCount(1);
});

test("the focus stays near what had it and is gone, and Tab is never back at the top", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const urls = ["http://a:8080", "http://b:8080"];
  await openEndpoints(page, url, await database.save(apiWith(urls, { routing: "failover" })));
  const list = page.getByRole("list", { name: "Production Endpoints" });
  await page.locator("#production_endpoints-failover").fill("http://c:8080");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Move up http://c:8080" }).focus();
  await page.keyboard.press("Control+z");
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await expect(list).toBeFocused();
  await expect(page.getByTestId("announcements")).toHaveText("Undone: Added c:8080");

  // The menu of the API is skipped too.
  await page.evaluate(() => document.querySelector<HTMLElement>("a[href='#main']")?.focus());
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.locator("#production-endpoint-checkbox")).toBeFocused();

  // What is reached is not under the bar, however high that is.
  const above = await page.evaluate(() => {
    const bar = document.querySelector<HTMLElement>("[aria-label='Save changes']");
    return Number.parseInt(document.documentElement.style.scrollPaddingBottom, 10) - (bar?.offsetHeight ?? 0);
  });
  expect(above).toBeGreaterThan(0);
});

test("a page that takes long shows its shape meanwhile, and the frame around it stays", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save(apiWith(["http://orders:8080"], {}, "Orders"));
  await page.goto(`${url}/apis/${id}`);
  const go = await held(page, /\/(runtime|applications)\?_rsc/);
  const skeleton = page.getByRole("status", { name: "Loading the page" });
  await page.getByRole("link", { name: "Runtime" }).click();
  await expect(skeleton).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Orders 1.0.0" })).toBeVisible();
  // Whoever changes their mind gets the other page.
  await page.getByRole("link", { name: "Deployments" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Deployments" })).toBeVisible();
  await expect(skeleton).toHaveCount(0);

  await page.getByRole("link", { name: "Applications" }).click();
  await expect(skeleton).toBeVisible();
  go();
  await expect(page.getByRole("heading", { level: 1, name: "Applications" })).toBeVisible();
  await expect(skeleton).toHaveCount(0);
});
