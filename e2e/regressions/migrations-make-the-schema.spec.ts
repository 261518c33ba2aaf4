import { execFile } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { postgresMissing } from "../../tools/postgresServer";
import { expect, outputFolder, root, test } from "../fixtures";
import { migrated } from "../installations/migrated";

/** A column that a migration forgot is found by nobody who begins anew, or by everybody who does not. */

test.use({ installation: "own" });

test("the migrations of both engines make what the schema says", async () => {
  test.skip(postgresMissing() !== null, postgresMissing() ?? "");
  const run = promisify(execFile);
  const args = ["--import", "tsx", "tools/migrateDatabase.ts", "check"];
  await expect(run(process.execPath, args, { cwd: root })).resolves.toMatchObject({ stderr: "" });
});

test("an installation of the oldest version comes to the same tables as a new one", async ({
  databases,
  database,
}) => {
  const folder = outputFolder();
  const file = join(folder, "old.db");
  await copyFile(join(root, "e2e/installations/0.1.0/sluice.db"), file);
  expect(await migrated(`file:${file}`)).toBe("");
  const old = databases.opened(`file:${file}`, file, folder);
  const tables = `SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name`;
  const columns = `SELECT m.name AS "of", c.name, c.type, c."notnull" AS needed, c.dflt_value AS preset, c.pk
    FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.name`;
  expect(await old.sql(columns)).toEqual(await database.sql(columns));
  const names = async (of: typeof old) => (await of.sql<{ name: string }>(tables)).map(({ name }) => name);
  expect(await names(old)).toEqual(await names(database));
  await old.close();
});
