import { can, type Permission, roles } from "#lib/access/roles";
import { Apictl, login, Problem } from "../apictl";
import { admin, expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";

/** `apictl get keys`, which asks WSO2's DevPortal API, in the order of the tool. */

test.use({ signedIn: false });

const client = (clientId: string, clientSecret: string) => ({
  ...{ clientId, clientSecret, clientName: "", callBackURL: "", jsonString: "" },
});

test("get keys ends in a token that opens the API, again and on another machine", async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const b = await backend("oven");
  const g = await gateway();
  const { id } = await g.deploy(apiWith([b.url]));
  const { url, signIn, signInAs } = await publisher();
  const apictl = new Apictl(url, (await signIn()).token);
  const tokenOf = async (clientId: string, secret: string) => {
    const answer = await login.post(
      `${url}/oauth2/token`,
      client(clientId, secret),
      "grant_type=client_credentials&scope=",
    );
    return { status: answer.status, ...((await answer.json()) as { access_token?: string }) };
  };
  const call = async (token = "") =>
    (await fetch(`${g.url}/orders/1.0.0/`, { headers: { authorization: `Bearer ${token}` } })).status;

  const first = await apictl.keys("Orders", "1.0.0");
  const token = await tokenOf(first.consumerKey, first.consumerSecret);
  expect(token.status).toBe(200);
  expect(await call(token.access_token)).toBe(200);
  expect(await database.sql('SELECT name, "createdBy" FROM "Application"')).toEqual([
    { name: "default-apictl-app (admin)", createdBy: "admin" },
  ]);

  // On another machine: the same application with another secret; tokens from before go on.
  const second = await apictl.keys("Orders", "1.0.0");
  expect(second).toMatchObject({ applicationId: first.applicationId, consumerKey: first.consumerKey });
  expect((await tokenOf(first.consumerKey, first.consumerSecret)).status).toBe(401);
  expect((await tokenOf(second.consumerKey, second.consumerSecret)).status).toBe(200);
  expect(await call(token.access_token)).toBe(200);

  // Each user has one, and nobody else's keys are replaced.
  const other = new Apictl(url, (await signInAs("publisher")).token);
  const order = { method: "POST", body: '{"keyType":"PRODUCTION"}' };
  const replaced = await other.portal(`/applications/${first.applicationId}/generate-keys`, order);
  expect([replaced.status, Problem.parse(await replaced.json()).code]).toEqual([409, 409]);
  const shop = await database.application("Shop", [id]);
  const kept = await apictl.portal(`/applications/${shop.id}/generate-keys`, order);
  expect(kept.status).toBe(409);
  const keys = await (await apictl.portal(`/applications/${shop.id}/keys`)).json();
  expect(keys).toMatchObject({ count: 2, list: [{ consumerSecret: "" }, { consumerSecret: "" }] });
  expect((await tokenOf(second.consumerKey, second.consumerSecret)).status).toBe(200);
  const v2 = await apictl.portal("/applications?query=default-apictl", {}, "v2");
  expect(await v2.json()).toMatchObject({ count: 1, list: [{ name: "default-apictl-app", owner: "admin" }] });
  expect((await other.portal("/applications?query=shop")).status).toBe(200);
  const taken = { method: "POST", body: '{"name":"Shop"}' };
  expect((await apictl.portal("/applications", taken)).status).toBe(409);
  for (const [path, init] of [
    ["/subscriptions", {}],
    ["/applications", { method: "POST", body: "[]" }],
    ["/subscriptions", { method: "POST", body: '{"applicationId":1}' }],
    [`/applications/${shop.id}/generate-keys`, { method: "POST", body: '{"keyType":"X"}' }],
  ] as const)
    expect((await apictl.portal(path, init)).status, path).toBe(400);
});

test("the DevPortal's calls are for who may make them", async ({ publisher, database }) => {
  const running = await publisher();
  const calls: [Permission, (id: string) => string, RequestInit?][] = [
    ["application.read", () => "/throttling-policies/application"],
    ["application.read", () => "/applications"],
    ["application.read", (id) => `/applications/${id}`],
    ["application.read", (id) => `/applications/${id}/keys`],
    ["application.read", (id) => `/subscriptions?applicationId=${id}`],
    ["application.manage", () => "/applications", { method: "POST", body: '{"name":"default-apictl-app"}' }],
    [
      "application.manage",
      (id) => `/applications/${id}/generate-keys`,
      { method: "POST", body: '{"keyType":"SANDBOX"}' },
    ],
    [
      "application.manage",
      () => "/subscriptions",
      { method: "POST", body: '{"applicationId":"x","apiId":"y"}' },
    ],
  ];
  const { id } = await database.application("Shop");
  for (const role of roles) {
    const { token } = role === "admin" ? await running.signIn(admin.username) : await running.signInAs(role);
    const apictl = new Apictl(running.url, token);
    for (const [needs, path, init] of calls) {
      const answer = await apictl.portal(path(id), init);
      if (can(role, needs)) expect([200, 201, 404, 409], `${path(id)} by ${role}`).toContain(answer.status);
      else {
        const there = Problem.parse(await answer.json());
        expect([answer.status, there.code], `${path(id)} by ${role}`).toEqual([403, 403]);
        const missing = await apictl.portal(path("none"), init);
        expect(Problem.parse(await missing.json())).toEqual(there);
      }
    }
  }
  for (const [, path, init] of calls) {
    const nobody = await new Apictl(running.url, "a.b.c").portal(path(id), init);
    expect([nobody.status, Problem.parse(await nobody.json()).code]).toEqual([401, 900901]);
  }
});
