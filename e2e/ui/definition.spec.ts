import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { bar, expectChanges, expectClean, expectSaved, save, urls } from "../pages/endpoints";

const text = `# The menu, as the kitchen wrote it.
openapi: 3.0.1
info:
  title: Menu
  version: 1.0.0
x-kitchen: {oven: 2}
x-wso2-basePath: /menu
x-wso2-production-endpoints:
  urls:
    - http://a:8080
    - http://b:8080
  type: load_balance
paths:
  /items:
    get:
      summary: What there is
      responses: {"200": {description: fine}}
`;

const editor = (page: Page) => page.getByRole("textbox", { name: "API definition" });

/** Types at the end of the first line that holds `after`, as a person with the mouse does. */
async function typeAfter(page: Page, after: string, typed: string): Promise<void> {
  await page.getByText(after, { exact: false }).first().click();
  await page.keyboard.press("End");
  await page.keyboard.type(typed);
}

async function openDefinition(page: Page, url: string, id: string): Promise<void> {
  await page.goto(`${url}/apis/${id}/definition`);
  await expect(editor(page)).toBeVisible();
}

async function importedId(url: string, token: string): Promise<string> {
  const form = new FormData();
  form.set("file", new Blob([text]), "menu.yaml");
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/api/v1/apis`, { method: "POST", headers, body: form });
  return ((await answer.json()) as { id: string }).id;
}

test("what is typed is read as it is typed, and stands on the other pages", async ({
  page,
  publisher,
  database,
}) => {
  const { url, signIn } = await publisher();
  const id = await importedId(url, (await signIn()).token);
  await openDefinition(page, url, id);
  await expect(editor(page)).toContainText("# The menu, as the kitchen wrote it.");
  await expect(page.getByText("No problems.")).toBeVisible();
  await expectClean(page);
  await page.setViewportSize({ width: 420, height: 900 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
  await page.setViewportSize({ width: 1280, height: 900 });

  await typeAfter(page, "http://b:8080", "\n- http://c:8080");
  // The endpoint, and the text that says so.
  await expectChanges(page, 2);
  await page.getByRole("button", { name: /2 unsaved changes/ }).click();
  await expect(page.getByText(/c:8080/).last()).toBeVisible();
  await page.keyboard.press("Escape");

  // Broken on the way: said with its line, and nothing of it is saved or lost.
  await typeAfter(page, "x-kitchen", " [");
  await expect(page.getByRole("alert").filter({ hasText: "Line 7" })).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(editor(page)).toBeFocused();
  expect(await database.sql('SELECT draftVersion FROM "Api"')).toEqual([{ draftVersion: 1 }]);
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await expect(page.getByText("No problems.")).toBeVisible();

  // Saved right after typing: the last letters count.
  await typeAfter(page, "What there is", " today");
  await save(page);
  await expectSaved(page);
  const [row] = await database.sql<{ draft: string }>('SELECT draft FROM "Api"');
  const draft = JSON.parse(row?.draft ?? "{}");
  expect(draft.openapi).toContain("summary: What there is today");
  expect(draft.openapi).toContain("# The menu, as the kitchen wrote it.");

  await page.getByRole("link", { name: "Endpoints", exact: true }).click();
  await expect.poll(() => urls(page)).toEqual(["http://a:8080", "http://b:8080", "http://c:8080"]);
  await page.locator("#production_endpoints").fill("http://first:8080");
  await save(page);
  await expectSaved(page);
  await page.getByRole("link", { name: "API Definition" }).click();
  await expect(editor(page)).toContainText("http://first:8080");
  await expect(editor(page)).toContainText("oven: 2");
  await expectClean(page);

  // What cannot be read is given up in either way, and whoever typed it goes on typing.
  for (const name of ["Back to the last good text", "Discard"]) {
    await typeAfter(page, "x-kitchen", " [");
    await expect(page.getByText("Not read yet: the text has problems")).toBeVisible();
    await page.getByRole("button", { name }).click();
    await expect(editor(page)).toBeFocused();
    await expect(page.getByText("No problems.")).toBeVisible();
    await expect(editor(page)).toContainText("oven: 2");
    await expectClean(page);
  }
});

test("JSON is the same in other letters, undo brings the text back, and a newer file is taken as a change", async ({
  page,
  publisher,
}) => {
  const { url, signIn } = await publisher();
  const id = await importedId(url, (await signIn()).token);
  await openDefinition(page, url, id);
  await page.getByRole("button", { name: "JSON" }).click();
  await expect(editor(page)).toContainText('"title": "Menu"');
  await expectClean(page);
  await page.getByRole("button", { name: "YAML" }).click();
  await expect(editor(page)).toContainText("title: Menu");

  await page.getByRole("button", { name: "Import…" }).click();
  const dialog = page.getByRole("dialog", { name: "Import a definition" });
  await dialog.getByRole("button", { name: "Text" }).click();
  const newer = text
    .replace("  /items:", "  /offers:\n    get: {responses: {}}\n  /items:")
    .replace("title: Menu", "title: Menu of today");
  await dialog.getByLabel("Text of the definition").fill(newer);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await expect(dialog.getByRole("list", { name: "What it changes" })).toContainText("GET /offers");
  await expect(dialog.getByRole("heading", { name: "What it changes" })).toBeFocused();
  await dialog.getByRole("button", { name: "Take into the draft" }).click();
  await expect(editor(page)).toContainText("/offers:");
  await expect(page.getByRole("button", { name: /unsaved change/ })).toBeVisible();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(editor(page)).not.toContainText("/offers:");
  await page.getByRole("button", { name: "Redo", exact: true }).click();
  await expect(editor(page)).toContainText("/offers:");
  await save(page);
  await expectSaved(page);
  await page.getByRole("link", { name: "Resources" }).click();
  await expect(page.getByRole("listitem", { name: "GET /offers" })).toBeVisible();
});

test("what is typed on while a long definition is read is what counts, and is saved once it is read", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save({ name: "Menu", context: "/menu", version: "1.0.0" });
  const reader = await slowReader(page);
  await openDefinition(page, url, id);
  await typeAfter(page, "title: Menu", "\ndescription: ");
  await expect.poll(reader.asked).toBe(1);
  // Slower than what is waited for before it is read: each key would be a reading of its own.
  await page.keyboard.type("abcd", { delay: 400 });
  expect(await reader.asked()).toBe(1);
  await expect(bar(page).getByText("Reading what was typed…")).toBeVisible();
  await page.getByRole("link", { name: "Resources" }).click();
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  await expect(question).toContainText("What was typed is not saved and would be lost.");
  await question.getByRole("button", { name: "Stay" }).click();
  await expect(question).toBeHidden();
  await page.keyboard.press("Control+S");
  await reader.answer();
  await expect.poll(reader.asked).toBe(1);
  await reader.answer();
  await expectSaved(page);
  const [row] = await database.sql<{ draft: string }>(`SELECT draft FROM Api WHERE id = '${id}'`);
  expect(JSON.parse(row?.draft ?? "{}").description).toBe("abcd");
});

/** A reader of definitions that answers when it is told to. */
async function slowReader(page: Page) {
  await page.addInitScript(() => {
    const waiting: (() => void)[] = [];
    Object.assign(window, { waiting });
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message: unknown) {
      waiting.push(() => post.call(this, message));
    };
  });
  return {
    /** How much it is asked and has not answered. */
    asked: () => page.evaluate(() => (window as unknown as { waiting: unknown[] }).waiting.length),
    answer: () => page.evaluate(() => (window as unknown as { waiting: (() => void)[] }).waiting.shift()?.()),
  };
}
