import type { Page } from "@playwright/test";
import { admin, expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { expectChanges } from "../pages/endpoints";
import { held } from "../pages/requests";
import { account } from "../pages/session";

const withoutScript = (page: Page) => held(page, /\.js(\?|$)/);

test("what is typed before the script has come is part of the draft", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save(apiWith(["http://orders:8080"]));
  const release = await withoutScript(page);
  await page.goto(`${url}/apis/${id}/endpoints`, { waitUntil: "commit" });
  await page.locator("#production_endpoints").fill("http://early:8080");
  release();
  await expectChanges(page, 1);
  await expect(page.locator("#production_endpoints")).toHaveValue("http://early:8080");
});

test("what is ticked, switched or chosen before the script has come is, too", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save(apiWith(["http://orders:8080"]));
  const release = await withoutScript(page);
  await page.goto(`${url}/apis/${id}/runtime`, { waitUntil: "commit" });
  await page.getByRole("switch", { name: "Default version" }).click();
  await page.getByRole("radio", { name: "JWT" }).click();
  release();
  await expectChanges(page, 2);
  await expect(page.getByRole("switch", { name: "Default version" })).toBeChecked();
  await expect(page.getByRole("radio", { name: "JWT" })).toBeChecked();
});

test("who is in the middle of a field when the script comes goes on there", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save(apiWith(["http://orders:8080"]));
  const field = page.locator("#production_endpoints");
  const select = (start: number, end: number) =>
    field.evaluate(
      (f: HTMLTextAreaElement, range) => f.setSelectionRange(range[0]!, range[1]!),
      [start, end],
    );
  const open = async () => {
    const release = await withoutScript(page);
    await page.goto(`${url}/apis/${id}/endpoints`, { waitUntil: "commit" });
    await field.focus();
    return async () => {
      release();
      await expect(page.locator("next-route-announcer")).toBeAttached();
    };
  };

  const marked = await open();
  await select("http://".length, "http://orders".length);
  await marked();
  await page.keyboard.type("pizza");
  await expect(field).toHaveValue("http://pizza:8080");
  await expectChanges(page, 1);
  await page.keyboard.press("Control+z");
  await page.unrouteAll();

  const typing = await open();
  await select("http://orders".length, "http://orders".length);
  await page.keyboard.type("-early");
  await typing();
  await expectChanges(page, 1);
  await page.keyboard.type("-late");
  await expect(field).toHaveValue("http://orders-early-late:8080");
});

test("a button that is pressed before the script has come does what it says, once", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save(apiWith(["http://orders:8080"]));
  const release = await withoutScript(page);
  await page.goto(`${url}/apis/${id}/endpoints`, { waitUntil: "commit" });
  const head = page.locator("#panel1bh-header");
  await expect(head).toHaveAttribute("aria-expanded", "false");
  await head.click();
  await head.click();
  await expect(head).toHaveAttribute("aria-expanded", "false");
  release();
  await expect(head).toHaveAttribute("aria-expanded", "true");
});

test("a form that is sent before the script has come is sent once it has, with what was typed", async ({
  page,
  publisher,
}) => {
  const { url } = await publisher();
  const release = await withoutScript(page);
  await page.goto(`${url}/apis/create/rest`, { waitUntil: "commit" });
  await page.locator("#itest-id-apiname-input").fill("Early");
  await page.locator("#itest-id-apicontext-input").fill("early");
  await page.locator("#itest-id-apiversion-input").fill("1.0.0");
  await page.locator("#itest-id-apiendpoint-input").fill("http://early:8080");
  await page.keyboard.press("Enter");
  await expect(page.locator("#itest-id-apiname-input")).toHaveValue("Early");
  release();
  await expect(page.getByRole("heading", { name: "Early" })).toBeVisible();
});

/** Fills the form to sign in, which a page leads to, while the script is still on its way. */
async function filledEarly(page: Page, url: string): Promise<() => void> {
  const release = await withoutScript(page);
  await page.goto(url, { waitUntil: "commit" });
  await page.getByLabel("User name").fill("admin");
  await page.getByRole("textbox", { name: "Password" }).fill(admin.password);
  return release;
}

test.describe("signing in", () => {
  test.use({ signedIn: false });
  test("with Enter before the script has come leads to where it was to lead", async ({ page, publisher }) => {
    const { url } = await publisher();
    const release = await filledEarly(page, `${url}/settings/users`);
    await page.keyboard.press("Enter");
    release();
    await expect(page.getByRole("heading", { name: "Users" })).toBeVisible();
  });

  test("works with what was typed, or filled in by the browser, before the script had come", async ({
    page,
    publisher,
  }) => {
    const { url } = await publisher();
    const release = await filledEarly(page, `${url}/sign-in`);
    release();
    // What Next adds as soon as its script runs.
    await expect(page.locator("next-route-announcer")).toBeAttached();
    await expect(page.getByLabel("User name")).toHaveValue("admin");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(account(page, "admin")).toBeVisible();
  });
});
