import { expect, type Publisher, test } from "../fixtures";
import { type Answer, send } from "../http";
import { apiWith } from "../pages/apis";

const basic = ({ clientId, secret }: { clientId: string; secret: string }) =>
  `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}`;
const type = { "content-type": "application/x-www-form-urlencoded" };
const json = (answer: Answer) => JSON.parse(answer.text) as Record<string, string>;
const claims = (token = "") => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

function oauth({ url }: Publisher, path: "token" | "revoke") {
  return (fields: Record<string, string> | string, headers: Record<string, string> = {}) =>
    send(`${url}/oauth2/${path}`, {
      method: "POST",
      headers: { ...type, ...headers },
      body: typeof fields === "string" ? fields : new URLSearchParams(fields).toString(),
    });
}

const grant = { grant_type: "client_credentials" };

test.use({ signedIn: false });

test("an application gets tokens for its APIs, of the key type of its client", async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const [live, trial] = await Promise.all([backend("live"), backend("trial")]);
  const g = await gateway();
  const running = await publisher();
  const resources = [
    { method: "GET" as const, path: "/open" },
    { method: "GET" as const, path: "/menu", scopes: ["read"] },
    { method: "GET" as const, path: "/both", scopes: [["read", "write"]] },
  ];
  const sandbox = { enabled: true, endpoints: [{ id: "trial-1", url: trial.url }] };
  const jwt = { security: { kind: "jwt" as const }, resources };
  const orders = apiWith([live.url], {}, "Orders");
  const deployed = await g.deploy({ ...orders, ...jwt, endpoints: { ...orders.endpoints, sandbox } });
  await g.deploy({ ...apiWith([live.url], {}, "Other"), ...jwt });
  const client = await database.application("Shop", [deployed.id]);
  const token = oauth(running, "token");

  const answer = await token(grant, { authorization: basic(client.production) });
  expect(answer.status).toBe(200);
  expect(answer.headers["cache-control"]).toBe("no-store");
  const body = json(answer);
  expect(body).toEqual({ access_token: expect.any(String), token_type: "Bearer", expires_in: 3_600 });
  expect(claims(body.access_token)).toMatchObject({
    keytype: "PRODUCTION",
    azp: client.production.clientId,
    subscribedAPIs: [{ name: "Orders", context: "/orders/1.0.0", version: "1.0.0" }],
  });
  const call = async (path: string, bearer = "") => {
    const headers = { Authorization: `Bearer ${bearer}` };
    const got = await fetch(g.url + path, { headers });
    return `${got.status} ${((await got.json()) as { backend?: string }).backend ?? ""}`.trim();
  };
  await expect.poll(() => call("/orders/1.0.0/open", body.access_token)).toBe("200 live");
  expect(await call("/other/1.0.0/open", body.access_token)).toBe("403");
  expect(await call("/orders/1.0.0/menu", body.access_token)).toBe("403");

  const scoped = { ...grant, scope: "read", validity_period: "60", client_id: client.sandbox.clientId };
  const other = json(await token({ ...scoped, client_secret: client.sandbox.secret }));
  expect(other).toMatchObject({ expires_in: 60, scope: "read" });
  expect(await call("/orders/1.0.0/menu", other.access_token)).toBe("200 trial");
  expect(await call("/orders/1.0.0/both", other.access_token)).toBe("403");
  const order = { ...grant, scope: "read write" };
  const whole = json(await token(order, { authorization: basic(client.production) }));
  expect(await call("/orders/1.0.0/both", whole.access_token)).toBe("200 live");

  const nobody = await database.application("Lonely");
  const empty = json(await token(grant, { authorization: basic(nobody.production) }));
  expect(claims(empty.access_token).subscribedAPIs).toEqual([]);
  expect(await call("/orders/1.0.0/open", empty.access_token)).toBe("403");

  const revoke = oauth(running, "revoke");
  const foreign = await revoke(
    { token: body.access_token ?? "" },
    { authorization: basic(nobody.production) },
  );
  expect([foreign.status, json(foreign).error]).toEqual([400, "invalid_grant"]);
  const revoked = await revoke(
    { token: body.access_token ?? "" },
    { authorization: basic(client.production) },
  );
  expect([revoked.status, revoked.text]).toEqual([200, ""]);
  await expect.poll(() => call("/orders/1.0.0/open", body.access_token)).toBe("401");
  expect(await call("/orders/1.0.0/menu", other.access_token)).toBe("200 trial");
  // What is no token is fine as it is, so that a client need not care.
  expect((await revoke({ token: "nonsense" }, { authorization: basic(client.production) })).status).toBe(200);
});

test("what is wrong with a request for a token is told as OAuth 2 says", async ({ publisher, database }) => {
  const running = await publisher();
  const { production } = await database.application("Shop");
  const token = oauth(running, "token");
  const authorization = basic(production);
  const told = async (answer: Promise<Answer>) => {
    const { status, headers, text } = await answer;
    expect(headers["cache-control"]).toBe("no-store");
    return `${status} ${JSON.parse(text).error} ${headers["www-authenticate"] ?? ""}`.trim();
  };
  const challenge = '401 invalid_client Basic realm="Sluice"';
  expect(await told(token(grant))).toBe(challenge);
  expect(await told(token(grant, { authorization: basic({ ...production, secret: "wrong" }) }))).toBe(
    challenge,
  );
  expect(await told(token(grant, { authorization: basic({ ...production, clientId: "x" }) }))).toBe(
    challenge,
  );
  expect(await told(token({}, { authorization }))).toBe("400 invalid_request");
  expect(await told(token("{}", { authorization, "content-type": "application/json" }))).toBe(
    "400 invalid_request",
  );
  expect(await told(token({ grant_type: "password" }, { authorization }))).toBe("400 unsupported_grant_type");
  expect(await told(token({ ...grant, scope: "admin" }, { authorization }))).toBe("400 invalid_scope");
  expect(await told(token("x".repeat(30_000), { authorization }))).toBe("413 invalid_request");
  expect((await send(`${running.url}/oauth2/token`)).status).toBe(405);
});

test.describe("limits", () => {
  test.use({ installation: "own" });

  test("guessing secrets has to wait, and costs the right client nothing", async ({
    publisher,
    database,
  }) => {
    const running = await publisher();
    const { production } = await database.application("Shop");
    const token = oauth(running, "token");
    const wrong = { authorization: basic({ ...production, secret: "wrong" }) };
    for (let i = 0; i < 30; i++) expect((await token(grant, wrong)).status).toBe(401);
    const refused = await token(grant, wrong);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect((await token(grant, { authorization: basic(production) })).status).toBe(200);
  });
});

test("machines need no session, wherever they are, and browsers lend them none", async ({
  publisher,
  database,
}) => {
  const running = await publisher();
  const { production } = await database.application("Shop");
  const foreign = { origin: "https://shop.example", "sec-fetch-site": "cross-site" };
  const authorization = basic(production);
  const token = oauth(running, "token");
  expect((await token(grant, { authorization, ...foreign })).status).toBe(200);
  const { port } = new URL(running.url);
  expect((await token(grant, { authorization, host: `evil.example:${port}` })).status).toBe(421);
  // Only these paths: the next one is a page's business.
  const { status } = await send(`${running.url}/session?x=/oauth2/token`, {
    method: "POST",
    headers: foreign,
  });
  expect(status).toBe(403);
});

test("the keys of our tokens are public, cacheable, and hold nothing private", async ({ publisher }) => {
  const { url } = await publisher();
  const { status, headers, text } = await send(`${url}/oauth2/jwks`, {
    headers: { origin: "https://a.example" },
  });
  expect(status).toBe(200);
  expect(headers["access-control-allow-origin"]).toBe("*");
  expect(headers["cache-control"]).toBe("public, max-age=300");
  expect(JSON.parse(text)).toEqual({
    keys: [
      {
        kty: "EC",
        crv: "P-256",
        alg: "ES256",
        use: "sig",
        kid: expect.any(String),
        x: expect.any(String),
        y: expect.any(String),
      },
    ],
  });
});
