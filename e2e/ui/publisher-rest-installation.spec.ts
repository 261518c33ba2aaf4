import { publisherCalls as calls } from "#lib/contract/publisherRest";
import { type Apictl, apictlOf, refusalOf, told } from "../apictl";
import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { apiWith } from "../pages/apis";

/** What WSO2's clients ask of the installation, and new versions of APIs. */

test.use({ signedIn: false });

const copy = (apictl: Apictl, query: Record<string, string>) =>
  apictl.call(`/apis/copy-api?${new URLSearchParams(query)}`, { method: "POST" });

test("another version is a draft that is the same in all else, with credentials of its own", async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const b = await backend("oven");
  const g = await gateway();
  const security = { kind: "basic" as const, basic: { username: "chef", password: { plain: "s3cret" } } };
  const { id } = await g.deploy({ ...pizza([b], { security }), description: "Tasty" });
  const apictl = await apictlOf(await publisher());
  await apictl.changed(id, "Publish");
  const answer = await copy(apictl, { apiId: id, newVersion: "2.0.0", defaultVersion: "true" });
  const location = answer.headers.get("location");
  const copied = await told(calls.copy, 201, answer);
  expect(location).toBe(`/api/am/publisher/v4/apis/${copied.id}`);
  expect(copied).toMatchObject({
    ...{ name: "Pizza", version: "2.0.0", context: "/pizza", description: "Tasty" },
    ...{ lifeCycleStatus: "CREATED", isDefaultVersion: true, warnings: [] },
  });
  expect(JSON.stringify(copied)).not.toContain("s3cret");
  expect((await apictl.revisions(copied.id)).count).toBe(0);
  expect(await apictl.get(id)).toMatchObject({ version: "1.0.0", lifeCycleStatus: "PUBLISHED" });
  expect((await fetch(`${g.url}/pizza/2.0.0/menu`)).status).toBe(404);

  // Its credentials go on although the other one goes.
  expect((await apictl.send("POST", `/apis/${copied.id}/revisions`, {})).status).toBe(201);
  const [revision] = (await apictl.revisions(copied.id)).list;
  const place = `/apis/${copied.id}/deploy-revision?revisionId=${revision?.id}`;
  expect((await apictl.send("POST", place, [{ name: "Default" }])).status).toBe(201);
  expect((await apictl.delete(id)).status).toBe(200);
  expect((await fetch(`${g.url}/pizza/2.0.0/menu`)).status).toBe(200);
  const expected = `Basic ${Buffer.from("chef:s3cret").toString("base64")}`;
  expect(b.requests.at(-1)?.headers.authorization).toBe(expected);
  const audit = await database.sql<{ text: string }>(
    `SELECT text FROM "AuditEntry" WHERE action = 'api.create' ORDER BY id DESC LIMIT 1`,
  );
  expect(audit).toEqual([{ text: "Created Pizza 2.0.0" }]);
});

test("a version that is taken or none is refused, and nothing is left of it", async ({
  publisher,
  database,
}) => {
  const id = await database.save(apiWith(["http://a:1"]));
  await database.save({ ...apiWith(["http://a:1"], {}, "Other"), context: "/orders", version: "3.0.0" });
  const apictl = await apictlOf(await publisher());
  const refused = async (query: Record<string, string>) => refusalOf(await copy(apictl, query));
  expect(await refused({ apiId: id, newVersion: "1.0.0" })).toMatchObject({ status: 409, code: 900252 });
  expect(await refused({ apiId: id, newVersion: "3.0.0" })).toMatchObject({ status: 409, code: 900251 });
  for (const newVersion of ["", "a b", "x".repeat(101)])
    expect((await refused({ apiId: id, newVersion })).status, newVersion).toBe(400);
  expect(await refused({ apiId: id })).toMatchObject({
    status: 400,
    description: "Name the new version by newVersion.",
  });
  for (const apiId of ["c0000000000000000000000", "../x"])
    expect((await refused({ apiId, newVersion: "2" })).status).toBe(404);
  expect(await database.sql('SELECT name FROM "Api" ORDER BY name')).toEqual([
    { name: "Orders" },
    { name: "Other" },
  ]);
});

test("settings tell the one environment and where it answers, lists what there is", async ({
  publisher,
  gateway,
}) => {
  const g = await gateway();
  const apictl = await apictlOf(await publisher());
  const settings = await told(calls.settings, 200, await apictl.call("/settings"));
  expect(settings.environment).toMatchObject([{ name: "Default", showInApiConsole: true }]);
  const [vhost] = settings.environment[0]?.vhosts ?? [];
  expect(vhost?.httpPort).toBe(Number(new URL(g.url).port));
  expect(vhost?.wsPort).toBe(vhost?.httpPort);
  const policies = await told(calls.policies, 200, await apictl.call("/throttling-policies/subscription"));
  expect(policies.list.map(({ name }) => name)).toEqual(["Unlimited"]);
  for (const [call, path] of [
    ["categories", "/api-categories"],
    ["keyManagers", "/key-managers"],
    ["operationPolicies", "/operation-policies?limit=25"],
  ] as const)
    expect((await told(calls[call], 200, await apictl.call(path))).list).toEqual([]);
});

test.describe(() => {
  test.use({ installation: "own" });

  test("without a gateway its ports are not known, and the settings are there all the same", async ({
    publisher,
  }) => {
    const apictl = await apictlOf(await publisher());
    const { environment } = await told(calls.settings, 200, await apictl.call("/settings"));
    expect(environment[0]?.vhosts).toMatchObject([{ host: "localhost", httpPort: 0, httpsPort: 0 }]);
  });
});
