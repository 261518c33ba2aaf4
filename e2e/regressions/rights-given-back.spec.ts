import { spawnSync } from "node:child_process";
import { chmod, chown, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { admin, type Database, expect, root, test } from "../fixtures";
import { send } from "../http";
import { postSession } from "../installation";
import { apiWith } from "../pages/apis";
import { freePort } from "../ports";
import { type Running, run, until } from "../processes";
import { importApi } from "../writers";

/** A publisher that had opened its database without the right to write went on refusing when that was given back. */

test.use({ installation: "own", signedIn: false });

/** Rights are nothing to the one who has all of them. */
const NOBODY = process.getuid?.() === 0 ? 65534 : undefined;

/** A publisher of somebody who may only read the database, and what gives or takes rights. */
async function withoutRights(database: Database, ownProcesses: Running[], env: Record<string, string> = {}) {
  const asThem = spawnSync(process.execPath, ["build/migrate.mjs", "--help"], { cwd: root, uid: NOBODY });
  test.skip(asThem.error !== undefined, "Nobody but root can read this clone.");
  await database.close();
  const { folder } = database;
  const rights = async (mode: number) => {
    for (const name of await readdir(folder))
      if (name.startsWith("sluice.db")) await chmod(join(folder, name), mode);
  };
  if (NOBODY) {
    await chmod(dirname(folder), 0o711);
    for (const name of [".", ...(await readdir(folder))]) await chown(join(folder, name), NOBODY, NOBODY);
  }
  await rights(0o444);
  const port = await freePort();
  const publisher = run("publisher", { DATABASE_URL: database.url, PORT: String(port), ...env }, NOBODY);
  ownProcesses.push(publisher);
  await until(publisher, () => /^Publisher: http/m.test(publisher.output()));
  return { publisher, url: `http://localhost:${port}`, giveBack: () => rights(0o644) };
}

const readOnly = "The database can only be read.";

test("as soon as a database may be written again, it is", async ({ database, ownProcesses }) => {
  await database.user(admin.username, admin.password, "admin");
  const { id } = await database.deploy(apiWith(["http://orders:8080"]));
  const { publisher, url, giveBack } = await withoutRights(database, ownProcesses);
  expect(publisher.output()).toContain(`No key to sign tokens with could be made: ${readOnly}\n`);
  await expect(postSession(url, admin.username, admin.password)).rejects.toThrow(
    `503 {"message":"${readOnly}"}`,
  );
  // What is read meanwhile may have had it opened anew, too early.
  expect((await send(`${url}/readyz`)).status).toBe(200);

  await giveBack();
  const { token } = await postSession(url, admin.username, admin.password);
  expect((await importApi(url, token, { name: "Menu", note: "x" })).status).toBe(201);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  expect(
    (await send(`${url}/api/v1/apis/${id}/tokens`, { method: "POST", headers, body: "{}" })).status,
  ).toBe(200);
});

test("the first administrator is made as soon as the database may be written", async ({
  database,
  ownProcesses,
}) => {
  const env = { ADMIN_PASSWORD: admin.password };
  const { publisher, url, giveBack } = await withoutRights(database, ownProcesses, env);
  expect(publisher.output()).toContain(`The administrator account admin could not be made: ${readOnly}\n`);
  await giveBack();
  await expect.poll(() => publisher.output()).toContain("Created the administrator account admin.");
  expect((await postSession(url, admin.username, admin.password)).token).not.toBe("");
});
