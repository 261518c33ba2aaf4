import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { chooseInDialog, chooseType, cogwheel, cogwheelDialog, openEndpoints } from "../pages/endpoints";

const question = (page: Page) => page.getByRole("dialog", { name: "Discard what you entered?" });
/** Beside every dialog. */
const clickBeside = (page: Page) => page.mouse.click(4, 300);

test.beforeEach(async ({ page, publisher, database }) => {
  const { url } = await publisher();
  const id = await database.save(
    apiWith(["http://orders-a:8080", "http://orders-b:8080"], { routing: "loadBalanced" }),
  );
  await openEndpoints(page, url, id);
});

test("Esc and a click beside a dialog ask before they discard what was typed in it", async ({ page }) => {
  const opener = page.getByRole("button", { name: "Endpoint configurations http://orders-b:8080" });
  await opener.click();
  const dialog = page.getByRole("dialog", { name: "Advanced Configurations" });
  const field = dialog.locator("#initial-duration-input");
  await field.fill("12345");
  await page.keyboard.press("Escape");
  await expect(question(page)).toBeVisible();
  await question(page).getByRole("button", { name: "Keep editing" }).click();
  await expect(question(page)).toBeHidden();
  await expect(field).toHaveValue("12345");
  await clickBeside(page);
  await question(page).getByRole("button", { name: "Keep editing" }).click();
  await expect(question(page)).toBeHidden();
  await dialog.getByRole("button", { name: "Close" }).click();
  await question(page).getByRole("button", { name: "Discard" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("No unsaved changes")).toBeVisible();
  await expect(opener).toBeFocused();
});

test("a dialog in which nothing was entered closes at once, also when something was the last time", async ({
  page,
}) => {
  await chooseType(page, "load_balance");
  await cogwheel(page).click();
  await chooseInDialog(page, "algorithmSelect", "Random");
  await page.keyboard.press("Escape");
  await question(page).getByRole("button", { name: "Discard" }).click();
  await expect(cogwheelDialog(page)).toBeHidden();
  await cogwheel(page).click();
  await expect(cogwheelDialog(page).locator("#algorithmSelect")).toHaveText("Round Robin");
  await page.keyboard.press("Escape");
  await expect(cogwheelDialog(page)).toBeHidden();
  await expect(question(page)).toBeHidden();
});

test("what was chosen by keyboard alone is asked for too", async ({ page }) => {
  await page.locator("#production_endpoints").first().waitFor();
  const opener = page.getByRole("button", { name: /endpoint security/i }).first();
  await opener.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Endpoint Security" });
  await dialog.locator("#auth-type-select").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(dialog.locator("#auth-type-select")).toHaveText("Basic");
  await page.keyboard.press("Escape");
  await expect(question(page)).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test("a password that was entered for the backends is not lost by a click beside the dialog", async ({
  page,
}) => {
  await page
    .getByRole("button", { name: /endpoint security/i })
    .first()
    .click();
  const dialog = page.getByRole("dialog", { name: "Endpoint Security" });
  await chooseInDialog(page, "auth-type-select", "Basic");
  // Its backdrop takes a click while it fades.
  await expect(page.getByRole("listbox", { includeHidden: true })).toHaveCount(0);
  await dialog.locator("#auth-password").fill("secret");
  await clickBeside(page);
  await question(page).getByRole("button", { name: "Keep editing" }).click();
  await expect(dialog.locator("#auth-password")).toHaveValue("secret");
});
