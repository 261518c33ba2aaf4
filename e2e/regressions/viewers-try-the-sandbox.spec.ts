import { resultOf } from "../actions";
import { expect, type Gateway, type Publisher, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { send } from "../http";

/** An API with both kinds of endpoints, and an operation that asks for no token. */
function api(live: { url: string }, trial: { url: string }) {
  const group = (id: string, { url }: { url: string }) => ({ enabled: true, endpoints: [{ id, url }] });
  return pizza(
    [],
    {},
    {
      security: { kind: "jwt" },
      endpoints: { production: group("live", live), sandbox: group("trial", trial) },
      resources: [
        { method: "GET", path: "/orders/{id}" },
        { method: "DELETE", path: "/orders/{id}" },
        { method: "GET", path: "/open", secured: false },
      ],
    },
  );
}

interface Tried {
  ok: boolean;
  message?: string;
  answer?: { status: number; body: string };
}

/** Sends one request from Try Out. */
const tryOut = (publisher: Publisher, id: string, cookie: string, request: object) =>
  resultOf(publisher.url, `/apis/${id}/try-out`, cookie, "sendRequest", id, {
    method: "GET",
    path: "/orders/7",
    headers: [],
    body: "",
    cookie: "",
    keyType: "sandbox",
    ...request,
  }) as unknown as Promise<Tried>;
const production = { keyType: "production" };

test("a viewer could send DELETE to production from Try Out", async ({
  backend,
  gateway,
  publisher,
  database,
}) => {
  const [live, trial] = [await backend("live"), await backend("trial")];
  const g = await gateway();
  const p = await publisher();
  const { id } = await g.deploy(api(live, trial));
  const { cookie } = await p.signInAs("viewer");
  const foreign = (await database.token({ keyType: "production", validitySeconds: 600 })).token;
  const attempt = (request: object) => tryOut(p, id, cookie, request);
  const refusals: [object, RegExp][] = [
    [{ ...production, method: "DELETE" }, /may try out the sandbox only/],
    [production, /may try out the sandbox only/],
    [{ path: "/open" }, /asks for no token, so it reaches production.*the sandbox only/],
    [{ headers: [["authorization", `Bearer ${foreign}`]] }, /leave out the header authorization/],
    [{ headers: [["Internal-Key", foreign]] }, /leave out the header Internal-Key/],
    [{ ...production, path: "/nowhere" }, /may try out the sandbox only/],
  ];
  for (const [request, words] of refusals) {
    const tried = await attempt(request);
    expect(tried.ok, JSON.stringify(request)).toBe(false);
    expect(tried.message).toMatch(words);
  }
  // A token in the place where it used to be taken does nothing.
  expect((await attempt({ method: "DELETE", token: foreign })).answer).toMatchObject({ status: 200 });
  expect(trial.requests.map((r) => r.method)).toEqual(["DELETE"]);
  expect(live.requests).toEqual([]);

  // An administrator allows reading; that is audited, and all that it allows.
  const admin = await p.signIn();
  const allow = (on: boolean, by = admin.cookie) =>
    resultOf(p.url, "/settings/trying-out", by, "switchSetting", "viewersReadProduction", on);
  expect(await allow(true)).toEqual({ ok: true });
  expect((await attempt(production)).answer).toMatchObject({ status: 200 });
  expect((await attempt({ path: "/open" })).answer).toMatchObject({ status: 200 });
  expect(live.requests.map((r) => r.method)).toEqual(["GET", "GET"]);
  for (const [request, words] of [
    [{ ...production, method: "DELETE" }, /may send only GET and HEAD to production/],
    [{ ...production, headers: [["X-HTTP-Method-Override", "DELETE"]] }, /one method in place of another/],
    [{ ...production, headers: [["Authorization", `Bearer ${foreign}`]] }, /leave out the header/],
  ] as [object, RegExp][]) {
    expect((await attempt(request)).message).toMatch(words);
  }
  expect(live.requests).toHaveLength(2);
  await allow(true);
  await allow(false);
  expect((await attempt(production)).message).toMatch(/the sandbox only/);
  const audited = await database.sql<{ text: string }>(
    "SELECT text FROM AuditEntry WHERE action = 'settings.change' ORDER BY id",
  );
  expect(audited.map(({ text }) => text)).toEqual([
    "Viewers may send GET and HEAD to production: on",
    "Viewers may send GET and HEAD to production: off",
  ]);

  // Others try what they like, with tokens of their own too.
  const creator = await p.signInAs("creator");
  const own = { method: "DELETE", headers: [["Authorization", `Bearer ${foreign}`]] };
  expect((await tryOut(p, id, creator.cookie, own)).answer).toMatchObject({ status: 200 });
  expect((await tryOut(p, id, creator.cookie, { ...production, method: "DELETE" })).answer).toMatchObject({
    status: 200,
  });
  expect(live.requests.map((r) => r.method)).toEqual(["GET", "GET", "DELETE", "DELETE"]);
});

test("a viewer could reach another API's production through the path of one below it", async ({
  backend,
  gateway,
  publisher,
}) => {
  const [live, trial, other] = [await backend("live"), await backend("trial"), await backend("other")];
  const g = await gateway();
  const p = await publisher();
  const { id } = await g.deploy({ ...api(live, trial), resources: [{ method: "GET", path: "/*" }] });
  const below = { name: "Below", context: "/pizza/1.0.0", version: "2" };
  await g.deploy(pizza([other], {}, below));
  expect((await send(`${g.url}/pizza/1.0.0/2/x`)).status).toBe(200);
  const { cookie } = await p.signInAs("viewer");
  const tried = await tryOut(p, id, cookie, { path: "/2/x" });
  expect(tried.answer?.status).toBe(403);
  expect(tried.answer?.body).toContain("The role of whoever tries this out");
  expect(other.requests).toHaveLength(1);
});

test("any viewer could have a production token for whatever scopes", async ({
  backend,
  gateway,
  publisher,
  database,
}) => {
  const [live, trial] = [await backend("live"), await backend("trial")];
  const g = await gateway();
  const p = await publisher();
  const { id } = await g.deploy(api(live, trial));
  const sessions = { viewer: await p.signInAs("viewer"), creator: await p.signInAs("creator") };
  const words = /^Your role \(viewer\) gets tokens for the sandbox only/;
  const doors: Record<string, (role: "viewer" | "creator", keyType: string) => Promise<string>> = {
    "/api/v1": async (role, keyType) => {
      const answer = await send(`${p.url}/api/v1/apis/${id}/tokens`, {
        method: "POST",
        headers: { authorization: `Bearer ${sessions[role].token}`, "content-type": "application/json" },
        body: JSON.stringify({ keyType }),
      });
      const { token, message } = JSON.parse(answer.text);
      expect(answer.status).toBe(token ? 200 : 403);
      return token ?? message;
    },
    "the page": async (role, keyType) => {
      const result = await resultOf(
        p.url,
        `/apis/${id}`,
        sessions[role].cookie,
        "issueTestToken",
        id,
        keyType,
      );
      return ((result.token as { token: string } | undefined)?.token ?? result.message) as string;
    },
    "/testkey": async (role, keyType) => {
      const answer = await testKey(g, role, `keytype=${keyType.toUpperCase()}&scope=admin`);
      expect(answer.status).toBe(answer.text.startsWith("{") ? 403 : 200);
      return answer.text.startsWith("{") ? JSON.parse(answer.text).description : answer.text;
    },
  };
  for (const [door, ask] of Object.entries(doors)) {
    expect(await ask("viewer", "production"), door).toMatch(words);
    for (const [role, keyType] of [
      ["viewer", "sandbox"],
      ["creator", "production"],
    ] as const) {
      const token = await ask(role, keyType);
      const called = await send(`${g.url}/pizza/1.0.0/orders/7`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(called.text, door).toContain(keyType === "sandbox" ? '"backend":"trial"' : '"backend":"live"');
    }
  }
  // What is not said means production there, and that is told.
  expect((await testKey(g, "viewer", "")).status).toBe(403);
  // A role counts as it is when the password is given.
  await database.sql(`UPDATE "User" SET "role" = 'viewer' WHERE "username" = 'creator'`);
  expect((await testKey(g, "creator", "keytype=PRODUCTION")).status).toBe(403);
  const audited = await database.sql<{ username: string; text: string }>(
    "SELECT username, text FROM AuditEntry WHERE action = 'api.testToken' ORDER BY id",
  );
  const line = (username: string, keyType: string) => ({
    username,
    text: `Got a ${keyType} test token for Pizza 1.0.0`,
  });
  const both = [line("viewer", "sandbox"), line("creator", "production")];
  expect(audited).toEqual([...both, ...both]);
});

const testKey = (g: Gateway, user: string, body: string) =>
  send(`${g.url}/testkey`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${user} password`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body,
  });

test("opening an API's page made tokens without anybody asking", async ({
  backend,
  gateway,
  publisher,
  database,
}) => {
  const [live, trial] = [await backend("live"), await backend("trial")];
  const g = await gateway();
  const p = await publisher();
  const { id } = await g.deploy(api(live, trial));
  const { cookie } = await p.signIn();
  for (const page of ["", "/try-out", "/endpoints"]) {
    expect((await send(`${p.url}/apis/${id}${page}`, { headers: { cookie } })).status).toBe(200);
  }
  expect(await database.sql("SELECT id FROM AuditEntry WHERE action = 'api.testToken'")).toEqual([]);
});
