import { BOTH, type Database, expect, type Gateway, test } from "../fixtures";
import { pizza, send } from "./client";

/** Copies the one live API of a database until there are `count` (/pizza, /pizza2 ...), in one statement a table. */
async function multiply(database: Database, count: number): Promise<void> {
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
  const named = (column: string) =>
    `replace(replace(${column}, '"name":"Pizza"', '"name":"Pizza' || i || '"'), '"context":"/pizza"', '"context":"/pizza' || i || '"')`;
  await database.sql(`${numbers} INSERT INTO Api (id, name, version, context, basePath, draft, updatedAt)
    SELECT id || i, name || i, version, context || i, context || i || '/' || version, ${named("draft")}, updatedAt
    FROM Api, n`);
  await database.sql(`${numbers} INSERT INTO Revision (id, apiId, number, definition)
    SELECT id || i, apiId || i, number, ${named("definition")} FROM Revision, n`);
  await database.sql(`${numbers} INSERT INTO Deployment (apiId, revisionId, revisionNumber)
    SELECT apiId || i, revisionId || i, revisionNumber FROM Deployment, n`);
  await database.sql(`${numbers} INSERT INTO Live (apiId, deploymentId, generation, path)
    SELECT d.apiId, d.id, l.generation, replace(l.path, '/pizza/', '/pizza' || i || '/')
    FROM Live l CROSS JOIN n JOIN Deployment d ON d.apiId = l.apiId || i`);
  await database.sql(`INSERT INTO LivePath (path, apiId, isOwn)
    SELECT path, apiId, true FROM Live WHERE path NOT IN (SELECT path FROM LivePath)`);
  await database.sql("UPDATE Generation SET value = value + 1");
}

const reachable = (g: Gateway, path: string) => async () => (await send(g.url + path)).status;

test.describe(() => {
  test.use({ installation: "own" });
  test("with a thousand live APIs all are served, and a deploy of one is seen at once", {
    tag: BOTH,
  }, async ({ backend, database, gateway }) => {
    test.slow();
    const [one, two] = [await backend("one"), await backend("two")];
    await database.deploy(pizza([one]));
    await multiply(database, 1000);
    const g = await gateway();
    const { apis } = await g.status();
    expect(apis).toHaveLength(1000);
    expect(apis.filter((api) => api.error !== null)).toEqual([]);
    for (const n of ["", 2, 500, 1000]) {
      const answer = await send(`${g.url}/pizza${n}/1.0.0/menu`);
      expect(JSON.parse(answer.body), `/pizza${n}`).toMatchObject({ backend: "one" });
    }
    await database.deploy(pizza([two], {}, { description: "second" }));
    const served = async () => JSON.parse((await send(`${g.url}/pizza/1.0.0/menu`)).body).backend as string;
    await expect.poll(served, { intervals: [20] }).toBe("two");
    expect(JSON.parse((await send(`${g.url}/pizza2/1.0.0/menu`)).body)).toMatchObject({ backend: "one" });
  });
});

test("an API of ten thousand operations is deployed and served, its own endpoints included", {
  tag: BOTH,
}, async ({ backend, gateway }) => {
  test.slow();
  const [api, own] = [await backend("api"), await backend("own")];
  const g = await gateway();
  const resources = Array.from({ length: 10_000 }, (_, i) => ({
    method: "GET" as const,
    path: i % 2 ? `/items${i}/{id}` : `/group${i % 97}/thing${i}`,
    ...(i % 100 === 99 && {
      endpoints: { production: { enabled: true, endpoints: [{ id: `own-${i}`, url: own.url }] } },
    }),
  }));
  await g.deploy(pizza([api], {}, { resources }));
  const backendOf = async (path: string) =>
    (JSON.parse((await send(`${g.url}/pizza/1.0.0${path}`)).body) as { backend: string }).backend;
  expect(await backendOf("/group0/thing0")).toBe("api");
  expect(await backendOf("/items9997/7")).toBe("api");
  expect(await backendOf("/items9999/7")).toBe("own");
  expect(await reachable(g, "/pizza/1.0.0/items9998/7")()).toBe(404);
});
