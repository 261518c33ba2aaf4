import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { run } from "../processes";

test.use({ installation: "own" });

test("what is kept beside the database lies in SLUICE_DATA, and a gateway keeps its id there", async ({
  database,
  gateway,
}) => {
  const folder = join(database.folder, "of", "its own");
  const g = await gateway({ SLUICE_DATA: folder });
  expect(readdirSync(folder).sort()).toEqual(["gateway.id", "sluice.crt", "sluice.key", "sluice.secret"]);
  expect(readdirSync(database.folder)).not.toContain("sluice.secret");
  const { id } = await g.status();
  expect(id).toBe(readFileSync(join(folder, "gateway.id"), "utf8"));
  await g.stop();
  const again = await gateway({ SLUICE_DATA: folder });
  expect((await again.status()).id).toBe(id);
  const named = await gateway({ SLUICE_DATA: folder, GATEWAY_ID: "edge-1" });
  expect((await named.status()).id).toBe("edge-1");
});

test("beside a file nobody is told of a gateway, and nothing is said of that", async ({
  database,
  gateway,
}) => {
  const g = await gateway();
  // What was said after the first of them has come back by the last.
  for (let news = 0; news < 10; news++) {
    await g.reaches(await database.delete(await database.save(apiWith(["http://127.0.0.1:9"]))));
  }
  expect(await database.sql(`SELECT * FROM "Gateway"`)).toEqual([]);
  expect((await g.status()).unannounced).toBe(null);
  expect(g.output()).not.toContain("does not learn");
});

for (const name of ["gateway", "publisher"] as const) {
  test(`a data folder that cannot be made ends the start of the ${name} with what to do`, async ({
    database,
    processes,
  }) => {
    const file = join(database.folder, "file");
    writeFileSync(file, "");
    const running = run(name, { DATABASE_URL: database.url, SLUICE_DATA: file });
    processes.push(running);
    expect(await running.exited).toBe(1);
    expect(running.output()).toContain(
      `The data folder ${file} cannot be made: there is a file of that name.`,
    );
  });
}
