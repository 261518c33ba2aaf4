import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import {
  bar,
  cogwheel,
  cogwheelDialog,
  expectChanges,
  expectSaved,
  openEndpoints,
  save,
  saveAndDeploy,
} from "../pages/endpoints";

const first = "http://orders-a:8080";
const mine = "http://orders-mine:8080";
const theirs = "http://orders-theirs:8080";

test("a save that fails on the server keeps the form and deploys nothing", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save(apiWith([first]));
  await openEndpoints(page, url, id);
  await page.locator("#production_endpoints").fill(mine);

  // The database refuses this one write, as a full disk would.
  await database.sql(
    `CREATE TRIGGER broken BEFORE UPDATE ON "Api" BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
  );
  await saveAndDeploy(page);
  await expect(bar(page).getByRole("alert")).toContainText("Not saved.");
  await expect(page.getByText("disk full")).toHaveCount(0);
  await expect(page.locator("#production_endpoints")).toHaveValue(mine);
  await expectChanges(page, 1);
  expect(await database.sql('SELECT id FROM "Deployment"')).toEqual([]);

  await database.sql("DROP TRIGGER broken");
  await save(page);
  await expectSaved(page);
});

test("a deployment that fails after the save says that only the save happened", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save(apiWith([first]));
  await openEndpoints(page, url, id);
  await page.locator("#production_endpoints").fill(mine);
  await database.sql(
    `CREATE TRIGGER broken BEFORE INSERT ON "Deployment" BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
  );
  await saveAndDeploy(page);
  await expect(bar(page).getByRole("alert")).toContainText("Saved, but not deployed");
  await expect(bar(page).getByText("No unsaved changes")).toBeVisible();
  expect(await database.sql('SELECT id FROM "Revision"')).toEqual([]);
  // Whoever has the database next deploys again.
  await database.sql("DROP TRIGGER broken");
});

test.describe("a publisher that is gone", () => {
  test.use({ expectedConsoleErrors: /net::ERR_/ });

  test("keeps the form", async ({ page, publisher, database }) => {
    const { url, stop } = await publisher();
    const id = await database.save(apiWith([first]));
    await openEndpoints(page, url, id);
    await page.locator("#production_endpoints").fill(mine);
    await stop("SIGKILL");
    await save(page);
    await expect(bar(page).getByRole("alert")).toContainText("Not saved.");
    await expect(page.locator("#production_endpoints")).toHaveValue(mine);
  });
});

test.describe("a draft that was changed elsewhere", () => {
  test.beforeEach(async ({ page, publisher, database }) => {
    const { url } = await publisher();
    const id = await database.save(apiWith([first]));
    await openEndpoints(page, url, id);
    await page.locator("#production_endpoints").fill(mine);
    await database.save(apiWith([theirs]));
    await save(page);
    const dialog = page.getByRole("dialog", { name: "Changed elsewhere" });
    await expect(dialog.getByRole("region", { name: "Their version changes" })).toContainText(
      "orders-theirs:8080",
    );
    await expect(dialog.getByRole("region", { name: "Your version changes" })).toContainText(
      "orders-mine:8080",
    );
  });

  test("is loaded on request, and mine comes back with undo", async ({ page }) => {
    await page.getByRole("button", { name: "Load theirs" }).click();
    await expect(page.locator("#production_endpoints")).toHaveValue(theirs);
    await expect(bar(page).getByText("No unsaved changes")).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(page.locator("#production_endpoints")).toHaveValue(mine);
  });

  test("is overwritten on request", async ({ page, database }) => {
    await page.getByRole("button", { name: "Keep mine and overwrite" }).click();
    await expectSaved(page);
    const [row] = await database.sql<{ draft: string }>('SELECT draft FROM "Api"');
    expect(row?.draft).toContain(mine);
  });

  test("says what both changed, and takes mine there if both are kept", async ({ page, database }) => {
    const dialog = page.getByRole("dialog", { name: "Changed elsewhere" });
    const disagreed = dialog.getByRole("region", { name: "You both changed this" });
    await expect(disagreed.getByRole("listitem")).toHaveText(["orders-theirs:8080 → orders-mine:8080"]);
    await dialog.getByRole("button", { name: "Keep both" }).click();
    await expectSaved(page);
    const [row] = await database.sql<{ draft: string }>('SELECT draft FROM "Api"');
    expect(row?.draft).toContain(mine);
  });

  test("leaves both as they are until chosen", async ({ page, database }) => {
    await page.getByRole("button", { name: "Decide later" }).click();
    await expect(page.locator("#production_endpoints")).toHaveValue(mine);
    const [row] = await database.sql<{ draft: string }>('SELECT draft FROM "Api"');
    expect(row?.draft).toContain(theirs);
  });
});

test("what two people changed in one API is kept of both, and saved by one press", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save(apiWith([first, theirs], { routing: "loadBalanced" }));
  await openEndpoints(page, url, id);
  await page.locator("#production_endpoints").fill(mine);

  const other = await page.context().newPage();
  await other.goto(`${url}/apis/${id}/runtime`);
  await other.getByRole("switch", { name: "HTTP", exact: true }).click();
  await save(other);
  await expectSaved(other);

  await save(page);
  const dialog = page.getByRole("dialog", { name: "Changed elsewhere" });
  await expect(dialog.getByText("HTTP on → off")).toBeVisible();
  await expect(dialog.getByRole("region", { name: "You both changed this" })).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expectSaved(page);
  await expect(page.locator("#production_endpoints")).toHaveValue(mine);
  const [row] = await database.sql<{ draft: string }>('SELECT draft FROM "Api"');
  const draft = JSON.parse(row!.draft);
  expect(draft.transports).toEqual({ http: false, https: true });
  expect(draft.endpoints.production.endpoints.map((e: { url: string }) => e.url)).toEqual([mine, theirs]);

  // What was merged can be taken apart again.
  await page.getByRole("button", { name: "Undo" }).click();
  await expectChanges(page, 1);
  await page.getByRole("button", { name: /1 unsaved change/ }).click();
  await expect(page.getByText("HTTP off → on")).toBeVisible();
});

test.describe("a dialog whose script cannot be loaded", () => {
  test.use({ expectedConsoleErrors: /Failed to load resource|net::ERR_/ });

  test("says so, keeps the form, and opens once it can", async ({ page, publisher, database }) => {
    const { url } = await publisher();
    const id = await database.save(apiWith(["http://a:8080", "http://b:8080"], { routing: "loadBalanced" }));
    await openEndpoints(page, url, id);
    await page.locator("#production_endpoints").fill("http://typed:8080");
    await page.route("**/_next/static/**", (route) => route.abort());
    await cogwheel(page).click();
    await expect(cogwheelDialog(page).getByRole("alert")).toContainText("could not be loaded");
    await page.unroute("**/_next/static/**");
    await cogwheelDialog(page).getByRole("button", { name: "Try again" }).click();
    await expect(page.locator("#algorithmSelect")).toBeVisible();
    await cogwheelDialog(page).getByRole("button", { name: "Close" }).click();
    await expect(page.locator("#production_endpoints")).toHaveValue("http://typed:8080");
  });
});
