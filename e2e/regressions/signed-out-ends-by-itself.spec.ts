import type { Page } from "@playwright/test";
import { admin, expect, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { expectClean, save } from "../pages/endpoints";
import { account, fillSignIn } from "../pages/session";

const signedOut = (page: Page) => page.getByText("You are signed out. What is typed here stays");
const state = (page: Page) => page.getByTestId("api-state");
const url = (page: Page) => page.locator("#production_endpoints");

test.use({ expectedConsoleErrors: /401 \(Unauthorized\)|ERR_INTERNET_DISCONNECTED/ });

test("a page whose session has ended finds the next one, and what was typed in it is saved", async ({
  page,
  backend,
  publisher,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const running = await publisher();
  const { id } = await g.deploy(pizza([one]));
  const address = `${running.url}/apis/${id}/endpoints`;
  await page.goto(address);
  await expect(state(page)).toContainText("Live: r1");
  // That Sluice cannot be reached is another thing.
  await page.context().setOffline(true);
  await expect(state(page)).toContainText("you are offline");
  await expect(signedOut(page)).toHaveCount(0);
  await page.context().setOffline(false);
  await expect(state(page)).toContainText("Live: r1");

  await url(page).fill(two.url);
  await page.context().clearCookies();
  await save(page);
  await expect(page.getByText("Not saved. You are signed out. Sign in again")).toBeVisible();
  await expect(signedOut(page)).toBeVisible();
  const opened = page.context().waitForEvent("page");
  await page.getByRole("status").getByRole("link", { name: "Sign in" }).click();
  const other = await opened;
  await expect(other).toHaveURL(
    `${running.url}/sign-in?${new URLSearchParams({ to: `/apis/${id}/endpoints`, again: "" })}`,
  );
  const closed = other.waitForEvent("close");
  await fillSignIn(other, admin.username, admin.password);
  await closed;

  await expect(signedOut(page)).toHaveCount(0);
  await expect(state(page)).toContainText("Live: r1");
  await expect(page.getByText("Not saved. You are signed in again: repeat this.")).toBeVisible();
  await expect(url(page)).toHaveValue(two.url);
  await expect(page).toHaveURL(address);
  await save(page);
  await expectClean(page);
});

test("who signs in as somebody else is told so, and saves what they may", async ({
  page,
  publisher,
  database,
}) => {
  const running = await publisher();
  const id = await database.save(pizza([{ url: "http://orders:8080" }]));
  await page.goto(`${running.url}/apis/${id}/endpoints`);
  await url(page).fill("http://mine:8080");
  await page.context().clearCookies();
  await expect(signedOut(page)).toBeVisible();
  await running.signInAs("viewer");
  await expect(page.getByText("You are signed in as viewer (viewer) now, no longer as admin")).toBeVisible();
  await expect(account(page, "viewer")).toBeVisible();
  await expect(url(page)).toHaveValue("http://mine:8080");
  await expect(url(page)).toBeDisabled();
  await expect(page.locator("#endpoint-save-btn")).toHaveAttribute("aria-disabled", "true");
  await page.context().clearCookies();
  await expect(signedOut(page)).toBeVisible();
  await running.signIn();
  await expect(account(page, "admin")).toBeVisible();
  await save(page);
  await expectClean(page);
});
