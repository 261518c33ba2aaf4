import type { Page } from "@playwright/test";
import { ZipFile } from "yazl";
import { axe } from "../accessibility";
import { admin, expect, test } from "../fixtures";
import { certificate } from "../gateway/certificate";
import { pizza } from "../gateway/client";
import { apiWith } from "../pages/apis";
import { pressCreate } from "../pages/create";
import {
  addEndpoint,
  bar,
  chooseInDialog,
  chooseType,
  cogwheel,
  cogwheelDialog,
  expectChanges,
  expectLive,
  openEndpoints,
  rows,
  save,
  saveAndDeploy,
} from "../pages/endpoints";
import { held } from "../pages/requests";
import { openSelect } from "../pages/select";
import { account, chooseInAccountMenu, expectSignIn, fillSignIn } from "../pages/session";

/**
 * Looks once at every state of every page, on the shortest way there. What a state is for is told by the spec of its
 * page; a new page, dialog or message of another form gets its look here.
 */

const [a, b, c] = ["http://orders-a:8080", "http://orders-b:8080", "http://orders-c:8080"];
const balanced = { routing: "loadBalanced" as const };
const state = (page: Page) => page.getByTestId("api-state");
const dialog = (page: Page) => page.getByRole("dialog");
const next = (page: Page) => page.getByRole("button", { name: "Continue" }).click();

/** On a screen as narrow as a phone's, and back. */
async function axeNarrow(page: Page, what: string): Promise<void> {
  await page.setViewportSize({ width: 420, height: 900 });
  await axe(page, `${what}, narrow`);
  await page.setViewportSize({ width: 1280, height: 720 });
}

/** Closes a dialog in which something was entered. */
async function discard(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  const question = page.getByRole("dialog", { name: "Discard what you entered?" });
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(dialog(page)).toHaveCount(0);
}

// Each looks at a dozen pages; no other test takes so many steps.
test.beforeEach(() => test.slow());

test.describe("an installation of its own", () => {
  test.use({
    installation: "own",
    signedIn: false,
    expectedConsoleErrors: /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|401/,
  });

  test("the first visit, signing in and out, the account, without a gateway, without Sluice", async ({
    page,
    publisher,
    database,
  }) => {
    const { url, stop } = await publisher({ ADMIN_PASSWORD: "" });
    await page.goto(url);
    await expect(page.getByRole("heading", { name: "Create the administrator account" })).toBeVisible();
    await axe(page, "the first visit");
    await page.getByRole("textbox", { name: "Password", exact: true }).fill(admin.password);
    await page.getByRole("textbox", { name: "Password again" }).fill("another password");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByText("The two passwords differ.").first()).toBeVisible();
    await axe(page, "the first visit, refused");
    await page.getByRole("textbox", { name: "Password again" }).fill(admin.password);
    await page.getByRole("button", { name: "Create account" }).click();

    await expect(page.getByText("An API is an address on the gateway")).toBeVisible();
    await axe(page, "no APIs");
    await account(page, "admin").click();
    await expect(page.getByRole("menu", { name: "Account" })).toContainText("Role: admin");
    await axe(page, "the account's menu");
    await page.getByRole("menuitem", { name: "Change password" }).click();
    await expect(page.getByRole("heading", { name: "Change password" })).toBeVisible();
    await axe(page, "changing the password");
    await chooseInAccountMenu(page, "admin", "Sign out");
    await expectSignIn(page);
    await axe(page, "signing in");
    await fillSignIn(page, "admin", "a wrong password");
    await expect(page.getByRole("main").getByRole("alert")).toContainText("is wrong");
    await axe(page, "signing in, refused");

    const { id } = await database.deploy(apiWith([a]));
    await fillSignIn(page, "admin", admin.password);
    await expect(page.getByText("The gateway does not answer")).toBeVisible();
    await expect(page.getByRole("row", { name: /Orders/ })).toContainText("Not known");
    await axe(page, "the list without a gateway");
    await openEndpoints(page, url, id);
    await stop("SIGKILL");
    await expect(state(page)).toContainText("Sluice does not answer");
    await expect(page.getByText("Not known: Sluice does not answer")).toBeVisible();
    await axe(page, "Endpoints without Sluice");
  });
});

test.describe("the list and what is no page", () => {
  test.use({ expectedConsoleErrors: /404 \(Not Found\)|403 \(Forbidden\)/ });

  test("the list, pages on their way, missing and refused", async ({
    page,
    publisher,
    gateway,
    backend,
    database,
  }) => {
    const [up, down] = [await backend("up"), await backend("down")];
    const g = await gateway();
    const { url, signInAs } = await publisher();
    const { id } = await g.deploy(apiWith([up.url, down.url], balanced));
    await database.save(apiWith([up.url], balanced));
    await g.deploy(apiWith([up.url], {}, "Other"));
    await database.save(apiWith([], {}, "Drafted"));
    await down.kill();
    for (let i = 0; i < 4; i++) await fetch(`${g.url}/orders/1.0.0/`);
    await page.goto(`${url}/apis`);
    const orders = page.getByRole("row", { name: /Orders/ });
    await expect(orders).toContainText("Undeployed changes");
    await expect(orders).toContainText("1 of 2 endpoints down");
    await expect(page.getByRole("row", { name: /Other/ })).toContainText("Not checked");
    await axe(page, "the list");

    await page.goto(`${url}/apis/${id}`);
    const go = await held(page, /\/(runtime|applications)\?_rsc/);
    const skeleton = page.getByRole("status", { name: "Loading the page" });
    await page.getByRole("link", { name: "Runtime" }).click();
    await expect(skeleton).toBeVisible();
    await expect(page.getByRole("heading", { level: 1, name: "Orders 1.0.0" })).toBeVisible();
    await axe(page, "a page of an API on its way");
    await page.getByRole("link", { name: "Applications" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Orders 1.0.0" })).toBeHidden();
    await expect(skeleton).toBeVisible();
    await axe(page, "a page on its way");
    go();
    await expect(page.getByRole("heading", { level: 1, name: "Applications" })).toBeVisible();

    await signInAs("viewer");
    await page.goto(`${url}/apis`);
    await page.getByRole("button", { name: "Create API" }).hover();
    await expect(page.getByRole("tooltip", { name: /Your role \(viewer\)/ })).toBeVisible();
    await axe(page, "the list for a viewer, and why a button is off");
    await page.goto(`${url}/settings/users`);
    await expect(page.getByRole("heading", { name: "You may not see this page" })).toBeVisible();
    await axe(page, "a page that is refused");
    await page.goto(`${url}/apis/no-such-api/endpoints`);
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
    await axe(page, "a page that is missing");
  });
});

test("creating an API, by hand and from a definition or a project", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  await database.save({ name: "Taken", context: "/taken", version: "2.0.0" });
  await page.goto(`${url}/apis/create`);
  await axe(page, "the ways to create an API");
  await page.goto(`${url}/apis/create/rest`);
  await pressCreate(page);
  await expect(page.getByText("Enter a name.", { exact: true }).first()).toBeVisible();
  await axe(page, "from scratch, with nothing entered");

  await page.goto(`${url}/apis/create/openapi`);
  await page.getByRole("button", { name: "Text" }).click();
  const text = page.getByLabel("Text of the definition");
  await text.fill("openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths:\n  /a: [\n");
  await next(page);
  await expect(page.getByRole("main").getByRole("alert")).toContainText("This cannot be imported");
  await axe(page, "a definition that cannot be read");
  await text.fill(`openapi: 3.1.0
info: {title: Pizza Shack, version: 2.0.0}
x-wso2-basePath: /pizza
x-wso2-production-endpoints: {urls: ["${a}", "${b}"], type: failover}
x-wso2-sandbox-endpoints: {urls: ["${b}"]}
paths:
  /menu:
    get: {responses: {"200": {description: fine}}}
  /order:
    post:
      x-auth-type: None
      x-wso2-production-endpoints: {urls: ["${b}"]}
      responses: {"201": {description: made}}
`);
  await next(page);
  await expect(page.getByRole("group", { name: "Endpoints" })).toContainText("only POST /order");
  await axe(page, "what a definition says");
  await axeNarrow(page, "what a definition says");
  await next(page);
  await page.getByLabel("Name").fill("Taken");
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByText("There is already an API named Taken").first()).toBeVisible();
  await axe(page, "a definition's API, its name taken");

  await page.goto(`${url}/apis/create/project`);
  await axe(page, "a project to be chosen");
  const zip = new ZipFile();
  const api =
    "type: api\ndata: {name: Orders, context: /orders, version: '1.0', isDefaultVersion: true, policies: [Gold], endpointConfig: {endpoint_type: http, failOver: 'False', production_endpoints: {url: 'http://dev:1'}}}\n";
  zip.addBuffer(Buffer.from(api), "Orders-1.0/api.yaml");
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  const file = { name: "orders.zip", mimeType: "application/zip", buffer: Buffer.concat(chunks) };
  await page.getByLabel("Choose a project").setInputFiles(file);
  await next(page);
  await expect(page.getByRole("group", { name: "Other settings" })).toContainText("Default version");
  await expect(page.getByRole("note")).toContainText("has no effect");
  await axe(page, "what a project says, with what has no effect");

  await page.goto(`${url}/apis/create/project`);
  const broken = { name: "broken.yaml", mimeType: "application/yaml", buffer: Buffer.from("openapi: [") };
  await page.getByLabel("Choose a project").setInputFiles([file, broken]);
  const button = page.getByRole("button", { name: "Import 1 API" });
  await expect(button).toBeEnabled();
  await page.getByText(/^\d+ warnings?$/).click();
  await axe(page, "several files, with what each would make");
  await axeNarrow(page, "several files, with what each would make");
  await button.click();
  await expect(page.getByRole("heading", { name: "1 of 2 files became APIs" })).toBeFocused();
  await axe(page, "what became of several files");
});

test("the overview, how an API is called, and the scopes that an import lost", async ({
  page,
  publisher,
  database,
}) => {
  const { url, signInAs } = await publisher();
  const api = { ...apiWith([a, b], balanced), security: { kind: "jwt" as const } };
  const sandbox = { enabled: true, endpoints: [{ id: "ep-sandbox", url: c }] };
  const id = await database.save({ ...api, endpoints: { ...api.endpoints, sandbox } });
  await page.goto(`${url}/apis/${id}`);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await axe(page, "the overview of a draft");

  await openEndpoints(page, url, id);
  await addEndpoint(page, "http://orders-d:8080");
  await saveAndDeploy(page);
  await expectLive(page, 1);
  await page.getByRole("button", { name: "Get a token for production" }).click();
  await expect(page.getByText(/^Valid until/)).toHaveCount(1);
  await axe(page, "deployed just now, with one token and room for another");
  await page.getByRole("link", { name: "How it is called" }).click();
  await page.getByRole("button", { name: "Get a token for sandbox" }).click();
  await expect(page.getByText(/^Valid until/)).toHaveCount(2);
  await axe(page, "the overview of what is live, with both tokens");
  await page.getByRole("button", { name: "Export" }).click();
  await expect(page.getByRole("menuitem")).toHaveCount(6);
  await axe(page, "the menu of exports");

  const open = await database.deploy({ ...apiWith([a], {}, "Open"), transports: { https: false } });
  await page.goto(`${url}/apis/${open.id}`);
  await expect(page.getByRole("group", { name: "curl command" })).toContainText("curl -X GET");
  await axe(page, "the overview of an open API");

  const scoped = await database.save({
    ...apiWith([a], {}, "Scoped"),
    security: { kind: "jwt" },
    openapi: `openapi: 3.0.3
info: {title: Pets, version: 1.0.0}
components: {securitySchemes: {petstore_auth: {type: oauth2, flows: {}}}}
paths: {/pet: {put: {security: [{petstore_auth: ["write:pets", "read:pets"]}]}}}
`,
    resources: [{ method: "PUT", path: "/pet" }],
  });
  await page.goto(`${url}/apis/${scoped}`);
  const notice = page.getByRole("group", { name: "Scopes that are not enforced" });
  await expect(notice).toBeVisible();
  await axe(page, "the overview with lost scopes");
  await notice.getByRole("link", { name: "See Resources" }).click();
  await notice.getByRole("button", { name: "Take them over" }).click();
  await expect(page.getByLabel("Scopes of PUT /pet")).toHaveValue("write:pets + read:pets");
  await axe(page, "Resources with the scopes taken over");

  await signInAs("viewer");
  await page.goto(`${url}/apis/${scoped}`);
  await expect(page.getByRole("button", { name: "Deploy the draft" })).toBeDisabled();
  await axe(page, "the overview of a draft for a viewer");
  await page.goto(`${url}/apis/${id}`);
  await page.getByRole("button", { name: "Get a token for sandbox" }).click();
  await expect(page.getByText(/^Valid until/)).toHaveCount(1);
  await axe(page, "the overview of what is live for a viewer");
  await page.goto(`${url}/apis/${id}/try-out`);
  await openSelect(page.getByLabel("Environment"));
  await page.getByRole("option", { name: "Production" }).click();
  await expect(page.getByText(/may try out the sandbox only/)).toBeVisible();
  await axe(page, "Try Out of production for a viewer");
});

test("Endpoints: the lists, the plan, and what others do meanwhile", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const weighted = { ...balanced, algorithm: { name: "weightedRoundRobin" } };
  const id = await database.save(apiWith([a, b, c], weighted));
  await openEndpoints(page, url, id);
  await database.save({ ...apiWith([a, b, c], weighted), description: "Theirs." });
  await expect(bar(page)).toContainText("This API was saved elsewhere meanwhile");
  await axe(page, "saved elsewhere");
  const list = page.getByRole("region", { name: "Production Endpoints" });
  await list.getByLabel(`If this one is down ${a}`).check();
  await list.getByText("Next 20 requests").first().click();
  await expect(list.getByRole("list", { name: "Next 20 requests" }).getByRole("listitem")).toHaveCount(20);
  await axe(page, "the plan if one is down, and the next requests");
  await axeNarrow(page, "the plan if one is down, and the next requests");

  await page.locator("#production_endpoints").fill("http://orders-mine:8080");
  await database.save({ ...apiWith([a, b, c], weighted), transports: { http: false } });
  await save(page);
  await expect(page.getByRole("dialog", { name: "Changed elsewhere" })).toContainText("HTTP on → off");
  await axe(page, "changed by both");

  const sticky = { ...balanced, session: { kind: "transport" } };
  await openEndpoints(page, url, await database.save(apiWith([a, b], sticky, "Sticky")));
  await list.getByText("Next 20 requests").first().click();
  await expect(list.getByText("Client A stays")).not.toHaveCount(0);
  await axe(page, "the next requests of clients that stick");

  const failover = apiWith([a, b, c], { routing: "failover" }, "Failover");
  const sandbox = { enabled: true, endpoints: [{ id: "sand-1", url: c }] };
  const both = { ...failover, endpoints: { ...failover.endpoints, sandbox } };
  await openEndpoints(page, url, await database.save(both));
  await page.getByRole("button", { name: `Move up ${c}`, exact: true }).click();
  await expect(rows(page).nth(1)).toContainText("orders-c");
  await expectChanges(page, 1);
  await axe(page, "a list for failover, moved");
  await page.getByRole("switch", { name: "Configure sandbox separately" }).check();
  await openSelect(page.locator("#certificateEndpoint-sandbox"));
  await page.locator("#config-type-load_balance-sandbox").click();
  await expect(page.locator("#sandbox_endpoints-load_balance")).toBeVisible();
  await axe(page, "a sandbox of another type");
});

test("Endpoints: the dialogs and panels", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  const [one, two] = ["https://a.example:8443", "https://b.example:8443"];
  await database.trust({
    origin: "https://gone.example",
    alias: "left-over",
    certificate: certificate.cert,
  });
  await openEndpoints(page, url, await database.save(apiWith([one, two], balanced)));

  await page.getByRole("button", { name: `Endpoint configurations ${two}` }).click();
  await expect(page.locator("#initial-duration-input")).toBeVisible();
  await axe(page, "Advanced Configurations");
  await page.getByRole("switch", { name: "Verify the backend's certificate" }).click();
  await expect(page.getByRole("alert").getByText(/could read and change/)).toBeVisible();
  await axe(page, "Advanced Configurations with a warning");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Discard what you entered?" })).toBeVisible();
  await axe(page, "the question before a dialog is left");
  await page.getByRole("button", { name: "Discard" }).last().click();
  await expect(dialog(page)).toHaveCount(0);

  await page.getByRole("button", { name: "Endpoint security" }).first().click();
  await chooseInDialog(page, "auth-type-select", "Basic");
  await expect(page.getByRole("listbox")).toBeHidden();
  await axe(page, "Endpoint Security, Basic");
  await chooseInDialog(page, "auth-type-select", "OAuth 2.0");
  await expect(page.getByRole("listbox")).toBeHidden();
  await axe(page, "Endpoint Security, OAuth 2.0");
  await discard(page);

  await cogwheel(page).click();
  await expect(cogwheelDialog(page).locator("#algorithmSelect")).toBeVisible();
  await axe(page, "Load Balance Configurations");
  await chooseInDialog(page, "algorithmSelect", "Other");
  await page.locator("#customAlgoInput").fill("org.apache.synapse.endpoints.algorithms.WeightedRoundRobin");
  await expect(page.getByText("This is the built-in Weighted Round Robin.")).toBeVisible();
  await axe(page, "Load Balance Configurations with a class");
  await discard(page);

  await page.getByRole("button", { name: "General Endpoint Configurations" }).click();
  await page.getByRole("switch", { name: "Check actively" }).click();
  await expect(page.getByLabel("Expected statuses")).toBeVisible();
  await page.getByText("For servers that this API does not use: 1").click();
  await expect(page.getByRole("list", { name: "Certificates for other servers" })).toContainText("left-over");
  await axe(page, "General Endpoint Configurations with every part open");
  await page.locator("#certs-add-btn").click();
  await expect(page.locator("#certs-endpoint")).toHaveText(one);
  await axe(page, "Add Certificate");
});

test.describe("Endpoints that are deployed", () => {
  // Whoever is signed out is asked for until there is somebody again.
  test.use({ expectedConsoleErrors: /401 \(Unauthorized\)/ });

  test("Endpoints: down, off, what callers lose, signed out, for a viewer", async ({
    page,
    publisher,
    gateway,
    backend,
    database,
  }) => {
    const [one, two] = [await backend("one"), await backend("two")];
    const g = await gateway();
    const { url, signInAs } = await publisher();
    const { id } = await g.deploy(pizza([one, two]));
    await one.kill();
    await two.kill();
    await fetch(`${g.url}/pizza/1.0.0/`);
    await openEndpoints(page, url, id);
    await expect(state(page)).toContainText("every endpoint is down (production)");
    await expect(page.getByRole("region", { name: "Production Endpoints" })).toContainText("Down now: ");
    await axe(page, "every endpoint down");
    for (const endpoint of ["ep-1", "ep-2"]) await database.switch(id, endpoint, "off");
    await expect(state(page)).toContainText("no endpoint is on (production)");
    await axe(page, "every endpoint off");

    await page.getByRole("checkbox", { name: "Sandbox Endpoint" }).check();
    await page.locator("#sandbox_endpoints").fill(a);
    await page.getByRole("checkbox", { name: "Production Endpoint" }).uncheck();
    await saveAndDeploy(page);
    const question = page.getByRole("dialog", { name: "Deploy although callers lose something?" });
    await expect(question).toContainText("Callers with production keys get 403");
    await axe(page, "the question before callers lose something");
    await question.getByRole("button", { name: "Cancel" }).click();
    await expect(question).toBeHidden();

    await page.locator("#sandbox_endpoints").fill(b);
    await page.context().clearCookies();
    await save(page);
    await expect(page.getByText("Not saved. You are signed out. Sign in again")).toBeVisible();
    await expect(page.getByText("You are signed out. What is typed here stays")).toBeVisible();
    await axe(page, "signed out");
    await signInAs("viewer");
    await expect(page.getByText("You are signed in as viewer (viewer) now")).toBeVisible();
    await axe(page, "signed in as somebody else");
    await openEndpoints(page, url, await database.save(apiWith([a, b], balanced)));
    await page.locator("#general-header").click();
    await expect(page.locator("#general-content").getByRole("textbox").first()).toBeVisible();
    await axe(page, "for a viewer");
  });
});

test("Resources: inherited, own, many, none, for a viewer", async ({
  page,
  publisher,
  gateway,
  database,
}) => {
  const g = await gateway();
  const { url, signInAs } = await publisher();
  const own = { production: { enabled: true, endpoints: [{ id: "own-1", url: b }] } };
  const { id } = await g.deploy({
    ...apiWith([a]),
    security: { kind: "jwt" },
    resources: [
      { method: "GET", path: "/menu" },
      { method: "POST", path: "/menu", endpoints: own },
    ],
  });
  await page.goto(`${url}/apis/${id}/resources`);
  await expect(page.getByRole("listitem", { name: "POST /menu" })).toContainText("Own endpoints");
  await axe(page, "operations, one with endpoints of its own");
  await page.getByRole("button", { name: "Endpoints of GET /menu" }).click();
  await expect(page.getByText("Inherits the API's production endpoints")).toBeVisible();
  await axe(page, "an operation that inherits its endpoints");
  await page.locator("#production-endpoint-checkbox").check();
  await page.locator("#production_endpoints").fill(b);
  await chooseType(page, "load_balance");
  await addEndpoint(page, c);
  await page.getByRole("button", { name: "Limits, retries and health checks" }).click();
  await page.getByLabel("Response timeout (ms)").fill("1500");
  await axe(page, "an operation with endpoints of its own, everything open");
  await page.getByLabel("Scopes of POST /menu").fill("write admin");
  await page.getByRole("switch", { name: "Security of GET /menu" }).uncheck();
  await saveAndDeploy(page);
  await expectLive(page, 2);
  await expect(page.getByText("Not checked").first()).toBeVisible();
  await axe(page, "operations deployed just now");
  await axeNarrow(page, "operations deployed just now");

  const resources = Array.from({ length: 500 }, (_, i) => ({ method: "GET" as const, path: `/item-${i}` }));
  const many = await database.save({ ...apiWith([a], {}, "Many"), resources });
  await page.goto(`${url}/apis/${many}/resources`);
  await expect(page.getByRole("list", { name: "Operations" }).getByRole("listitem")).toHaveCount(50);
  // High enough that the bar at the bottom covers no button.
  await page.setViewportSize({ width: 1280, height: 5000 });
  await axe(page, "the first fifty operations of many");
  await page.setViewportSize({ width: 1280, height: 720 });

  await signInAs("viewer");
  await page.goto(`${url}/apis/${id}/resources`);
  await page.getByRole("button", { name: "Endpoints of POST /menu" }).click();
  await expect(page.locator("#production_endpoints")).toBeDisabled();
  await axe(page, "an operation's own endpoints for a viewer");
  const none = await database.save(apiWith([], {}, "None"));
  await page.goto(`${url}/apis/${none}/resources`);
  await expect(page.getByRole("heading", { name: "Resources", exact: true })).toBeVisible();
  await axe(page, "no operations, for a viewer");
});

test("Runtime: open, with tokens and CORS, what cannot be deployed, for a viewer", async ({
  page,
  publisher,
  database,
}) => {
  const { url, signInAs } = await publisher();
  await page.goto(`${url}/apis/${await database.save(apiWith([a]))}/runtime`);
  await expect(page.getByRole("heading", { name: "Runtime" })).toBeVisible();
  await axe(page, "an open API");
  await page.getByRole("radio", { name: "JWT" }).check();
  await page.getByRole("switch", { name: "Answer for the backend" }).check();
  await page.getByRole("switch", { name: "Allow credentials" }).check();
  await expect(page.getByText("CORS: credentials need origins by name").first()).toBeVisible();
  await axe(page, "tokens, and CORS that cannot be");
  await page.getByRole("switch", { name: "Allow credentials" }).uncheck();
  await page.getByRole("switch", { name: "HTTP", exact: true }).uncheck();
  await page.getByRole("switch", { name: "HTTPS" }).uncheck();
  await expect(bar(page).getByText("Cannot be deployed yet: Choose HTTP, HTTPS or both.")).toBeVisible();
  await axe(page, "no transport");

  await signInAs("viewer");
  const closed = {
    ...apiWith([], {}, "Closed"),
    security: { kind: "jwt" as const },
    cors: { enabled: true },
  };
  await page.goto(`${url}/apis/${await database.save(closed)}/runtime`);
  await expect(page.getByRole("radio", { name: "JWT" })).toBeDisabled();
  await axe(page, "for a viewer");
});

test("API Definition: as it is, broken, left in another format, taken from elsewhere", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await page.goto(`${url}/apis/${await database.save(apiWith([a, b], balanced))}/definition`);
  const editor = page.getByRole("textbox", { name: "API definition" });
  await expect(editor).toBeVisible();
  await expect(page.getByText("No problems.")).toBeVisible();
  await axe(page, "a definition");
  await axeNarrow(page, "a definition");
  await editor.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("servers: [\n");
  await expect(page.getByRole("alert").filter({ hasText: /Line \d/ })).toBeVisible();
  await axe(page, "a definition that cannot be read");
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  const question = page.getByRole("dialog", { name: "Discard what was typed?" });
  await expect(question).toBeVisible();
  await axe(page, "the question before what was typed is discarded");
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(question).toBeHidden();
  await page.getByRole("button", { name: "Import…" }).click();
  await dialog(page).getByRole("button", { name: "Text" }).click();
  const newer =
    "openapi: 3.0.1\ninfo: {title: Orders, version: 1.0.0}\npaths: {/offers: {get: {responses: {}}}}\n";
  await dialog(page).getByLabel("Text of the definition").fill(newer);
  await dialog(page).getByRole("button", { name: "Continue" }).click();
  await expect(dialog(page).getByRole("list", { name: "What it changes" })).toContainText("GET /offers");
  await axe(page, "what another definition changes");
});

test("Deployments: earlier drafts, what a deployment does, revisions, one that is not served", async ({
  page,
  publisher,
  gateway,
  database,
}) => {
  const g = await gateway();
  const { url } = await publisher();
  const compared = () => expect(page.getByLabel("Comparing")).toHaveCount(0);
  const named = (name: string, urls: string[], rest = {}) => ({ ...apiWith(urls, {}, name), ...rest });
  const draft = await database.save(named("Draft", [a]));
  await database.save(named("Draft", [b]));
  await database.save(named("Draft", [c]));
  await page.goto(`${url}/apis/${draft}/deployments`);
  await page.getByText(/^Earlier drafts/).click();
  const saves = page.getByRole("list", { name: "Earlier drafts" }).getByRole("button");
  await expect(saves).toHaveCount(2);
  await compared();
  await axe(page, "a draft and the earlier ones");
  await saves.last().click();
  await expect(dialog(page).getByRole("list", { name: "What is undone" })).toContainText("orders-c");
  await axe(page, "the question before a draft is brought back");

  const { id } = await database.deploy(named("Live", [a]));
  await g.reaches((await database.deploy(named("Live", [b]))).generation);
  await database.save(named("Live", [c], { context: "/moved" }));
  await page.goto(`${url}/apis/${id}/deployments`);
  await expect(state(page)).toContainText("Live: r2");
  await expect(page.getByRole("list", { name: "What the draft changes" })).toContainText("orders-c");
  await compared();
  await axe(page, "a draft that differs from what is live");
  // A comparison is asked of the server.
  const compare = await held(page, "**/deployments", (request) => request.method() === "POST");
  await page.reload();
  await expect(page.getByRole("status", { name: "Comparing" })).toBeVisible();
  await axe(page, "a comparison on its way");
  compare();
  await compared();
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await expect(dialog(page).getByRole("list", { name: "What callers lose" })).toContainText(
    "moves to /moved",
  );
  await expect(dialog(page).getByRole("list", { name: "What changes at the gateway" })).toBeVisible();
  await dialog(page).getByLabel("Note").fill("to the new machine");
  await axe(page, "the question before a deployment");
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  await expect(dialog(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Roll back to r1" }).click();
  await dialog(page).getByRole("button", { name: "Roll back to r1" }).click();
  await expect(state(page)).toContainText("Live: r1");
  await compared();
  await axeNarrow(page, "rolled back");

  const algorithm = { name: "other" as const, className: "NotHere" };
  await g.deploy(pizza([{ url: a }, { url: b }], balanced));
  const broken = await g.deploy(pizza([{ url: a }, { url: b }], { ...balanced, algorithm }));
  await page.goto(`${url}/apis/${broken.id}/deployments`);
  await expect(state(page)).toContainText("r2 is not served");
  await expect(page.getByRole("listitem", { name: "r1", exact: true })).toContainText("Served instead");
  await compared();
  await axe(page, "a revision that is not served");
});

test("Monitor: nothing, traffic, the question, what was down, many endpoints", async ({
  page,
  publisher,
  gateway,
  backend,
  database,
}) => {
  const [one, two, three] = [await backend("one"), await backend("two"), await backend("three")];
  const others = await Promise.all(Array.from({ length: 5 }, (_, i) => backend(`other-${i}`)));
  const g = await gateway();
  const { url } = await publisher();
  const open = async (id: string) => page.goto(`${url}/apis/${id}/monitor`);
  await open(await database.save(apiWith([a], {}, "Draft")));
  await expect(page.getByText("This API is not deployed.")).toBeVisible();
  await axe(page, "nothing to watch");

  const { id } = await g.deploy(pizza([one, two], balanced));
  for (let i = 0; i < 6; i++) await fetch(`${g.url}/pizza/1.0.0/`);
  await fetch(`${g.url}/pizza/1.0.0/`, { method: "PROPFIND" });
  const tell = await held(page, "**/history*");
  await open(id);
  await expect(page.getByRole("status", { name: "Loading the last hour" })).toBeVisible();
  await axe(page, "the last hour on its way");
  tell();
  const answers = page.getByRole("figure", { name: "Requests in 30 s, by answer" });
  await expect(answers).toContainText("In the last hour: 2xx 6, Refused 1.");
  await answers.getByText("Numbers").click();
  await expect(answers.getByRole("table")).toContainText("2xx");
  await axe(page, "traffic");
  await axeNarrow(page, "traffic");
  const list = page.getByRole("list", { name: "Production endpoints" });
  await list.getByRole("button", { name: `Off ${new URL(two.url).host}` }).click();
  await expect(list).toContainText("Off by admin since");
  await list.getByRole("button", { name: `Drain ${new URL(one.url).host}` }).click();
  await expect(dialog(page)).toContainText("callers get 503");
  await axe(page, "the question before the last endpoint is switched");

  const suspended = (initialMs: number) => ({ settings: { suspension: { initialMs } } });
  const own = {
    production: { enabled: true, endpoints: [{ id: "own-1", url: three.url, ...suspended(600_000) }] },
  };
  const back = await g.deploy(
    pizza(
      [three],
      { each: suspended(500) },
      {
        name: "Back",
        context: "/back",
        resources: [
          { method: "GET", path: "/menu", endpoints: own },
          { method: "GET", path: "/" },
        ],
      },
    ),
  );
  await three.kill();
  await fetch(`${g.url}/back/1.0.0/`);
  await open(back.id);
  await expect(page.getByRole("main")).toContainText("Was down in the production list");
  await list.getByRole("button", { name: /^Try it now / }).click();
  await expect(list).toContainText("Tried, and left as it is");
  await expect(answers).toBeVisible();
  await axe(page, "an endpoint that was down, tried");

  await three.restart();
  const many = await g.deploy(
    pizza([one, two, three, ...others], balanced, { name: "Many", context: "/many" }),
  );
  for (let i = 0; i < 16; i++) await fetch(`${g.url}/many/1.0.0/`);
  await open(many.id);
  await page.getByRole("button", { name: "10 min" }).click();
  const attempts = page.getByRole("figure", { name: "Attempts in 30 s, by endpoint" });
  await expect(attempts.getByText("3 others")).toBeVisible();
  await expect(attempts).toContainText("In the last 10 minutes:");
  await axe(page, "many endpoints in ten minutes");
});

test("Try Out: one request and ten", async ({ page, publisher, gateway, backend }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const { url } = await publisher();
  const resources = [{ method: "GET" as const, path: "/menu" }];
  const { id } = await g.deploy(pizza([one, two], balanced, { resources, security: { kind: "jwt" } }));
  await page.goto(`${url}/apis/${id}/try-out`);
  await page.getByLabel("Headers").fill("X-Wish: no onions");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("region", { name: "200 OK" })).toContainText("answered");
  await page.getByRole("button", { name: "Get a token" }).click();
  await expect(page.getByText(/The token in this line is valid until/)).toBeVisible();
  await axe(page, "an answer");
  await axeNarrow(page, "an answer");
  await page.getByRole("button", { name: "Send 10 requests" }).click();
  await expect(page.getByRole("list", { name: "Answered by" })).toContainText("5");
  await axe(page, "ten answers");
});

test("applications: none, one with keys and a subscription, the list, for a viewer", async ({
  page,
  publisher,
  database,
}) => {
  const { url, signInAs } = await publisher();
  await database.save(apiWith([a]));
  await page.goto(`${url}/applications`);
  await expect(page.getByText("An application is a consumer of APIs.")).toBeVisible();
  await axe(page, "no applications");
  await page.getByRole("button", { name: "Create application" }).click();
  await dialog(page).getByRole("button", { name: "Create" }).click();
  await expect(dialog(page).getByText("Enter a name.")).toBeVisible();
  await axe(page, "Create application, with nothing entered");
  await page.keyboard.type("Web shop");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Web shop" })).toBeVisible();
  await axe(page, "a new application");

  await page.getByRole("combobox", { name: "API" }).fill("orders");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Subscribe", exact: true }).click();
  await expect(page.getByRole("list", { name: "Subscriptions" })).toContainText("Orders 1.0.0");
  await page.getByRole("button", { name: "Generate Keys for production" }).click();
  await expect(page.getByText("Copy the client secret now: it is shown this once")).toBeVisible();
  await axe(page, "a subscription and new keys");
  const application = page.url();
  await page.getByRole("button", { name: "Rotate Secret for production" }).click();
  await page.getByRole("checkbox", { name: "And end the tokens issued so far" }).check();
  await axe(page, "the question before a secret is rotated");
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  await expect(dialog(page)).toHaveCount(0);
  await page.getByLabel("Token", { exact: true }).fill("garbage");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Token", { exact: true })).toHaveAccessibleDescription(/no token of Sluice/);
  await axe(page, "a token that is none");

  await database.application("Partner");
  await page.goto(`${url}/applications`);
  await expect(page.getByRole("row", { name: /Web shop/ })).toContainText("1 API");
  await axe(page, "the list of applications");
  await signInAs("viewer");
  await page.goto(application);
  await expect(page.getByRole("button", { name: "Delete" })).toBeDisabled();
  await axe(page, "an application for a viewer");
});

test("settings: users, issuers, trying out, the audit list", async ({
  page,
  publisher,
  backend,
  database,
}) => {
  const { url } = await publisher();
  const issuer = await backend("issuer");
  await page.goto(`${url}/settings/users`);
  await expect(page.getByRole("heading", { name: "Users" })).toBeVisible();
  await axe(page, "users");
  await page.getByRole("button", { name: "Add user" }).click();
  await dialog(page).getByLabel("User name").fill("Admin");
  await dialog(page).getByLabel("Password").fill("a long enough password");
  await dialog(page).getByRole("button", { name: "Add user" }).click();
  await expect(dialog(page).getByRole("alert")).toContainText("There is already a user named admin.");
  await axe(page, "Add user, the name taken");
  await discard(page);
  await page.getByRole("combobox", { name: "Role of admin" }).press("v");
  await expect(dialog(page)).toContainText("only another admin can give you your role back");
  await axe(page, "the question before one's own role is changed");
  await dialog(page).getByRole("button", { name: "Change role" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("This is the last administrator");
  await axe(page, "users, the last administrator refused");

  await page.goto(`${url}/settings/issuers`);
  await expect(page.getByText("None yet.")).toBeVisible();
  await axe(page, "no issuers");
  await page.getByRole("button", { name: "Add issuer" }).click();
  await dialog(page).getByRole("button", { name: "Add issuer" }).click();
  await expect(dialog(page).getByText("Enter a name.")).toBeVisible();
  await axe(page, "Add issuer, with nothing entered");
  await database.issuer({ name: "Login", issuer: "https://idp.example", jwksUrl: issuer.url });
  await page.reload();
  const check = page.getByRole("button", { name: "Check Login" });
  const keys = page.getByRole("listitem", { name: "Login" }).getByRole("status");
  await check.click();
  await expect(keys).toHaveText("The answer is no key set (JWKS).");
  await axe(page, "an issuer whose keys cannot be read");
  const jwks = {
    keys: [{ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", kid: "k1" }],
  };
  issuer.answer((_request, response) => response.end(JSON.stringify(jwks)));
  await check.click();
  await expect(keys).toHaveText("1 key that tokens can be checked with.");
  await axe(page, "an issuer");

  await page.goto(`${url}/settings/gateways`);
  await expect(page.getByRole("list", { name: "Gateways" }).getByRole("listitem").first()).toBeVisible();
  await axe(page, "gateways");
  await page.goto(`${url}/settings/trying-out`);
  await axe(page, "settings of trying out");
  await page.goto(`${url}/settings/audit`);
  await expect(page.getByRole("region", { name: "Audit list" })).toContainText("Login");
  await axe(page, "the audit list");
});
