import type { Page } from "@playwright/test";
import { BOTH, expect, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { openSelect } from "../pages/select";

const revision = (page: Page, number: number) =>
  page.getByRole("list", { name: "Revisions" }).getByRole("listitem", { name: `r${number}`, exact: true });
const state = (page: Page) => page.getByTestId("api-state");

test("a save is undone, also when its page was left long ago, and what undid it too", { tag: BOTH }, async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const draft = (...hosts: string[]) => pizza(hosts.map((host) => ({ url: `http://${host}` })));
  const id = await database.save(draft("one"));
  await database.save(draft("two"));
  await database.save(draft("three"));
  const draftUrl = async () => {
    await page.goto(`${url}/apis/${id}/endpoints`);
    return page.locator("#production_endpoints").inputValue();
  };
  const open = async () => {
    await page.goto(`${url}/apis/${id}/deployments`);
    await page.getByText(/^Earlier drafts/).click();
    return page.getByRole("list", { name: "Earlier drafts" }).getByRole("listitem");
  };
  expect(await draftUrl()).toBe("http://three");
  const saves = (await open()).filter({ has: page.getByRole("button") });
  await expect(saves).toHaveCount(2);
  await saves
    .nth(1)
    .getByRole("button", { name: /^Back to before this/ })
    .click();
  const dialog = page.getByRole("dialog", { name: "Bring this draft back?" });
  await expect(dialog.getByRole("list", { name: "What is undone" })).toContainText("three");
  await dialog.getByRole("button", { name: "Bring back" }).click();
  await expect(page.getByTestId("announcements")).toContainText("The draft is back");
  expect(await draftUrl()).toBe("http://one");

  await open();
  await expect(saves).toHaveCount(3);
  await saves
    .nth(0)
    .getByRole("button", { name: /^Back to before this/ })
    .click();
  await dialog.getByRole("button", { name: "Bring back" }).click();
  await expect(page.getByTestId("announcements")).toContainText("The draft is back");
  expect(await draftUrl()).toBe("http://three");

  for (let i = 0; i < 25; i++) await database.save(draft(`host-${i}`));
  await open();
  await expect(saves).toHaveCount(20);
});

test("revisions say what they changed, and rolling back changes what callers get", async ({
  page,
  publisher,
  gateway,
  backend,
  database,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const { id } = await g.deploy(pizza([one]));
  const { url } = await publisher();
  await database.save(pizza([two]));
  const answered = async () =>
    ((await (await fetch(`${g.url}/pizza/1.0.0/`)).json()) as { backend: string }).backend;

  await page.goto(`${url}/apis/${id}`);
  await expect(state(page)).toContainText("Live: r1");
  await page.getByRole("link", { name: "draft differs" }).click();
  const draft = page.getByRole("list", { name: "What the draft changes" });
  await expect(draft).toContainText(new URL(two.url).host);

  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("list", { name: "What changes at the gateway" })).toContainText(
    new URL(two.url).host,
  );
  await expect(dialog.getByLabel("Note")).toBeFocused();
  await dialog.getByLabel("Note").fill("to the new machine");
  await dialog.getByRole("button", { name: "Deploy" }).click();
  await expect(state(page)).toContainText("Live: r2");
  await expect(page.getByText("The draft is the same as what is deployed.")).toBeVisible();
  expect(await answered()).toBe("two");
  await expect(revision(page, 2)).toContainText("to the new machine");
  await expect(revision(page, 2)).toContainText("Deployed from");
  await expect(revision(page, 1)).toContainText("The first revision.");

  await revision(page, 1).getByRole("button", { name: "Roll back to r1" }).click();
  await expect(dialog.getByRole("list", { name: "From r2 to r1" })).toContainText(new URL(one.url).host);
  // What changes is read out with the question, and Enter in the note answers it.
  await expect(dialog).toHaveAccessibleDescription(/instead of r2.*What changes at the gateway/);
  await dialog.getByLabel("Note").fill("the new machine is slow");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(state(page)).toContainText("Live: r1");
  await expect(revision(page, 1)).toContainText("the new machine is slow");
  await expect(state(page)).toContainText("draft differs");
  expect(await answered()).toBe("one");
  // The draft was not touched by it.
  await expect(draft).toContainText(new URL(two.url).host);
  await expect(revision(page, 2).getByRole("button", { name: "Deploy r2" })).toBeVisible();

  await page.setViewportSize({ width: 420, height: 900 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
  await page.setViewportSize({ width: 1280, height: 900 });

  // Compare any two, the draft among them.
  const compare = page.getByRole("region", { name: "Compare" });
  await openSelect(compare.getByRole("combobox", { name: "To" }));
  await page.getByRole("option", { name: "r2" }).click();
  await expect(compare.getByRole("list", { name: "From r1 to r2" })).toContainText(new URL(two.url).host);

  await revision(page, 1).getByRole("button", { name: "Edit from r1" }).click();
  await dialog.getByRole("button", { name: "Copy into the draft" }).click();
  await expect(page).toHaveURL(/\/endpoints$/);
  await expect(page.locator("#production_endpoints")).toHaveValue(one.url);

  await page.getByRole("link", { name: "Deployments" }).click();
  await page.getByRole("button", { name: "Undeploy" }).click();
  await dialog.getByRole("button", { name: "Undeploy" }).click();
  await expect(page.getByText("Not deployed").first()).toBeVisible();
  await expect.poll(async () => (await fetch(`${g.url}/pizza/1.0.0/`)).status).toBe(404);
  await revision(page, 2).getByRole("button", { name: "Deploy r2" }).click();
  await expect(dialog).toContainText("Nothing is live now");
  await dialog.getByRole("button", { name: "Deploy r2" }).click();
  await expect(state(page)).toContainText("Live: r2");
});

test("the newest fifty revisions are kept, and the live one; a broken one stops nothing", {
  tag: BOTH,
}, async ({ page, publisher, database }) => {
  const api = (n: number) => ({ ...pizza([{ url: "http://orders:8080" }]), description: `Number ${n}.` });
  const { id } = await database.deploy(api(1));
  for (let n = 2; n <= 52; n++) await database.deploy(api(n));
  const { url } = await publisher();
  const numbers = () => database.sql<{ number: number }>('SELECT number FROM "Revision" ORDER BY number');
  expect((await numbers()).map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_, i) => i + 3));
  await page.goto(`${url}/apis/${id}/deployments`);
  await revision(page, 3).getByRole("button", { name: "Roll back to r3" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Roll back to r3" }).click();
  await expect(revision(page, 3)).toContainText("Deployed from");
  for (let n = 53; n <= 54; n++) await database.deploy(api(n));
  expect((await numbers()).map(({ number }) => number).slice(0, 3)).toEqual([5, 6, 7]);

  await database.sql(`UPDATE "Revision" SET definition = '{' WHERE number = 53`);
  await page.reload();
  await expect(revision(page, 54)).toContainText("There is no older revision to compare it with.");
  await revision(page, 53).getByRole("button", { name: "Roll back to r53" }).click();
  await expect(page.getByRole("dialog")).toContainText("One of the two cannot be read any more.");
  await page.getByRole("dialog").getByRole("button", { name: "Roll back to r53" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "cannot be read any more" })).toBeVisible();
});

test("a deployment that takes an address or a key type from callers asks first", async ({
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
  await page.getByRole("checkbox", { name: "Sandbox Endpoint" }).check();
  await page.locator("#sandbox_endpoints").fill(one.url);
  await page.getByRole("checkbox", { name: "Production Endpoint" }).uncheck();
  const deploy = page.getByRole("button", { name: "Save & Deploy" });
  await deploy.click();
  const question = page.getByRole("dialog", { name: "Deploy although callers lose something?" });
  await expect(question).toContainText("Callers with production keys get 403");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Saved, not deployed: what was live before stays live.")).toBeVisible();
  expect((await fetch(`${g.url}/pizza/1.0.0/`)).status).toBe(200);

  await deploy.click();
  await question.getByRole("button", { name: "Deploy" }).click();
  await expect(state(page)).toContainText("Live: r2");
  // The same again takes nothing any more.
  await page
    .getByLabel(/^Sandbox Endpoint/)
    .first()
    .waitFor();
  await page.locator("#sandbox_endpoints").fill(`${one.url}/base`);
  await deploy.click();
  await expect(state(page)).toContainText("Live: r3");
});
