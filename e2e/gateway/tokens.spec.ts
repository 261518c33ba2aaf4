import { createHmac } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { JWK } from "jose";
import { exportSPKI, importJWK } from "jose";
import { WebSocket, WebSocketServer } from "ws";
import { BOTH, expect, test } from "../fixtures";
import { expectOwnAnswer, pizza, send } from "./client";
import { assembled, callWith, claimsOf, expectInvalid, issued, jwt, signer } from "./jwt";

/** Two groups, with a backend each. */
function both(production: { url: string } | null, sandbox: { url: string } | null) {
  const group = (name: string, backend: { url: string } | null) =>
    backend ? { enabled: true, endpoints: [{ id: name, url: backend.url }] } : {};
  return { production: group("live-1", production), sandbox: group("test-1", sandbox) };
}

const backendOf = (answer: { body: string }) => (JSON.parse(answer.body) as { backend?: string }).backend;

test("an API needs a token unless it says otherwise", { tag: BOTH }, async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  const refused = await send(`${g.url}/pizza/1.0.0/menu`);
  expectOwnAnswer(refused, 401, "900902");
  expect(refused.headers["www-authenticate"]).toBe('Bearer realm="Sluice"');
  const { token } = await issued(g, database);
  const answer = await callWith(g, token);
  expect(answer.status).toBe(200);
  expect(
    (await send(`${g.url}/pizza/1.0.0/menu`, { headers: { Authorization: `bearer ${token}` } })).status,
  ).toBe(200);
  expect(one.requests).toHaveLength(2);
  expect(one.requests[0]?.headers.authorization).toBeUndefined();
});

test("credentials of another scheme, or none after the scheme, count as missing", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  const { token } = await issued(g, database);
  for (const value of ["Basic YTpi", "Bearer", "Bearer   ", token, ""]) {
    const answer = await send(`${g.url}/pizza/1.0.0/menu`, { headers: { Authorization: value } });
    expectOwnAnswer(answer, 401, "900902");
  }
  expect(one.requests).toEqual([]);
});

test("forged tokens are refused, again and again", async ({ backend, gateway, database }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  const { token } = await issued(g, database);
  const [row] = await database.sql<{ id: string; publicJwk: string }>(`SELECT * FROM "SigningKey"`);
  const jwk = JSON.parse(row!.publicJwk) as JWK;
  const pem = await exportSPKI((await importJWK(jwk, "ES256")) as CryptoKey);
  const claims = claimsOf(token);
  const [head, payload, signature] = token.split(".") as [string, string, string];
  const hmac = (secret: string | Buffer, alg = "HS256") => {
    const text = assembled({ alg, kid: row!.id }, claims).slice(0, -1);
    return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  };
  const stranger = await signer("ES256", row!.id);
  const rsa = await signer("RS256", row!.id);
  const curve = await signer("ES384", row!.id);
  const changed = Buffer.from(JSON.stringify({ ...claims, keytype: "SANDBOX" })).toString("base64url");
  const forged: Record<string, [string, RegExp]> = {
    "alg none": [assembled({ alg: "none", kid: row!.id }, claims), /accepted algorithms: RS256, /],
    "alg None": [assembled({ alg: "None", kid: row!.id }, claims), /accepted algorithms: RS256, /],
    "none, with a signature": [assembled({ alg: "none" }, claims, signature), /accepted algorithms: RS256, /],
    "HS256 with the public key as secret": [hmac(pem), /accepted algorithms: RS256, /],
    "HS256 with the JWK as secret": [hmac(row!.publicJwk), /accepted algorithms: RS256, /],
    "HMAC that says ES256": [hmac(pem, "ES256"), /signature/],
    "HMAC that says RS256": [hmac(pem, "RS256"), /key is not known/],
    "another key of the same name": [await stranger.sign(claims), /signature/],
    "another algorithm's key of the same name": [await rsa.sign(claims), /key is not known/],
    "another curve": [await curve.sign(claims), /key is not known/],
    "its own key in the header": [await stranger.sign(claims, { jwk: stranger.jwk }), /signature/],
    "an unknown key": [await stranger.sign(claims, { kid: "nobody" }), /key is not known/],
    "a critical header that nobody knows": [await stranger.sign(claims, { crit: ["b64"], b64: true }), /./],
    "a changed claim": [`${head}.${changed}.${signature}`, /signature/],
    "no signature": [`${head}.${payload}.`, /signature/],
    "a cut signature": [`${head}.${payload}.${signature.slice(0, -6)}`, /signature/],
    "two parts": [`${head}.${payload}`, /read/],
    "five parts": [`${token}.a.b`, /read/],
    garbage: ["x.y.z", /read/],
    "no dots": ["opaque", /read/],
    "JSON that is no object": [assembled([], []), /./],
  };
  for (const [name, [text, description]] of Object.entries(forged)) {
    await test.step(name, async () => {
      expectInvalid(await callWith(g, text), description);
      expectInvalid(await callWith(g, text), description);
    });
  }
  expect(one.requests).toEqual([]);
  expect((await callWith(g, token)).status).toBe(200);
});

test("a token passes whose publisher's clock is a little ahead, and none that is far from its time", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  const from = async (now: number) => {
    const { token, generation } = await database.token({ keyType: "production", validitySeconds: 600 }, now);
    await g.reaches(generation);
    return callWith(g, token);
  };
  expect((await from(Date.now() + 4_000)).status).toBe(200);
  expectInvalid(await from(Date.now() + 60_000), /not valid yet/);
});

test("a token ends on time, also one that is remembered", async ({ backend, gateway, database }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  const soon = await issued(g, database, { validitySeconds: 2 });
  expect((await callWith(g, soon.token)).status).toBe(200);
  await expect.poll(async () => (await callWith(g, soon.token)).status, { intervals: [50] }).toBe(401);
  expect(Date.now()).toBeGreaterThanOrEqual(soon.expiresAt);
  expectInvalid(await callWith(g, soon.token), /expired/);
});

test("a token may be as long as a head of a request, and what is longer is refused without being read", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  expectInvalid(await callWith(g, `eyJ.${"a".repeat(15_000)}.a`), /read/);
  expect((await callWith(g, `eyJ.${"a".repeat(16_500)}.a`)).status).toBe(431);
  expect(one.requests).toEqual([]);
});

test("two tokens in one request are a conflict", async ({ backend, gateway, database }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  const { token } = await issued(g, database);
  const headers = ["Host", "gw", "Authorization", `Bearer ${token}`, "authorization", `Bearer ${token}`];
  const answer = await send(`${g.url}/pizza/1.0.0/menu`, { headers });
  expectOwnAnswer(answer, 400, "102512");
  expect(answer.headers["www-authenticate"]).toBe('Bearer realm="Sluice", error="invalid_request"');
  expect(answer.headers.connection).toBe("close");
  expect(one.requests).toEqual([]);
});

test("a token bound to APIs opens these alone", { tag: BOTH }, async ({ backend, gateway, database }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  const other = { name: "Other", context: "/other/1.0.0", version: "1.0.0" };
  const bound = async (...subscribedApis: (typeof other)[]) =>
    callWith(g, (await issued(g, database, { subscribedApis })).token);
  for (const apis of [
    [],
    [other],
    [{ ...other, context: "/pizza/1.0.0" }],
    [{ ...other, name: "Pizza", context: "/pizza", version: "2.0.0" }],
  ]) {
    const answer = await bound(...apis);
    expectOwnAnswer(answer, 403, "900908");
  }
  expect((await bound(other, { name: "Pizza", context: "/pizza/1.0.0", version: "1.0.0" })).status).toBe(200);
  expect((await bound({ name: "Pizza", context: "/pizza", version: "1.0.0" })).status).toBe(200);
  expect(one.requests).toHaveLength(2);
});

test("a set of scopes is needed whole, and one of several sets", { tag: BOTH }, async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const scopes = [["menu:read", "menu:write"], "admin"];
  await g.deploy(pizza([one], {}, { ...jwt, resources: [{ method: "GET", path: "/menu", scopes }] }));
  for (const half of [[], ["menu:read"], ["menu:write", "other"]]) {
    const answer = await callWith(g, (await issued(g, database, { scopes: half })).token);
    expectOwnAnswer(answer, 403, "900910");
    expect(answer.body).toContain("one of these: menu:read and menu:write together; or admin.");
    expect(answer.headers["www-authenticate"]).toContain('scope="menu:read menu:write admin"');
  }
  for (const whole of [["menu:write", "x", "menu:read"], ["admin"]]) {
    expect((await callWith(g, (await issued(g, database, { scopes: whole })).token)).status).toBe(200);
  }
  expect(one.requests).toHaveLength(2);
});

test("scopes that are enough by themselves are stored as before there were sets", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const resources = [
    { method: "GET" as const, path: "/menu", scopes: [["menu:read"], ["admin"]] },
    { method: "GET" as const, path: "/both", scopes: [["a", "b"], "admin"] },
  ];
  const first = await g.deploy(pizza([one], {}, { ...jwt, resources }));
  const [row] = await database.sql<{ definition: string }>('SELECT "definition" FROM "Revision"');
  expect(row?.definition).toContain('"scopes":["menu:read","admin"]');
  expect(row?.definition).toContain('"scopes":[["a","b"],"admin"]');
  expect((await callWith(g, (await issued(g, database, { scopes: ["admin"] })).token)).status).toBe(200);
  expectOwnAnswer(await callWith(g, (await issued(g, database, { scopes: ["x"] })).token), 403, "900910");
  // The same, as forms of before wrote it: no other revision.
  const flat = [{ ...resources[0]!, scopes: ["menu:read", "admin"] }, resources[1]!];
  expect((await g.deploy(pizza([one], {}, { ...jwt, resources: flat }))).revision).toBe(first.revision);
});

test("one of an operation's scopes is enough", async ({ backend, gateway, database }) => {
  const one = await backend("one");
  const g = await gateway();
  const resources = [
    { method: "GET", path: "/menu", scopes: ["menu:read", "admin"] },
    { method: "POST", path: "/menu", scopes: ["menu:write"] },
    { method: "GET", path: "/free" },
  ] as const;
  await g.deploy(
    pizza(
      [one],
      {},
      { ...jwt, resources: resources.map((r) => ({ ...r, scopes: [...("scopes" in r ? r.scopes : [])] })) },
    ),
  );
  const { token } = await issued(g, database, { scopes: ["menu:read", "x"] });
  expect((await callWith(g, token)).status).toBe(200);
  expect((await callWith(g, token, { path: "/free" })).status).toBe(200);
  const answer = await callWith(g, token, { method: "POST", body: "x" });
  expectOwnAnswer(answer, 403, "900910");
  expect(answer.headers["www-authenticate"]).toBe(
    'Bearer realm="Sluice", error="insufficient_scope", scope="menu:write"',
  );
  expectOwnAnswer(await callWith(g, (await issued(g, database)).token), 403, "900910");
});

test("an API may ask for an audience", async ({ backend, gateway, database }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, { security: { kind: "jwt", audiences: ["pizza", "food"] } }));
  expectInvalid(await callWith(g, (await issued(g, database)).token), /audience/);
  expectInvalid(await callWith(g, (await issued(g, database, { audiences: ["books"] })).token), /audience/);
  expect(
    (await callWith(g, (await issued(g, database, { audiences: ["books", "food"] })).token)).status,
  ).toBe(200);
  // A deployment that changes what is asked for counts for tokens that are remembered, too.
  const { token } = await issued(g, database, { audiences: ["food"] });
  expect((await callWith(g, token)).status).toBe(200);
  await g.deploy(pizza([one], {}, { security: { kind: "jwt", audiences: ["pizza"] } }));
  expectInvalid(await callWith(g, token), /audience/);
});

test("the key type chooses the endpoints, and never falls back to the other's", async ({
  backend,
  gateway,
  database,
}) => {
  const [production, sandbox] = [await backend("production"), await backend("sandbox")];
  const g = await gateway();
  await g.deploy(pizza([], {}, { ...jwt, endpoints: both(production, sandbox) }));
  const keys = {
    production: (await issued(g, database)).token,
    sandbox: (await issued(g, database, { keyType: "sandbox" })).token,
  };
  expect(backendOf(await callWith(g, keys.production))).toBe("production");
  expect(backendOf(await callWith(g, keys.sandbox))).toBe("sandbox");

  await g.deploy(pizza([], {}, { ...jwt, endpoints: both(production, null) }));
  expect(backendOf(await callWith(g, keys.production))).toBe("production");
  const noSandbox = await callWith(g, keys.sandbox);
  expectOwnAnswer(noSandbox, 403, "900901");
  expect(JSON.parse(noSandbox.body)).toMatchObject({
    description: "Sandbox key offered to an API with no sandbox endpoint",
  });

  await g.deploy(pizza([], {}, { ...jwt, endpoints: both(null, sandbox) }));
  const noProduction = await callWith(g, keys.production);
  expectOwnAnswer(noProduction, 403, "900901");
  expect(JSON.parse(noProduction.body)).toMatchObject({
    description: "Production key offered to an API with no production endpoint",
  });
  expect(backendOf(await callWith(g, keys.sandbox))).toBe("sandbox");
});

test("a resource's own endpoints of the key type come first, else the API's", async ({
  backend,
  gateway,
  database,
}) => {
  const [apiP, apiS, ownS] = [await backend("api-p"), await backend("api-s"), await backend("own-s")];
  const g = await gateway();
  const resources = [
    {
      method: "GET" as const,
      path: "/own",
      endpoints: { sandbox: { enabled: true, endpoints: [{ id: "own-1", url: ownS.url }] } },
    },
    { method: "GET" as const, path: "/*" },
  ];
  await g.deploy(pizza([], {}, { ...jwt, endpoints: both(apiP, apiS), resources }));
  const production = (await issued(g, database)).token;
  const sandbox = (await issued(g, database, { keyType: "sandbox" })).token;
  expect(backendOf(await callWith(g, production, { path: "/own" }))).toBe("api-p");
  expect(backendOf(await callWith(g, sandbox, { path: "/own" }))).toBe("own-s");
  expect(backendOf(await callWith(g, sandbox, { path: "/menu" }))).toBe("api-s");
});

test("an open resource asks for no token, uses production, else sandbox, and leaves headers alone", async ({
  backend,
  gateway,
}) => {
  const [production, sandbox] = [await backend("production"), await backend("sandbox")];
  const g = await gateway();
  const resources = [
    { method: "GET" as const, path: "/open", secured: false },
    { method: "GET" as const, path: "/*" },
  ];
  await g.deploy(pizza([], {}, { ...jwt, endpoints: both(production, sandbox), resources }));
  const url = `${g.url}/pizza/1.0.0/open`;
  expect(backendOf(await send(url, { headers: { Authorization: "Basic YTpi", "Internal-Key": "x" } }))).toBe(
    "production",
  );
  expect(production.requests[0]?.headers).toMatchObject({ authorization: "Basic YTpi", "internal-key": "x" });
  expect((await send(`${g.url}/pizza/1.0.0/closed`)).status).toBe(401);
  await g.deploy(pizza([], {}, { ...jwt, endpoints: both(null, sandbox), resources }));
  expect(backendOf(await send(url))).toBe("sandbox");
});

test("the token's header goes to the backend only if the API says so", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const { token } = await issued(g, database);
  await g.deploy(pizza([one], {}, { security: { kind: "jwt", forwardToken: true } }));
  expect((await callWith(g, token)).status).toBe(200);
  expect(one.requests.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
  // Another header: the token with or without its scheme; Authorization is then the backend's business.
  await g.deploy(pizza([one], {}, { security: { kind: "jwt", header: "X-Token" } }));
  for (const value of [token, `Bearer ${token}`]) {
    const headers = { "x-token": value, Authorization: "Basic YTpi" };
    expect((await send(`${g.url}/pizza/1.0.0/menu`, { headers })).status).toBe(200);
    expect(one.requests.at(-1)?.headers).toMatchObject({ authorization: "Basic YTpi" });
    expect(one.requests.at(-1)?.headers["x-token"]).toBeUndefined();
  }
  expectOwnAnswer(await callWith(g, token), 401, "900902");
});

test("an algorithm may still hash by the header that the token was taken from", async ({
  backend,
  gateway,
  database,
}) => {
  const backends = [await backend("one"), await backend("two"), await backend("three")];
  const g = await gateway();
  const settings = { hash: { source: "header" as const, header: "Authorization" } };
  const group = { routing: "loadBalanced" as const, algorithm: { name: "hash", settings } };
  await g.deploy(pizza(backends, group, jwt));
  const spread = new Set<string | undefined>();
  for (let i = 0; i < 12; i++) {
    const { token } = await issued(g, database);
    const answers = [await callWith(g, token), await callWith(g, token)].map(backendOf);
    expect(answers[0]).toBe(answers[1]);
    spread.add(answers[0]);
  }
  expect(spread.size).toBeGreaterThan(1);
});

test("a token for a deleted API does not open one of the same name that comes after it", {
  tag: BOTH,
}, async ({ backend, gateway, database }) => {
  const one = await backend("one");
  const g = await gateway();
  const { id } = await g.deploy(pizza([one], {}, jwt));
  const { production } = await database.application("Shop", [id]);
  const { token } = await issued(g, database, { clientId: production.clientId });
  expect((await callWith(g, token)).status).toBe(200);
  await g.reaches(await database.delete(id));
  expect((await callWith(g, token)).status).toBe(404);
  await g.deploy(pizza([one], {}, jwt));
  expectInvalid(await callWith(g, token), /revoked/);
});

test.describe(() => {
  test.use({ installation: "own" });

  test("a revoked token ends at once, also one that is remembered", { tag: BOTH }, async ({
    backend,
    gateway,
    database,
  }) => {
    const one = await backend("one");
    const g = await gateway();
    await g.deploy(pizza([one], {}, jwt));
    const [gone, stays] = [
      await issued(g, database, { clientId: "shop" }),
      await issued(g, database, { clientId: "shop" }),
    ];
    for (const { token } of [gone, stays]) expect((await callWith(g, token)).status).toBe(200);
    await g.reaches(await database.revokeToken(gone.id, gone.expiresAt));
    expectInvalid(await callWith(g, gone.token), /revoked/);
    expect((await callWith(g, stays.token)).status).toBe(200);

    await g.reaches(await database.revokeClient("shop"));
    expectInvalid(await callWith(g, stays.token), /revoked/);
    const later = await issued(g, database, { clientId: "shop" });
    expect((await callWith(g, later.token)).status).toBe(200);
    // A new gateway knows it from the start.
    const second = await gateway();
    expectInvalid(await callWith(second, gone.token), /revoked/);
    expectInvalid(await callWith(second, stays.token), /revoked/);
    expect((await callWith(second, later.token)).status).toBe(200);
  });
});

const DAY_MS = 86_400_000;

test("a revoked token does not come back with a clock that jumped ahead and back", { tag: BOTH }, async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  const gone = await issued(g, database, { clientId: "shop" });
  expect((await callWith(g, gone.token)).status).toBe(200);
  await g.reaches(await database.revokeToken(gone.id, gone.expiresAt));
  // Each further revocation forgets what is over: the publisher's clock is ahead by hours, then by months.
  for (const ahead of [DAY_MS - 60_000, 100 * DAY_MS]) {
    await g.reaches(await database.revokeToken(`other ${ahead}`, Date.now(), gone.expiresAt + ahead));
    expectInvalid(await callWith(g, gone.token), /revoked/);
  }
  // What the gateway's clock would take for long over counts all the same.
  const second = await issued(g, database, { clientId: "shop" });
  await g.reaches(await database.revokeToken(second.id, Date.now() - 3 * DAY_MS));
  expectInvalid(await callWith(g, second.token), /revoked/);
});

test("revocations are forgotten a day after the end of their tokens, not before", { tag: BOTH }, async ({
  database,
}) => {
  const ended = (id: string, ms: number) => database.revokeToken(id, Date.now() - ms);
  await ended("over for long", DAY_MS + 60_000);
  await ended("over", DAY_MS - 60_000);
  await ended("newest", 0);
  const kept = await database.sql("SELECT value FROM Revocation ORDER BY id");
  expect(kept).toEqual([{ value: "over" }, { value: "newest" }]);
});

test("tokens of one second end however often their client is revoked in it", { tag: BOTH }, async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  const shop = { clientId: "shop", keyType: "production" as const };
  const tokens: string[] = [];
  let generation = 0;
  // Some of these fall into one second, wherever it begins.
  for (let i = 0; i < 5; i++) {
    tokens.push((await database.token({ ...shop, validitySeconds: 60 })).token);
    generation = await database.revokeClient("shop");
  }
  await g.reaches(generation);
  for (const token of tokens) expectInvalid(await callWith(g, token), /revoked/);
  const later = await issued(g, database, { clientId: "shop" });
  expect((await callWith(g, later.token)).status).toBe(200);
});

test("an internal key opens the one API that it is for, in its own header only", { tag: BOTH }, async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const strict = { ...jwt, resources: [{ method: "GET" as const, path: "/*", scopes: ["admin"] }] };
  await g.deploy(pizza([one], {}, strict));
  await g.deploy({
    ...pizza([one], {}, strict),
    name: "Other",
    context: "/other",
    endpoints: both({ url: one.url }, null),
  });
  const api = { name: "Pizza", context: "/pizza/1.0.0", version: "1.0.0" };
  const { token } = await issued(g, database, { internalKey: true, subscribedApis: [api] });
  const ordinary = (await issued(g, database, { scopes: ["admin"] })).token;
  const withKey = (path: string, key: string, more = {}) =>
    send(g.url + path, { headers: { "Internal-Key": key, ...more } });
  expect((await withKey("/pizza/1.0.0/menu", token, { Authorization: "Bearer x" })).status).toBe(200);
  expect(one.requests.at(-1)?.headers["internal-key"]).toBeUndefined();
  expect(one.requests.at(-1)?.headers.authorization).toBeUndefined();
  expectOwnAnswer(await withKey("/other/1.0.0/menu", token), 403, "900908");
  expectInvalid(await callWith(g, token), /Internal-Key/);
  expectInvalid(await withKey("/pizza/1.0.0/menu", ordinary), /not an internal key/);
});

test("SOAP callers get a fault, pages of other origins may read the refusal, and preflights need no token", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const cors = { enabled: true, allowOrigins: ["https://shop.example"] };
  const resources = (["GET", "POST", "OPTIONS"] as const).map((method) => ({ method, path: "/*" }));
  await g.deploy(pizza([one], {}, { ...jwt, cors, resources }));
  const url = `${g.url}/pizza/1.0.0/menu`;
  const soap = await send(url, {
    method: "POST",
    body: "<x/>",
    headers: { "Content-Type": "application/soap+xml" },
  });
  expect(soap.status).toBe(401);
  expect(soap.headers["content-type"]).toContain("application/soap+xml");
  expect(soap.body).toContain("<code>900902</code>");
  const Origin = "https://shop.example";
  const page = await send(url, { headers: { Origin } });
  expectOwnAnswer(page, 401, "900902");
  expect(page.headers["access-control-allow-origin"]).toBe(Origin);
  const preflight = { Origin, "Access-Control-Request-Method": "POST" };
  const answer = await send(url, { method: "OPTIONS", headers: preflight });
  expect(answer.status).toBe(204);
  expect(answer.headers["access-control-allow-origin"]).toBe(Origin);
  expect(answer.headers.allow).toBe("GET, POST, OPTIONS");
  expect((await send(url, { method: "OPTIONS" })).status).toBe(401);
  expect(one.requests).toEqual([]);
  await g.deploy(pizza([one], {}, { ...jwt, resources }));
  expect((await send(url, { method: "OPTIONS", headers: preflight })).status).toBe(200);
  expect(one.requests).toHaveLength(1);
});

test.describe(() => {
  test.use({ installation: "own" });

  test("the access log names the consumer and never the token", async ({ backend, gateway, database }) => {
    const one = await backend("one");
    const g = await gateway();
    await g.deploy(pizza([], {}, { ...jwt, endpoints: both(null, one) }));
    const ofClient = await issued(g, database, { clientId: "shop-client", keyType: "sandbox" });
    const ofSubject = await issued(g, database, { subject: 'alice "a"', keyType: "sandbox" });
    for (const { token } of [ofClient, ofSubject]) expect((await callWith(g, token)).status).toBe(200);
    const lines = () =>
      g
        .output()
        .split("\n")
        .filter((line) => line.includes('"consumer"'))
        .map((line) => JSON.parse(line) as object);
    await expect.poll(() => lines().length).toBe(2);
    expect(lines()).toMatchObject([
      { consumer: "shop-client", keyType: "sandbox", status: 200 },
      { consumer: 'alice "a"', keyType: "sandbox", status: 200 },
    ]);
    expect(g.output()).not.toContain(ofClient.token.split(".")[2]!);
  });
});

test("a WebSocket needs a token like any request", async ({ backend, gateway, database }) => {
  const server = new WebSocketServer({ noServer: true });
  const seen: (string | undefined)[] = [];
  const one = await backend("one", {
    upgrade: (request, socket, head) => {
      seen.push(request.headers.authorization);
      server.handleUpgrade(request, socket, head, (ws) => ws.send("hello"));
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one], {}, { ...jwt, cors: { enabled: true } }));
  const url = `${g.url.replace("http", "ws")}/pizza/1.0.0/live`;
  const refused = new WebSocket(url);
  refused.on("error", () => {});
  const [, answer] = (await once(refused, "unexpected-response")) as [unknown, IncomingMessage];
  expect(answer.statusCode).toBe(401);
  expect(answer.headers["www-authenticate"]).toBe('Bearer realm="Sluice"');
  const { token } = await issued(g, database);
  for (let i = 0; i < 2; i++) {
    const ws = new WebSocket(url, { headers: { Authorization: `Bearer ${token}` } });
    const [message] = (await once(ws, "message")) as [Buffer];
    expect(message.toString()).toBe("hello");
    ws.terminate();
  }
  expect(seen).toEqual([undefined, undefined]);
});
