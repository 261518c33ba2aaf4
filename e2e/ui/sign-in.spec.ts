import { admin, expect, test } from "../fixtures";
import { send } from "../http";
import { postSession } from "../installation";
import { apiWith } from "../pages/apis";
import { account, chooseInAccountMenu, expectSignIn, fillSignIn } from "../pages/session";

test.use({ signedIn: false });

test.describe("the first visit", () => {
  test.use({ installation: "own" });

  test("asks for the administrator account and signs it in", async ({ page, publisher, database }) => {
    const { url } = await publisher({ ADMIN_PASSWORD: "" });
    await page.goto(`${url}/apis`);
    await expect(page.getByRole("heading", { name: "Create the administrator account" })).toBeVisible();
    await page.getByRole("textbox", { name: "Password", exact: true }).fill("short");
    await page.getByRole("button", { name: "Create account" }).click();
    const password = page.getByRole("textbox", { name: "Password", exact: true });
    await expect(password).toHaveAccessibleDescription("A password has at least 10 characters.");
    await expect(page.getByTestId("announcements")).toHaveText("A password has at least 10 characters.");
    await page.getByRole("textbox", { name: "Password", exact: true }).fill(admin.password);
    await page.getByRole("textbox", { name: "Password again" }).fill("another password");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("textbox", { name: "Password again" })).toHaveAccessibleDescription(
      "The two passwords differ.",
    );
    await page.getByRole("textbox", { name: "Password again" }).fill(admin.password);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page).toHaveURL(`${url}/apis`);
    await expect(account(page, "admin")).toBeVisible();
    expect(await database.sql('SELECT username, role FROM "User"')).toEqual([
      { username: "admin", role: "admin" },
    ]);
    await page.goto(`${url}/setup`);
    await expect(page).toHaveURL(`${url}/apis`);
  });

  test("cannot make a second administrator, however many ask at once", async ({
    page,
    publisher,
    database,
  }) => {
    const { url } = await publisher({ ADMIN_PASSWORD: "" });
    await page.goto(`${url}/setup`);
    const again = await page.context().newPage();
    await again.goto(`${url}/setup`);
    const ask = async (tab: typeof page, name: string) => {
      await tab.getByLabel("User name").fill(name);
      await tab.getByRole("textbox", { name: "Password", exact: true }).fill(admin.password);
      await tab.getByRole("textbox", { name: "Password again" }).fill(admin.password);
      await tab.getByRole("button", { name: "Create account" }).click();
    };
    await Promise.all([ask(page, "one"), ask(again, "two")]);
    const refused = (tab: typeof page) =>
      tab.getByText("The administrator account exists already.").isVisible();
    await expect.poll(async () => (await refused(page)) || (await refused(again))).toBe(true);
    expect(await database.sql('SELECT id FROM "User"')).toHaveLength(1);
  });

  test("needs no page when the environment names the administrator", async ({ page, publisher }) => {
    const { url } = await publisher({ ADMIN_USERNAME: "Root" });
    await page.goto(url);
    await fillSignIn(page, "root", admin.password);
    await expect(account(page, "root")).toBeVisible();
  });

  test("does not start with a password that is too short", async ({ publisher }) => {
    await expect(publisher({ ADMIN_PASSWORD: "short" })).rejects.toThrow(
      /ADMIN_PASSWORD is invalid: A password has at least 10 characters\.\n/,
    );
  });
});

test.describe("signing in and out", () => {
  // It may ask once more in the moment in which its session ends.
  test.use({ expectedConsoleErrors: /401 \(Unauthorized\).*(gateway-status|apis\/status)/ });

  test("leads back to the page that was wanted, and out again", async ({ page, publisher, database }) => {
    const { url } = await publisher();
    const id = await database.save(apiWith(["http://orders:8080"]));
    const sessions = async () => (await database.sql('SELECT id FROM "Session"')).length;
    const before = await sessions();
    await page.goto(`${url}/apis/${id}/endpoints`);
    await expectSignIn(page);
    await fillSignIn(page, "admin", "a wrong password");
    await expect(page.getByRole("main").getByRole("alert")).toContainText(
      "The user name or the password is wrong",
    );
    await expect(page.getByLabel("Password")).toBeFocused();
    await page.getByLabel("Password").fill(admin.password);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(`${url}/apis/${id}/endpoints`);
    await expect(page.locator("#production_endpoints")).toHaveValue("http://orders:8080");

    await account(page, "admin").click();
    await expect(page.getByRole("menu", { name: "Account" })).toContainText("Role: admin");
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expectSignIn(page);
    await expect.poll(sessions).toBe(before);
    await page.goto(`${url}/apis`);
    await expectSignIn(page);
  });
});

test("after signing in nobody is led to another site", async ({ page, publisher }) => {
  const { url } = await publisher();
  await page.goto(`${url}/sign-in?${new URLSearchParams({ to: "//evil.example/apis" })}`);
  await fillSignIn(page, "admin", admin.password);
  await expect(page).toHaveURL(`${url}/apis`);
});

test("a sign-in that cannot be written is told as that, and not as a Sluice that is gone", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  await database.sql(
    `CREATE TRIGGER broken BEFORE INSERT ON "Session" BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
  );
  await page.goto(`${url}/sign-in`);
  await fillSignIn(page, "admin", admin.password);
  const failure = page.getByRole("alert").filter({ hasText: "Something went wrong in Sluice." });
  await expect(failure).toBeVisible();
  await database.sql("DROP TRIGGER broken");
  await fillSignIn(page, "admin", admin.password);
  await expect(page).toHaveURL(`${url}/apis`);
});

test.describe("guessing", () => {
  // It is remembered for minutes by name and address, and would reach other tests.
  test.use({ installation: "own" });

  test("too many wrong passwords have to wait, for the name and wherever they come from", async ({
    page,
    publisher,
    database,
  }) => {
    const { url } = await publisher();
    await page.goto(url);
    const guess = (username: string, password: string) =>
      send(`${url}/session`, { method: "POST", body: JSON.stringify({ username, password }) });
    const answers = await Promise.all(Array.from({ length: 12 }, () => guess("ADMIN", "a wrong password")));
    expect(answers.map((a) => a.status).sort()).toEqual([...Array(8).fill(401), ...Array(4).fill(429)]);
    const refused = answers.find((a) => a.status === 429);
    expect(Number(refused?.headers["retry-after"])).toBeGreaterThan(200);

    await fillSignIn(page, "admin", admin.password);
    await expect(page.getByRole("main").getByRole("alert")).toContainText(
      "Too many failed attempts. Try again in 5 minutes.",
    );
    for (let i = 0; i < 22; i++) expect((await guess(`nobody${i}`, "x")).status, String(i)).toBe(401);
    expect((await guess("somebody-else", "x")).status).toBe(429);
    const failed = await database.sql("SELECT username FROM AuditEntry WHERE action = 'signIn.failed'");
    // An unknown name is not written down: it may be a password.
    expect(failed).toEqual([...Array(8).fill({ username: "admin" }), ...Array(22).fill({ username: "" })]);
  });
});

test("a session that has ended leads to the sign-in page, and what was typed survives a failing save", async ({
  page,
  publisher,
  database,
}) => {
  const { url, signIn } = await publisher();
  const id = await database.save(apiWith(["http://orders:8080"]));
  await page.goto(url);
  await signIn();
  await page.goto(`${url}/apis/${id}/endpoints`);
  await page.locator("#production_endpoints").fill("http://mine:8080");
  // Nothing polls any more, so that nothing but the save meets the ended session.
  await page.route("**/gateway-status", (route) => route.fulfill({ status: 200, json: null }));
  await database.sql(`UPDATE "Session" SET "expiresAt" = '2020-01-01T00:00:00.000+00:00'`);
  await page.locator("#endpoint-save-btn").click();
  await expect(
    page.getByText("Not saved. You are signed out. Sign in again, then repeat this."),
  ).toBeVisible();
  await expect(page.locator("#production_endpoints")).toHaveValue("http://mine:8080");
  const other = await page.context().newPage();
  await other.goto(`${url}/apis/${id}/endpoints`);
  await expectSignIn(other);
});

test("a session lives 12 h from its last use by a person; polling is no use", async ({
  publisher,
  database,
}) => {
  const { url, signIn } = await publisher();
  const id = await database.save(apiWith([]));
  const { cookie } = await signIn();
  const hoursLeft = async () => {
    const [row] = await database.sql<{ expiresAt: string }>(
      'SELECT "expiresAt" FROM "Session" ORDER BY "createdAt" DESC',
    );
    return (Date.parse(row?.expiresAt ?? "") - Date.now()) / 3_600_000;
  };
  expect(await hoursLeft()).toBeCloseTo(12, 1);
  const soon = new Date(Date.now() + 3_600_000).toISOString().replace("Z", "+00:00");
  await database.sql(`UPDATE "Session" SET "expiresAt" = '${soon}'`);
  const get = async (path: string) => (await send(url + path, { headers: { cookie } })).status;
  expect(await get(`/apis/${id}/gateway-status`)).toBe(200);
  expect(await hoursLeft()).toBeCloseTo(1, 1);
  expect(await get("/apis")).toBe(200);
  expect(await hoursLeft()).toBeCloseTo(12, 1);
});

test("a new password ends all other sessions and keeps this one", async ({ page, publisher }) => {
  const { url, signIn } = await publisher();
  const elsewhere = await signIn();
  await page.context().clearCookies();
  await page.goto(`${url}/sign-in`);
  await fillSignIn(page, "admin", admin.password);
  await chooseInAccountMenu(page, "admin", "Change password");
  await expect(page.getByRole("heading", { name: "Change password" })).toBeVisible();
  const fill = async (current: string) => {
    await page.getByRole("textbox", { name: "Current password" }).fill(current);
    await page.getByRole("textbox", { name: "New password", exact: true }).fill("a new long password");
    await page.getByRole("textbox", { name: "New password again" }).fill("a new long password");
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await fill("not the current one");
  await expect(page.getByRole("main").getByRole("alert")).toContainText("The current password is wrong.");
  await fill(admin.password);
  await expect(page.getByText("The password is changed.")).toBeVisible();
  await page.goto(`${url}/apis`);
  await expect(account(page, "admin")).toBeVisible();
  expect((await send(`${url}/apis`, { headers: { cookie: elsewhere.cookie } })).status).toBe(307);
  await expect(signIn()).rejects.toThrow(/401/);
  await signIn("admin", "a new long password");
});

test("nobody gets in with a password that is changed while it is checked", async ({
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const password = "open sesame, please";
  const id = await database.user("late", password, "admin");
  await database.sql(
    `CREATE TRIGGER late AFTER INSERT ON "Session" BEGIN UPDATE "Account" SET "password" = 'new' WHERE "userId" = '${id}'; END`,
  );
  await expect(postSession(url, "late", password)).rejects.toThrow("Signing in as late: 401");
  expect(await database.sql(`SELECT "id" FROM "Session" WHERE "userId" = '${id}'`)).toEqual([]);
});
