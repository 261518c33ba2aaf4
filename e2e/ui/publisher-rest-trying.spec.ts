import { publisherCalls as calls } from "#lib/contract/publisherRest";
import { type Apictl, apictlOf, refusalOf, told } from "../apictl";
import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { apiWith } from "../pages/apis";

/** What WSO2's clients try APIs and endpoints out with. */

test.use({ signedIn: false });

const keyOf = (apictl: Apictl, id: string) => apictl.call(`/apis/${id}/generate-key`, { method: "POST" });
const key = async (apictl: Apictl, id: string) => told(calls.generateKey, 200, await keyOf(apictl, id));

test("a key opens its API in the header Internal-Key, production for whoever edits and the sandbox for viewers", async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const [production, sandbox] = [await backend("production"), await backend("sandbox")];
  const g = await gateway();
  const list = (url: string) => ({ enabled: true, endpoints: [{ id: url.replace(/\W/g, ""), url }] });
  const { id } = await g.deploy({
    ...pizza([production]),
    security: { kind: "jwt", audiences: ["shop"] },
    resources: [{ method: "GET", path: "/menu", scopes: ["menu:read"] }],
    endpoints: { production: list(production.url), sandbox: list(sandbox.url) },
  });
  await g.deploy({ ...pizza([production]), name: "Pasta", context: "/pasta", security: { kind: "jwt" } });
  const running = await publisher();
  const menu = async (headers: Record<string, string>, context = "/pizza") => {
    const got = await fetch(`${g.url}${context}/1.0.0/menu`, { headers });
    return got.ok ? ((await got.json()) as { backend: string }).backend : got.status;
  };
  for (const [role, reached] of [
    ["creator", "production"],
    ["viewer", "sandbox"],
  ] as const) {
    const { apikey, validityTime } = await key(await apictlOf(running, role), id);
    expect(await menu({ "Internal-Key": apikey }), role).toBe(reached);
    expect(await menu({ Authorization: `Bearer ${apikey}` }), role).toBe(401);
    expect(await menu({ "Internal-Key": apikey }, "/pasta"), role).toBe(403);
    const claims = JSON.parse(Buffer.from(apikey.split(".")[1] ?? "", "base64url").toString());
    expect(claims.exp - claims.iat, role).toBe(validityTime);
  }
  expect((await key(await apictlOf(running), id)).validityTime).toBe(60_000);
  const audit = await database.sql<{ text: string }>(
    `SELECT text FROM "AuditEntry" WHERE action = 'api.testToken' AND username = 'viewer'`,
  );
  expect(audit).toEqual([{ text: "Got an internal key (sandbox) for Pizza 1.0.0" }]);
});

test("a key is for endpoints that are there: the sandbox where there is no production, nothing for viewers without one", async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const only = await backend("only");
  const g = await gateway();
  const endpoints = { enabled: true, endpoints: [{ id: "only", url: only.url }] };
  const { id } = await g.deploy({
    ...pizza([only]),
    security: { kind: "jwt" },
    endpoints: { production: { enabled: false }, sandbox: endpoints },
  });
  const other = await database.save(apiWith(["http://a:1"]));
  const running = await publisher();
  const { apikey } = await key(await apictlOf(running, "creator"), id);
  const got = await fetch(`${g.url}/pizza/1.0.0/menu`, { headers: { "Internal-Key": apikey } });
  expect(got.status).toBe(200);
  const viewer = await apictlOf(running, "viewer");
  expect(await refusalOf(await keyOf(viewer, other))).toMatchObject({
    status: 400,
    description: "This API has no sandbox endpoint, so no token would open it.",
  });
  expect((await refusalOf(await keyOf(viewer, "c0000000000000000000000"))).status).toBe(404);
});
