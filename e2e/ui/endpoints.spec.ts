import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import {
  addEndpoint,
  bar,
  chooseInDialog,
  cogwheel,
  cogwheelDialog,
  expectChanges,
  expectClean,
  expectSaved,
  openEndpoints,
  rows,
  save,
  saveAndDeploy,
  urls,
} from "../pages/endpoints";
import { openSelect } from "../pages/select";

const a = "http://orders-a:8080";
const b = "http://orders-b:8080";
const c = "http://orders-c:8080";
const balanced = { routing: "loadBalanced" };

test("rows move by keyboard, say so and keep the focus", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b, c], { routing: "failover" })));
  await expect(rows(page).nth(0)).toContainText("1 Primary");
  const up = page.getByRole("button", { name: `Move up ${c}` });
  await up.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("announcements")).toHaveText("orders-c:8080 moved to position 2 of 3");
  await expect(up).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("announcements")).toHaveText("orders-c:8080 moved to position 1 of 3");
  await expect(up).toBeFocused();
  await expect(up).toBeDisabled();
  expect(await urls(page)).toEqual([c, a, b]);
  await expect(page.locator("#production_endpoints")).toHaveValue(c);
  await expectChanges(page, 1);
});

test("a removed row comes back with Undo, and typing is one step of Ctrl+Z", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b, c], balanced)));
  await page.getByRole("button", { name: `Remove ${b}` }).click();
  await expect(page.getByText("Removed orders-b:8080")).toBeVisible();
  await expect(page.getByRole("button", { name: `Remove ${c}` })).toBeFocused();
  await page.getByRole("alert").getByRole("button", { name: "Undo" }).click();
  expect(await urls(page)).toEqual([a, b, c]);
  await expectClean(page);

  const field = page.getByLabel("URL of endpoint 2");
  await field.click();
  await page.keyboard.press("End");
  await page.keyboard.type("/deep");
  await expect(field).toHaveValue(`${b}/deep`);
  await page.keyboard.press("Control+z");
  await expect(field).toHaveValue(b);
  await page.keyboard.press("Control+Shift+z");
  await expect(field).toHaveValue(`${b}/deep`);
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(field).toHaveValue(b);
  await page.keyboard.press("Control+z");
  await expect(field).toHaveValue(`${b}/deep`);
});

test("an undone removal is offered no more, whatever is edited next", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b, c], balanced)));
  await page.getByRole("button", { name: `Remove ${b}` }).click();
  await expect(page.getByText("Removed orders-b:8080", { exact: true })).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(page.getByText("Removed orders-b:8080", { exact: true })).toBeHidden();
  await page.getByRole("button", { name: `Move up ${c}` }).click();
  await expect(page.getByTestId("announcements")).toHaveText("orders-c:8080 moved to position 2 of 3");
  expect(await urls(page)).toEqual([a, c, b]);
  await expect(page.getByText("Removed orders-b:8080", { exact: true })).toBeHidden();
});

test("endpoints are added trimmed, checked and with a word about duplicates", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a], balanced)));
  const field = page.locator("#production_endpoints-load_balance");
  const plus = page.locator("#production_endpoints-load_balance-add-btn");
  await expect(plus).toBeDisabled();
  await addEndpoint(page, "http://host:99999");
  await expect(page.locator("#production_endpoints-load_balance")).toHaveAccessibleDescription(
    "The port must be a number from 1 to 65535.",
  );
  await expect(field).toBeFocused();
  await field.fill(`  ${b}  `);
  await field.press("Enter");
  await expect(field).toHaveValue("");
  await addEndpoint(page, `${a}/`);
  expect(await urls(page)).toEqual([a, b, `${a}/`]);
  await expect(rows(page).nth(2)).toContainText("Same URL as endpoint 1");
  await expect(page.getByTestId("announcements")).toContainText(
    "added at position 3. Same URL as endpoint 1: it gets both shares.",
  );
  await expectChanges(page, 2);
  await save(page);
  await expectSaved(page);
});

test("weights show the planned shares of the chosen algorithm", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b], balanced)));
  await expect(rows(page).nth(0)).toContainText("50 %");
  await expect(page.getByLabel(`Weight of ${a}`)).toBeDisabled();
  await cogwheel(page).click();
  await chooseInDialog(page, "algorithmSelect", "Weighted Round Robin");
  await cogwheelDialog(page).getByRole("button", { name: "Save" }).click();
  await page.getByLabel(`Weight of ${a}`).fill("3");
  await expect(rows(page).nth(0)).toContainText("75 %");
  await page.getByLabel(`Weight of ${b}`).fill("x");
  await expect(
    page.getByText(/^Cannot be saved, weight of production endpoint \d: Enter a whole number from 0 to 1000/),
  ).toBeVisible();
  // Said when it comes, not only when saving is tried.
  await expect(rows(page).nth(1).getByRole("status").first()).toHaveText(
    "Enter a whole number from 0 to 1000.",
  );
  await expect(page.getByLabel(`Weight of ${b}`)).toHaveAccessibleDescription(
    "Enter a whole number from 0 to 1000.",
  );
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByLabel(`Weight of ${b}`)).toBeFocused();
  await page.getByLabel(`Weight of ${b}`).fill("0");
  await page.getByLabel(`Weight of ${a}`).fill("0");
  await expect(page.getByText(/all weights are 0/)).toBeVisible();
});

test("the field that is typed in stays above the bar, and Saved goes with the next edit", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b], balanced)));
  const field = page.locator("#production_endpoints-load_balance");
  const isAboveBar = () =>
    expect
      .poll(async () => {
        const description = page.locator("#production_endpoints-load_balance-helper-text");
        const lowest = (await description.isVisible()) ? description : field;
        const [last, top] = [await lowest.boundingBox(), (await bar(page).boundingBox())?.y];
        return last && top !== undefined && last.y + last.height <= top;
      })
      .toBe(true);
  await page.setViewportSize({ width: 1280, height: 700 });
  for (const port of [1, 2, 3]) {
    await addEndpoint(page, `http://more:${port}`);
    await isAboveBar();
  }
  await field.fill("bad");
  await field.press("Enter");
  await expect(field).toHaveAccessibleDescription(/^A URL/);
  await isAboveBar();
  await field.fill("");

  await page.keyboard.press("Control+s");
  await expectSaved(page);
  await page.keyboard.press("Control+s");
  await expect(page.getByTestId("announcements")).toHaveText("No unsaved changes");
  await addEndpoint(page, "http://more:4");
  await expectChanges(page, 1);
  await expect(page.getByText("Saved.")).toBeHidden();
});

test("the cogwheel dialog checks the timeout, applies on Save, and asks on Close before it discards", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b], balanced)));
  await cogwheel(page).click();
  await chooseInDialog(page, "sessionMgtSelect", "Transport");
  await page.locator("#sessionTimeout").fill("0");
  await expect(page.getByText("Enter a whole number of milliseconds, 1 or more.")).toBeVisible();
  await cogwheelDialog(page).getByRole("button", { name: "Save" }).click();
  await expect(page.locator("#sessionTimeout")).toBeFocused();
  await cogwheelDialog(page).getByRole("button", { name: "Close" }).click();
  await page
    .getByRole("dialog", { name: "Discard what you entered?" })
    .getByRole("button", { name: "Discard" })
    .click();
  await expectClean(page);

  await cogwheel(page).click();
  await chooseInDialog(page, "sessionMgtSelect", "Transport");
  await page.locator("#sessionTimeout").fill("90000");
  await expect(page.getByText("1 minute 30 seconds after the last request.")).toBeVisible();
  await page.locator("#failOver").uncheck();
  await page.keyboard.press("Enter");
  await expectChanges(page, 3);
});

test("a URL that was typed but not added is part of what is saved", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a], balanced)));
  const field = page.locator("#production_endpoints-load_balance");
  await field.fill("nonsense");
  await page.locator("#production_endpoints").focus();
  await expect(field).toHaveAccessibleDescription(/^A URL starts with http/);
  expect(await urls(page)).toEqual([a]);
  await field.fill(b);
  await page.locator("#production_endpoints").focus();
  await save(page);
  await expectSaved(page);
  expect(await urls(page)).toEqual([a, b]);
  await expect(field).toHaveValue("");
});

test("Save & Deploy with something missing says what and goes there", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([])));
  await saveAndDeploy(page);
  await expect(page.locator("#production_endpoints")).toBeFocused();
  await expect(page.locator("#production_endpoints")).toHaveAttribute("aria-invalid", "true");
  await expect(
    bar(page).getByText("Enter a production endpoint, or untick Production Endpoint."),
  ).toBeVisible();
  expect(await database.sql('SELECT id FROM "Deployment"')).toEqual([]);
});

test("a sandbox configured separately has a type of its own", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  const input = apiWith([a, b], balanced);
  const sandbox = { enabled: true, endpoints: [{ id: "sand-1", url: c }] };
  await openEndpoints(
    page,
    url,
    await database.save({ ...input, endpoints: { ...input.endpoints, sandbox } }),
  );
  await page.getByRole("switch", { name: "Configure sandbox separately" }).check();
  await expectChanges(page, 1);
  await openSelect(page.locator("#certificateEndpoint-sandbox"));
  await page.locator("#config-type-failover-sandbox").click();
  await expect(page.locator("#sandbox_endpoints-failover")).toBeVisible();
  await expect(page.locator("#production_endpoints-load_balance")).toBeVisible();
  await expectChanges(page, 2);
});

test.describe("without a gateway", () => {
  test.use({ installation: "own" });
  test("a status check answers in words, and says when the gateway is missing", async ({
    page,
    publisher,
    gateway,
    backend,
    database,
  }) => {
    const up = await backend("up");
    const gone = await backend("gone");
    await gone.kill();
    const { url } = await publisher();
    await openEndpoints(page, url, await database.save(apiWith([up.url, gone.url], balanced)));
    const check = page.locator("#production_endpoints-endpoint-test-icon-btn");
    await check.click();
    await expect(
      rows(page).nth(0).getByText("Not checked: the gateway, which runs the checks, does not answer."),
    ).toBeVisible();
    await gateway();
    await page.getByRole("button", { name: "Check all production endpoints" }).click();
    await expect(
      rows(page)
        .nth(0)
        .getByText(/Your check: 200 OK in \d+ ms/),
    ).toBeVisible();
    await expect(
      rows(page)
        .nth(1)
        .getByText(/refused/),
    ).toBeVisible();
    await page.getByLabel("URL of endpoint 1").fill(`${up.url}/other`);
    await expect(
      rows(page)
        .nth(0)
        .getByText(/200 OK/),
    ).toHaveCount(0);
  });
});

test("a long URL is seen whole, is one line however it is pasted, and Enter adds none", async ({
  page,
  publisher,
  database,
}) => {
  const long = `http://pizza-shack-backend-v2.production.svc.cluster.local:8080/${"menu-service/".repeat(4)}eu`;
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, long], balanced)));
  await page.setViewportSize({ width: 420, height: 900 });
  const field = page.getByLabel("URL of endpoint 2");
  const hidden = () =>
    field.evaluate((e) => Math.max(e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth));
  expect(await hidden()).toBe(0);
  await field.press("End");
  await field.press("Enter");
  await expectClean(page);
  await field.fill("http://orders-x:8080/\nmenu");
  await expect(field).toHaveValue("http://orders-x:8080/menu");
});
