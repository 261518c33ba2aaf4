import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { apiWith } from "../pages/apis";
import { chooseType, openEndpoints } from "../pages/endpoints";

// The narrowest that pages have to fit (WCAG 2.2, 1.4.10), with buttons for fingers. Without `isMobile`, which would zoom
// out of a page that is too wide, so that it fits its own width.
const width = 320;
test.use({ viewport: { width, height: 700 }, hasTouch: true, colorScheme: "dark", commonContext: false });

/** As long as a name can be, and so is its context; nowhere may it be broken between words. */
const longName = "AnAPIWithANameThatIsAsLongAsTheNameOfAnAPICanBeAtMostInHere1";

const fits = (page: Page) =>
  expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);

test("no page of an API is wider than the smallest phone", async ({ page, publisher, database, gateway }) => {
  test.slow();
  await gateway();
  const { url } = await publisher();
  const urls = [
    "http://a-rather-long-host-name.internal.example.com:8080/with/a/path",
    "http://b",
    "http://c",
  ];
  const { id } = await database.deploy(apiWith(urls, { routing: "loadBalanced" }, longName));
  await openEndpoints(page, url, id);
  expect(await page.evaluate(() => matchMedia("(pointer: coarse)").matches)).toBe(true);
  // Fingers scroll with it; they have the arrows.
  await expect(page.getByRole("button", { name: "Move down http://b", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Drag/ })).toHaveCount(0);
  await page.getByText("Next 20 requests").click();
  await page.getByText("General Endpoint Configurations").click();
  await fits(page);
  await chooseType(page, "failover");
  await fits(page);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  for (const name of [
    "Overview",
    "Resources",
    "Runtime",
    "API Definition",
    "Deployments",
    "Try Out",
    "Monitor",
  ]) {
    await page.getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 2, name, exact: true })).toBeVisible();
    if (name === "Resources") await page.getByRole("button", { name: /^Endpoints of GET/ }).click();
    await fits(page);
  }
  await page.getByRole("link", { name: "Overview", exact: true }).click();
  await expect(page.getByRole("group", { name: "curl command" })).toBeVisible();
  await fits(page);
  for (const name of ["Undeploy", "Delete API"]) {
    await page.getByRole("button", { name }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toBeVisible();
    const beyond = await dialog.evaluate(
      (e) =>
        [e, ...e.querySelectorAll("*")].filter(
          (one) => one.scrollWidth > Math.max(one.clientWidth, 1) + 1 && one.clientWidth > 1,
        ).length,
    );
    expect(beyond, `what stands out in the dialog of ${name}`).toBe(0);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(dialog).toBeHidden();
  }
});

const others = [
  ["apis", "apis/create", "apis/create/rest", "apis/create/openapi", "apis/create/project"],
  ["applications", "settings/users", "settings/issuers", "settings/gateways", "settings/audit", "password"],
].flat();

test("no other page is wider than the smallest phone", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  const id = await database.save(apiWith(["http://a"], {}, longName));
  const application = await database.application(longName, [id]);
  for (const path of [...others, `applications/${application.id}`]) {
    await page.goto(`${url}/${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await fits(page);
  }
});

test("traffic to endpoints with long paths fits, is told apart, and is told in full", async ({
  page,
  publisher,
  gateway,
  backend,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const { url } = await publisher();
  const path = "/some/very/long/base/path/for/the/payments/reconciliation/service";
  const endpoints = Array.from({ length: 12 }, (_, i) => ({ url: `${one.url}${path}/v${i}` }));
  const { id } = await g.deploy(pizza(endpoints, { routing: "loadBalanced" }));
  await page.goto(`${url}/apis/${id}/try-out`);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("list", { name: "Attempts" })).toContainText("/v0: answered");
  await fits(page);
  await page.getByRole("button", { name: "Send 10 requests" }).click();
  await expect(page.getByRole("list", { name: "Answered by" }).getByText("/v5")).toBeVisible();
  await fits(page);

  await page.goto(`${url}/apis/${id}/monitor`);
  await expect(page.getByRole("figure", { name: "Attempts in 30 s, by endpoint" })).toBeVisible();
  await fits(page);
  await page.goto(`${url}/apis/${id}/endpoints`);
  await page.getByText("Next 20 requests").click();
  await expect(page.getByRole("list", { name: "Next 20 requests" }).getByRole("listitem")).toHaveCount(20);
  await fits(page);
  // Each number has its own line: none is written over the words beside it.
  const lefts = await page
    .getByRole("list", { name: "Next 20 requests" })
    .getByRole("listitem")
    .evaluateAll((items) => new Set(items.map((item) => item.getBoundingClientRect().left)).size);
  expect(lefts).toBe(1);
  await page.goto(`${url}/apis/${id}`);
  await page.getByRole("link", { name: "and 2 more" }).click();
  await expect(page).toHaveURL(/\/monitor$/);
});

test("a finger that stays asks what a button is and does not press it; one that is off tells why", async ({
  page,
  publisher,
  gateway,
  database,
  backend,
}) => {
  const one = await backend("one");
  await gateway();
  const running = await publisher();
  const { id } = await database.deploy(pizza([one]));
  await openEndpoints(page, running.url, id);
  const touch = (type: string) => ({ pointerType: "touch", bubbles: true, isPrimary: true, type });
  const check = page.getByRole("button", { name: `Check endpoint status ${one.url}`, exact: true });
  await check.dispatchEvent("pointerover", touch("pointerover"));
  await check.dispatchEvent("pointerdown", touch("pointerdown"));
  await expect(page.getByRole("tooltip")).toHaveText(`Check endpoint status ${one.url}`);
  await check.dispatchEvent("pointerup", touch("pointerup"));
  await check.dispatchEvent("click");
  await expect(page.getByRole("tooltip")).toBeHidden();
  expect(one.requests).toHaveLength(0);
  await check.tap();
  await expect(page.getByText("Your check:")).toBeVisible();

  await running.signInAs("creator");
  await page.goto(`${running.url}/apis/${id}/endpoints`);
  await page.getByRole("button", { name: "Save & Deploy" }).tap({ force: true });
  await expect(page.getByRole("tooltip")).toContainText("Your role (creator) may not deploy APIs");
});
