import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { BOTH, expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";

const shell = promisify(execFile);
const paste = async (line: string) => (await shell("sh", ["-c", line.replace(/^curl /, "curl -sS ")])).stdout;

test("an application gets keys, a subscription and tokens, and loses them again", { tag: BOTH }, async ({
  page,
  backend,
  gateway,
  publisher,
}) => {
  test.slow();
  const a = await backend("a");
  const g = await gateway();
  const { url } = await publisher();
  await g.deploy({ ...apiWith([a.url]), security: { kind: "jwt" } });

  await page.goto(`${url}/apis`);
  await page.getByRole("link", { name: "Applications" }).click();
  await expect(page.getByText("An application is a consumer of APIs.")).toBeVisible();
  await page.getByRole("button", { name: "Create application" }).click();
  const dialog = page.getByRole("dialog", { name: "Create application" });
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByText("Enter a name.")).toBeVisible();
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.type("Web shop");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Web shop" })).toBeVisible();

  const picker = page.getByRole("combobox", { name: "API" });
  await picker.fill("xyz");
  await expect(page.getByText("No API has this name")).toBeVisible();
  await picker.fill("orders");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Subscribe", exact: true }).click();
  await expect(page.getByRole("list", { name: "Subscriptions" })).toContainText("Orders 1.0.0");

  await page.getByRole("button", { name: "Generate Keys for production" }).click();
  await expect(page.getByText("Copy the client secret now: it is shown this once")).toBeVisible();
  // A reader is told that it is there, and not what it is. It is told for a while only, so before the rest is looked at.
  await expect(page.getByTestId("announcements")).toHaveText("Keys made. Copy the secret now.");
  await expect(page.getByRole("alert").filter({ hasText: "client secret" })).toHaveCount(0);
  const text = (name: string) => page.getByRole("group", { name }).textContent();
  const command = (await text("production token command")) ?? "";
  expect(command).toContain((await text("production client secret")) ?? "no secret");
  const token = JSON.parse(await paste(command)).access_token as string;
  const status = async (bearer: string) =>
    (await fetch(`${g.url}/orders/1.0.0/`, { headers: { Authorization: `Bearer ${bearer}` } })).status;
  await expect.poll(() => status(token)).toBe(200);

  await page.getByRole("button", { name: "Rotate Secret for production" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate Secret" }).click();
  await expect(page.getByRole("group", { name: "production token command" })).not.toHaveText(command);
  expect(JSON.parse(await paste(command)).error).toBe("invalid_client");
  expect(await status(token)).toBe(200);
  const rotated = (await text("production token command")) ?? "";
  const second = JSON.parse(await paste(rotated)).access_token as string;
  expect(await status(second)).toBe(200);

  await page.getByRole("button", { name: "Generate Access Token for production" }).click();
  await expect(page.getByText(/^The token is valid until .*, or until it is revoked\.$/)).toBeVisible();
  const shown = (await text("production access token")) ?? "";
  expect(await status(shown)).toBe(200);
  await page.getByRole("button", { name: "Revoke this token" }).click();
  await expect.poll(() => status(shown)).toBe(401);
  expect(await status(second)).toBe(200);
  await page.getByLabel("Token", { exact: true }).fill(token);
  await page.getByRole("button", { name: "Revoke Token" }).click();
  await expect(page.getByText("The token has ended: calls made with it are answered 401.")).toBeVisible();
  await expect.poll(() => status(token)).toBe(401);

  await page.getByRole("button", { name: "Unsubscribe from Orders 1.0.0" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Unsubscribe" }).click();
  await expect(page.getByRole("list", { name: "Subscriptions" })).toHaveCount(0);
  await expect.poll(() => status(second)).toBe(401);
  const third = JSON.parse(await paste(rotated)).access_token as string;
  expect(await status(third)).toBe(403);

  await page.reload();
  await expect(page.getByText(/^The secret is from .* and is not stored\./)).toBeVisible();
  await page.getByRole("button", { name: "Revoke Keys for production" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke Keys" }).click();
  await expect(page.getByRole("button", { name: "Generate Keys for production" })).toBeVisible();
  expect(JSON.parse(await paste(rotated)).error).toBe("invalid_client");
  await expect.poll(() => status(third)).toBe(401);

  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete application" }).click();
  await expect(page).toHaveURL(`${url}/applications`);
  await expect(page.getByText("An application is a consumer of APIs.")).toBeVisible();
});

test("rotating can end the tokens that were got before", async ({
  page,
  gateway,
  backend,
  publisher,
  database,
}) => {
  const a = await backend("a");
  const g = await gateway();
  const { url } = await publisher();
  const { id: api } = await g.deploy({ ...apiWith([a.url]), security: { kind: "jwt" } });
  const { id } = await database.application("Shop", [api]);
  await page.goto(`${url}/applications/${id}`);
  await page.getByRole("button", { name: "Generate Access Token for production" }).click();
  const token = await page.getByRole("group", { name: "production access token" }).textContent();
  const status = async () =>
    (await fetch(`${g.url}/orders/1.0.0/`, { headers: { Authorization: `Bearer ${token}` } })).status;
  await expect.poll(status).toBe(200);
  await page.getByRole("button", { name: "Rotate Secret for production" }).click();
  await page.getByRole("checkbox", { name: "And end the tokens issued so far" }).check();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate Secret" }).click();
  await expect.poll(status).toBe(401);
  await expect(page.getByText("Copy the client secret now")).toBeVisible();
});

test("names are taken once, and the list can be searched", { tag: BOTH }, async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const api = await database.save(apiWith([]));
  await database.application("Shop", [api]);
  await database.application("Partner");
  await page.goto(`${url}/applications`);
  await expect(page.getByRole("row", { name: /Shop/ })).toContainText("1 API");
  await page.getByRole("button", { name: "Create application" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Shop");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByRole("alert")).toHaveText(
    "There is already an application named Shop. Choose another name.",
  );
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("searchbox", { name: "Search applications" }).fill("part");
  await expect(page.getByText("1 application", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Partner" }).click();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("dialog").getByLabel("Description").fill("Ask Dana");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Ask Dana")).toBeVisible();
});

test("who may only read finds every control of an application off", async ({ page, publisher, database }) => {
  const { url, signInAs } = await publisher();
  const api = await database.save(apiWith([]));
  const { id } = await database.application("Shop", [api]);
  await signInAs("viewer");
  await page.goto(`${url}/applications/${id}`);
  await expect(page.getByRole("heading", { name: "Shop" })).toBeVisible();
  const main = page.getByRole("main");
  for (const role of ["textbox", "combobox"] as const) {
    for (const control of await main.getByRole(role).all()) await expect(control).toBeDisabled();
  }
  for (const button of await main.getByRole("button").all()) {
    const name = (await button.getAttribute("aria-label")) ?? (await button.textContent()) ?? "";
    if (!/^Copy /.test(name)) await expect(button, name).toBeDisabled();
  }
});
