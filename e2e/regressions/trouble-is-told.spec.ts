import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { admin, expect, test } from "../fixtures";
import { type Answer, send } from "../http";
import { apiWith } from "../pages/apis";
import { account, chooseInAccountMenu } from "../pages/session";

/**
 * Saves, deployments and sign-ins that a disk or another program kept from being written were answered by 500 with an
 * empty body and a stack a request in the log; a sign-out by 204, and the session went on.
 */

// 401: the state of the API may be asked for while one signs out.
test.use({ installation: "own", signedIn: false, expectedConsoleErrors: /50[037]|401/ });

const told = ({ status, text }: Answer) => [status, JSON.parse(text)];
const json = { "content-type": "application/json" };
const form = { "content-type": "application/x-www-form-urlencoded" };

test("a disk that takes nothing more is told as that, and a sign-out that was not written is none", async ({
  page,
  publisher,
  database,
}) => {
  const application = await database.application("Shop");
  const { id } = await database.deploy(apiWith(["http://orders:8080"]));
  const p = await publisher();
  await page.goto(p.url);
  const { token, cookie } = await p.signIn();
  const bearer = { authorization: `Bearer ${token}` };
  await page.goto(`${p.url}/apis/${id}/endpoints`);

  // What is appended to the log of the database is refused by the system, as a full disk does.
  const limit = (bytes: number | string) =>
    promisify(execFile)("prlimit", [`--pid=${p.pid}`, `--fsize=${bytes}:`]);
  await limit((await stat(`${database.file}-wal`)).size);

  const trouble = { message: "The disk of the database fails." };
  const credentials = JSON.stringify({ username: admin.username, password: admin.password });
  for (const [method, path, headers, body, expected] of [
    ["POST", "/session", json, credentials, trouble],
    ["DELETE", "/session", bearer, "", trouble],
    ["DELETE", "/session", { cookie }, "", trouble],
    ["POST", `/api/v1/apis/${id}/deployments`, { ...bearer, ...json }, '{"revision":1}', trouble],
    ["DELETE", `/api/v1/apis/${id}/deployments`, bearer, "", trouble],
    [
      "POST",
      "/oauth2/revoke",
      {
        ...form,
        authorization: `Basic ${btoa(`${application.production.clientId}:${application.production.secret}`)}`,
      },
      `token=${(await database.token({ keyType: "production", clientId: application.production.clientId, validitySeconds: 60 })).token}`,
      { error: "temporarily_unavailable", error_description: trouble.message },
    ],
  ] as const) {
    const answer = await send(p.url + path, { method, headers, body });
    expect(told(answer), `${method} ${path}`).toEqual([503, expected]);
    expect(answer.headers["retry-after"]).toBe("5");
  }
  // A line each, which says why.
  const lines = p
    .output()
    .split("\n")
    .filter((line) => line.includes("failed: "));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines)
    expect(line).toMatch(/^(POST|DELETE) \/\S+ failed: The disk of the database fails\.$/);

  await page.locator("#production_endpoints").fill("http://mine:8080");
  await page.locator("#endpoint-save-btn").click();
  await expect(
    page.getByText("Not saved. The disk of the database fails. Nothing was changed.").first(),
  ).toBeVisible();
  await page.locator("#production_endpoints").fill("http://orders:8080");
  await chooseInAccountMenu(page, "admin", "Sign out");
  const menu = page.getByRole("menu", { name: "Account" });
  await expect(menu.getByRole("alert")).toHaveText(
    "You are still signed in. The disk of the database fails.",
  );
  expect((await send(`${p.url}/apis`, { headers: { cookie } })).status).toBe(200);

  // As soon as there is room again, all goes on.
  await limit("unlimited");
  await menu.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(`${p.url}/sign-in`);
  expect((await send(`${p.url}/apis`, { headers: { cookie } })).status).toBe(307);
  await p.signIn();
  await expect(account(page, "admin")).toHaveCount(0);
});

test("a database that somebody else writes to for long, and one with a table missing, are told as that", async ({
  publisher,
  database,
}) => {
  const { id } = await database.deploy(apiWith(["http://orders:8080"]));
  const p = await publisher();
  const { cookie, token } = await p.signIn();
  const headers = { authorization: `Bearer ${token}`, ...json };
  const path = `${p.url}/api/v1/apis/${id}/deployments`;

  await database.sql("BEGIN IMMEDIATE");
  const busy = await send(path, { method: "POST", headers, body: '{"revision":1}' });
  await database.sql("ROLLBACK");
  expect(told(busy)).toEqual([503, { message: "The database is in use by something else." }]);
  expect((await send(path, { method: "POST", headers, body: '{"revision":1}' })).status).toBe(200);

  await database.sql('ALTER TABLE "Session" RENAME TO "Lost"');
  const unknown = await send(`${p.url}/session`, { headers: { cookie } });
  expect(told(unknown)).toEqual([500, { message: "Something went wrong in Sluice." }]);
  expect(p.output()).toContain("GET /session failed: ");
  expect(p.output()).toContain("Session");
  await database.sql('ALTER TABLE "Lost" RENAME TO "Session"');
  expect(told(await send(`${p.url}/session`, { headers: { cookie } }))).toEqual([
    200,
    { username: "admin", role: "admin" },
  ]);
});
