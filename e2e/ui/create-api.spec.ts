import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { createApi, fillCreate, pressCreate } from "../pages/create";

test("every field says what is wrong, and the first one gets the focus", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await page.goto(`${url}/apis/create/rest`);
  await pressCreate(page);
  await expect(page.getByText("Enter a name.", { exact: true }).first()).toBeVisible();
  await expect(page.locator("#itest-id-apiname-input")).toBeFocused();
  await expect(page.getByTestId("announcements")).toHaveText("Enter a name.");

  await fillCreate(page, { name: "a/b", context: "a//b", version: "1 0", endpoint: "ftp://x" });
  await pressCreate(page);
  await expect(page.locator("#itest-id-apiname-input-helper-text")).toContainText(
    'A name must not contain "/".',
  );
  await expect(page.getByText("A context has no empty segments (//).")).toBeVisible();
  await expect(page.getByText("A version must not contain spaces.")).toBeVisible();
  await expect(page.getByText('"ftp" is not supported.')).toBeVisible();
  expect(await database.sql('SELECT id FROM "Api"')).toEqual([]);
});

test("a taken name or path is told when the field is left", async ({ page, publisher, database }) => {
  await database.save(apiWith([], {}, "Orders"));
  const { url } = await publisher();
  await page.goto(`${url}/apis/create/rest`);
  await fillCreate(page, { name: "Orders", context: "orders", version: "1.0.0" });
  await page.locator("#itest-id-apiversion-input").blur();
  await expect(page.getByText("There is already an API named Orders with version 1.0.0.")).toBeVisible();
  await expect(page.getByText("/orders/1.0.0 already belongs to Orders 1.0.0.")).toBeVisible();
  await pressCreate(page);
  await expect(page.locator("#itest-id-apiname-input")).toBeFocused();
  await expect(page).toHaveURL(/\/create\/rest$/);
});

test("the path at the gateway is shown while typing, also with a version inside", async ({
  page,
  publisher,
}) => {
  const { url } = await publisher();
  await page.goto(`${url}/apis/create/rest`);
  await expect(page.getByText("API will be exposed in /{context}/{version} at the gateway")).toBeVisible();
  await fillCreate(page, { context: "pizza/{version}/menu", version: "2" });
  await expect(page.getByText("API will be exposed in /pizza/2/menu at the gateway")).toBeVisible();
});

test("an API with an endpoint lands on its overview, with both key types set", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await createApi(page, url, {
    name: "Menu",
    context: "/menu",
    version: "1",
    endpoint: " http://menu:8080/v1 ",
  });
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  const [row] = await database.sql<{ draft: string }>('SELECT draft FROM "Api"');
  const { production, sandbox } = JSON.parse(row?.draft ?? "").endpoints;
  expect(
    [production, sandbox].map((g) => [g.enabled, g.endpoints.map((e: { url: string }) => e.url)]),
  ).toEqual([
    [true, ["http://menu:8080/v1"]],
    [true, ["http://menu:8080/v1"]],
  ]);
});
