import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";

const row = (page: Page, list: string) =>
  page.getByRole("list", { name: `${list} endpoints` }).getByRole("listitem");

test("an endpoint that came back without traffic is not red, and Try it now takes it back", async ({
  page,
  publisher,
  gateway,
  backend,
  database,
}) => {
  test.slow();
  const one = await backend("one");
  const g = await gateway();
  const suspension = (initialMs: number) => ({ each: { settings: { suspension: { initialMs } } } });
  const own = {
    production: { enabled: true, endpoints: [{ id: "own-1", url: one.url, ...suspension(600_000).each }] },
  };
  const { id } = await g.deploy(
    pizza([one], suspension(500), {
      resources: [
        { method: "GET", path: "/menu", endpoints: own },
        { method: "GET", path: "/" },
      ],
    }),
  );
  await one.kill();
  await fetch(`${g.url}/pizza/1.0.0/`);
  const { url, signInAs } = await publisher();
  await page.goto(`${url}/apis`);
  const inList = page.getByRole("row").filter({ hasText: "Pizza" });
  await expect(inList).toContainText("1 of 2 endpoints was down, tried with the next request");

  await page.goto(`${url}/apis/${id}/monitor`);
  const api = row(page, "Production");
  const menu = row(page, "Production, only GET /menu");
  await expect(api).toContainText(
    /Was down (just now|\d+ (s|min) ago), tried with the next request: connection refused/,
  );
  await expect(menu).toContainText(
    /Was down in the production list, (just now|\d+ (s|min) ago): connection refused/,
  );
  await expect(page.getByTestId("api-state")).not.toContainText("down");
  const again = api.getByRole("button", { name: /^Try it now / });
  await again.click();
  await expect(api).toContainText("Tried, and left as it is: Connection refused");
  await page.setViewportSize({ width: 420, height: 900 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
  await page.setViewportSize({ width: 1280, height: 900 });

  await one.restart();
  await page.goto(`${url}/apis/${id}/endpoints`);
  const field = page.getByRole("main");
  // A press right after the page has come may still be lost: once more then.
  await expect(async () => {
    await field.getByRole("button", { name: /^Try it now / }).click({ timeout: 2_000 });
    await expect(page.getByTestId("announcements")).toContainText("It takes requests again: 200 OK in", {
      timeout: 10_000,
    });
  }).toPass({ timeout: 60_000 });
  await expect(field.getByText("Up", { exact: true })).toBeVisible();
  await expect(field.getByRole("button", { name: /^Try it now / })).toHaveCount(0);
  const audit = await database.sql<{ username: string; text: string }>(
    "SELECT username, text FROM AuditEntry WHERE action = 'endpoint.try' ORDER BY id",
  );
  expect(audit.map(({ username, text }) => [username, text.replace(/\d+ ms/, "n ms")])).toEqual([
    ["admin", `Tried: 127.0.0.1:${one.port} of Pizza 1.0.0, left as it was: Connection refused`],
    ["admin", `Tried: 127.0.0.1:${one.port} of Pizza 1.0.0, it takes requests: 200 OK in n ms`],
  ]);

  // Who may not deploy sees it, and why it is off.
  await one.kill();
  await fetch(`${g.url}/pizza/1.0.0/`);
  await signInAs("creator");
  await page.goto(`${url}/apis/${id}/monitor`);
  await expect(again).toHaveAttribute("aria-disabled", "true");
  await expect(again).toHaveAccessibleDescription(/Your role \(creator\) may not deploy APIs/);
});
