import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { expectChanges, expectClean, openEndpoints, urls } from "../pages/endpoints";

const [a, b, c] = ["http://orders-a:8080", "http://orders-b:8080", "http://orders-c:8080"];
const handle = (url: string) => `Drag ${url}, or move it with the arrow keys`;

test("a row is dragged to another place with the mouse", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b, c], { routing: "failover" })));
  const row = (of: string) => page.getByRole("listitem", { name: of });
  const grip = (of: string) => page.getByRole("button", { name: handle(of) });
  // What it takes to drag comes when the pointer does.
  const script = page.waitForResponse((response) => /\.js(\?|$)/.test(response.url()));
  await grip(c).hover();
  await script;
  const { height } = (await row(a).boundingBox())!;
  await grip(c).dragTo(row(a), { targetPosition: { x: 40, y: 4 } });
  await expect.poll(() => urls(page)).toEqual([c, a, b]);
  await expect(page.getByTestId("announcements")).toHaveText("orders-c:8080 moved to position 1 of 3");
  await expect(grip(c)).toBeFocused();
  await expectChanges(page, 1);
  await grip(c).dragTo(row(b), { targetPosition: { x: 40, y: height - 4 } });
  await expect.poll(() => urls(page)).toEqual([a, b, c]);
  await expectClean(page);
  // Dropped where it was, and outside of the list: nothing happens.
  await grip(b).dragTo(row(c), { targetPosition: { x: 40, y: 4 } });
  await grip(b).dragTo(page.getByRole("heading", { name: "Endpoints", exact: true }));
  expect(await urls(page)).toEqual([a, b, c]);
  await expectClean(page);
});

test("the handle moves its row by arrow keys, Home and End", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  await openEndpoints(page, url, await database.save(apiWith([a, b, c], { routing: "loadBalanced" })));
  const grip = page.getByRole("button", { name: handle(b) });
  await grip.focus();
  await page.keyboard.press("ArrowDown");
  expect(await urls(page)).toEqual([a, c, b]);
  await expect(page.getByTestId("announcements")).toHaveText("orders-b:8080 moved to position 3 of 3");
  await expect(grip).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Home");
  expect(await urls(page)).toEqual([b, a, c]);
  await page.keyboard.press("ArrowUp");
  await expect(grip).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.getByTestId("announcements")).toHaveText("orders-b:8080 moved to position 3 of 3");
  await page.keyboard.press("Control+z");
  expect(await urls(page)).toEqual([b, a, c]);
});

test("who may only read moves nothing, and may still ask what if", async ({ page, publisher, database }) => {
  const { url, signInAs } = await publisher();
  await signInAs("viewer");
  await openEndpoints(page, url, await database.save(apiWith([a, b, c], { routing: "loadBalanced" })));
  const grip = page.getByRole("button", { name: handle(c) });
  await grip.hover();
  await grip.dragTo(page.getByRole("listitem", { name: a }), { targetPosition: { x: 40, y: 4 } });
  await grip.focus();
  await page.keyboard.press("Home");
  expect(await urls(page)).toEqual([a, b, c]);
  const list = page.getByRole("region", { name: "Production Endpoints" });
  await list.getByLabel(`If this one is down ${a}`).check();
  await expect(list.getByRole("list", { name: "Planned, if so" })).toHaveText(
    "orders-a:8080 0 %orders-b:8080 50 %orders-c:8080 50 %",
  );
  await list.getByRole("button", { name: "All up again: production endpoints" }).click();
  await expect(list.getByRole("list", { name: "Planned", exact: true })).toBeVisible();
});
