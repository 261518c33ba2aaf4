import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { chooseType, openEndpoints } from "../pages/endpoints";

// The narrowest that pages have to fit (WCAG 2.2, 1.4.10), with buttons for fingers. Without `isMobile`, which would zoom
// out of a page that is too wide, so that it fits its own width.
const width = 320;
test.use({ viewport: { width, height: 700 }, hasTouch: true, colorScheme: "dark" });

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
  ["applications", "settings/users", "settings/issuers", "settings/audit", "password"],
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
