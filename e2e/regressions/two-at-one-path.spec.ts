import { apictlOf } from "../apictl";
import { type Database, expect, type Gateway, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { migrated } from "../installations/migrated";

/** Two APIs came to be live at one path: by an older Sluice, or by two that deployed at once. */

test.use({ installation: "own" });

const TAKEN =
  /^\/pizza\/1\.0\.0 is served by \S+ 1\.0\.0 \(r1\) now\. Deploy \S+ 1\.0\.0 at another path, or/;
const ALREADY = "/pizza/1.0.0 is already served by another API: Pizza 1.0.0, r2.";
const SHORT = "/pizza is served by Pizza 1.0.0 (r2), so this version answers at /pizza/2.0.0 only.";

/** The one problem that a refusal names. */
const problemOf = (text: string) =>
  (JSON.parse(text) as { problems: { message: string }[] }).problems[0]?.message;

/** What is said of the APIs that are live, and who answers at a path. */
async function said(g: Gateway) {
  const { apis } = await g.status();
  return new Map(apis.map(({ apiId, error, notice }) => [apiId, error ?? notice]));
}

async function who(g: Gateway, path: string): Promise<unknown> {
  const answer = await fetch(g.url + path);
  return answer.ok ? ((await answer.json()) as { backend: string }).backend : answer.status;
}

/** As if the draft of the API at /pizza had gone elsewhere: what it was deployed with stays. */
async function moveDraft(database: Database, id: string, to: string): Promise<void> {
  await database.sql(
    `UPDATE "Api" SET "name" = '${to}', "context" = '/${to}', "basePath" = '/${to}/1.0.0',
     "draft" = json_patch("draft", '{"name":"${to}","context":"/${to}"}') WHERE "id" = '${id}'`,
  );
}

/** Deploys a revision again as an older Sluice did, which looked at no path and knew of no tables of them. */
async function deployAsBefore(database: Database, id: string, revision: number): Promise<void> {
  await database.sql(
    `INSERT INTO "Deployment" ("apiId", "revisionId", "revisionNumber")
     SELECT "apiId", "id", "number" FROM "Revision" WHERE "apiId" = '${id}' AND "number" = ${revision}`,
  );
}

/** The database as it was before the migration that made the tables of paths. */
async function without(database: Database): Promise<void> {
  await database.sql('DROP TABLE "LivePath"');
  await database.sql('DROP TABLE "Live"');
  await database.sql(`DELETE FROM "_prisma_migrations" WHERE "migration_name" LIKE '%_live_paths'`);
  await database.close();
}

test("an old database with two APIs at one path: the one deployed first has it, the others are told", async ({
  page,
  publisher,
  gateway,
  backend,
  database,
}) => {
  const [old, young, next] = [await backend("old"), await backend("young"), await backend("next")];
  const asDefault = { isDefaultVersion: true };
  const { id: moved } = await database.deploy(pizza([old]));
  await moveDraft(database, moved, "palace");
  await database.undeploy(moved);
  const { id: second } = await database.deploy(pizza([next], {}, { version: "2.0.0", ...asDefault }));
  await database.undeploy(second);
  const { id: owner } = await database.deploy(pizza([young]));
  await database.deploy(pizza([young], {}, asDefault));
  await deployAsBefore(database, second, 1);
  await deployAsBefore(database, moved, 1);
  const [before] = await database.sql<{ value: number }>('SELECT "value" FROM "Generation"');
  await without(database);

  expect(await migrated(database.url)).toBe("");
  const counted = async () => {
    const own = `SELECT "path", "apiId" FROM "LivePath" ORDER BY "path"`;
    return [await database.sql(own), (await database.sql('SELECT * FROM "Live"')).length];
  };
  const settled = [
    [
      { path: "/pizza", apiId: owner },
      { path: "/pizza/1.0.0", apiId: owner },
      { path: "/pizza/2.0.0", apiId: second },
    ],
    3,
  ];
  expect(await counted()).toEqual(settled);
  const g = await gateway();
  expect((await g.status()).generation).toBe(before!.value + 1);
  expect(await said(g)).toEqual(
    new Map([
      [owner, null],
      [moved, ALREADY],
      [second, SHORT],
    ]),
  );
  expect(
    await Promise.all(["/pizza/", "/pizza/1.0.0/", "/pizza/2.0.0/"].map((path) => who(g, path))),
  ).toEqual(["young", "young", "next"]);

  const running = await publisher();
  const { url } = running;
  // A publisher that finds all in order changes nothing.
  expect(await counted()).toEqual(settled);
  const state = page.getByTestId("api-state");
  await page.goto(`${url}/apis/${moved}`);
  await expect(state).toContainText(`r1 is not served: ${ALREADY} · callers get 404`);
  await page.goto(`${url}/apis/${second}`);
  await expect(state).toContainText("Live: r1");
  await expect(state).toContainText(SHORT);

  // Whoever was told gets the path once it is given up, and keeps it.
  const apictl = await apictlOf(running);
  for (const action of ["Publish", "Deprecate", "Retire"]) await apictl.changed(owner, action);
  await page.goto(`${url}/apis/${moved}`);
  await expect(state).toContainText("Live: r1");
  await expect(state).not.toContainText("is served by");
  expect(await said(g)).toEqual(
    new Map([
      [moved, null],
      [second, null],
    ]),
  );
  expect([await who(g, "/pizza/1.0.0/"), await who(g, "/pizza/")]).toEqual(["old", "next"]);
  const again = await apictl.changeStatus(owner, "Re-Publish");
  expect([again.status, await again.text()]).toEqual([
    400,
    expect.stringContaining("is served by palace 1.0.0"),
  ]);
});

test("what an older Sluice deployed beside this one is put in order when the next publisher starts", async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const palace = pizza([one], {}, { context: "/palace" });
  const { id } = await database.deploy(pizza([one], {}, { isDefaultVersion: true }));
  const { id: gone } = await database.deploy(pizza([two], {}, { name: "Gone", context: "/gone" }));
  await database.deploy(palace);
  await deployAsBefore(database, id, 1);
  await database.sql(`INSERT INTO "Deployment" ("apiId") VALUES ('${gone}')`);
  await database.sql('UPDATE "Generation" SET "value" = "value" + 1');
  const g = await gateway();
  const answering = () =>
    Promise.all(["/pizza/1.0.0/", "/pizza/", "/gone/1.0.0/"].map((path) => who(g, path)));
  const owners = () => database.sql('SELECT "path", "apiId" FROM "LivePath" ORDER BY "path"');
  // Meanwhile the gateway serves it at the paths that are nobody's.
  expect(await answering()).toEqual(["one", "one", 404]);
  await publisher();
  const both = [
    { path: "/pizza", apiId: id },
    { path: "/pizza/1.0.0", apiId: id },
  ];
  expect(await owners()).toEqual(both);
  expect(await answering()).toEqual(["one", "one", 404]);

  // Where its own path is another's, it has none at all, and all of them once that one is gone.
  await database.deploy(palace);
  const { id: young } = await database.deploy(pizza([two], {}, { name: "Young" }));
  await deployAsBefore(database, id, 1);
  await publisher();
  expect(await owners()).toEqual([{ path: "/pizza/1.0.0", apiId: young }]);
  await expect.poll(answering).toEqual(["two", 404, 404]);
  await g.reaches(await database.undeploy(young));
  expect(await owners()).toEqual(both);
  expect(await answering()).toEqual(["one", "one", 404]);
});

test("of two that deploy at one path at once one is refused with a sentence", async ({
  publisher,
  database,
}) => {
  const publishers = [await publisher(), await publisher()];
  const sessions = await Promise.all(publishers.map(async (p) => ({ url: p.url, ...(await p.signIn()) })));
  const backend = { url: "http://127.0.0.1:9" };
  const { id: moved } = await database.deploy(pizza([backend]));
  await moveDraft(database, moved, "palace");
  await database.undeploy(moved);
  const drafted = await database.save(pizza([backend]));
  const deploy = async (at: number, id: string, body: object) => {
    const { url, token } = sessions[at]!;
    const answer = await fetch(`${url}/api/v1/apis/${id}/deployments`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return { id, status: answer.status, text: await answer.text() };
  };
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all([deploy(0, moved, { revision: 1 }), deploy(1, drafted, {})]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const [refused, live] = answers.sort((a, b) => b.status - a.status);
    expect(problemOf(refused!.text)).toMatch(TAKEN);
    expect(await database.sql('SELECT "apiId" FROM "LivePath"')).toEqual([{ apiId: live!.id }]);
    await database.undeploy(live!.id);
  }

  // Both have looked before one of them writes, as a database with several writers lets them.
  await database.sql(
    `CREATE TRIGGER "first" BEFORE INSERT ON "LivePath" WHEN NEW."apiId" = '${drafted}' BEGIN
     INSERT INTO "LivePath" ("path", "apiId", "isOwn") VALUES (NEW."path", '${moved}', true); END`,
  );
  const { status, text } = await deploy(0, drafted, {});
  expect([status, problemOf(text)]).toEqual([
    400,
    "Somebody else has deployed at /pizza/1.0.0 at this moment. Try again.",
  ]);
  expect(await database.sql('SELECT "apiId" FROM "LivePath" UNION SELECT "apiId" FROM "Live"')).toEqual([]);
});
