import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { expectChanges, expectSaved, save } from "../pages/endpoints";

const typed = "http://orders-b:8080";
const question = (page: Page) => page.getByRole("dialog", { name: "Leave without saving?" });
const field = (page: Page) => page.locator("#production_endpoints");

let publisherUrl = "";

// Arrives by links, so that Back has somewhere to go inside the application.
test.beforeEach(async ({ page, publisher, database }) => {
  await database.save(apiWith(["http://orders-a:8080"]));
  publisherUrl = (await publisher()).url;
  await page.goto(`${publisherUrl}/apis`);
  await page.getByRole("link", { name: "Orders" }).click();
  await page.getByRole("link", { name: "Endpoints", exact: true }).click();
  await field(page).fill(typed);
  await expectChanges(page, 1);
});

test("a link asks first: staying keeps the form, leaving leaves", async ({ page }) => {
  await page.getByRole("link", { name: "Overview" }).click();
  await question(page).getByRole("button", { name: "Stay" }).click();
  await expect(question(page)).toBeHidden();
  await expect(field(page)).toHaveValue(typed);
  await page.getByRole("link", { name: "Overview" }).click();
  await question(page).getByRole("button", { name: "Leave without saving" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.goBack();
  await expect(field(page)).toHaveValue("http://orders-a:8080");
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
});

test("a link in a menu asks first too, and the menu is gone", async ({ page }) => {
  await page.getByRole("button", { name: "Account admin" }).click();
  await page.getByRole("menuitem", { name: "Change password" }).click();
  await expect(question(page)).toBeVisible();
  await expect(page.getByRole("menu", { includeHidden: true })).toHaveCount(0);
  await question(page).getByRole("button", { name: "Stay" }).click();
  await expect(question(page)).toBeHidden();
  await expect(field(page)).toHaveValue(typed);
});

test("Back asks first: staying keeps the form, leaving goes one page back", async ({ page }) => {
  await page.goBack();
  await question(page).getByRole("button", { name: "Stay" }).click();
  await expect(field(page)).toHaveValue(typed);
  await page.goBack();
  await question(page).getByRole("button", { name: "Leave without saving" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(`${publisherUrl}/apis`);
});

test("a reload asks first", async ({ page }) => {
  const asked = page.waitForEvent("dialog");
  await page.evaluate(() => setTimeout(() => window.location.reload()));
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await expect(field(page)).toHaveValue(typed);
});

test.describe("signing out", () => {
  // The page may ask how things are while the session ends.
  test.use({ expectedConsoleErrors: /401 \(Unauthorized\) \(.*gateway-status\)/ });

  test("asks first, and the question begins and ends where it should", async ({ page }) => {
    const account = page.getByRole("button", { name: "Account admin" });
    for (const item of ["Sign out", "Change password"]) {
      await account.click();
      await page.getByRole("menuitem", { name: item }).click();
      await expect(question(page).getByRole("button", { name: "Stay" })).toBeFocused();
      await page.keyboard.press("Escape");
      await expect(question(page)).toBeHidden();
      await expect(account).toBeFocused();
      await expect(field(page)).toHaveValue(typed);
    }
    await account.click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await question(page).getByRole("button", { name: "Leave without saving" }).click();
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  });
});

test("after saving nothing asks, and Back is one step", async ({ page }) => {
  await save(page);
  await expectSaved(page);
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
});
