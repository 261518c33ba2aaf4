import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "../fixtures";
import { send } from "../gateway/client";
import { run } from "../processes";

/** A power cut took what had been answered, and left files of 0 bytes that were taken for whole ones. */

test.use({ installation: "own", ownCertificate: true });

test("what the publisher has written is synced before it says so", async ({ database }) => {
  const rows = await database.sql("SELECT CAST(synchronous AS TEXT) AS level FROM pragma_synchronous");
  // FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
  expect(rows).toEqual([{ level: "2" }]);
});

for (const name of ["gateway", "publisher"] as const) {
  test(`an empty secret ends the start of the ${name} with what to do`, async ({
    database,
    ownProcesses,
  }) => {
    const file = join(database.folder, "sluice.secret");
    await writeFile(file, "");
    const running = run(name, { DATABASE_URL: database.url });
    ownProcesses.push(running);
    expect(await running.exited).toBe(1);
    expect(running.output()).toContain(`The secret ${file} is empty. Put it back from a backup, or set`);
    expect((await stat(file)).size).toBe(0);
  });
}

test("an empty key and an empty certificate that were made here are made anew", async ({
  database,
  gateway,
}) => {
  const [crt, key] = [join(database.folder, "sluice.crt"), join(database.folder, "sluice.key")];
  for (const empty of ["", "\0".repeat(241)]) {
    await writeFile(crt, empty);
    await writeFile(key, empty);
    const g = await gateway();
    expect((await send(`${g.httpsUrl}/`, { tls: { ca: await readFile(crt, "utf8") } })).status).toBe(404);
    expect(await readFile(key, "utf8")).toContain("PRIVATE KEY");
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    await g.stop();
  }
});
