import { expect, test } from "../fixtures";
import { pizza, send } from "../gateway/client";
import { importApi } from "../writers";

/** During an upgrade a newer Sluice writes rows that mean more than this version knows: it must not take them for less. */

const newer = "newer Sluice";

test("what a newer version deployed is not served as if it meant less, and nobody saves over its draft", async ({
  backend,
  database,
  gateway,
  publisher,
  page,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const [g, p] = [await gateway(), await publisher()];
  const { id } = await g.deploy(pizza([one]));
  const { id: other } = await g.deploy(pizza([two], {}, { name: "Other", context: "/other" }));
  // As it will: with a number that says so, and something that this version would leave out.
  const meansMore = `replace("definition", '"name":', '"format":2,"callers":"none","name":')`;
  await database.sql(
    `INSERT INTO "Revision" ("id", "apiId", "number", "definition") SELECT 'r2', "apiId", 2, ${meansMore} FROM "Revision" WHERE "apiId" = '${id}'`,
  );
  await database.sql(
    `INSERT INTO "Deployment" ("apiId", "revisionId", "revisionNumber") VALUES ('${id}', 'r2', 2)`,
  );
  await database.sql(
    `UPDATE "Api" SET "draft" = replace("draft", '"name":', '"format":2,"name":') WHERE "id" = '${id}'`,
  );
  await database.sql(`UPDATE "Generation" SET "value" = "value" + 1`);
  const state = async () => (await g.status()).apis.find((api) => api.apiId === id);
  await expect.poll(async () => (await state())?.error ?? "").toContain(newer);
  // The last one that it understands serves on.
  expect((await state())?.revision).toBe(1);
  expect((await send(`${g.url}/pizza/1.0.0/menu`)).status).toBe(200);
  // One that starts now finds it, too.
  const { token } = await p.signIn();
  const saved = await importApi(p.url, token, { name: "Pizza", note: "x" });
  expect([saved.status, saved.text]).toEqual([503, expect.stringContaining(newer)]);
  await page.goto(`${p.url}/apis/${id}/endpoints`);
  await expect(page.getByRole("heading", { name: "Saved by a newer Sluice" })).toBeVisible();
  await expect(page.getByText("Update this one to go on with it.")).toBeVisible();
  await page.goto(`${p.url}/apis/${other}/endpoints`);
  await expect(page.getByRole("heading", { level: 1, name: /Other/ })).toBeVisible();
  await page.goto(`${p.url}/apis`);
  await expect(page.getByRole("link", { name: /Pizza/ })).toBeVisible();
});
