import type { Page } from "@playwright/test";
import { postgresMissing } from "../../tools/postgresServer";
import { admin, expect, takenOver, test } from "../fixtures";
import { send } from "../http";
import { apiWith } from "../pages/apis";
import { bar, expectChanges, expectClean, expectSaved, openEndpoints, save } from "../pages/endpoints";

/** Two publishers on one PostgreSQL are one to whoever works with them. */

test.use({ installation: "own", signedIn: false });
test.skip(postgresMissing() !== null, postgresMissing() ?? "");

const [a, b] = ["http://orders-a:8080", "http://orders-b:8080"];
const api = (weight: number) =>
  apiWith([a, b], {
    routing: "loadBalanced",
    algorithm: { name: "weightedRoundRobin" },
    endpoints: [
      { id: "ep-a", url: a, weight },
      { id: "ep-b", url: b },
    ],
  });
const weight = (page: Page) => page.getByLabel(`Weight of ${a}`);

test("two people on two publishers who edit one API see each other's saves as on one", async ({
  publisher,
  database,
  page,
  browser,
}) => {
  const [first, second] = await Promise.all([publisher(), publisher()]);
  const id = await database.save(api(3));
  const { cookie } = await first.signIn();
  // The session is in the database, its cookie signed with the secret that both have.
  expect((await send(`${second.url}/session`, { headers: { cookie } })).text).toContain(admin.username);
  const context = await browser.newContext();
  const [name = "", value = ""] = cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url: second.url }]);
  const other = await context.newPage();
  await Promise.all([openEndpoints(page, first.url, id), openEndpoints(other, second.url, id)]);
  await other.waitForFunction(takenOver);

  await weight(page).fill("7");
  await save(page);
  await expectSaved(page);
  await expect(weight(other)).toHaveValue("7");
  await expect(bar(other)).toContainText("This API was saved elsewhere meanwhile: here is its newest draft.");
  await expectClean(other);

  await weight(other).fill("9");
  await expectChanges(other, 1);
  await weight(page).fill("8");
  await save(page);
  await expectSaved(page);
  await expect(bar(other)).toContainText("saved elsewhere meanwhile: Save lets you keep both");
  await save(other);
  const dialog = other.getByRole("dialog", { name: "Changed elsewhere" });
  await expect(dialog).toContainText("8");
  await dialog.getByRole("button", { name: "Keep both" }).click();
  await expectSaved(other);
  await expect(weight(page)).toHaveValue("9");
  await context.close();
});

test("passwords are guessed no more often on two publishers than on one", async ({ publisher }) => {
  const publishers = await Promise.all([publisher(), publisher()]);
  const guess = async (n: number) => {
    const body = JSON.stringify({ username: admin.username, password: `wrong password ${n}` });
    const headers = { "content-type": "application/json" };
    return (await send(`${publishers[n % 2]!.url}/session`, { method: "POST", headers, body })).status;
  };
  // At once, too: those that are under way may all fail.
  const answers = await Promise.all(Array.from({ length: 14 }, (_, n) => guess(n)));
  expect(answers.filter((status) => status === 401)).toHaveLength(8);
  for (const { url } of publishers) {
    const body = JSON.stringify(admin);
    const headers = { "content-type": "application/json" };
    expect((await send(`${url}/session`, { method: "POST", headers, body })).status).toBe(429);
  }
});

test("right passwords at once are all taken, on both", async ({ publisher }) => {
  const publishers = await Promise.all([publisher(), publisher()]);
  const signIns = Array.from({ length: 24 }, (_, n) => publishers[n % 2]!.signIn());
  for (const { token } of await Promise.all(signIns)) expect(token).not.toBe("");
});

test("what one of them does for all is taken over when it dies", async ({ publisher, database }) => {
  const holders = () => database.sql<{ holder: string }>(`SELECT "holder" FROM "Lease"`);
  const first = await publisher();
  await expect.poll(holders).toHaveLength(1);
  const [had] = await holders();
  await database.sql(
    `INSERT INTO "Attempt" ("key", "at") VALUES ('long ago', clock_timestamp() - interval '2 hours')`,
  );
  await publisher();
  expect(await holders()).toEqual([had]);
  await first.stop("SIGKILL");
  // It is held for ten seconds.
  await expect.poll(holders, { timeout: 60_000 }).not.toEqual([had]);
  await expect.poll(() => database.sql(`SELECT 1 FROM "Attempt" WHERE "key" = 'long ago'`)).toEqual([]);
});
