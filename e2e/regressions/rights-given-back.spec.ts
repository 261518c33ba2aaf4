import { spawnSync } from "node:child_process";
import { chmod, chown, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { admin, expect, root, test } from "../fixtures";
import { send } from "../http";
import { postSession } from "../installation";
import { apiWith } from "../pages/apis";
import { freePort } from "../ports";
import { run, untilReady } from "../processes";
import { importApi } from "../writers";

/** A publisher that had opened its database without the right to write went on refusing when that was given back. */

test.use({ installation: "own", signedIn: false });

/** Rights are nothing to the one who has all of them. */
const NOBODY = process.getuid?.() === 0 ? 65534 : undefined;

test("as soon as a database may be written again, it is", async ({ database, ownProcesses }) => {
  const asThem = spawnSync(process.execPath, ["build/migrate.mjs", "--help"], { cwd: root, uid: NOBODY });
  test.skip(asThem.error !== undefined, "Nobody but root can read this clone.");
  await database.user(admin.username, admin.password, "admin");
  const { id } = await database.deploy(apiWith(["http://orders:8080"]));
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
  const publisher = run("publisher", { DATABASE_URL: database.url, PORT: String(port) }, NOBODY);
  ownProcesses.push(publisher);
  await untilReady(publisher, () => /^Publisher: http/m.test(publisher.output()));
  const url = `http://localhost:${port}`;
  const readOnly = "The database can only be read.";
  expect(publisher.output()).toContain(`No key to sign tokens with could be made: ${readOnly}\n`);
  expect((await send(`${url}/readyz`)).status).toBe(200);
  await expect(postSession(url, admin.username, admin.password)).rejects.toThrow(
    `503 {"message":"${readOnly}"}`,
  );
  // What is read meanwhile may have had it opened anew, too early.
  expect((await send(`${url}/readyz`)).status).toBe(200);

  await rights(0o644);
  const { token } = await postSession(url, admin.username, admin.password);
  expect((await importApi(url, token, { name: "Menu", note: "x" })).status).toBe(201);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  expect(
    (await send(`${url}/api/v1/apis/${id}/tokens`, { method: "POST", headers, body: "{}" })).status,
  ).toBe(200);
});
