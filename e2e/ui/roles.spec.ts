import { can, type Permission, roles } from "#lib/access/roles";
import { built, builtActions, callAction } from "../actions";
import { admin, expect, type Publisher, test } from "../fixtures";
import { send } from "../http";
import { apiWith } from "../pages/apis";
import { openEndpoints } from "../pages/endpoints";

/**
 * The server decides, whatever the pages show: every action and every route is called as a browser would, by
 * every role. A new action or route fails here until it says what it needs.
 */
const actions: Record<string, Permission | "anybody"> = {
  createApi: "api.edit",
  findConflicts: "api.edit",
  fetchDefinition: "api.edit",
  rollBack: "api.deploy",
  setEndpointState: "api.deploy",
  sendRequest: "api.read",
  editFrom: "api.edit",
  bringBack: "api.edit",
  compare: "api.read",
  saveDraft: "api.edit",
  saveForms: "api.edit",
  keepScopes: "api.edit",
  deployApi: "api.deploy",
  undeployApi: "api.deploy",
  deleteApi: "api.delete",
  addCertificate: "api.deploy",
  removeCertificate: "api.deploy",
  issueTestToken: "api.read",
  saveApplication: "application.manage",
  deleteApplication: "application.manage",
  createKey: "application.manage",
  rotateKey: "application.manage",
  deleteKey: "application.manage",
  subscribe: "application.manage",
  unsubscribe: "application.manage",
  issueApplicationToken: "application.manage",
  revokeToken: "application.manage",
  switchSetting: "settings.manage",
  forgetGateway: "settings.manage",
  saveIssuer: "settings.manage",
  deleteIssuer: "settings.manage",
  checkIssuer: "settings.manage",
  addUser: "users.manage",
  setUserRole: "users.manage",
  setUserDisabled: "users.manage",
  resetPassword: "users.manage",
  deleteUser: "users.manage",
  createAdministrator: "anybody",
  // For whoever is signed in, with the current password.
  changePassword: "api.read",
};

const routes: Record<string, { needs: Permission | "anybody"; method: string; body?: string }> = {
  "/apis/status": { needs: "api.read", method: "GET" },
  "/settings/gateways/status": { needs: "settings.manage", method: "GET" },
  "/apis/[id]/gateway-status": { needs: "api.read", method: "GET" },
  "/apis/[id]/export": { needs: "api.read", method: "GET" },
  "/apis/[id]/history": { needs: "api.read", method: "GET" },
  "/apis/[id]/check-endpoint": { needs: "api.edit", method: "POST" },
  "/apis/[id]/try-endpoint": { needs: "api.deploy", method: "POST" },
  "/api/v1/apis": { needs: "api.edit", method: "POST" },
  "/api/v1/apis/[id]/revisions": { needs: "api.read", method: "GET" },
  "/api/v1/apis/[id]/deployments": { needs: "api.deploy", method: "POST" },
  // Which kind a role gets is told in viewers-try-the-sandbox.spec.ts.
  "/api/v1/apis/[id]/tokens": { needs: "api.read", method: "POST", body: '{"keyType":"sandbox"}' },
  // What there is to call is no secret.
  "/api/v1/openapi.json": { needs: "anybody", method: "GET" },
  "/api/am/publisher/v4/openapi.json": { needs: "anybody", method: "GET" },
  // Clients prove who they are by their secret; the keys are public.
  "/oauth2/token": { needs: "anybody", method: "POST" },
  "/oauth2/revoke": { needs: "anybody", method: "POST" },
  "/oauth2/jwks": { needs: "anybody", method: "GET" },
  // Machines sign in here with a name and a password.
  "/client-registration/v0.17/register": { needs: "anybody", method: "POST" },
  "/api/mgw/adapter/0.1/oauth2/token": { needs: "anybody", method: "POST" },
  "/api/mgw/adapter/0.1/apis": { needs: "api.deploy", method: "POST" },
  "/session": { needs: "anybody", method: "POST" },
  "/session/browser": { needs: "anybody", method: "POST" },
  // Whoever watches the publisher.
  "/readyz": { needs: "anybody", method: "GET" },
  "/icon.svg": { needs: "anybody", method: "GET" },
};

/** Cookies do not count here: e2e/ui/publisher-rest.spec.ts walks these with tokens. */
const byTokenAlone = [
  "/api/am/[...path]",
  "/api/am/devportal/v3/applications",
  "/api/am/devportal/v3/applications/[id]",
  "/api/am/devportal/v3/applications/[id]/generate-keys",
  "/api/am/devportal/v3/applications/[id]/keys",
  "/api/am/devportal/v3/subscriptions",
  "/api/am/devportal/v3/throttling-policies/application",
  "/api/am/publisher/v4/api-categories",
  "/api/am/publisher/v4/apis",
  "/api/am/publisher/v4/apis/[id]",
  "/api/am/publisher/v4/apis/[id]/deploy-revision",
  "/api/am/publisher/v4/apis/[id]/deployments",
  "/api/am/publisher/v4/apis/[id]/generate-key",
  "/api/am/publisher/v4/apis/[id]/lifecycle-history",
  "/api/am/publisher/v4/apis/[id]/lifecycle-state",
  "/api/am/publisher/v4/apis/[id]/restore-revision",
  "/api/am/publisher/v4/apis/[id]/revisions",
  "/api/am/publisher/v4/apis/[id]/revisions/[rid]",
  "/api/am/publisher/v4/apis/[id]/swagger",
  "/api/am/publisher/v4/apis/[id]/undeploy-revision",
  "/api/am/publisher/v4/apis/change-lifecycle",
  "/api/am/publisher/v4/apis/copy-api",
  "/api/am/publisher/v4/apis/export",
  "/api/am/publisher/v4/apis/import",
  "/api/am/publisher/v4/apis/import-openapi",
  "/api/am/publisher/v4/apis/validate-endpoint",
  "/api/am/publisher/v4/apis/validate-openapi",
  "/api/am/publisher/v4/endpoint-certificates",
  "/api/am/publisher/v4/endpoint-certificates/[alias]",
  "/api/am/publisher/v4/endpoint-certificates/[alias]/content",
  "/api/am/publisher/v4/endpoint-certificates/[alias]/usage",
  "/api/am/publisher/v4/key-managers",
  "/api/am/publisher/v4/operation-policies",
  "/api/am/publisher/v4/search",
  "/api/am/publisher/v4/settings",
  "/api/am/publisher/v4/throttling-policies/subscription",
];

const pages: Record<string, Permission> = {
  "/apis": "api.read",
  "/apis/[id]": "api.read",
  "/apis/[id]/endpoints": "api.read",
  "/apis/[id]/resources": "api.read",
  "/apis/[id]/runtime": "api.read",
  "/apis/[id]/definition": "api.read",
  "/apis/[id]/deployments": "api.read",
  "/apis/[id]/monitor": "api.read",
  "/apis/[id]/try-out": "api.read",
  "/apis/create": "api.edit",
  "/apis/create/rest": "api.edit",
  "/apis/create/openapi": "api.edit",
  "/apis/create/project": "api.edit",
  "/applications": "application.read",
  "/applications/[id]": "application.read",
  "/password": "api.read",
  "/settings/users": "users.manage",
  "/settings/issuers": "settings.manage",
  "/settings/gateways": "settings.manage",
  "/settings/trying-out": "settings.manage",
  "/settings/audit": "audit.read",
};

/** Shown to whoever asks, or leading elsewhere; the last two are Next's own. */
const openPages = ["", "/sign-in", "/setup", "/settings", "/_not-found", "/_global-error"];

/** Every session by its role; "nobody" has none. */
async function everybody({ signIn, signInAs }: Publisher): Promise<Map<string, string>> {
  const cookies = new Map([["nobody", ""]]);
  for (const role of roles) {
    const { cookie } = role === "admin" ? await signIn(admin.username) : await signInAs(role);
    cookies.set(role, cookie);
  }
  return cookies;
}

test.use({ signedIn: false });

test("every server action is refused to every role that may not", async ({ publisher, database }) => {
  test.slow();
  const running = await publisher();
  const id = await database.save(apiWith([]));
  const { id: application } = await database.application("Consumer");
  const cookies = await everybody(running);
  const found = builtActions();
  expect(found.map(([, a]) => a.exportedName).sort()).toEqual(Object.keys(actions).sort());

  for (const [actionId, { exportedName, workers }] of found) {
    const needs = actions[exportedName];
    if (!needs || needs === "anybody") continue;
    const path = needs === "api.read" ? `/apis/${id}` : pageOf(workers, id, application);
    for (const [who, cookie] of cookies) {
      // Nonsense, so that what is allowed changes nothing either.
      const answer = await callAction(running.url, path, cookie, actionId, [null, null, null]);
      const role = roles.find((r) => r === who);
      const refusal = role ? `Your role (${role}) may not` : "You are signed out.";
      const told = expect(answer.text, `${exportedName} by ${who}`);
      if (role && can(role, needs)) {
        told.toContain('"ok":false');
        told.not.toContain(refusal);
      } else told.toContain(refusal);
    }
  }
  expect(await database.sql('SELECT id FROM "Api"')).toEqual([{ id }]);
});

/** An action is answered on the pages that have it. */
function pageOf(workers: Record<string, unknown>, id: string, application: string): string {
  const pages = ["/settings/users", "/settings/issuers", "/settings/trying-out", "/applications"];
  const found = pages.find((page) => `app${page}/page` in workers);
  if (found) return found;
  return "app/applications/[id]/page" in workers ? `/applications/${application}` : `/apis/${id}`;
}

test("every page and every route is refused to every role that may not", async ({ publisher, database }) => {
  const running = await publisher();
  const id = await database.save(apiWith([]));
  const application = await database.application("Consumer");
  const cookies = await everybody(running);
  const paths = Object.keys(built("app-paths-manifest.json"));
  const foundRoutes = paths.filter((p) => p.endsWith("/route")).map((p) => p.replace(/\/route$/, ""));
  expect(foundRoutes.sort()).toEqual([...Object.keys(routes), ...byTokenAlone].sort());
  const foundPages = paths.filter((p) => p.endsWith("/page")).map((p) => p.replace(/\/page$/, ""));
  expect(foundPages.sort()).toEqual([...Object.keys(pages), ...openPages].sort());

  for (const [who, cookie] of cookies) {
    const role = roles.find((r) => r === who);
    const call = async (path: string, method: string, body?: string) =>
      (
        await send(
          running.url + path.replace("[id]", path.startsWith("/applications") ? application.id : id),
          { method, headers: { cookie }, body },
        )
      ).status;
    for (const [path, needs] of Object.entries(pages)) {
      const status = await call(path, "GET");
      expect(status, `${path} by ${who}`).toBe(!role ? 307 : can(role, needs) ? 200 : 403);
    }
    for (const [path, { needs, method, body }] of Object.entries(routes)) {
      if (needs === "anybody") continue;
      const status = await call(path, method, body);
      if (!role) expect(status, `${path} by ${who}`).toBe(401);
      else if (!can(role, needs)) expect(status, `${path} by ${who}`).toBe(403);
      else expect([200, 400], `${path} by ${who}`).toContain(status);
    }
  }
});

test("machines are let in with a name and password or a session token", async ({ publisher, database }) => {
  const { url, signInAs } = await publisher();
  const id = await database.save(apiWith([]));
  const { token } = await signInAs("viewer");
  const ask = (authorization: string) =>
    send(`${url}/apis/${id}/gateway-status`, { headers: { authorization } });
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  expect((await ask(`Bearer ${token}`)).status).toBe(200);
  expect((await ask("Bearer nonsense")).status).toBe(401);
  const end = { method: "DELETE", headers: { authorization: `Bearer ${token}` } };
  expect((await send(`${url}/session`, end)).status).toBe(204);
  expect((await ask(`Bearer ${token}`)).status).toBe(401);
  expect((await ask(basic("viewer:viewer password"))).status).toBe(200);
  const refused = await ask(basic("viewer:wrong password"));
  expect([refused.status, refused.headers["www-authenticate"]]).toEqual([401, 'Basic realm="Sluice"']);
  expect((await ask(basic("no colon"))).status).toBe(401);
  // Remembered for a minute, and no longer than the account may sign in.
  expect((await ask(basic("viewer:viewer password"))).status).toBe(200);
  await database.sql("UPDATE \"User\" SET disabled = TRUE WHERE username = 'viewer'");
  expect((await ask(basic("viewer:viewer password"))).status).toBe(401);
});

test.describe("limits", () => {
  // The name has to wait afterwards, whoever signs in with it.
  test.use({ installation: "own" });

  test("guessing by HTTP Basic has to wait like guessing on the page", async ({ publisher, database }) => {
    const { url } = await publisher();
    const id = await database.save(apiWith([]));
    const guess = (password: string) =>
      send(`${url}/apis/${id}/gateway-status`, {
        headers: { authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}` },
      });
    for (let i = 0; i < 8; i++) expect((await guess("wrong")).status).toBe(401);
    expect((await guess("wrong")).status).toBe(429);
    expect((await guess(admin.password)).status).toBe(429);
  });
});

test("who may only read finds every control off, with the reason", async ({ page, publisher, database }) => {
  const { url, signInAs } = await publisher();
  const balanced = { routing: "loadBalanced" };
  const id = await database.save(apiWith(["http://a:8080", "http://b:8080"], balanced));
  await signInAs("viewer");
  const reason = "Your role (viewer) may not change APIs; admin, publisher or creator may.";
  await page.goto(`${url}/apis`);
  const create = page.getByRole("button", { name: "Create API" });
  await expect(create).toBeDisabled();
  await create.hover();
  await expect(page.getByRole("tooltip", { name: reason })).toBeVisible();
  await expect(page.getByRole("link", { name: "Settings" })).toHaveCount(0);

  await openEndpoints(page, url, id);
  await expect(page.getByText(reason).first()).toBeVisible();
  await page.locator("#general-header").click();
  await expect(page.locator("#general-content").getByRole("textbox").first()).toBeVisible();
  const main = page.getByRole("main");
  const harmless =
    /^Load balance and Failover|^General|^Endpoint configurations|^Endpoint security|^Load balance configurations/;
  for (const role of ["textbox", "checkbox", "switch", "combobox"] as const) {
    for (const control of await main.getByRole(role).all()) {
      // What if: a question that changes nothing.
      if ((await control.getAttribute("aria-label"))?.startsWith("If this one is down")) continue;
      await expect(control).toBeDisabled();
    }
  }
  for (const button of await main.getByRole("button").all()) {
    const name = (await button.getAttribute("aria-label")) ?? (await button.textContent()) ?? "";
    if (!harmless.test(name)) await expect(button, name).toBeDisabled();
  }
  await page.getByRole("button", { name: "Endpoint configurations http://a:8080" }).last().click();
  const dialog = page.getByRole("dialog");
  for (const control of await dialog.getByRole("textbox").all()) await expect(control).toBeDisabled();
  await expect(dialog.getByRole("button", { name: "Save" })).toBeDisabled();
  await dialog.getByRole("button", { name: "Close" }).click();

  await page.goto(`${url}/apis/${id}`);
  for (const name of ["Deploy the draft", "Delete API"])
    await expect(page.getByRole("button", { name })).toBeDisabled();
});

test("a creator may save but not deploy", async ({ page, publisher, database }) => {
  const { url, signInAs } = await publisher();
  const id = await database.save(apiWith(["http://a:8080"]));
  await signInAs("creator");
  await openEndpoints(page, url, id);
  await page.locator("#production_endpoints").fill("http://b:8080");
  await expect(page.getByRole("button", { name: "Save & Deploy" })).toBeDisabled();
  await page.locator("#endpoint-save-btn").click();
  await expect(page.getByText("Saved.")).toBeVisible();
  const [row] = await database.sql<{ username: string; text: string }>(
    "SELECT username, text FROM AuditEntry WHERE action = 'api.save' ORDER BY id DESC LIMIT 1",
  );
  expect(row).toEqual({ username: "creator", text: expect.stringContaining("Saved Orders 1.0.0: ") });
});

test.describe("a page that the role may not see", () => {
  test.use({ expectedConsoleErrors: /403 \(Forbidden\)/ });

  test("says so", async ({ page, publisher }) => {
    const { url, signInAs } = await publisher();
    await signInAs("publisher");
    await page.goto(`${url}/settings/users`);
    await expect(page.getByRole("heading", { name: "You may not see this page" })).toBeVisible();
    await expect(page.getByText("Your role (publisher) does not allow it.")).toBeVisible();
  });
});
