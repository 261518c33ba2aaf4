import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { testKey } from "../testkey";

/** The whole main job without a mouse: only Tab, arrows, Enter, Space and letters. */

const MAX_TABS = 80;

/** Tabs on until this has the focus; fails when it cannot be reached. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let i = 0; i < MAX_TABS; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${target} cannot be reached with Tab.`);
}

async function press(page: Page, target: Locator, key = "Enter"): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

async function type(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.type(text);
}

test("an API is made, balanced, deployed, changed and rolled back by keyboard alone", async ({
  page,
  backend,
  gateway,
  publisher,
}) => {
  test.slow();
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const { url } = await publisher();
  await page.goto(`${url}/apis`);
  await press(page, page.getByRole("link", { name: "Create API" }));
  await press(page, page.getByRole("link", { name: /Start from scratch/ }));
  await type(page, page.getByLabel("Name"), "Pizza");
  await type(page, page.getByLabel("Context"), "pizza");
  await type(page, page.getByLabel("Version"), "1.0.0");
  await type(page, page.getByRole("textbox", { name: "Endpoint" }), one.url);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Pizza 1.0.0" })).toBeVisible();

  await press(page, page.getByRole("link", { name: "Endpoints", exact: true }));
  await press(page, page.locator("#panel1bh-header"));
  await press(page, page.locator("#certificateEndpoint"));
  await expect(page.getByRole("listbox")).toBeVisible();
  // Failover: the second of three.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.locator("#certificateEndpoint")).toHaveText("Failover");
  await type(page, page.locator("#production_endpoints-failover"), two.url);
  await page.keyboard.press("Enter");
  await press(page, page.getByRole("button", { name: `Drag ${two.url}, or move it` }), "ArrowUp");
  await expect(page.getByTestId("announcements")).toHaveText(/moved to position 1 of 2/);
  await press(page, page.getByRole("button", { name: "Save & Deploy" }));
  await expect(page.getByTestId("api-state")).toContainText("Live: r1");

  const headers = { Authorization: `Bearer ${await testKey(g)}` };
  const answered = async () =>
    ((await (await fetch(`${g.url}/pizza/1.0.0/`, { headers })).json()) as { backend: string }).backend;
  expect(await answered()).toBe("two");

  await press(page, page.getByRole("button", { name: `Remove ${two.url}` }).first());
  await press(page, page.getByRole("button", { name: "Save & Deploy" }));
  await expect(page.getByTestId("api-state")).toContainText("Live: r2");
  expect(await answered()).toBe("one");

  await press(page, page.getByRole("link", { name: "Deployments" }));
  await press(page, page.getByRole("button", { name: "Roll back to r1" }));
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("list", { name: "From r2 to r1" })).toBeVisible();
  await press(page, dialog.getByRole("button", { name: "Roll back to r1" }));
  await expect(page.getByTestId("api-state")).toContainText("Live: r1");
  expect(await answered()).toBe("two");
});
