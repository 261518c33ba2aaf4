import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { axe } from "../accessibility";
import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { apiWith } from "../pages/apis";
import { openSelect } from "../pages/select";

/** Several gateways on one PostgreSQL, as the publisher sees them: docs/rules/publisher.md sections 4 and 9. */

test.use({ installation: "own" });

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
  const seen = (when: string) =>
    database.sql(`UPDATE "Gateway" SET "lastSeenAt" = now() + interval '${when}' WHERE "id" = 'gw-b'`);
  await seen("1 min");
  await expect(page.getByText("Not counted here: gw-b does not answer at")).toBeVisible();
  // States that there are with several gateways alone.
  await axe(page, "Monitor of several gateways, one of which does not answer");
  await database.save(pizza([{ url: "http://127.0.0.1:1" }, one]));
  await page.goto(`${url}/apis/${id}/deployments`);
  await deployDraft(page);
  await expect(notice(page)).toContainText("r2 is live on 1 of 2 gateways: gw-b has not taken it up.");
  await seen("-40 s");
  await expect(notice(page)).toContainText(
    /r2 is live on 1 of 2 gateways: gw-b has not answered for \d+ s\./,
  );
  await expect(page.getByTestId("api-state")).toContainText(/on 1 of 2 gateways: gw-b has not answered for/);

  // What somebody else wrote into the database is named, and nobody goes there.
  await database.sql(
    `INSERT INTO "Gateway" SELECT 'gw-evil', "instance", "name", "version", "httpUrl", "httpsUrl", 'http://evil.example', "startedAt", "lastSeenAt", "generation", "problems", "signature" FROM "Gateway" WHERE "id" = 'gw-a'`,
  );
  await database.sql(
    `INSERT INTO "Gateway" SELECT 'gw-odd', "instance", "name", "version", "httpUrl", "httpsUrl", "adminUrl", 'infinity', 'infinity', "generation", "problems", "signature" FROM "Gateway" WHERE "id" = 'gw-a'`,
  );
  await page.goto(`${url}/settings/gateways`);
  await expect(listed(page, "gw-a")).toContainText("Serves");
  await expect(listed(page, "gw-a")).toContainText(/\d+, the newest/);
  await expect(listed(page, "gw-a")).toContainText(/\d+ MiB/);
  await expect(listed(page, "gw-b")).toContainText("Not answering for");
  await expect(listed(page, "gw-evil")).toHaveCount(0);
  await expect(page.getByText(/wrote it: gw-evil, gw-odd\./)).toBeVisible();
  await axe(page, "several gateways, one silent, one that nobody believes");
  await expect(listed(page, "gw-a").getByRole("button", { name: "Forget gw-a" })).toHaveCount(0);
  await listed(page, "gw-b").getByRole("button", { name: "Forget gw-b" }).click();
  await expect(listed(page, "gw-b")).toHaveCount(0);

  // One that was forgotten and runs comes back; a clean stop takes it away.
  process.kill(second.pid, "SIGCONT");
  await expect(listed(page, "gw-b")).toContainText("Serves");
  expect(await second.stop()).toBe(0);
  await expect(listed(page, "gw-b")).toHaveCount(0);
});

test("gateways are asked once a second, however many ask the publisher; it says who serves what it deploys", async ({
  publisher,
  gateway,
  database,
}) => {
  let asked = 0;
  let adminUrl = "";
  // On the way to the admin interface.
  const way = createServer(async (req, res) => {
    if (req.url?.startsWith("/status")) asked++;
    const { authorization = "" } = req.headers;
    const answer = await fetch(adminUrl + req.url, { headers: { authorization } });
    res.writeHead(answer.status).end(await answer.text());
  });
  await new Promise<void>((resolve) => way.listen(0, "127.0.0.1", resolve));
  const { port } = way.address() as AddressInfo;
  const first = await gateway({
    ...{ GATEWAY_ID: "gw-a", GATEWAY_ADMIN_SECRET: "only for the operators" },
    GATEWAY_ADMIN_URL: `http://127.0.0.1:${port}`,
  });
  ({ adminUrl } = first);
  const seen = (id: string, ago: string) =>
    database.sql(
      `INSERT INTO "Gateway" VALUES ('${id}', 'x', 'x', '0.1.0', NULL, NULL, 'http://gone.example', now(), now() - interval '${ago}', 1, '[]', 'x')`,
    );
  await seen("gw-old", "59 min");
  await seen("gw-gone", "61 min");
  const p = await publisher();
  const rows = () => database.sql(`SELECT "id" FROM "Gateway" ORDER BY "id"`);
  await expect.poll(rows).toEqual([{ id: "gw-a" }, { id: "gw-old" }]);
  const { cookie } = await p.signIn();
  const names = ["One", "Two", "Three"];
  const ids: string[] = [];
  for (const name of names) ids.push((await database.deploy(apiWith(["http://a"], {}, name))).id);
  const told = async (id: string) => {
    const answer = await fetch(`${p.url}/apis/status?api=${id}`, { headers: { cookie } });
    const { apis, uncounted } = (await answer.json()) as { apis: { apiId: string }[]; uncounted: string[] };
    return [apis.map(({ apiId }) => apiId), uncounted];
  };
  await expect.poll(() => told(ids[2]!)).toEqual([[ids[2]], []]);
  const until = Date.now() + 5_000;
  asked = 0;
  const look = async (id: string) => {
    // What others ask for goes into the same question, and not into this answer.
    while (Date.now() < until) expect(await told(id)).toEqual([[id], []]);
  };
  await Promise.all([...ids, ...ids, ...ids].map(look));
  expect(asked).toBeGreaterThanOrEqual(3);
  expect(asked).toBeLessThanOrEqual(7);

  // One that nobody believes is not waited for.
  await database.sql(
    `INSERT INTO "Gateway" SELECT 'gw-x', "instance", "name", "version", "httpUrl", "httpsUrl", "adminUrl", "startedAt", "lastSeenAt", 0, "problems", "signature" FROM "Gateway" WHERE "id" = 'gw-a'`,
  );
  const deployed = async () => {
    const headers = { cookie, origin: p.url, "content-type": "application/json" };
    const options = { method: "POST", headers, body: "{}" };
    return (await fetch(`${p.url}/api/v1/apis/${ids[0]}/deployments`, options)).json();
  };
  expect(await deployed()).toMatchObject({ live: true, gateways: null });
  await first.stop("SIGKILL");
  await database.sql(`UPDATE "Gateway" SET "lastSeenAt" = now() - interval '3 min'`);
  expect(await deployed()).toMatchObject({
    ...{ live: false, gateways: "on 0 of 1 gateways: gw-a has not answered for 3 min" },
  });
  way.closeAllConnections();
  way.close();
});
