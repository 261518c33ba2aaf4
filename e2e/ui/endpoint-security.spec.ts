import type { Page } from "@playwright/test";
import { type Database, expect, test } from "../fixtures";
import { expectClean, expectSaved, save } from "../pages/endpoints";
import { openSelect } from "../pages/select";

const SECRET = "open sesame 4711";
const button = (page: Page) => page.locator("#production_endpoints-endpoint-security-icon-btn");
const dialog = (page: Page) => page.getByRole("dialog", { name: "Endpoint Security" });
const submit = (page: Page) => page.locator("#endpoint-security-submit-btn").click();

async function choose(page: Page, kind: string) {
  await openSelect(page.locator("#auth-type-select"));
  await page.getByRole("option", { name: kind, exact: true }).click();
  await expect(page.getByRole("listbox")).toBeHidden();
}

async function stored(database: Database) {
  const [row] = await database.sql<{ draft: string }>("SELECT draft FROM Api");
  return JSON.parse(row!.draft).endpoints.production.security;
}

test.describe("Endpoint Security", () => {
  let received: Promise<string>[] = [];

  test.beforeEach(async ({ page, publisher, database }) => {
    received = [];
    // Whatever the browser is sent is looked through at the end.
    page.on("response", (response) => received.push(response.text().catch(() => "")));
    const { url } = await publisher();
    const id = await database.save({
      name: "Secured",
      context: "/secured",
      version: "1.0.0",
      endpoints: { production: { enabled: true, endpoints: [{ id: "ep_one", url: "https://a.example" }] } },
    });
    await page.goto(`${url}/apis/${id}/endpoints`);
    await expect(button(page)).toBeVisible();
  });

  test("a password is stored sealed, never comes back, and stays when it is not touched", async ({
    page,
    database,
  }) => {
    await button(page).click();
    await choose(page, "Basic");
    await submit(page);
    await expect(page.locator("#auth-userName")).toBeFocused();
    await expect(dialog(page).getByText("Enter the password for the backend.")).toBeVisible();
    await page.locator("#auth-userName").fill("anna");
    await page.locator("#auth-password").fill(SECRET);
    await submit(page);
    await expect(dialog(page)).toBeHidden();
    await expect(page.getByText("Endpoint security: Basic")).toBeVisible();
    await save(page);
    await expectSaved(page);
    const first = await stored(database);
    expect(first).toMatchObject({
      kind: "basic",
      basic: { username: "anna", password: { id: expect.any(String) } },
    });

    await page.reload();
    await button(page).click();
    await expect(page.locator("#auth-password")).toHaveValue("");
    await expect(page.locator("#auth-password")).toHaveAttribute("placeholder", "Stored. Type to replace.");
    await page.locator("#auth-userName").fill("berta");
    await submit(page);
    await save(page);
    await expectSaved(page);
    expect(await stored(database)).toEqual({ ...first, basic: { ...first.basic, username: "berta" } });

    const everything = JSON.stringify(await database.sql("SELECT * FROM Secret")) + JSON.stringify(first);
    expect(everything).not.toContain(SECRET);
    const audit = await database.sql<{ text: string }>("SELECT text FROM AuditEntry");
    expect(JSON.stringify(audit)).toContain("Endpoint Security Basic: password entered");
    const sent = await Promise.all(received);
    expect(sent.length).toBeGreaterThan(5);
    expect(sent.filter((text) => text.includes(SECRET))).toEqual([]);
  });

  test("another kind keeps what was entered, and undo, redo and discard work", async ({ page, database }) => {
    await button(page).click();
    await choose(page, "API Key");
    await page.locator("#auth-apiKeyName").fill("Host");
    await page.locator("#auth-apiKeyValue").fill(SECRET);
    await submit(page);
    await expect(page.locator("#auth-apiKeyName")).toBeFocused();
    await page.locator("#auth-apiKeyName").fill("X-Key");
    await submit(page);
    await expect(page.getByText("Endpoint security: API Key")).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByText("Endpoint security: API Key")).toBeHidden();
    await expectClean(page);
    await page.getByRole("button", { name: "Redo" }).click();
    await save(page);
    await expectSaved(page);
    const first = await stored(database);

    await button(page).click();
    await choose(page, "OAuth 2.0");
    await openSelect(page.locator("#grant-type-select"));
    await page.getByRole("option", { name: "Password", exact: true }).click();
    await page.locator("#auth-tokenUrl").fill("https://login.example/token");
    await page.locator("#auth-clientId").fill("sluice");
    await page.locator("#auth-clientSecret").fill(`${SECRET}!`);
    await page.locator("#auth-userName").fill("anna");
    await page.locator("#auth-password").fill(`${SECRET}?`);
    await page.locator("#auth-scopes").fill("read write");
    await page.locator("#auth-parameters").fill("audience");
    await submit(page);
    await expect(page.locator("#auth-parameters")).toBeFocused();
    await expect(page.locator("#auth-parameters")).toHaveAccessibleDescription(
      /Write name=value, a line each/,
    );
    await page.locator("#auth-parameters").fill("audience=orders\nresource=a");
    await submit(page);
    await save(page);
    await expectSaved(page);
    const second = await stored(database);
    expect(second).toMatchObject({
      kind: "oauth2",
      apiKey: first.apiKey,
      oauth2: {
        grant: "password",
        tokenUrl: "https://login.example/token",
        scopes: "read write",
        parameters: "audience=orders\nresource=a",
      },
    });
    expect(await database.sql("SELECT id FROM Secret")).toHaveLength(3);
    expect((await Promise.all(received)).filter((text) => text.includes(SECRET))).toEqual([]);
  });

  test("a switched-off check of the certificate is warned of where it is set and on the row", async ({
    page,
  }) => {
    await page.locator("#production_endpoints-endpoint-configuration-icon-btn").click();
    await page.getByRole("switch", { name: "Verify the backend's certificate" }).click();
    await expect(page.getByRole("alert").getByText(/could read and change/)).toBeVisible();
    await page.locator("#endpoint-configuration-submit-btn").click();
    await expect(page.getByText("Its certificate is not verified")).toBeVisible();
  });
});
