import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { ZipFile } from "yazl";
import { expect, test } from "../fixtures";

const definition = (one: string, two: string) => `openapi: 3.1.0
info: {title: Pizza Shack, version: 2.0.0}
x-wso2-basePath: /pizza
x-wso2-production-endpoints: {urls: ["${one}", "${two}"], type: failover}
x-wso2-sandbox-endpoints: {urls: ["${two}"]}
servers: [{url: /relative}]
paths:
  /menu:
    get: {responses: {"200": {description: fine}}}
  /order:
    post:
      x-auth-type: None
      x-wso2-production-endpoints: {urls: ["${two}"]}
      responses: {"201": {description: made}}
`;

const next = (page: Page) => page.getByRole("button", { name: "Continue" }).click();
const alert = (page: Page) => page.getByRole("main").getByRole("alert");

test("pasted OpenAPI is read, looked at, named and created", async ({ page, publisher, database }) => {
  const { url } = await publisher();
  await database.save({ name: "Taken", context: "/taken", version: "2.0.0" });
  await page.goto(`${url}/apis`);
  await page.getByRole("link", { name: "Create API" }).click();
  await page.getByRole("link", { name: /Import OpenAPI/ }).click();
  await next(page);
  await expect(alert(page)).toContainText("Choose a file.");
  await page.getByRole("button", { name: "Text" }).click();
  await expect(alert(page)).toBeHidden();
  const text = page.getByLabel("Text of the definition");
  await text.fill("openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths:\n  /a: [\n");
  await next(page);
  await expect(alert(page)).toContainText(/This cannot be imported.*line \d/s);
  // Two anchors of two thousand each would be four million: a bomb.
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [i, name] of ["b", "c", "d", "e", "f", "g", "h", "i"].entries()) {
    const before = i === 0 ? "a" : ["b", "c", "d", "e", "f", "g", "h"][i - 1];
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}]`);
  }
  await text.fill(`openapi: 3.1.0\n${bomb.join("\n")}\n`);
  await next(page);
  await expect(alert(page)).toContainText("This cannot be imported");

  await text.fill(definition("http://a:8080", "http://b:8080"));
  await next(page);
  await expect(page.getByRole("group", { name: "Endpoints" })).toContainText(
    /Production · Failover\s*http:\/\/a:8080\s*http:\/\/b:8080.*Sandbox.*only POST \/order/s,
  );
  await expect(page.getByRole("listitem").filter({ hasText: "POST" })).toHaveText(
    /POST\/orderNo token neededOwn endpoints/,
  );
  await page.setViewportSize({ width: 420, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
  await page.setViewportSize({ width: 1280, height: 800 });

  await next(page);
  await expect(page.getByLabel("Name")).toHaveValue("Pizza Shack");
  await expect(page.getByLabel("Context")).toHaveValue("/pizza");
  await page.getByLabel("Name").fill("Taken");
  await page.getByRole("button", { name: "Create" }).click();
  await expect(
    page.getByText("There is already an API named Taken with version 2.0.0.").first(),
  ).toBeVisible();
  await page.getByLabel("Name").fill("Pizza");
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { name: "Pizza 2.0.0" })).toBeVisible();
  const [row] = await database.sql<{ draft: string }>(`SELECT draft FROM "Api" WHERE name = 'Pizza'`);
  const draft = JSON.parse(row?.draft ?? "{}");
  expect(draft.context).toBe("/pizza");
  expect(draft.openapi).toContain("title: Pizza Shack");
  expect(draft.endpoints.production.endpoints.map((e: { url: string }) => e.url)).toEqual([
    "http://a:8080",
    "http://b:8080",
  ]);
});

test("a file is read, a URL is fetched under the rules for addresses", async ({ page, publisher }) => {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(req.url ?? "");
    if (req.url === "/moved") res.writeHead(302, { location: "http://169.254.169.254/" }).end();
    else if (req.url === "/large") res.end(Buffer.alloc(11 * 1024 * 1024, "#"));
    else if (req.url === "/docs/relative.yaml")
      res.end(
        "openapi: 3.1.0\ninfo: {title: R, version: '1'}\nservers: [{url: ../api/v3}]\npaths: {/a: {get: {}}}\n",
      );
    else res.end(definition("http://a:8080", "http://b:8080"));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { url } = await publisher();
  await page.goto(`${url}/apis/create/openapi`);
  await page.getByRole("button", { name: "URL" }).click();
  const refused = async (address: string, words: string | RegExp) => {
    await page.getByLabel("URL of the definition").fill(address);
    await next(page);
    await expect(alert(page)).toContainText(words);
  };
  await refused("http://169.254.169.254/latest", "Link-local and cloud metadata addresses are refused.");
  await refused("file:///etc/passwd", "Enter a URL such as");
  await refused("http://user:secret@localhost/", "must not contain a user name");
  await refused(`${origin}/moved`, "Redirects are not followed");
  await refused(`${origin}/large`, "The answer is larger than 10 MiB.");
  await page.getByLabel("URL of the definition").fill(`${origin}/openapi.yaml`);
  await next(page);
  await expect(page.getByText("2 resources")).toBeVisible();
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByLabel("URL of the definition").fill(`${origin}/docs/relative.yaml`);
  await next(page);
  await expect(page.getByRole("group", { name: "Endpoints" })).toContainText(`${origin}/api/v3`);
  expect(asked).toEqual(["/moved", "/large", "/openapi.yaml", "/docs/relative.yaml"]);
  await page.getByRole("button", { name: "Back" }).click();

  await page.getByRole("button", { name: "File" }).click();
  // Large enough to be read beside the server, with what Windows' editors put in front and between.
  const padding = Array.from({ length: 3_000 }, (_, i) => `# ${i} ${"x".repeat(60)}`).join("\r\n");
  const text = `\uFEFF${padding}\r\n${definition("http://a:8080", "http://b:8080").replaceAll("\n", "\r\n")}`;
  await page
    .getByLabel("Choose a file")
    .setInputFiles({ name: "openapi.yaml", mimeType: "application/yaml", buffer: Buffer.from(text) });
  await expect(page.getByText(/openapi\.yaml, \d+ KiB/)).toBeVisible();
  await next(page);
  await expect(page.getByText("2 resources")).toBeVisible();
  server.close();
});

test("a WSO2 project is read with the parameters of an environment", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const zip = new ZipFile();
  const api =
    "type: api\ndata: {name: Orders, context: /orders, version: '1.0', isDefaultVersion: true, policies: [Gold], endpointConfig: {endpoint_type: http, failOver: 'False', production_endpoints: {url: 'http://dev:1'}}}\n";
  zip.addBuffer(Buffer.from(api), "Orders-1.0/api.yaml");
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  await page.goto(`${url}/apis/create/project`);
  const file = { name: "orders.zip", mimeType: "application/zip", buffer: Buffer.concat(chunks) };
  await page.getByLabel("Choose a project").setInputFiles(file);
  const params = "environments: [{name: live, configs: {endpoints: {production: {url: 'http://live:1'}}}}]\n";
  await page
    .getByLabel("Choose a parameter file")
    .setInputFiles({ name: "params.yaml", mimeType: "application/yaml", buffer: Buffer.from(params) });
  await page.getByLabel("Environment").fill("test");
  await next(page);
  await expect(alert(page)).toContainText("Known are live.");
  await page.getByLabel("Environment").fill("live");
  await next(page);
  await expect(page.getByRole("group", { name: "Endpoints" })).toContainText("http://live:1");
  const settings = page.getByRole("group", { name: "Other settings" });
  await expect(settings).toContainText("Default version off → on");
  await expect(settings).toContainText("Enable Failover on → off");
  await expect(page.getByRole("note")).toContainText(
    'api.yaml, data.policies: ["Gold"] has no effect: requests are not limited here.',
  );
  await next(page);
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { name: "Orders 1.0" })).toBeVisible();
  expect(await database.sql('SELECT name FROM "Api"')).toEqual([{ name: "Orders" }]);
});
