import { readFile } from "node:fs/promises";
import { unpacked } from "../apictl";
import { admin, expect, type Publisher, test } from "../fixtures";
import { apiWith } from "../pages/apis";

const basic = { authorization: `Basic ${Buffer.from(`admin:${admin.password}`).toString("base64")}` };
const get = ({ url }: Publisher, path: string) => fetch(url + path, { headers: basic });

test("an API is exported as OpenAPI and as a project, from the draft and from what is live", async ({
  page,
  publisher,
  database,
}) => {
  const running = await publisher();
  const { id } = await database.deploy(apiWith(["http://a:8080"]));
  await page.goto(`${running.url}/apis/${id}`);
  await page.getByRole("button", { name: "Export" }).click();
  await expect(page.getByRole("menuitem")).toHaveCount(6);
  const started = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "OpenAPI YAML, as in the draft" }).click();
  const download = await started;
  expect(download.suggestedFilename()).toBe("Orders-1.0.0.yaml");
  expect(await readFile(await download.path(), "utf8")).toContain("http://a:8080");

  const json = await get(running, `/apis/${id}/export?format=json&revision=live`);
  expect(json.headers.get("content-disposition")).toBe('attachment; filename="Orders-1.0.0.json"');
  expect(await json.json()).toMatchObject({ info: { title: "Orders", version: "1.0.0" } });

  const refused = async (query: string, of = id) => {
    const answer = await get(running, `/apis/${of}/export?${query}`);
    return [answer.status, ((await answer.json()) as { message: string }).message];
  };
  expect(await refused("format=pdf")).toEqual([400, "format is one of yaml, json, project."]);
  expect(await refused("revision=zero")).toEqual([400, "revision is a number, draft or live."]);
  expect(await refused("revision=9")).toEqual([404, "This API has no revision 9."]);
  expect(await refused("", "nobody")).toEqual([404, "There is no such API."]);
  const unused = await database.save(apiWith(["http://a:8080"], {}, "Unused"));
  expect(await refused("revision=live", unused)).toEqual([404, "No revision of this API is live."]);
});

test("an exported project says the state of the life cycle that its API is in, for the draft and what is live", async ({
  publisher,
  database,
}) => {
  const running = await publisher();
  const came = { extras: { wso2: { data: { lifeCycleStatus: "PROTOTYPED" } } } };
  const { id } = await database.deploy({ ...apiWith(["http://a:8080"]), ...came });
  const state = async (query: string) => {
    const zip = await get(running, `/apis/${id}/export?format=project${query}`);
    const files = await unpacked(Buffer.from(await zip.arrayBuffer()));
    return /lifeCycleStatus: .*/.exec(files.get("Orders-1.0.0/api.yaml") ?? "")?.[0];
  };
  expect([await state(""), await state("&revision=live")]).toEqual(
    Array(2).fill("lifeCycleStatus: PROTOTYPED"),
  );
  await database.sql(`UPDATE "Api" SET "lifeCycle" = 'DEPRECATED'`);
  expect([await state(""), await state("&revision=live")]).toEqual(
    Array(2).fill("lifeCycleStatus: DEPRECATED"),
  );
});

test("an exported project deploys again where the API is gone", async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const live = await backend("live");
  const { id } = await database.deploy(apiWith([live.url]));
  // Both before the first request: a pause between requests would outlive kept connections.
  const g = await gateway();
  const running = await publisher();
  const zip = await get(running, `/apis/${id}/export?format=project`);
  expect(zip.headers.get("content-type")).toBe("application/zip");
  const bytes = await zip.arrayBuffer();

  await database.delete(id);
  const body = new FormData();
  body.append("file", new Blob([bytes]), "project.zip");
  const sent = await fetch(`${running.url}/api/mgw/adapter/0.1/apis?override=false`, {
    method: "POST",
    headers: basic,
    body,
  });
  expect(sent.status, await sent.clone().text()).toBe(200);
  const { token, generation } = await database.token({
    keyType: "production",
    clientId: "c",
    validitySeconds: 60,
  });
  await g.reaches(generation);
  const got = await fetch(`${g.url}/orders/1.0.0/`, { headers: { authorization: `Bearer ${token}` } });
  expect([got.status, await got.json()]).toEqual([200, expect.objectContaining({ backend: "live" })]);
});
