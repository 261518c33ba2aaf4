import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, outputFolder, root, test } from "../fixtures";
import { pizza, send } from "../gateway/client";
import { neutralEnvironment } from "../processes";

/** A start that failed left a database that no later one took, and named a copy that was not there. */

test.use({ installation: "own" });

/** Runs it with at most so many bytes a file: what comes after them fails, as on a full disk. */
function migrate(url: string, bytes?: number): [code: number | null, said: string] {
  const env = { ...neutralEnvironment(), DATABASE_URL: url };
  const limit = bytes === undefined ? [] : ["prlimit", `--fsize=${bytes}:`];
  const [command = "", ...args] = [...limit, process.execPath, "build/migrate.mjs"];
  const { status, stderr } = spawnSync(command, args, { cwd: root, env });
  return [status, String(stderr)];
}

for (const bytes of [5_000, 60_000, 150_000]) {
  test(`a first start with room for ${bytes} bytes leaves nothing, and the next one makes the database`, () => {
    const folder = join(outputFolder(), "data");
    mkdirSync(folder);
    const file = join(folder, "sluice.db");
    const url = `file:${file}`;
    const [code, said] = migrate(url, bytes);
    expect([code, said]).toEqual([1, `The database ${file} could not be made: disk I/O error.\n`]);
    expect(readdirSync(folder)).toEqual(["sluice.db.migrate-lock"]);
    expect(migrate(url)).toEqual([0, ""]);
    expect(readdirSync(folder).sort()).toEqual(["sluice.db", "sluice.db.migrate-lock"]);
  });
}

test("after a migration that failed the copy from before is named, is there, and can be put back", async ({
  database,
}) => {
  await database.user("alice", "correct horse battery", "admin");
  // As of a version before these two migrations, with something in the way of the second.
  const [first, last] = ["20261128123631_settings", "20261129092320_life_cycle"];
  await database.sql(`DELETE FROM "_prisma_migrations" WHERE "migration_name" IN ('${first}', '${last}')`);
  await database.sql('DROP TABLE "Setting"');
  await database.close();
  const { file, url } = database;
  const copy = `${file}.before-${first}`;

  const [code, said] = migrate(url);
  expect(code).toBe(1);
  expect(said).toContain(`The database ${file} could not be migrated: `);
  expect(said).toContain(`npx sluice restore ${copy}`);
  const again = `The migration ${last} failed half-way on ${file}; put back the data as it was before (npx sluice restore ${copy}) and start again. If its data may go: delete the file and begin anew (npm start -- --new).\n`;
  expect(migrate(url)).toEqual([1, again]);

  const env = { ...neutralEnvironment(), DATABASE_URL: url };
  execFileSync(process.execPath, ["bin/sluice.mjs", "restore", copy], { cwd: root, env });
  await database.sql('ALTER TABLE "Api" DROP COLUMN "lifeCycle"');
  await database.close();
  expect(migrate(url)).toEqual([0, ""]);
  expect(await database.sql('SELECT "username" FROM "User"')).toEqual([{ username: "alice" }]);
});

test("a gateway that reads the database does not keep it from being migrated, and serves on", async ({
  backend,
  database,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one]));
  // As of a version before, of whose tables a gateway reads all.
  const last = "20261129182757_attempts";
  await database.sql(`DELETE FROM "_prisma_migrations" WHERE "migration_name" = '${last}'`);
  await database.sql('DROP TABLE "Attempt"');
  await database.close();
  expect(migrate(database.url)).toEqual([0, ""]);
  expect(await database.sql('SELECT * FROM "Attempt"')).toEqual([]);
  expect((await g.status()).databaseError).toBeNull();
  await g.deploy(pizza([two]));
  expect((await send(`${g.url}/pizza/1.0.0/menu`)).body).toContain("two");
});
