import { BOTH, expect, test } from "../fixtures";
import { send } from "../http";
import { apiWith } from "../pages/apis";
import { createApi } from "../pages/create";
import { openSelect } from "../pages/select";

const password = "a long enough password";

test("a user is added, gets another role, is disabled and comes back", { tag: BOTH }, async ({
  page,
  publisher,
  database,
}) => {
  const { url, signIn } = await publisher();
  await page.goto(`${url}/settings`);
  await expect(page.getByRole("heading", { name: "Users" })).toBeVisible();
  await page.getByRole("button", { name: "Add user" }).click();
  const dialog = page.getByRole("dialog", { name: "Add user" });
  await dialog.getByRole("button", { name: "Add user" }).click();
  await expect(dialog.getByText("Enter a user name.")).toBeVisible();
  await expect(dialog.getByLabel("User name")).toBeFocused();
  await dialog.getByLabel("User name").fill("Admin");
  await dialog.getByLabel("Password").fill(password);
  await dialog.getByRole("button", { name: "Add user" }).click();
  await expect(dialog.getByRole("alert")).toContainText("There is already a user named admin.");
  await dialog.getByLabel("User name").fill("Dana@example.com");
  await dialog.getByRole("button", { name: "Add user" }).click();
  const row = page.getByRole("row", { name: /dana@example\.com/ });
  await expect(row).toContainText("creator");
  await expect(page.getByTestId("announcements")).toHaveText("Dana@example.com is added as creator.");

  const dana = await fetch(`${url}/session`, {
    method: "POST",
    body: JSON.stringify({ username: "dana@example.com", password }),
  });
  const cookie = dana.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const status = async () => (await send(`${url}/apis`, { headers: { cookie } })).status;
  expect(await status()).toBe(200);

  await openSelect(row.getByRole("combobox", { name: "Role of dana@example.com" }));
  await page.getByRole("option", { name: "viewer" }).click();
  await page
    .getByRole("dialog", { name: "Make dana@example.com viewer?" })
    .getByRole("button", { name: "Change role" })
    .click();
  await expect(page.getByTestId("announcements")).toHaveText("dana@example.com is now viewer.");
  // Rights that were taken away are gone at once: every session has ended.
  expect(await status()).toBe(307);

  const more = row.getByRole("button", { name: "More for dana@example.com" });
  await more.click();
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await expect(row).toContainText("Disabled");
  const again = () =>
    send(`${url}/session`, {
      method: "POST",
      body: JSON.stringify({ username: "dana@example.com", password }),
    });
  expect((await again()).status).toBe(401);
  await more.click();
  await page.getByRole("menuitem", { name: "Enable" }).click();
  await expect(row).toContainText("Enabled");
  expect((await again()).status).toBe(200);

  await more.click();
  await page.getByRole("menuitem", { name: "Reset password" }).click();
  await page.getByRole("dialog").getByLabel("New password").fill("the second password");
  await page.getByRole("dialog").getByRole("button", { name: "Reset password" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect((await again()).status).toBe(401);
  await more.click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete user" }).click();
  // Behind the dialog the row is hidden anyway; the database is not.
  await expect.poll(() => database.sql('SELECT username FROM "User"')).toEqual([{ username: "admin" }]);
  await expect(row).toHaveCount(0);
  await signIn();
});

test("the last administrator keeps the role and stays enabled", { tag: BOTH }, async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await database.user("other", password, "admin");
  await database.sql("UPDATE \"User\" SET disabled = TRUE WHERE username = 'other'");
  await page.goto(`${url}/settings/users`);
  const sentence = "This is the last administrator who can sign in. Make somebody else administrator first.";
  const row = page.getByRole("row", { name: /^admin/ });
  const alert = page.getByRole("main").getByRole("alert");
  await openSelect(row.getByRole("combobox"));
  await page.getByRole("option", { name: "viewer" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Change role" }).click();
  await expect(alert).toContainText(sentence);
  await expect(row.getByRole("combobox")).toHaveText("admin");
  for (const [entry, confirm] of [
    ["Disable", "Disable"],
    ["Delete", "Delete user"],
  ] as const) {
    await alert.getByRole("button", { name: "Close" }).click();
    await row.getByRole("button", { name: "More for admin" }).click();
    await page.getByRole("menuitem", { name: entry }).click();
    await page.getByRole("dialog").getByRole("button", { name: confirm }).click();
    await expect(alert).toContainText(sentence);
  }
  expect(await database.sql("SELECT role, disabled FROM \"User\" WHERE username = 'admin'")).toEqual([
    { role: "admin", disabled: false },
  ]);
});

test("the audit list says who changed what, newest first, and can be searched", { tag: BOTH }, async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await createApi(page, url, {
    name: "Audited",
    context: "audited",
    version: "1",
    endpoint: "http://a:8080",
  });
  await page.getByRole("button", { name: "Deploy the draft" }).click();
  await expect(page.getByTestId("api-state")).toContainText("r1");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Audit" }).click();
  const lines = page.getByRole("region", { name: "Audit list" }).getByRole("row");
  await expect(lines.nth(1)).toContainText("Deployed r1 of Audited 1");
  await expect(lines.nth(1)).toContainText("admin");
  await expect(lines.nth(2)).toContainText("Created Audited 1");
  await expect(lines.nth(3)).toContainText("Signed in from 127.0.0.1");
  const [deployment] = await database.sql('SELECT author FROM "Deployment"');
  expect(deployment).toEqual({ author: "admin" });

  for (let i = 0; i < 60; i++) await database.save(apiWith([], {}, `Api${i}`));
  await page.reload();
  await expect(page.getByText(/^6\d entries$/)).toBeVisible();
  await page.getByRole("link", { name: "Go to page 2" }).click();
  await expect(page.getByText("Created Audited 1")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search the audit list" }).fill("api59");
  await expect(lines).toHaveCount(2);
  await page.getByRole("searchbox", { name: "Search the audit list" }).fill("nothing like it");
  await expect(page.getByText("No entry contains “nothing like it”.")).toBeVisible();
});
