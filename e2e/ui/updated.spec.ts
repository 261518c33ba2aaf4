import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { expectChanges, expectSaved, openEndpoints, save } from "../pages/endpoints";

/** A page that is open while its publisher is replaced by one of another version. */

const [a, b] = ["http://orders-a:8080", "http://orders-b:8080"];
const news = "Sluice was updated. What is typed here stays until you reload the page.";

test("says so, keeps what was typed and still saves it", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b])));
  await page.getByLabel("URL of endpoint 2").fill("http://orders-c:8080");
  await expectChanges(page, 1);
  await expect(page.getByText(news)).toBeHidden();
  // What the other one answers differs in this.
  await page.route("**/gateway-status*", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "x-sluice-version": "another" } });
  });
  const notice = page.getByRole("status").filter({ hasText: news });
  await expect(notice).toBeVisible();
  await expect(page.getByLabel("URL of endpoint 2")).toHaveValue("http://orders-c:8080");
  await save(page);
  await expectSaved(page);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await notice.getByRole("button", { name: "Reload" }).click();
  await expect(notice).toBeHidden();
  await expect(page.getByLabel("URL of endpoint 2")).toHaveValue("http://orders-c:8080");
});

test.describe("where the other version lacks what the page calls", () => {
  test.use({ expectedConsoleErrors: /status of 409/ });

  test("says so instead of that nobody answers", async ({ page, publisher, database }) => {
    const { url } = await publisher();
    await openEndpoints(page, url, await database.save(apiWith([a, b])));
    await page.getByLabel("URL of endpoint 2").fill("http://orders-c:8080");
    await page.route("**/endpoints", (route) => {
      const headers = route.request().headers();
      if (!headers["next-action"]) return route.continue();
      return route.continue({ headers: { ...headers, "next-action": "00".repeat(21) } });
    });
    await save(page);
    await expect(page.getByRole("status").filter({ hasText: news })).toBeVisible();
    await expect(page.getByLabel("URL of endpoint 2")).toHaveValue("http://orders-c:8080");
  });
});
