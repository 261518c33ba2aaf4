import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { expectChanges, expectSaved, save } from "../pages/endpoints";

/**
 * After a save, "Leave without saving" closed its dialog and stayed, and what was changed from then on was lost without
 * a question; one Back did nothing.
 */

const question = (page: Page) => page.getByRole("dialog", { name: "Leave without saving?" });
const field = (page: Page) => page.locator("#production_endpoints");
const endpoints = (page: Page) => page.getByRole("link", { name: "Endpoints", exact: true });
const overview = (page: Page) => page.getByRole("link", { name: "Overview" });
const expectOverview = (page: Page) => expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
const leave = (page: Page) => question(page).getByRole("button", { name: "Leave without saving" }).click();

let typed = 0;

/** Types another URL, so that there is something to lose. */
async function change(page: Page): Promise<string> {
  const url = `http://orders-${++typed}:8080`;
  await field(page).fill(url);
  await expectChanges(page, 1);
  return url;
}

async function saved(page: Page): Promise<string> {
  const url = await change(page);
  await save(page);
  await expectSaved(page);
  return url;
}

const before: Record<string, (page: Page) => Promise<unknown>> = {
  "nothing was saved": async () => {},
  "a save": saved,
  "two saves": async (page) => {
    await saved(page);
    await saved(page);
  },
  "a save and a visit elsewhere": async (page) => {
    await saved(page);
    await overview(page).click();
    await expectOverview(page);
    await page.goBack();
    await expect(field(page)).toBeVisible();
  },
  "a save and a reload": async (page) => {
    await saved(page);
    await page.reload();
  },
  "an edit that was undone": async (page) => {
    await change(page);
    await page.keyboard.press("Control+z");
    await expect(field(page)).toHaveValue("http://orders-a:8080");
  },
  "Back and Forward": async (page) => {
    await saved(page);
    await page.goBack();
    await expectOverview(page);
    await page.goForward();
    await expect(field(page)).toBeVisible();
  },
  "staying, twice": async (page) => {
    await change(page);
    for (let i = 0; i < 2; i++) {
      await page.goBack();
      await question(page).getByRole("button", { name: "Stay" }).click();
      await expect(question(page)).toBeHidden();
    }
    await save(page);
    await expectSaved(page);
  },
};

for (const [name, prepare] of Object.entries(before)) {
  test(`after ${name}: Back asks, leaves when told to, and is one step`, async ({
    page,
    publisher,
    database,
  }) => {
    await database.save(apiWith(["http://orders-a:8080"]));
    const { url } = await publisher();
    await page.goto(`${url}/apis`);
    await page.getByRole("link", { name: "Orders" }).click();
    await endpoints(page).click();
    await expect(field(page)).toBeVisible();
    await prepare(page);
    const kept = await field(page).inputValue();

    await change(page);
    await page.goBack();
    await leave(page);
    await expectOverview(page);
    await expect(question(page)).toHaveCount(0);

    // What was left is gone, and a change from now on is asked for, whatever it is left by.
    await endpoints(page).click();
    await expect(field(page)).toHaveValue(kept);
    const next = await change(page);
    await page.getByRole("link", { name: "Monitor" }).click();
    await question(page).getByRole("button", { name: "Stay" }).click();
    await expect(field(page)).toHaveValue(next);
    await page.getByRole("link", { name: "Monitor" }).click();
    await leave(page);
    await expect(page.getByRole("heading", { name: "Monitor" })).toBeVisible();
    await page.goBack();
    await expect(field(page)).toHaveValue(kept);
    await page.goBack();
    await expectOverview(page);
    await page.goBack();
    await expect(page).toHaveURL(`${url}/apis`);
  });
}

test("the first page of a tab is left for the list, for it has nothing to go back to", async ({
  page,
  publisher,
  database,
}) => {
  const id = await database.save(apiWith(["http://orders-a:8080"]));
  const { url } = await publisher();
  const popup = page.waitForEvent("popup");
  await page.goto(`${url}/apis`);
  await page.evaluate((to) => window.open(to), `${url}/apis/${id}/endpoints`);
  const tab = await popup;
  await expect(async () => {
    await field(tab).fill("http://orders-b:8080");
    await expectChanges(tab, 1);
  }).toPass();
  await tab.goBack();
  await leave(tab);
  await expect(tab).toHaveURL(`${url}/apis`);
});

test("a save leaves the page where it was scrolled to", async ({ page, publisher, database }) => {
  const hosts = Array.from({ length: 15 }, (_, i) => `http://orders-${i}:8080`);
  const id = await database.save(apiWith(hosts, { routing: "loadBalanced" }));
  const { url } = await publisher();
  await page.goto(`${url}/apis/${id}/endpoints`);
  await change(page);
  await page.evaluate(() => window.scrollTo(0, 600));
  await save(page);
  await expectSaved(page);
  await expect.poll(() => page.evaluate(() => window.history.state.sluiceGuard)).toBeUndefined();
  expect(await page.evaluate(() => window.scrollY)).toBeGreaterThan(500);
});
