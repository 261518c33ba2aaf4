import { publisherCalls as calls } from "#lib/contract/publisherRest";
import { type Apictl, apictlOf, refusalOf, told } from "../apictl";
import { expect, test } from "../fixtures";
import { certificate } from "../gateway/certificate";
import { pizza } from "../gateway/client";
import { apiWith } from "../pages/apis";
import { freePort } from "../ports";

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

const check = (apictl: Apictl, endpointUrl: string, apiId?: string) =>
  apictl.call(`/apis/validate-endpoint?${new URLSearchParams({ endpointUrl, ...(apiId && { apiId }) })}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "",
  });

test("an endpoint is checked from the gateway, and that it does not answer is an answer", async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const b = await backend("oven", {
    handler: (req, res) => res.writeHead(Number(req.url?.slice(1)) || 200).end(),
  });
  const safe = await backend("safe", { tls: certificate });
  await gateway();
  const apictl = await apictlOf(await publisher());
  const says = async (url: string, apiId?: string) =>
    told(calls.validateEndpoint, 200, await check(apictl, url, apiId));
  expect(await says(b.url)).toEqual({ statusCode: 200, statusMessage: "OK", error: null });
  expect(await says(`${b.url}/503`)).toEqual({
    statusCode: 503,
    statusMessage: "Service Unavailable",
    error: null,
  });
  const failed = (error: unknown) => ({ statusCode: 0, statusMessage: "", error });
  expect(await says(`http://127.0.0.1:${await freePort()}`)).toEqual(failed("Connection refused"));
  expect(await says("http://169.254.169.254/latest")).toEqual(
    failed("Not checked: link-local and cloud metadata addresses are refused."),
  );
  expect(await says("ftp://a")).toEqual(failed(expect.stringContaining("http://")));

  // As its requests are sent: where nobody looks at the certificate, the check does not either.
  const endpoint = { id: "safe", url: safe.url, settings: { verifyTls: false } };
  const id = await database.save({
    ...pizza([]),
    endpoints: { production: { enabled: true, endpoints: [endpoint] } },
  });
  expect(await says(safe.url)).toEqual(failed(expect.stringMatching(/^TLS: /)));
  expect(await says(safe.url, id)).toMatchObject({ statusCode: 200 });

  expect((await refusalOf(await check(apictl, b.url, "c0000000000000000000000"))).status).toBe(404);
  for (const path of ["", "?endpointUrl=", `?endpointUrl=${"a".repeat(2_001)}`])
    expect(
      await refusalOf(await apictl.call(`/apis/validate-endpoint${path}`, { method: "POST" })),
    ).toMatchObject({ status: 400, description: expect.stringContaining("endpointUrl") });
});

test.describe("with limits", () => {
  test.use({ installation: "own" });

  test("checks are 30 a minute for each user, and keys 60 in ten minutes", async ({
    publisher,
    database,
  }) => {
    const id = await database.save(apiWith(["http://a:1"]));
    const running = await publisher();
    const apictl = await apictlOf(running);
    for (let i = 0; i < 30; i++) expect((await check(apictl, "ftp://a")).status).toBe(200);
    const refused = await check(apictl, "ftp://a");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refusalOf(refused)).toMatchObject({
      status: 429,
      description: expect.stringContaining("at most 30 checks a minute"),
    });
    expect((await check(await apictlOf(running, "creator"), "ftp://a")).status).toBe(200);

    for (let i = 0; i < 60; i++) expect((await keyOf(apictl, id)).status).toBe(200);
    expect((await refusalOf(await keyOf(apictl, id))).status).toBe(429);
  });

  test("without a gateway nothing is checked, and it says so", async ({ publisher }) => {
    const answer = await told(
      calls.validateEndpoint,
      200,
      await check(await apictlOf(await publisher()), "http://a:1"),
    );
    expect(answer.error).toContain("the gateway, which runs the checks, does not answer");
  });
});
