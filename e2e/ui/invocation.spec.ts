import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { createApi } from "../pages/create";
import { expectLive, openEndpoints, saveAndDeploy } from "../pages/endpoints";
import { openSelect } from "../pages/select";

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
  await page.getByRole("button", { name: "Get a token for production" }).click();
  await expect(production).toContainText(
    `curl -k -X GET "${g.httpsUrl.replace("127.0.0.1", "localhost")}/pizza/1.0.0/" -H "Authorization: Bearer ey`,
  );
  await expect(page.getByText(/^Valid until/)).toHaveCount(1);
  expect(await paste(await lineOf(page, "production curl command"))).toContain('"backend":"live"');

  await page.getByRole("link", { name: "How it is called" }).click();
  // What was got before is still there; nothing else is made by looking.
  await expect(page.getByText(/^Valid until/)).toHaveCount(1);
  await expect(page.getByText("Get a token to fill in the line.")).toHaveCount(1);
  await page.getByRole("button", { name: "Get a token for sandbox" }).click();
  await expect(page.getByText(/^Valid until/)).toHaveCount(2);
  expect(await paste(await lineOf(page, "sandbox curl command"))).toContain('"backend":"trial"');
  const before = await lineOf(page, "production curl command");
  await page.getByRole("button", { name: "Get a token for production" }).click();
  await expect(production).not.toHaveText(before);
  expect(await paste(await lineOf(page, "production curl command"))).toContain('"backend":"live"');
  await page.reload();
  await expect(production).toContainText("<TOKEN>");
  const entries = await database.sql(
    "SELECT username, text FROM AuditEntry WHERE action = 'api.testToken' ORDER BY id",
  );
  const entry = (which: string) => ({
    username: "admin",
    text: `Got a ${which} test token for Pizza Shack 1.0.0`,
  });
  // A line for each click.
  expect(entries).toEqual([entry("production"), entry("sandbox"), entry("production")]);
});

test("a test token is for its API alone", async ({ page, backend, gateway, publisher }) => {
  const a = await backend("a");
  const g = await gateway();
  const { url } = await publisher();
  const jwt = { security: { kind: "jwt" as const } };
  const { id } = await g.deploy({ ...apiWith([a.url], {}, "One"), ...jwt });
  await g.deploy({ ...apiWith([a.url], {}, "Two"), ...jwt });
  await page.goto(`${url}/apis/${id}`);
  await page.getByRole("button", { name: "Get a token for production" }).click();
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
  await page.getByRole("button", { name: "Get a token for production" }).click();
  await expect(page.getByText(/^Valid until/)).toBeVisible();
  expect(await paste(await lineOf(page, "production curl command"))).toContain('"backend":"a"');
  expect(a.requests.map((r) => r.url)).toEqual(["/menu", "/menu/1"]);
});

test("a viewer gets a token for the sandbox, and reads why there is none for production", async ({
  page,
  backend,
  gateway,
  publisher,
}) => {
  const [a, b] = [await backend("a"), await backend("b")];
  const g = await gateway();
  const { url, signInAs } = await publisher();
  const api = { ...apiWith([a.url]), security: { kind: "jwt" as const, header: "X-Token" } };
  const sandbox = { enabled: true, endpoints: [{ id: "ep_sandbox", url: b.url }] };
  const { id } = await g.deploy({ ...api, endpoints: { ...api.endpoints, sandbox } });
  await signInAs("viewer");
  await page.goto(`${url}/apis/${id}`);
  const none = page.getByRole("button", { name: "Get a token for production" });
  await expect(none).toHaveAccessibleDescription(/gets tokens for the sandbox only/);
  await none.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Get a token for sandbox" }).click();
  await expect(page.getByText(/^Valid until/)).toHaveCount(1);
  const line = await lineOf(page, "sandbox curl command");
  expect(line).toContain('-H "X-Token: Bearer ey');
  expect(await paste(line)).toContain('"backend":"b"');

  await page.getByRole("link", { name: "Try Out" }).click();
  await expect(page.getByLabel("Environment")).toHaveText("Sandbox");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("region", { name: "200 OK" })).toContainText('"backend": "b"');
  await openSelect(page.getByRole("combobox", { name: "Environment" }));
  await page.getByRole("option", { name: "Production" }).click();
  await expect(page.getByText(/may try out the sandbox only/)).toBeVisible();
  const send = page.getByRole("button", { name: "Send", exact: true });
  await expect(send).toHaveAccessibleDescription(/may try out the sandbox only/);
  await send.focus();
  await page.keyboard.press("Enter");
  // Requests are sent one after another: once a later one has arrived, an earlier one would have too.
  const before = b.requests.length;
  await openSelect(page.getByRole("combobox", { name: "Environment" }));
  await page.getByRole("option", { name: "Sandbox" }).click();
  await send.click();
  await expect.poll(() => b.requests.length).toBe(before + 1);
  expect(a.requests).toEqual([]);
});
