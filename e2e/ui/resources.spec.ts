import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import {
  addEndpoint,
  bar,
  chooseType,
  expectChanges,
  expectLive,
  expectSaved,
  save,
  saveAndDeploy,
} from "../pages/endpoints";
import { openSelect } from "../pages/select";

test("an operation gets endpoints of its own, balanced, while its sandbox stays the API's", async ({
  page,
  backend,
  gateway,
  publisher,
  database,
}) => {
  test.slow();
  const [api, sandbox, one, two] = [
    await backend("api"),
    await backend("sand"),
    await backend("one"),
    await backend("two"),
  ];
  const g = await gateway();
  const { url } = await publisher();
  const definition = apiWith([api.url]);
  const { id } = await g.deploy({
    ...definition,
    security: { kind: "none" },
    endpoints: {
      ...definition.endpoints,
      sandbox: { enabled: true, endpoints: [{ id: "sand-1", url: sandbox.url }] },
    },
    resources: [{ method: "GET", path: "/menu" }],
  });
  const served = async (path: string, method = "GET") => {
    const answer = await fetch(`${g.url}/orders/1.0.0${path}`, { method });
    return answer.ok ? ((await answer.json()) as { backend: string }).backend : answer.status;
  };
  await page.goto(`${url}/apis/${id}/resources`);

  // Several methods at once; what is there already is left alone.
  await openSelect(page.getByLabel("Methods"));
  await page.getByRole("option", { name: "POST" }).click();
  await page.getByRole("option", { name: "DELETE" }).click();
  await page.keyboard.press("Escape");
  await page.getByLabel("Path").fill("/menu");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("list", { name: "Operations" }).getByRole("listitem")).toHaveCount(3);
  await expectChanges(page, 2);
  await bar(page).getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("list", { name: "Operations" }).getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "Redo" }).click();

  // The same editor as on the Endpoints tab.
  const row = page.getByRole("listitem", { name: "POST /menu", exact: true });
  await page.getByRole("button", { name: "Endpoints of POST /menu" }).click();
  const host = (backendUrl: string) => backendUrl.replace("http://", "");
  await expect(row.getByText(`Inherits the API's production endpoints: ${host(api.url)}`)).toBeVisible();
  await expect(row.getByText(`Inherits the API's sandbox endpoints: ${host(sandbox.url)}`)).toBeVisible();
  await expect(row.getByText("Own endpoints")).toHaveCount(0);
  await page.locator("#production-endpoint-checkbox").check();
  await expect(row.getByText("Own endpoints")).toBeVisible();
  await saveAndDeploy(page);
  await expect(page.locator("#production_endpoints")).toBeFocused();
  await expect(page.locator("#production_endpoints")).toHaveAccessibleDescription(
    "Enter a production endpoint, or untick Production Endpoint.",
  );
  await expect(
    bar(page).getByText("POST /menu: Enter a production endpoint, or untick Production Endpoint."),
  ).toBeVisible();
  await page.locator("#production_endpoints").fill(`  ${one.url}`);
  await chooseType(page, "load_balance");
  await addEndpoint(page, two.url);
  await page.getByRole("button", { name: "Limits, retries and health checks" }).click();
  await page.getByLabel("Response timeout (ms)").fill("1500");
  await saveAndDeploy(page);
  await expectLive(page, 2);
  await expect(row.getByText("Not checked").first()).toBeVisible();
  expect([await served("/menu", "POST"), await served("/menu", "POST")].sort()).toEqual(["one", "two"]);
  expect([await served("/menu"), await served("/menu", "DELETE")]).toEqual(["api", "api"]);
  const [{ draft }] = (await database.sql<{ draft: string }>("SELECT draft FROM Api")) as [{ draft: string }];
  expect(JSON.parse(draft).resources[1].endpoints).toMatchObject({
    production: { enabled: true, routing: "loadBalanced", responseTimeoutMs: 1500 },
    sandbox: { enabled: false, endpoints: [] },
  });

  // Narrow.
  await page.setViewportSize({ width: 420, height: 900 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 900 });

  // And back to the API's, by one press that can be undone.
  const back = page.getByRole("button", { name: "Use the API's endpoints again" });
  await back.click();
  await expect(row.getByText("Own endpoints")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(row.getByText("Own endpoints")).toBeVisible();
  await back.click();
  await saveAndDeploy(page);
  await expectLive(page, 3);
  expect(await served("/menu", "POST")).toBe("api");
});

test("a problem leads to its field, whichever operation, page and panel that is in", async ({
  page,
  publisher,
  database,
}) => {
  test.slow();
  const { url } = await publisher();
  const broken = {
    production: {
      enabled: true,
      routing: "failover" as const,
      endpoints: [
        { id: "own-a", url: "http://a.example" },
        { id: "own-b", url: "" },
      ],
    },
  };
  const resources = Array.from({ length: 500 }, (_, i) => ({
    method: "GET" as const,
    path: `/menu/item-${i}`,
    ...(i === 437 && { endpoints: broken }),
  }));
  const id = await database.save({ ...apiWith(["http://a:8080"]), resources });
  await page.goto(`${url}/apis/${id}/resources`);
  const items = page.getByRole("list", { name: "Operations" }).getByRole("listitem");
  await expect(items).toHaveCount(50);
  await saveAndDeploy(page);
  await expect(page.getByLabel("URL of endpoint 2")).toBeFocused();
  await expect(page.getByRole("listitem", { name: "GET /menu/item-437" })).toContainText(
    "Endpoints not complete",
  );
  await page.getByLabel("URL of endpoint 2").fill("http://b.example");
  await page.getByRole("button", { name: "Limits, retries and health checks" }).click();
  await page.getByLabel("Most requests under way").fill("0");
  await page.getByRole("button", { name: "Endpoints of GET /menu/item-437" }).click();
  await save(page);
  await expect(page.getByLabel("Most requests under way")).toBeFocused();
  await page.getByLabel("Most requests under way").fill("5");

  // Found by name, edited, and removed with the focus on what follows.
  await page.getByLabel("Find an operation").fill("item-49");
  await expect(items).toHaveCount(11);
  await page.getByRole("button", { name: "Remove GET /menu/item-49", exact: true }).click();
  await expect(items).toHaveCount(10);
  await page.getByLabel("Find an operation").fill("nothing like it");
  await expect(page.getByText("No operation has nothing like it in its name.")).toBeVisible();
  await page.getByLabel("Path").fill("/last");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("listitem", { name: "GET /last" })).toBeVisible();
  await save(page);
  await expectSaved(page);
});

test("who may only read looks at an operation's endpoints and changes nothing", async ({
  page,
  publisher,
  database,
}) => {
  const { url, signInAs } = await publisher();
  const own = { production: { enabled: true, endpoints: [{ id: "own-a", url: "http://a.example" }] } };
  const resources = [{ method: "GET" as const, path: "/menu", endpoints: own }];
  const id = await database.save({ ...apiWith(["http://a:8080"]), resources });
  await signInAs("viewer");
  await page.goto(`${url}/apis/${id}/resources`);
  await page.getByRole("button", { name: "Endpoints of GET /menu" }).click();
  await expect(page.locator("#production_endpoints")).toHaveValue("http://a.example");
  await expect(page.locator("#production_endpoints")).toBeDisabled();
  await expect(page.locator("#production-endpoint-checkbox")).toBeDisabled();
  await expect(page.getByRole("button", { name: "Use the API's endpoints again" })).toBeDisabled();
});
