import type { Page } from "@playwright/test";
import { packed } from "../apictl";
import { expect, test } from "../fixtures";

/** Several files at once on the pages that import. */

const openapi = (title: string, more = "") =>
  Buffer.from(`openapi: 3.0.3\ninfo: {title: ${title}, version: 1.0.0}\n${more}paths: {/list: {get: {}}}\n`);
const file = (name: string, buffer: Buffer) => ({ name, mimeType: "application/octet-stream", buffer });
const row = (page: Page, name: string) =>
  page.getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const broken = file("broken.yaml", Buffer.from("openapi: 3.0.3\npaths:\n  /a: [\n"));

test("of three files, one of them broken, two become APIs", async ({ page, publisher }) => {
  const { url } = await publisher();
  await page.goto(`${url}/apis/create/openapi`);
  const project = await packed({
    "Orders-1.0/api.yaml":
      "type: api\ndata: {name: Orders, context: /orders, version: '1.0', policies: [Gold], endpointConfig: {endpoint_type: http, production_endpoints: {url: 'http://dev:1'}}}\n",
  });
  const chosen = [file("pizza.yaml", openapi("Pizza Shack")), broken, file("orders.zip", project)];
  await page.getByLabel("Choose a file").setInputFiles(chosen);

  await expect(page.getByText(/^3 files, /)).toBeVisible();
  await expect(page.getByTestId("announcements")).toHaveText(
    "3 files were read: 2 can be imported, 1 cannot",
  );
  // A definition that names no context has the one that is proposed for a single one.
  await expect(row(page, "pizza.yaml")).toContainText(
    /Pizza Shack 1\.0\.0 at \/pizza-shack\/1\.0\.0 · 1 resource · no endpoints.*Can be imported/,
  );
  await expect(row(page, "broken.yaml")).toContainText(/line \d.*Cannot be imported/);
  await expect(row(page, "orders.zip")).toContainText(/Orders 1\.0 at \/orders\/1\.0 .* 1 endpoint/);
  await row(page, "orders.zip").getByText("1 warning").click();
  await expect(row(page, "orders.zip").getByText(/policies.*has no effect/)).toBeVisible();

  await button(page, "Import 2 APIs").click();
  await expect(page.getByRole("heading", { name: "2 of 3 files became APIs" })).toBeFocused();
  await expect(row(page, "pizza.yaml")).toContainText("Created");
  await expect(row(page, "broken.yaml")).toContainText("Cannot be imported");
  await expect(button(page, "Import 2 APIs")).toHaveCount(0);
  await row(page, "orders.zip").getByRole("link", { name: "Open Orders 1.0" }).click();
  await expect(page.getByRole("heading", { name: "Orders", level: 1 })).toBeVisible();

  // Nothing is asked about what is over; and what is there already cannot come again.
  await page.goto(`${url}/apis/create/project`);
  const again = [
    file("orders.zip", project),
    file("a.yaml", openapi("Twin")),
    file("b.yaml", openapi("Twin")),
  ];
  await page.getByLabel("Choose a project").setInputFiles(again);
  await expect(row(page, "orders.zip")).toContainText("There is already an API Orders 1.0.");
  await expect(row(page, "b.yaml")).toContainText("a.yaml is the same API.");
  await expect(button(page, "Import 1 API")).toBeEnabled();
  // One file is looked at as ever.
  await page.getByLabel("Choose a project").setInputFiles([file("orders.zip", project)]);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("group", { name: "Endpoints" })).toContainText("http://dev:1");
});

test("several files that are dropped together are listed, too, one with another's path as well", async ({
  page,
  publisher,
}) => {
  const { url } = await publisher();
  await page.goto(`${url}/apis/create/openapi`);
  await expect(button(page, "Continue")).toBeEnabled();
  const texts = ["One", "Two"].map((title) => String(openapi(title, "x-wso2-basePath: /same\n")));
  await page.getByLabel("Choose a file").evaluate((zone, given) => {
    const dataTransfer = new DataTransfer();
    for (const [i, text] of given.entries()) dataTransfer.items.add(new File([text], `${i}.yaml`));
    zone.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, texts);
  await expect(row(page, "0.yaml")).toContainText("Can be imported");
  await expect(row(page, "1.yaml")).toContainText("0.yaml has the same path at the gateway.");
  await expect(button(page, "Import 1 API")).toBeEnabled();
});

test.describe(() => {
  // Chromium tells of the refusal, too.
  test.use({ expectedConsoleErrors: /409 \(Conflict\)/ });

  test("what fails while several are imported stops no other, and leaving meanwhile asks", async ({
    page,
    publisher,
    database,
  }) => {
    const { url } = await publisher();
    await page.goto(`${url}/apis/create/openapi`);
    const names = ["One", "Two", "Three"];
    await page
      .getByLabel("Choose a file")
      .setInputFiles(names.map((name) => file(`${name}.yaml`, openapi(name))));
    await expect(button(page, "Import 3 APIs")).toBeEnabled();
    // Taken between the reading and the import.
    await database.save({ name: "Elsewhere", context: "/two", version: "1.0.0" });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const isImport = ({ pathname, search }: URL) => pathname === "/api/v1/apis" && search === "";
    let sent = 0;
    await page.route(isImport, async (route) => {
      if (++sent === 1) await held;
      await route.continue();
    });
    await button(page, "Import 3 APIs").click();
    await expect(row(page, "One.yaml")).toContainText("Being imported");
    await expect(page.getByRole("progressbar", { name: "APIs that were imported" })).toBeVisible();

    for (const leave of [
      () => page.getByRole("link", { name: "APIs", exact: true }).first().click(),
      () => page.getByRole("link", { name: "Cancel" }).click(),
      () => page.goBack(),
    ]) {
      await leave();
      await expect(page.getByRole("dialog", { name: "Leave while APIs are imported?" })).toBeVisible();
      await button(page, "Stay").click();
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
    release();
    await expect(page.getByRole("heading", { name: "2 of 3 files became APIs" })).toBeVisible();
    await expect(row(page, "Two.yaml")).toContainText(/already belongs to Elsewhere 1\.0\.0.*Not created/);
    await expect(row(page, "Three.yaml")).toContainText("Created");
    await page.getByRole("link", { name: "Show all APIs" }).click();
    await expect(page.getByRole("row")).toHaveCount(4);
  });
});
