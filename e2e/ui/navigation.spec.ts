import { axe, expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";

test("the focus is never lost with the page that had it", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  await database.save(apiWith(["http://orders:8080"], {}, "Orders"));
  await page.goto(`${url}/apis`);
  await page.getByRole("link", { name: "Orders" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Orders 1.0.0" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
  // What stays keeps it.
  const runtime = page.getByRole("link", { name: "Runtime" });
  await runtime.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 2, name: "Runtime" })).toBeVisible();
  await expect(runtime).toBeFocused();
});

test("a page that takes long shows its shape meanwhile, and the frame around it stays", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save(apiWith(["http://orders:8080"], {}, "Orders"));
  await page.goto(`${url}/apis/${id}`);
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  await page.route(/\/(runtime|applications)\?_rsc/, async (route) => {
    await held;
    await route.continue();
  });
  const skeleton = page.getByRole("status", { name: "Loading the page" });
  await page.getByRole("link", { name: "Runtime" }).click();
  await expect(skeleton).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Orders 1.0.0" })).toBeVisible();
  await axe(page);
  // Whoever changes their mind gets the other page.
  await page.getByRole("link", { name: "Deployments" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Deployments" })).toBeVisible();
  await expect(skeleton).toHaveCount(0);

  await page.getByRole("link", { name: "Applications" }).click();
  await expect(skeleton).toBeVisible();
  await axe(page);
  go();
  await expect(page.getByRole("heading", { level: 1, name: "Applications" })).toBeVisible();
  await expect(skeleton).toHaveCount(0);
});
