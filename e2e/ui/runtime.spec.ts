import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { bar, expectChanges, expectLive, expectSaved, save, saveAndDeploy } from "../pages/endpoints";

test("who may call, by what and from which pages is set under Runtime and takes effect", async ({
  page,
  backend,
  gateway,
  publisher,
}) => {
  test.slow();
  const a = await backend("a");
  const g = await gateway();
  const { url } = await publisher();
  const { id } = await g.deploy(apiWith([a.url]));
  const call = (path = "/orders/1.0.0/x", headers: Record<string, string> = {}) =>
    fetch(g.url + path, { headers });
  expect((await call()).status).toBe(200);
  expect((await call("/orders/x")).status).toBe(404);

  await page.goto(`${url}/apis/${id}`);
  await page.getByRole("link", { name: "Runtime" }).click();
  await expect(page.getByRole("heading", { name: "Runtime" })).toBeVisible();
  await page.getByRole("radio", { name: "JWT" }).check();
  await expectChanges(page, 1);
  await page.getByLabel("Token header").fill("Cookie");
  await expect(page.getByText("This header has a meaning of its own. Choose another.").first()).toBeVisible();
  await save(page);
  await expect(page.getByLabel("Token header")).toBeFocused();
  await page.getByLabel("Token header").fill("X-Token");
  await page.getByLabel("Audiences").fill("shop, partners");
  await page.getByRole("switch", { name: "Default version" }).check();
  await page.getByRole("switch", { name: "Keep the caller's Host header" }).check();
  await page.getByRole("switch", { name: "Answer for the backend" }).check();
  await page.getByRole("switch", { name: "Allow credentials" }).check();
  const sentence = "CORS: credentials need origins by name, because browsers refuse them together with *.";
  await expect(page.getByText(sentence).first()).toBeVisible();
  await saveAndDeploy(page);
  await expect(page.getByLabel("Allowed origins")).toBeFocused();
  await page.getByLabel("Allowed origins").fill("https://shop.example");
  await bar(page)
    .getByRole("button", { name: /unsaved changes/ })
    .click();
  const changes = page.getByRole("dialog", { name: /unsaved changes/ });
  await expect(changes.getByRole("listitem")).toHaveText([
    "Security None → JWT",
    "Token header Authorization → X-Token",
    "Audiences none → shop, partners",
    "Default version off → on",
    "Keep the caller's Host header off → on",
    "CORS off → on",
    "CORS origins * → https://shop.example",
    "CORS credentials off → on",
  ]);
  await page.keyboard.press("Escape");
  await saveAndDeploy(page);
  const question = page.getByRole("dialog", { name: "Deploy although callers lose something?" });
  await expect(question.getByRole("listitem")).toHaveText("Callers without a token get 401.");
  await question.getByRole("button", { name: "Deploy" }).click();
  await expectLive(page, 2);

  expect((await call()).status).toBe(401);
  // Until somebody asks for a token, the line holds a placeholder.
  await page.getByRole("button", { name: /^Get a token/ }).click();
  const line = page.getByRole("group", { name: "production curl command" });
  await expect(line).toContainText('-H "X-Token: Bearer ey');
  const token = /-H "X-Token: (Bearer [^"]+)"/.exec((await line.textContent()) ?? "")?.[1] ?? "";
  const answer = await call("/orders/x", { "X-Token": token, Origin: "https://shop.example" });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("access-control-allow-origin")).toBe("https://shop.example");
  expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
  expect(a.requests.at(-1)?.headers.host).toBe(new URL(g.url).host);
});

test("one transport is needed, and undo brings it back", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  const id = await database.save(apiWith(["http://a:8080"]));
  await page.goto(`${url}/apis/${id}/runtime`);
  await page.getByRole("switch", { name: "HTTP", exact: true }).uncheck();
  await page.getByRole("switch", { name: "HTTPS" }).uncheck();
  await expect(bar(page).getByText("Cannot be deployed yet: Choose HTTP, HTTPS or both.")).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(page.getByRole("switch", { name: "HTTPS" })).toBeChecked();
  await save(page);
  await expectSaved(page);
  await page.reload();
  await expect(page.getByRole("switch", { name: "HTTP", exact: true })).not.toBeChecked();
});

test("operations are opened, given scopes, added and removed under Resources", async ({
  page,
  backend,
  gateway,
  publisher,
}) => {
  test.slow();
  const a = await backend("a");
  const g = await gateway();
  const { url } = await publisher();
  const own = { production: { enabled: true, endpoints: [{ id: "own-1", url: a.url }] } };
  const { id } = await g.deploy({
    ...apiWith([a.url]),
    security: { kind: "jwt" },
    resources: [
      { method: "GET", path: "/menu" },
      { method: "POST", path: "/menu", endpoints: own },
    ],
  });
  const status = async (path: string) => (await fetch(`${g.url}/orders/1.0.0${path}`)).status;
  expect(await status("/menu")).toBe(401);
  await page.goto(`${url}/apis/${id}/resources`);
  await expect(page.getByRole("listitem", { name: "POST /menu" })).toContainText("Own endpoints");
  await page.getByRole("switch", { name: "Security of GET /menu" }).uncheck();
  await page.getByLabel("Scopes of POST /menu").fill("write admin");
  await page.getByLabel("Path").fill("/menu");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Path")).toHaveAccessibleDescription("GET /menu is there already.");
  for (const [path, message] of [
    ["/{id", "/{id: a parameter is a name in braces within one segment, as in /menu/{id}."],
    ["/*/x", "/*/x: a * stands at the end only, as in /menu/*."],
  ] as const) {
    await page.getByLabel("Path").fill(path);
    await page.keyboard.press("Enter");
    await expect(page.getByLabel("Path")).toHaveAccessibleDescription(message);
    await expect(page.getByLabel("Path")).toHaveValue(path);
  }
  await page.getByLabel("Path").fill("health");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("switch", { name: "Security of GET /health" }).uncheck();
  await expectChanges(page, 3);
  await page.getByRole("button", { name: "Remove POST /menu" }).click();
  await expect(page.getByRole("listitem", { name: "POST /menu" })).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(page.getByLabel("Scopes of POST /menu")).toHaveValue("write, admin");
  await bar(page)
    .getByRole("button", { name: /unsaved changes/ })
    .click();
  await expect(page.getByRole("dialog").getByRole("listitem")).toHaveText([
    "GET /menu security on → off",
    "POST /menu scopes none → write, admin",
    "Added resource GET /health, security off",
  ]);
  await page.keyboard.press("Escape");
  await saveAndDeploy(page);
  await expectLive(page, 2);
  expect([await status("/menu"), await status("/health"), await status("/other")]).toEqual([200, 200, 404]);
});

test("who may only read finds the controls of both pages off", async ({ page, publisher, database }) => {
  const { url, signInAs } = await publisher();
  const id = await database.save({ ...apiWith([]), security: { kind: "jwt" }, cors: { enabled: true } });
  await signInAs("viewer");
  for (const [path, title] of [
    ["runtime", "Runtime"],
    ["resources", "Resources"],
  ]) {
    await page.goto(`${url}/apis/${id}/${path}`);
    await expect(page.getByRole("heading", { name: title, exact: true })).toBeVisible();
    const main = page.getByRole("main");
    for (const role of ["textbox", "switch", "radio", "combobox"] as const) {
      for (const control of await main.getByRole(role).all()) await expect(control).toBeDisabled();
    }
    // Looking at an operation's endpoints changes nothing.
    for (const button of await main.getByRole("button", { name: /^(?!Endpoints of )/ }).all())
      await expect(button).toBeDisabled();
  }
});
