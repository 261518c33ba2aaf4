import { expect, type Page } from "@playwright/test";

/** Fills and sends the form of /sign-in. */
export async function fillSignIn(page: Page, username: string, password: string) {
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export const account = (page: Page, username: string) =>
  page.getByRole("button", { name: `Account ${username}` });

export async function chooseInAccountMenu(page: Page, username: string, entry: string) {
  await account(page, username).click();
  await page.getByRole("menuitem", { name: entry }).click();
}

export async function expectSignIn(page: Page) {
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
}
