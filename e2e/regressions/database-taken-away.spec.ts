import { execFile } from "node:child_process";
import { copyFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, outputFolder, type Publisher, root, test } from "../fixtures";
import { send } from "../http";
import { neutralEnvironment } from "../processes";
import { importApi } from "../writers";

/** A publisher whose database was deleted or replaced went on acknowledging into the file that nobody sees any more. */

test.use({ installation: "own", signedIn: false });

const gone =
  "The file of the database is gone: nothing can be saved until it is put back or a backup is restored.";
const foreign =
  "The file of the database was replaced by one that is no database of this Sluice: nothing can be saved until the right one is put back or a backup is restored.";

const sluice = (url: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [join(root, "bin/sluice.mjs"), ...args], {
    env: { ...neutralEnvironment(), DATABASE_URL: url },
  });
const count = (text: string, part: string) => text.split(part).length - 1;

/** Saves APIs by name, and which of them are there. */
async function saverOf(p: Publisher) {
  const { token } = await p.signIn();
  return {
    save: (name: string) => importApi(p.url, token, { name, note: "x" }),
    async names(): Promise<string[]> {
      const answer = await send(`${p.url}/api/v1/apis`, { headers: { authorization: `Bearer ${token}` } });
      const { apis } = JSON.parse(answer.text) as { apis: { name: string }[] };
      return apis.map(({ name }) => name).sort();
    },
    async readyz(): Promise<[number, string | undefined]> {
      const answer = await send(`${p.url}/readyz`);
      return [answer.status, (JSON.parse(answer.text) as { message?: string }).message];
    },
  };
}

test("a database that is deleted is told, nothing is acknowledged, and a restored one is taken up", async ({
  publisher,
  database,
}) => {
  const p = await publisher();
  const { save, names, readyz } = await saverOf(p);
  expect((await save("Kept")).status).toBe(201);
  const copy = join(outputFolder(), "monday.db");
  await sluice(database.url, "backup", copy);
  expect((await save("Later")).status).toBe(201);
  await database.close();

  await rm(database.file);
  // Also without anybody who asks for something.
  await expect.poll(() => p.output()).toContain(gone);
  const refused = await save("Lost");
  expect([refused.status, JSON.parse(refused.text)]).toEqual([503, { message: gone }]);
  expect(await readyz()).toEqual([503, gone]);
  expect(count(p.output(), `${database.file}: ${gone}`)).toBe(1);

  await sluice(database.url, "restore", copy);
  expect(await names()).toEqual(["Kept"]);
  expect((await save("Lost")).status).toBe(201);
  expect(await readyz()).toEqual([200, undefined]);
  // The file system may give it the number of the file that was deleted.
  const another = `Another database is at ${database.file} now.`;
  expect(
    [another, `The database ${database.file} is there again.`].some((words) => p.output().includes(words)),
  ).toBe(true);
  await p.stop("SIGKILL");
  expect(await (await saverOf(await publisher())).names()).toEqual(["Kept", "Lost"]);
});

test("what is put in the place of a database is used if it is one of this Sluice, and else refused", async ({
  publisher,
  gateway,
  database,
}) => {
  // It looks rarely: by then the publisher has gone over to what is new, and has written.
  const g = await gateway({ GATEWAY_POLL_MS: "2000" });
  const p = await publisher();
  const { save, names, readyz } = await saverOf(p);
  expect((await save("Kept")).status).toBe(201);
  const copy = join(outputFolder(), "monday.db");
  await sluice(database.url, "backup", copy);
  expect((await save("Later")).status).toBe(201);
  await database.close();
  const away = `${database.file}.away`;

  // By hand, with the log of the one before beside it.
  await rename(database.file, away);
  await copyFile(copy, `${database.file}.new`);
  await rename(`${database.file}.new`, database.file);
  await expect.poll(names).toEqual(["Kept"]);
  expect((await save("After")).status).toBe(201);
  await database.sql('UPDATE "Generation" SET "value" = "value" + 1');
  const [{ newest } = { newest: 0 }] = await database.sql<{ newest: number }>(
    'SELECT "value" AS newest FROM "Generation"',
  );
  await expect
    .poll(async () => {
      const { databaseError, generation } = await g.status();
      return databaseError ?? generation;
    })
    .toBe(Number(newest));
  expect(await database.sql("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  await database.close();

  await writeFile(`${database.file}.new`, "no database, but long enough to be taken for one. ".repeat(20));
  const second = `${database.file}.second`;
  await rename(database.file, second);
  await rename(`${database.file}.new`, database.file);
  const refused = await save("Lost");
  expect([refused.status, JSON.parse(refused.text)]).toEqual([503, { message: foreign }]);
  expect(await readyz()).toEqual([503, foreign]);
  expect(count(p.output(), `${database.file}: ${foreign}`)).toBe(1);

  // Each of those that were moved away has all that was acknowledged into it.
  await rename(second, database.file);
  expect(await names()).toEqual(["After", "Kept"]);
  await rename(away, database.file);
  expect(await names()).toEqual(["Kept", "Later"]);
  await expect.poll(async () => (await g.status()).databaseError).toBeNull();
});

test("what is being saved while the database is moved away is in it, or is refused", async ({
  publisher,
  database,
}) => {
  const p = await publisher();
  const { save, names } = await saverOf(p);
  const acknowledged: string[] = [];
  let isAway = false;
  const late: string[] = [];
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    for (let round = 0; ; round++) {
      const wasAway = isAway;
      const name = `Api${writer}x${round}`;
      const { status } = await save(name);
      if (status === 201) (wasAway ? late : acknowledged).push(name);
      if (wasAway) return;
    }
  });
  await expect.poll(() => acknowledged.length).toBeGreaterThan(12);
  await rename(database.file, `${database.file}.away`);
  isAway = true;
  await Promise.all(writers);
  expect(late).toEqual([]);
  await rename(`${database.file}.away`, database.file);
  expect(await names()).toEqual(expect.arrayContaining(acknowledged));
});

test.describe("in the browser", () => {
  test.use({ signedIn: true, expectedConsoleErrors: /503|500|React error #441/ });

  test("a page that cannot be shown without the database says so, and is shown when it is back", async ({
    page,
    publisher,
    database,
  }) => {
    const { url } = await publisher();
    await page.goto(`${url}/settings/users`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await database.close();
    await rename(database.file, `${database.file}.away`);
    await page.goto(`${url}/settings/users`, { waitUntil: "load" });
    await expect(page.getByRole("heading", { name: "This page could not be shown" })).toBeVisible();
    await expect(page.getByText(gone)).toBeVisible();
    await rename(`${database.file}.away`, database.file);
    await page.goto(`${url}/settings/users`);
    await expect(page.getByRole("table")).toContainText("admin");
  });
});
