import { expect, test } from "../fixtures";
import { createApi } from "../pages/create";
import { addEndpoint, chooseType, expectLive, saveAndDeploy, urls } from "../pages/endpoints";
import { testKey } from "../testkey";

test("an API made in the browser rotates over three backends and outlives one of them", async ({
  page,
  backend,
  gateway,
  publisher,
}) => {
  test.slow();
  const [a, b, c] = await Promise.all([backend("a"), backend("b"), backend("c")]);
  const running = await gateway();
  const { url } = await publisher();

  await createApi(page, url, { name: "Pizza Shack", context: "pizza", version: "1.0.0" });
  await page.locator("#production_endpoints").fill(a.url);
  await chooseType(page, "load_balance");
  await addEndpoint(page, b.url);
  await page.locator("#production_endpoints-load_balance").fill(c.url);
  await page.keyboard.press("Enter");
  await expect.poll(() => urls(page)).toEqual([a.url, b.url, c.url]);

  await saveAndDeploy(page);
  await expectLive(page, 1);
  await expect(page.getByTestId("api-state")).toContainText("Live: r1 since");
  const curl = await page.getByRole("group", { name: "production curl command" }).textContent();
  const secure = /"(https:[^"]+)"/.exec(curl ?? "")?.[1] ?? "";
  const address = running.url + new URL(secure).pathname;
  const headers = { Authorization: `Bearer ${await testKey(running)}` };

  const ask = async () => ((await (await fetch(address, { headers })).json()) as { backend: string }).backend;
  const answers: string[] = [];
  for (let i = 0; i < 6; i++) answers.push(await ask());
  expect(answers).toEqual(["a", "b", "c", "a", "b", "c"]);

  await b.kill();
  const after: string[] = [];
  for (let i = 0; i < 12; i++) after.push(await ask());
  expect(new Set(after)).toEqual(new Set(["a", "c"]));
  await expect(page.getByRole("listitem", { name: b.url }).getByText(/^Suspended for \d+ s/)).toBeVisible();
  await expect(page.getByRole("listitem", { name: a.url }).getByText("Up", { exact: true })).toBeVisible();
});

test.describe("without a gateway", () => {
  test.use({ installation: "own" });
  test("without a gateway a deployment stands and the page says what is missing", async ({
    page,
    backend,
    gateway,
    publisher,
  }) => {
    const a = await backend("a");
    const { url } = await publisher();
    await createApi(page, url, { name: "Later", context: "later", version: "1", endpoint: a.url });
    await page.getByRole("link", { name: "Endpoints", exact: true }).click();
    await saveAndDeploy(page);
    await expect(
      page.getByText(
        "Saved and deployed as r1, but the gateway does not answer; it will serve it as soon as it runs.",
      ),
    ).toBeVisible();
    await gateway();
    await expectLive(page, 1);
  });
});

test("undeployed and deleted APIs are not answered any more", async ({
  page,
  backend,
  gateway,
  publisher,
  database,
}) => {
  const a = await backend("a");
  const running = await gateway();
  const { url } = await publisher();
  const { id } = await running.deploy({
    name: "Gone",
    context: "/gone",
    version: "1",
    endpoints: { production: { enabled: true, endpoints: [{ id: "ep-a", url: a.url }] } },
  });
  const status = async () => (await fetch(`${running.url}/gone/1/x`)).status;
  expect(await status()).toBe(200);

  await page.goto(`${url}/apis/${id}`);
  await page.getByRole("button", { name: "Undeploy" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Undeploy" }).click();
  await expect(page.getByText("Not deployed", { exact: true }).first()).toBeVisible();
  await expect.poll(status).toBe(404);

  await page.getByRole("button", { name: "Deploy the draft" }).click();
  await expect(page.getByTestId("api-state")).toContainText("Live: r1 since");
  await expect.poll(status).toBe(200);

  await database.application("Kiosk", [id]);
  await database.application("Shop", [id]);
  await page.reload();
  await page.getByRole("button", { name: "Delete API" }).click();
  await expect(page.getByRole("dialog")).toContainText("It is live: revision 1 serves /gone/1 now");
  await expect(page.getByRole("dialog")).toContainText(
    "2 applications lose their subscriptions: Kiosk, Shop.",
  );
  await page.getByRole("dialog").getByRole("button", { name: "Delete API" }).click();
  await expect(page).toHaveURL(`${url}/apis`);
  await expect(page.getByRole("link", { name: "Create API" })).toBeVisible();
  await expect.poll(status).toBe(404);
  expect(await database.sql('SELECT id FROM "Api"')).toEqual([]);
});
