import { connect } from "node:net";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { apiWith } from "../pages/apis";
import {
  bar,
  chooseType,
  cogwheel,
  cogwheelDialog,
  expectChanges,
  expectClean,
  expectSaved,
  openEndpoints,
  rows,
  save,
  saveAndDeploy,
} from "../pages/endpoints";

/** What people met who saw Sluice for the first time, by README, by keyboard alone and on a phone. */

const [a, b, c] = ["http://orders-a:8080", "http://orders-b:8080", "http://orders-c:8080"];
const balanced = { routing: "loadBalanced" };
const state = (page: Page) => page.getByTestId("api-state");
const announcements = (page: Page) => page.getByTestId("announcements");

test("a page without changes shows what somebody else saved; one with changes says that there is something", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const api = (weight: number) =>
    apiWith([a, b], {
      ...balanced,
      algorithm: { name: "weightedRoundRobin" },
      endpoints: [
        { id: "ep-a", url: a, weight },
        { id: "ep-b", url: b },
      ],
    });
  const id = await database.save(api(3));
  await openEndpoints(page, url, id);
  const weight = page.getByLabel(`Weight of ${a}`);
  await expect(weight).toHaveValue("3");
  await database.save(api(7));
  await expect(weight).toHaveValue("7");
  await expect(bar(page)).toContainText("This API was saved elsewhere meanwhile: here is its newest draft.");
  await expectClean(page);

  await weight.fill("9");
  await expectChanges(page, 1);
  await database.save(api(8));
  await expect(bar(page)).toContainText("saved elsewhere meanwhile: Save lets you keep both");
  await expect(weight).toHaveValue("9");
  await save(page);
  const dialog = page.getByRole("dialog", { name: "Changed elsewhere" });
  await expect(dialog).toContainText("8");
  await dialog.getByRole("button", { name: "Keep both" }).click();
  await expectSaved(page);
  await expect(weight).toHaveValue("9");
});

test("when every endpoint of a list is down the list of APIs and the line under the title say so", async ({
  page,
  publisher,
  gateway,
  backend,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const { url } = await publisher();
  const { id } = await g.deploy(pizza([one, two]));
  await one.kill();
  await two.kill();
  await fetch(`${g.url}/pizza/1.0.0/`);
  await page.goto(`${url}/apis/${id}/endpoints`);
  await expect(state(page)).toContainText("callers get errors: every endpoint is down (production)");
  // What is planned is called that, and what is known now stands beside it.
  const list = page.getByRole("region", { name: "Production Endpoints" });
  const hosts = [one, two].map((backend) => new URL(backend.url).host);
  await expect(list).toContainText(
    `Planned: all traffic goes to ${hosts[0]}; if it is down, to ${hosts[1]}.`,
  );
  await expect(list).toContainText(`Down now: ${hosts.join(", ")}.`);
  await page.goto(`${url}/apis`);
  await expect(page.getByRole("row").filter({ hasText: "Pizza" })).toContainText(
    "Callers get errors: every endpoint is down (production)",
  );
});

test("no API takes the path of another one by rolling back, and its owner keeps it whatever the database says", async ({
  page,
  publisher,
  gateway,
  backend,
  database,
}) => {
  const [old, young] = [await backend("old"), await backend("young")];
  const g = await gateway();
  const { url } = await publisher();
  const who = async (path: string) =>
    ((await (await fetch(g.url + path)).json()) as { backend: string }).backend;
  const { id } = await g.deploy(pizza([old]));
  // Moved away, so that the path is free.
  const moved = JSON.stringify({ name: "Palace", context: "/palace", version: "2.0" });
  await database.sql(
    `UPDATE Api SET name = 'Palace', version = '2.0', context = '/palace', basePath = '/palace/2.0',
     draft = json_patch(draft, '${moved}') WHERE id = '${id}'`,
  );
  await page.goto(`${url}/apis/${id}/deployments`);
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("list", { name: "What callers lose" })).toContainText(
    "Callers of /pizza/1.0.0 get 404: the API moves to /palace/2.0.",
  );
  await dialog.getByRole("button", { name: "Deploy", exact: true }).click();
  await expect(state(page)).toContainText("Live: r2");
  await expect(page.getByRole("group", { name: "What was deployed" })).toBeFocused();
  expect(await who("/palace/2.0/")).toBe("old");

  const second = await g.deploy(pizza([young]));
  expect(await who("/pizza/1.0.0/")).toBe("young");
  await page.getByRole("button", { name: "Roll back to r1" }).click();
  await expect(dialog.getByRole("list", { name: "What callers lose" })).toContainText(
    "moves to /pizza/1.0.0",
  );
  await dialog.getByRole("button", { name: "Roll back to r1" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Not deployed" })).toContainText(
    "Not deployed: what was live before stays live. /pizza/1.0.0 is served by Pizza 1.0.0 (r1) now. Deploy Pizza 1.0.0 at another path, or undeploy it, first.",
  );
  expect(await who("/pizza/1.0.0/")).toBe("young");

  // As an older Sluice let it happen.
  await database.sql(
    `INSERT INTO Deployment (apiId, revisionId, revisionNumber, author)
     SELECT apiId, id, number, 'admin' FROM Revision WHERE apiId = '${id}' AND number = 1`,
  );
  await database.sql("UPDATE Generation SET value = value + 1");
  const error = async () => (await g.status()).apis.find((api) => api.apiId === id)?.error;
  await expect.poll(error).toBe("/pizza/1.0.0 is already served by another API: Pizza 1.0.0, r1.");
  expect(await who("/pizza/1.0.0/")).toBe("young");
  expect(await who("/palace/2.0/")).toBe("old");
  expect((await g.status()).apis.find((api) => api.apiId === second.id)?.error).toBeNull();
});

test("how a revision of another path is called is told right after rolling back to it", async ({
  page,
  publisher,
  gateway,
  backend,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const { url } = await publisher();
  const { id } = await g.deploy(pizza([one]));
  await g.deploy(pizza([one], {}, { context: "/palace" }));
  await page.goto(`${url}/apis/${id}/deployments`);
  await page.getByRole("button", { name: "Roll back to r1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Roll back to r1" }).click();
  await expect(state(page)).toContainText("Live: r1");
  await expect(page.getByRole("group", { name: "curl command" })).toContainText("/pizza/1.0.0/");
  await page.goto(`${url}/apis`);
  await expect(page.getByRole("row").filter({ hasText: "Pizza" })).toContainText("Now at /pizza/1.0.0");
});

test("the other format asks before it discards a text that cannot be read", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await page.goto(`${url}/apis/${await database.save(apiWith([a]))}/definition`);
  const editor = page.getByRole("textbox", { name: "API definition" });
  await editor.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("servers: [\n");
  // At once: what was typed last is not even read yet.
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Discard what was typed?" });
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "Keep editing" }).click();
  await expect(editor).toContainText("servers: [");
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await dialog.getByRole("button", { name: "Discard" }).click();
  await expect(editor).toContainText('"openapi"');
  await expectClean(page);
});

test("a role that is chosen by a letter is asked for, one's own above all", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await database.user("bob", "a long enough password", "viewer");
  await page.goto(`${url}/settings/users`);
  const role = page.getByRole("combobox", { name: "Role of admin" });
  await role.focus();
  await page.keyboard.press("v");
  const dialog = page.getByRole("dialog", { name: "Make admin viewer?" });
  await expect(dialog).toContainText("only another admin can give you your role back");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  await expect(role).toHaveText("admin");
  await expect(role).toBeFocused();
  const [{ role: stored } = { role: "" }] = await database.sql<{ role: string }>(
    `SELECT role FROM "user" WHERE username = 'admin'`,
  );
  expect(stored).toBe("admin");
});

test("undo of a field that held no number says nothing of NaN, and what was typed back is no step", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const policy = { ...balanced, algorithm: { name: "weightedRoundRobin" } };
  await openEndpoints(page, url, await database.save(apiWith([a, b], policy)));
  const list = page.getByRole("region", { name: "Production Endpoints" });
  const weight = list.getByLabel(`Weight of ${a}`);
  const planned = list.getByRole("list", { name: "Planned", exact: true });
  await weight.focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("x");
  // What stands above the field does not go away while it is typed.
  await expect(planned).toBeVisible();
  await page.keyboard.press("Tab");
  await weight.focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("7");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Control+Z");
  await expect(weight).toHaveValue("");
  await page.keyboard.press("Control+Z");
  await expect(weight).toHaveValue("1");

  await list.getByLabel(`Weight of ${b}`).fill("5");
  await weight.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("1");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Control+Z");
  await expect(announcements(page)).toHaveText(/^Undone: .*weight 1 → 5/);
  await expect(list.getByLabel(`Weight of ${b}`)).toHaveValue("1");

  await page.getByText("General Endpoint Configurations").click();
  const statuses = page.getByLabel("Statuses to try again on");
  await statuses.fill("xyz");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Control+Z");
  await expect(announcements(page)).toHaveText("Undone: Statuses to try again on none → not a number");
  await page.keyboard.press("Control+Y");
  await expect(statuses).not.toHaveValue(/NaN/);
});

test("Undo in the snackbar gives the focus to what it brings back", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b, c], balanced)));
  await page.getByRole("button", { name: `Remove ${b}` }).click();
  await page.getByRole("alert").getByRole("button", { name: "Undo" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: `Remove ${b}` })).toBeFocused();
});

test("rows with the same URL have names of their own, and the arrows beside the handle take no stop of Tab", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b], balanced)));
  const handle = rows(page).nth(1).getByRole("button", { name: /^Drag/ });
  await rows(page).nth(1).getByRole("button", { name: "Endpoint configurations" }).focus();
  await page.keyboard.press("Tab");
  await expect(handle).toBeFocused();
  await page.getByRole("button", { name: `More for ${b}` }).click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  await expect(page.getByRole("button", { name: `Remove ${b} number 2`, exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: `Remove ${b} number 3`, exact: true })).toBeVisible();
});

test("a refused deployment is not answered with an older success", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a])));
  await page.getByLabel("Sandbox Endpoint", { exact: true }).check();
  await save(page);
  await expectSaved(page);
  await saveAndDeploy(page);
  await expect(page.getByLabel("Sandbox Endpoint URL")).toBeFocused();
  await expect(bar(page).getByText("Saved.")).toBeHidden();
});

test("what is chosen by a letter in a dialog is asked for before it is thrown away", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b], balanced)));
  await chooseType(page, "load_balance");
  await cogwheel(page).click();
  await cogwheelDialog(page).locator("#algorithmSelect").focus();
  await page.keyboard.press("h");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Discard what you entered?" })).toBeVisible();
});

test("the browser's Back is a step back in the import, and loses nothing", async ({ page, publisher }) => {
  const { url } = await publisher();
  await page.goto(`${url}/apis/create`);
  await page.getByRole("link", { name: /Import OpenAPI/ }).click();
  await page.getByRole("button", { name: "Text" }).click();
  const text = page.getByLabel("Text of the definition");
  await text.fill('openapi: 3.0.3\ninfo: {title: Pets, version: "1"}\npaths: {}\n');
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Name").fill("Pets of mine");
  await page.goBack();
  await expect(announcements(page)).toHaveText("Step 2 of 3: What was understood");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByLabel("Name")).toHaveValue("Pets of mine");
  await page.getByRole("link", { name: "Applications" }).first().click();
  const question = page.getByRole("dialog", { name: "Leave without creating the API?" });
  await question.getByRole("button", { name: "Stay" }).click();
  await page.goBack();
  await expect(announcements(page)).toHaveText("Step 2 of 3: What was understood");
  await page.goBack();
  await expect(text).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(`${url}/apis/create`);
});

test("a token that is none is told at its field", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  const { id } = await database.application("Shop");
  await page.goto(`${url}/applications/${id}`);
  const field = page.getByLabel("Token", { exact: true });
  await field.fill("garbage");
  await page.keyboard.press("Enter");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toBeFocused();
  await expect(field).toHaveAccessibleDescription(/no token of Sluice/);
});

test("the last ten minutes can be looked at alone, and many endpoints are told apart", async ({
  page,
  publisher,
  gateway,
  backend,
}) => {
  const backends = await Promise.all(Array.from({ length: 8 }, (_, i) => backend(`b${i}`)));
  const g = await gateway();
  const { url } = await publisher();
  const { id } = await g.deploy(pizza(backends, balanced as object));
  for (let i = 0; i < 16; i++) await fetch(`${g.url}/pizza/1.0.0/`);
  await page.goto(`${url}/apis/${id}/monitor`);
  await expect(page.getByText("8 up", { exact: true })).toBeVisible();
  const attempts = page.getByRole("figure", { name: "Attempts in 30 s, by endpoint" });
  await expect(attempts).toContainText("In the last hour:");
  await expect(attempts.getByText("3 others")).toBeVisible();
  await page.getByRole("button", { name: "10 min" }).click();
  await expect(page.getByRole("heading", { name: "The last 10 minutes" })).toBeVisible();
  await expect(attempts).toContainText("In the last 10 minutes:");
  await expect(page.getByRole("figure", { name: "Retries in 30 s" })).toContainText("Retries 0");
});

test.describe(() => {
  test.use({ installation: "own" });

  test("a publisher stops at once beside connections on which nothing was asked", async ({ publisher }) => {
    const running = await publisher();
    const { hostname, port } = new URL(running.url);
    // As browsers open them in advance.
    const idle = connect(Number(port), hostname);
    await new Promise((resolve) => idle.once("connect", resolve));
    idle.on("error", () => {});
    const closed = new Promise((resolve) => idle.once("close", resolve));
    const began = Date.now();
    await running.stop("SIGTERM");
    await closed;
    // It would wait ten seconds for what is asked on it.
    expect(Date.now() - began).toBeLessThan(8_000);
  });
});

test("what is asked before a deployment lies over none of the changes that it tells", async ({
  page,
  publisher,
  gateway,
  database,
}) => {
  const g = await gateway();
  const { id } = await g.deploy(apiWith([a]));
  await database.save(apiWith([b]));
  const { url } = await publisher();
  await page.goto(`${url}/apis/${id}/deployments`);
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Note")).toBeFocused();
  const changes = await dialog.getByRole("list", { name: "What changes at the gateway" }).boundingBox();
  const field = await dialog.getByLabel("Note").boundingBox();
  // The label stands half above the field's frame.
  expect(field!.y - (changes!.y + changes!.height)).toBeGreaterThan(10);
});
