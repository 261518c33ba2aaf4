import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { axe, expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { createApi } from "../pages/create";
import { expectLive, openEndpoints, saveAndDeploy } from "../pages/endpoints";

const shell = promisify(execFile);

/** Runs a line of the page as a person would, and returns what the shell printed. */
const paste = async (line: string) => (await shell("sh", ["-c", line.replace(/^curl /, "curl -sS ")])).stdout;
const lineOf = async (page: Page, name: string) =>
  (await page.getByRole("group", { name, exact: true }).textContent()) ?? "";

test("the line shown after Save & Deploy works as it is, and those of the Overview for both key types", async ({
  page,
  backend,
  gateway,
  publisher,
  database,
}) => {
  test.slow();
  const [live, trial] = await Promise.all([backend("live"), backend("trial")]);
  const g = await gateway();
  const { url } = await publisher();
  const id = await createApi(page, url, {
    name: "Pizza Shack",
    context: "pizza",
    version: "1.0.0",
    endpoint: live.url,
  });
  await openEndpoints(page, url, id);
  await page.locator("#sandbox_endpoints").fill(trial.url);
  await saveAndDeploy(page);
  await expectLive(page, 1);
  const production = page.getByRole("group", { name: "production curl command" });
  await expect(production).toContainText(
    `curl -k -X GET "${g.httpsUrl.replace("127.0.0.1", "localhost")}/pizza/1.0.0/" -H "Authorization: Bearer ey`,
  );
  await expect(page.getByText(/^Valid until/)).toHaveCount(1);
  await axe(page);
  expect(await paste(await lineOf(page, "production curl command"))).toContain('"backend":"live"');

  await page.getByRole("link", { name: "How it is called" }).click();
  await expect(page.getByText(/^Valid until/)).toHaveCount(2);
  expect(await paste(await lineOf(page, "sandbox curl command"))).toContain('"backend":"trial"');
  const before = await lineOf(page, "production curl command");
  await page.getByRole("button", { name: "Generate Key for production" }).click();
  await expect(production).not.toHaveText(before);
  expect(await paste(await lineOf(page, "production curl command"))).toContain('"backend":"live"');
  await axe(page);
  await page.reload();
  await expect(page.getByText(/^Valid until/)).toHaveCount(2);
  await page.reload();
  await expect(page.getByText(/^Valid until/)).toHaveCount(2);
  const entries = await database.sql(
    "SELECT username, text FROM AuditEntry WHERE action = 'api.testToken' ORDER BY id",
  );
  const entry = (which: string) => ({
    username: "admin",
    text: `Got ${which} test tokens for Pizza Shack 1.0.0`,
  });
  // Looking again and again does not drown the list.
  expect(entries).toEqual([entry("production"), entry("sandbox"), entry("production and sandbox")]);
});

test("a test token is for its API alone", async ({ page, backend, gateway, publisher }) => {
  const a = await backend("a");
  const g = await gateway();
  const { url } = await publisher();
  const jwt = { security: { kind: "jwt" as const } };
  const { id } = await g.deploy({ ...apiWith([a.url], {}, "One"), ...jwt });
  await g.deploy({ ...apiWith([a.url], {}, "Two"), ...jwt });
  await page.goto(`${url}/apis/${id}`);
  await expect(page.getByText(/^Valid until/)).toHaveCount(1);
  const line = await lineOf(page, "production curl command");
  expect(await paste(line)).toContain('"backend":"a"');
  expect(await paste(line.replace("/one/", "/two/"))).toContain("900908");
});

test("without security the line has no header, without HTTPS it is plain HTTP", async ({
  page,
  backend,
  gateway,
  publisher,
}) => {
  const a = await backend("a");
  const g = await gateway();
  const { url } = await publisher();
  const open = apiWith([a.url], {}, "Open");
  const { id } = await g.deploy({ ...open, transports: { https: false } });
  await page.goto(`${url}/apis/${id}`);
  const address = `${g.url.replace("127.0.0.1", "localhost")}/open/1.0.0/`;
  await expect(page.getByRole("group", { name: "curl command" })).toHaveText(`curl -X GET "${address}"`);
  expect(await paste(await lineOf(page, "curl command"))).toContain('"backend":"a"');
  await axe(page);
});

test("a line needs nothing filled in before it is pasted", async ({ page, backend, gateway, publisher }) => {
  const a = await backend("a");
  const g = await gateway();
  const { url } = await publisher();
  const api = { ...apiWith([a.url]), security: { kind: "jwt" as const } };
  const one = { method: "GET" as const, path: "/menu/{id}" };
  const list = { method: "GET" as const, path: "/menu", secured: false };
  const { id } = await g.deploy({ ...api, resources: [one, list] });
  await page.goto(`${url}/apis/${id}`);
  const open = page.getByRole("group", { name: "curl command" });
  await expect(open).toHaveText(/\/orders\/1\.0\.0\/menu"$/);
  expect(await paste(await lineOf(page, "curl command"))).toContain('"backend":"a"');
  await g.deploy({ ...api, resources: [one] });
  await page.reload();
  await expect(page.getByText(/^Valid until/)).toBeVisible();
  expect(await paste(await lineOf(page, "production curl command"))).toContain('"backend":"a"');
  expect(a.requests.map((r) => r.url)).toEqual(["/menu", "/menu/1"]);
});

test("a viewer may try an API out too", async ({ page, backend, gateway, publisher }) => {
  const a = await backend("a");
  const g = await gateway();
  const { url, signInAs } = await publisher();
  const { id } = await g.deploy({ ...apiWith([a.url]), security: { kind: "jwt", header: "X-Token" } });
  await signInAs("viewer");
  await page.goto(`${url}/apis/${id}`);
  await expect(page.getByText(/^Valid until/)).toBeVisible();
  const line = await lineOf(page, "production curl command");
  expect(line).toContain('-H "X-Token: Bearer ey');
  expect(await paste(line)).toContain('"backend":"a"');
});
