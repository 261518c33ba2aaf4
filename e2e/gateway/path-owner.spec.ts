import { type ApiInput, BOTH, expect, type Gateway, test } from "../fixtures";
import { pizza, send } from "./client";

/** Whose a path is: docs/rules/gateway.md section 1. */

const asDefault = { isDefaultVersion: true } as const;

/** A version of Pizza whose only endpoint is its own. */
function version(number: string, backend: { url: string }, rest: Partial<ApiInput> = asDefault): ApiInput {
  const endpoint = { id: `version-${number.replaceAll(".", "-")}`, url: backend.url };
  const production = { enabled: true, endpoints: [endpoint] };
  return pizza([], {}, { version: number, endpoints: { production }, ...rest });
}

/** Which backend answers at a path; the status where none does. */
async function who(g: Gateway, path: string): Promise<string | number> {
  const { status, body } = await send(g.url + path);
  return status === 200 ? (JSON.parse(body) as { backend: string }).backend : status;
}

const notice = async (g: Gateway, id: string) =>
  (await g.status()).apis.find(({ apiId }) => apiId === id)?.notice;

test("of two default versions the first that came answers without the version; the other is told, and follows it", {
  tag: BOTH,
}, async ({ backend, database, gateway }) => {
  const [one, two, three] = [await backend("one"), await backend("two"), await backend("three")];
  const g = await gateway();
  // By id the first one is not the lowest, always: it was made last.
  const third = await database.save(version("3.0.0", three));
  const second = await database.save(version("2.0.0", two));
  const { id: first } = await g.deploy(version("1.0.0", one));
  expect((await g.deploy(version("2.0.0", two))).id).toBe(second);
  expect((await g.deploy(version("3.0.0", three))).id).toBe(third);
  expect(await who(g, "/pizza/")).toBe("one");
  expect(await who(g, "/pizza/2.0.0/")).toBe("two");
  expect(await who(g, "/pizza/3.0.0/")).toBe("three");
  expect(await notice(g, first)).toBeNull();
  const told = "/pizza is served by Pizza 1.0.0 (r1), so this version answers at /pizza/2.0.0 only.";
  expect(await notice(g, second)).toBe(told);

  // Deployed anew it keeps the path, and without being default it gives it up.
  await g.deploy(version("1.0.0", one, { ...asDefault, description: "again" }));
  expect(await who(g, "/pizza/")).toBe("one");
  await g.deploy(version("1.0.0", one, {}));
  expect(await who(g, "/pizza/")).toBe("two");
  expect(await who(g, "/pizza/1.0.0/")).toBe("one");
  expect(await notice(g, second)).toBeNull();
  // Who comes again is the last.
  await g.deploy(version("1.0.0", one));
  expect(await notice(g, first)).toContain("served by Pizza 2.0.0");

  await g.reaches(await database.undeploy(second));
  expect(await who(g, "/pizza/")).toBe("three");
  await g.reaches(await database.delete(third));
  expect(await who(g, "/pizza/")).toBe("one");
  await g.deploy(version("1.0.0", one, { ...asDefault, context: "/palace" }));
  expect(await who(g, "/pizza/")).toBe(404);
  expect(await who(g, "/palace/")).toBe("one");
  const paths = await database.sql('SELECT "path", "isOwn" FROM "LivePath" ORDER BY "path"');
  expect(paths).toEqual([
    { path: "/palace", isOwn: false },
    { path: "/palace/1.0.0", isOwn: true },
  ]);
});

test("an API's own path goes before another one's without version, which gets it back", {
  tag: BOTH,
}, async ({ backend, database, gateway }) => {
  const [wide, own] = [await backend("wide"), await backend("own")];
  const g = await gateway();
  const { id } = await g.deploy(version("1.0.0", wide, { ...asDefault, context: "/shop/2" }));
  expect(await who(g, "/shop/2/")).toBe("wide");
  const { id: other } = await g.deploy(version("2", own, { name: "Shop", context: "/shop" }));
  expect(await who(g, "/shop/2/")).toBe("own");
  expect(await who(g, "/shop/2/1.0.0/")).toBe("wide");
  expect(await notice(g, id)).toBe(
    "/shop/2 is served by Shop 2 (r1), so this version answers at /shop/2/1.0.0 only.",
  );
  await g.reaches(await database.undeploy(other));
  expect(await who(g, "/shop/2/")).toBe("wide");
  expect(await notice(g, id)).toBeNull();
});

test("a path at which another API answers is refused, wherever that one's draft is", { tag: BOTH }, async ({
  backend,
  database,
  gateway,
}) => {
  const [old, young] = [await backend("old"), await backend("young")];
  const g = await gateway();
  const { id } = await g.deploy(pizza([old]));
  // Its draft went elsewhere, what is live did not.
  await database.sql(
    `UPDATE "Api" SET "name" = 'Palace', "context" = '/palace', "basePath" = '/palace/1.0.0',
     "draft" = replace(replace("draft", '"name":"Pizza"', '"name":"Palace"'), '"context":"/pizza"', '"context":"/palace"')`,
  );
  await expect(database.deploy(pizza([young]))).rejects.toThrow(
    "/pizza/1.0.0 is served by Palace 1.0.0 (r1) now. Deploy Palace 1.0.0 at another path, or undeploy it, first.",
  );
  expect(await who(g, "/pizza/1.0.0/")).toBe("old");
  await g.deploy(pizza([old], {}, { name: "Palace", context: "/palace" }));
  await g.deploy(pizza([young]));
  expect(await who(g, "/pizza/1.0.0/")).toBe("young");
  expect(await who(g, "/palace/1.0.0/")).toBe("old");

  // The gateway of a database in which nobody has said whose paths are yet serves them all the same.
  await database.sql('DELETE FROM "Live"');
  await database.sql('DELETE FROM "LivePath"');
  await database.sql(`UPDATE "Generation" SET "value" = "value" + 1`);
  const [{ value }] = (await database.sql('SELECT "value" FROM "Generation"')) as [{ value: number }];
  await g.reaches(value);
  expect((await g.status()).apis.map(({ apiId, error }) => [apiId === id, error]).sort()).toEqual([
    [false, null],
    [true, null],
  ]);
  expect(await who(g, "/pizza/1.0.0/")).toBe("young");
  expect(await who(g, "/palace/1.0.0/")).toBe("old");
});
