import { execFile } from "node:child_process";
import { access, copyFile, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, outputFolder, test } from "../fixtures";
import { neutralEnvironment, root } from "../processes";
import { pizza, send } from "./client";
import { hit } from "./traffic";

/** `sluice backup` and `sluice restore`, on the database of a gateway: docs/operate.md section 8. */

test.use({ installation: "own" });

function sluice(url: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [join(root, "bin/sluice.mjs"), ...args],
      { env: { ...neutralEnvironment(), DATABASE_URL: url } },
      (error, out, err) => resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }),
    ),
  );
}

test("a backup made while the database is in use brings back what was, and what is there is put aside", async ({
  backend,
  database,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const copy = join(outputFolder(), "kept", "monday.db");
  await database.user("alice", "correct horse battery", "admin");
  const g = await gateway();
  await g.deploy(pizza([one]));
  expect(await sluice(database.url, "backup", copy)).toEqual({
    code: 0,
    out: `Wrote ${copy}, with 1 API and 1 user. It holds no secret: keep sluice.secret, too.\n`,
    err: "",
  });
  expect((await sluice(database.url, "backup", copy)).err).toBe(`${copy} exists already. Name a new file.\n`);
  await g.deploy(pizza([two]));
  await g.deploy({ ...pizza([two]), name: "Later", context: "/later" });

  const refused = await sluice(database.url, "restore", copy);
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toContain("is in use. Stop Sluice, then restore. Nothing was changed.");
  expect((await hit(g)).by).toBe("two");

  await g.stop("SIGKILL");
  // The log of the killed one, which would destroy a file in the place of its own.
  await database.close();
  await copyFile(database.file, join(database.folder, "before.db"));
  await writeFile(`${database.file}-wal`, await readFile(database.file));
  const done = await sluice(database.url, "restore", copy);
  expect(done).toMatchObject({ code: 0, err: "" });
  const aside = /^Restored 1 API and 1 user\. The database before is (.*\.replaced-\d+)\.\n$/.exec(
    done.out,
  )?.[1];
  await access(aside!);
  expect((await readdir(database.folder)).filter((name) => /incoming|unchecked/.test(name))).toEqual([]);
  const later = await gateway();
  await expect.poll(async () => (await hit(later)).by).toBe("one");
  expect((await send(`${later.url}/later/1.0.0/menu`)).status).toBe(404);
});

test("what is no backup is refused with a sentence, and nothing is changed", async ({ database }) => {
  const at = (name: string) => join(outputFolder(), name);
  await database.user("alice", "correct horse battery", "admin");
  await writeFile(at("text.db"), "not a database at all, but long enough to have a head".repeat(9));
  await writeFile(at("empty.db"), "");
  expect((await sluice(database.url, "backup", at("cut.db"))).code).toBe(0);
  await truncate(at("cut.db"), 100_000);
  await database.close();
  const before = await readFile(database.file);
  for (const [name, reason] of [
    ["text.db", "it is no database"],
    ["empty.db", "it is no database of Sluice"],
    ["cut.db", "it is damaged"],
  ] as const) {
    const { code, err } = await sluice(database.url, "restore", at(name));
    expect([code, err]).toEqual([1, `${at(name)} could not be restored: ${reason}. Nothing was changed.\n`]);
  }
  expect((await sluice(database.url, "restore", at("nowhere.db"))).err).toBe(
    `There is no backup at ${at("nowhere.db")}.\n`,
  );
  expect((await sluice(database.url, "restore")).code).toBe(2);
  expect((await readFile(database.file)).equals(before)).toBe(true);
  expect((await readdir(database.folder)).filter((name) => /incoming|replaced/.test(name))).toEqual([]);

  await truncate(database.file, 60_000);
  expect((await sluice(database.url, "backup", at("new.db"))).err).toBe(
    `${database.file} could not be copied: it is damaged. Nothing was written.\n`,
  );
  expect((await readdir(outputFolder())).filter((name) => name.startsWith("new.db"))).toEqual([]);
});

test("a backup is restored where the file is gone and its log is left", async ({ database }) => {
  const copy = join(outputFolder(), "monday.db");
  await database.user("alice", "correct horse battery", "admin");
  expect((await sluice(database.url, "backup", copy)).code).toBe(0);
  await database.user("bob", "correct horse battery", "admin");
  const log = await readFile(`${database.file}-wal`);
  await database.close();
  await rm(database.file);
  await writeFile(`${database.file}-wal`, log);

  const done = await sluice(database.url, "restore", copy);
  expect(done).toEqual({ code: 0, out: "Restored 0 APIs and 1 user.\n", err: "" });
  expect(await database.sql('SELECT "username" FROM "User"')).toEqual([{ username: "alice" }]);
  const kept = (await readdir(database.folder)).find((name) => /\.replaced-\d+-wal$/.test(name));
  expect(await readFile(join(database.folder, kept!))).toEqual(log);
});
