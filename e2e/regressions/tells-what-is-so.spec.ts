import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";

const state = (page: Page) => page.getByTestId("api-state");
const revision = (page: Page, number: number) =>
  page.getByRole("list", { name: "Revisions" }).getByRole("listitem", { name: `r${number}`, exact: true });
const row = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });

test("a revision that the gateway cannot serve is called live nowhere", async ({
  page,
  backend,
  publisher,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const { url } = await publisher();
  await g.deploy(pizza([one, two], { routing: "loadBalanced" }));
  const algorithm = { name: "other" as const, className: "NotHere" };
  const { id } = await g.deploy(pizza([one, two], { routing: "loadBalanced", algorithm }));

  await page.goto(`${url}/apis/${id}/deployments`);
  await expect(state(page)).toContainText("r2 is not served: The gateway has no algorithm named NotHere.");
  await expect(state(page)).toContainText("r1 serves");
  await expect(revision(page, 2)).toContainText("Not served");
  await expect(revision(page, 1)).toContainText("Served instead");
  await expect(page.getByRole("listitem", { name: /^r\d$/ }).getByText(/\blive\b/i)).toHaveCount(0);
  await page.goto(`${url}/apis/${id}`);
  await expect(page.getByText(/Revision 2, since .*; it is not served, r1 is/)).toBeVisible();
  await page.goto(`${url}/apis`);
  await expect(row(page, "Pizza")).toContainText("Not served: r2");
  await expect(row(page, "Pizza")).toContainText("r1 is served instead");

  await g.deploy(pizza([one, two], { routing: "loadBalanced", algorithm }, { context: "/moved" }));
  await page.goto(`${url}/apis/${id}`);
  await expect(page.getByText("r1 is served at /pizza/1.0.0.")).toBeVisible();
  await page.goto(`${url}/apis`);

  await g.deploy(pizza([one, two], { routing: "loadBalanced" }, { description: "mended" }));
  await expect(row(page, "Pizza")).toContainText("Not checked");
  await page.goto(`${url}/apis/${id}/deployments`);
  await expect(revision(page, 4).getByText("Live", { exact: true })).toBeVisible();
});

test.describe("without anybody who could tell", () => {
  test.use({ installation: "own" });
  test.use({ expectedConsoleErrors: /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|401/ });

  test("pages that are open stop telling how things are when Sluice itself is gone", async ({
    page,
    backend,
    publisher,
    gateway,
  }) => {
    const one = await backend("one");
    const g = await gateway();
    const running = await publisher();
    const { id } = await g.deploy(pizza([one]));
    await fetch(`${g.url}/pizza/1.0.0/`);
    const list = await page.context().newPage();
    await list.goto(`${running.url}/apis`);
    await expect(row(list, "Pizza")).toContainText("Up");
    const monitor = await page.context().newPage();
    await monitor.goto(`${running.url}/apis/${id}/monitor`);
    await page.goto(`${running.url}/apis/${id}/endpoints`);
    await expect(page.getByText("Up", { exact: true })).toBeVisible();

    await running.stop("SIGKILL");
    await expect(state(page)).toContainText(/r1 deployed since .* Sluice does not answer/);
    await expect(page.getByText("Not known: Sluice does not answer")).toBeVisible();
    await expect(
      monitor.getByText("Sluice does not answer, so nothing is known of the traffic now."),
    ).toBeVisible();
    await expect(monitor.getByText("Up", { exact: true })).toHaveCount(0);
    await expect(row(list, "Pizza")).toContainText("Not known");
    await expect(list.getByText("Sluice does not answer, so how the endpoints are")).toBeVisible();
  });

  test("pages that are open stop telling how things are when one is signed out", async ({
    page,
    backend,
    publisher,
    gateway,
  }) => {
    const one = await backend("one");
    const g = await gateway();
    const { url } = await publisher();
    const { id } = await g.deploy(pizza([one]));
    await page.goto(`${url}/apis/${id}/endpoints`);
    await expect(state(page)).toContainText("Live: r1");
    await page.context().clearCookies();
    await expect(state(page)).toContainText(/r1 deployed since .* you are signed out/);
  });
});

test("with every endpoint switched off the list and the line under the title say that callers get 503", async ({
  page,
  backend,
  publisher,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const { url } = await publisher();
  const { id } = await g.deploy(pizza([one]));
  await g.reaches(await database.switch(id, "ep-1", "off"));
  expect((await fetch(`${g.url}/pizza/1.0.0/`)).status).toBe(503);
  await page.goto(`${url}/apis`);
  const words = "allers get 503: no endpoint is on (production)";
  await expect(row(page, "Pizza")).toContainText(words);
  await page.goto(`${url}/apis/${id}/endpoints`);
  await expect(state(page)).toContainText(words);
});
