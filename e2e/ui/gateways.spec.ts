import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { openSelect } from "../pages/select";

/** Several gateways on one PostgreSQL, as the publisher sees them: docs/rules/publisher.md sections 4 and 9. */

test.use({ installation: "own", storesIn: "postgresql" });

const notice = (page: Page) => page.getByRole("status").filter({ hasText: /gateways/ });
const listed = (page: Page, id: string) =>
  page.getByRole("list", { name: "Gateways", exact: true }).getByRole("listitem", { name: id, exact: true });

async function deployDraft(page: Page) {
  await page
    .getByRole("button", { name: /^Deploy/ })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Deploy" }).click();
}

test("a deployment waits for all gateways that answer, and names the one that does not", async ({
  page,
  publisher,
  gateway,
  backend,
  database,
}) => {
  test.slow();
  const one = await backend("one");
  const secret = { GATEWAY_ADMIN_SECRET: "only for the operators" };
  const first = await gateway({ GATEWAY_ID: "gw-a", ...secret });
  const second = await gateway({ GATEWAY_ID: "gw-b", ...secret });
  // It is not told the secret: tickets let it in.
  const { url } = await publisher();
  const id = await database.save(pizza([one]));
  await page.goto(`${url}/apis/${id}/deployments`);
  await deployDraft(page);
  await expect(notice(page)).toContainText("Live on 2 of 2 gateways: r1");

  // Monitor adds up what both counted, and shows one of them.
  for (const gate of [first, first, second])
    expect((await fetch(`${gate.url}/pizza/1.0.0/`)).status).toBe(200);
  await page.goto(`${url}/apis/${id}/monitor`);
  const row = page.getByRole("list", { name: "Production endpoints" }).getByRole("listitem");
  const answers = page.getByRole("figure", { name: "Requests in 30 s, by answer" });
  await expect(row).toContainText("3 attempts");
  await expect(answers).toContainText("2xx 3");
  const choice = page.getByRole("combobox", { name: "Gateway" });
  await openSelect(choice);
  await page.getByRole("option", { name: "gw-a" }).click();
  await expect(row).toContainText("2 attempts");
  await expect(answers).toContainText("2xx 2");
  await openSelect(choice);
  await page.getByRole("option", { name: "All 2, added up" }).click();

  // One that hangs is waited for shortly while its row says that it is there, and not at all afterwards.
  process.kill(second.pid, "SIGSTOP");
  await expect(page.getByText("Not counted here: gw-b does not answer at")).toBeVisible();
  await database.save(pizza([{ url: "http://127.0.0.1:1" }, one]));
  await page.goto(`${url}/apis/${id}/deployments`);
  await deployDraft(page);
  await expect(notice(page)).toContainText("r2 is live on 1 of 2 gateways: gw-b has not taken it up.");
  await database.sql(
    `UPDATE "Gateway" SET "lastSeenAt" = "lastSeenAt" - interval '40 s' WHERE "id" = 'gw-b'`,
  );
  await expect(notice(page)).toContainText(
    /r2 is live on 1 of 2 gateways: gw-b has not answered for \d\d s\./,
  );
  await expect(page.getByTestId("api-state")).toContainText(/on 1 of 2 gateways: gw-b has not answered for/);

  // What somebody else wrote into the database is named, and nobody goes there.
  await database.sql(
    `INSERT INTO "Gateway" SELECT 'gw-evil', "instance", "name", "version", "httpUrl", "httpsUrl", 'http://evil.example', "startedAt", "lastSeenAt", "generation", "problems", "signature" FROM "Gateway" WHERE "id" = 'gw-a'`,
  );
  await page.goto(`${url}/settings/gateways`);
  await expect(listed(page, "gw-a")).toContainText("Serves");
  await expect(listed(page, "gw-a")).toContainText(/\d+, the newest/);
  await expect(listed(page, "gw-a")).toContainText(/\d+ MiB/);
  await expect(listed(page, "gw-b")).toContainText("Not answering for");
  await expect(listed(page, "gw-evil")).toHaveCount(0);
  await expect(page.getByText(/wrote it: gw-evil\./)).toBeVisible();
  await expect(listed(page, "gw-a").getByRole("button", { name: "Forget gw-a" })).toHaveCount(0);
  await listed(page, "gw-b").getByRole("button", { name: "Forget gw-b" }).click();
  await expect(listed(page, "gw-b")).toHaveCount(0);

  // One that was forgotten and runs comes back; a clean stop takes it away.
  process.kill(second.pid, "SIGCONT");
  await expect(listed(page, "gw-b")).toContainText("Serves");
  expect(await second.stop()).toBe(0);
  await expect(listed(page, "gw-b")).toHaveCount(0);
});
