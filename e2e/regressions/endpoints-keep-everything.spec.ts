import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import {
  chooseType,
  cogwheel,
  cogwheelDialog,
  expectChanges,
  expectClean,
  expectSaved,
  openEndpoints,
  rows,
  save,
  urls,
} from "../pages/endpoints";

const three = ["http://orders-a:8080", "http://orders-b:8080", "http://orders-c:8080"];
const settings = {
  routing: "loadBalanced",
  algorithm: { name: "weightedRoundRobin" },
  session: { kind: "transport", timeoutMs: 1_800_000 },
  failover: false,
};

test("switching Load Balanced, Failover, None and back loses no member and no setting", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  // What no form shows is kept too.
  const text = "openapi: 3.0.3\ninfo:\n  title: Orders\n  x-team: checkout\n";
  const unseen = { openapi: text, extras: { wso2: { data: { gatewayVendor: "wso2" } } } };
  const id = await database.save({ ...apiWith(three, settings), ...unseen });
  const [before] = await database.sql<{ draft: string }>('SELECT draft FROM "Api"');
  await openEndpoints(page, url, id);

  await chooseType(page, "failover");
  expect(await urls(page)).toEqual(three);
  await expect(rows(page).first()).toContainText("1 Primary");
  await save(page);
  await expectSaved(page);
  await chooseType(page, "none");
  expect(await urls(page)).toEqual(three);
  await expect(rows(page).nth(1)).toContainText("Not used: Endpoint Type is None");
  await save(page);
  await expectSaved(page);
  await page.reload();
  await chooseType(page, "load_balance");
  await save(page);
  await expectSaved(page);

  expect(await urls(page)).toEqual(three);
  await cogwheel(page).click();
  await expect(page.locator("#algorithmSelect")).toHaveText("Weighted Round Robin");
  await expect(page.locator("#sessionMgtSelect")).toHaveText("Transport");
  await expect(page.locator("#sessionTimeout")).toHaveValue("1800000");
  await expect(page.getByText("30 minutes after the last request")).toBeVisible();
  await expect(page.locator("#failOver")).not.toBeChecked();
  const [after] = await database.sql<{ draft: string }>('SELECT draft FROM "Api"');
  expect(JSON.parse(after?.draft ?? "")).toEqual(JSON.parse(before?.draft ?? "?"));
});

test("clearing the first URL shows an error and keeps the row and all others", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save(apiWith(three, settings));
  await openEndpoints(page, url, id);

  await page.locator("#production_endpoints").fill("");
  await expect(page.locator("#production_endpoints")).toHaveAttribute("aria-invalid", "true");
  expect(await urls(page)).toEqual(["", ...three.slice(1)]);
  await expect(page.getByText(/^Cannot be deployed yet(, [a-z]+ endpoint \d)?: Enter a URL\./)).toBeVisible();
  await save(page);
  await expectSaved(page);
  await page.reload();
  expect(await urls(page)).toEqual(["", ...three.slice(1)]);
});

test("opening the cogwheel and pressing Save without a change changes nothing", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  // An algorithm and a session that the lists do not offer yet must survive as well.
  const id = await database.save(
    apiWith(three, { ...settings, algorithm: { name: "hash" }, session: { kind: "soap", timeoutMs: 1 } }),
  );
  await openEndpoints(page, url, id);
  await cogwheel(page).click();
  await expect(page.locator("#algorithmSelect")).toHaveText("Hash");
  await cogwheelDialog(page).getByRole("button", { name: "Save" }).click();
  await expect(cogwheelDialog(page)).toBeHidden();
  await expectClean(page);
});

test("unticking a key type keeps what was typed", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  const id = await database.save(apiWith(three.slice(0, 1)));
  await openEndpoints(page, url, id);
  await page.locator("#production-endpoint-checkbox").uncheck();
  await expectChanges(page, 1);
  await save(page);
  await expectSaved(page);
  await page.reload();
  await expect(page.locator("#production_endpoints")).toHaveValue(three[0] ?? "");
  await expect(page.locator("#production_endpoints")).toBeDisabled();
});
