import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";

/** What people wait for who open the page that this product is about for the first time. */
const MAX_SCRIPT_BYTES = 250 * 1024;

test("the Endpoints page comes with less than 250 KiB of compressed script", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save(apiWith(["http://a:8080", "http://b:8080"], { routing: "loadBalanced" }));
  const scripts: Promise<number>[] = [];
  page.on("requestfinished", (request) => {
    if (request.resourceType() === "script")
      scripts.push(request.sizes().then((sizes) => sizes.responseBodySize));
  });
  await page.goto(`${url}/apis/${id}/endpoints`, { waitUntil: "networkidle" });
  await expect(page.getByRole("button", { name: "Save & Deploy" })).toBeVisible();
  const sizes = await Promise.all(scripts);
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_SCRIPT_BYTES);
});
