import type { Page } from "@playwright/test";
import { publisherCalls as calls } from "#lib/contract/publisherRest";
import { type Apictl, apictlOf, refusalOf, told } from "../apictl";
import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";
import { apiWith } from "../pages/apis";

/** Revisions that WSO2's clients make and delete without deploying them. */

const make = async (apictl: Apictl, id: string, description?: string) => {
  const answer = await apictl.send("POST", `/apis/${id}/revisions`, { description });
  const location = answer.headers.get("location");
  const revision = await told(calls.makeRevision, 201, answer);
  expect(location).toBe(`/api/am/publisher/v4/apis/${id}/revisions/${revision.id}`);
  return revision;
};
const get = (apictl: Apictl, id: string, revision: string) =>
  apictl.call(`/apis/${id}/revisions/${revision}`);
const remove = (apictl: Apictl, id: string, revision: string) =>
  apictl.call(`/apis/${id}/revisions/${revision}`, { method: "DELETE" });

test.describe("over the REST API", () => {
  test.use({ signedIn: false });

  test("a revision is made of the draft, deploys nothing and is deployed later", async ({
    publisher,
    gateway,
    backend,
    database,
  }) => {
    const [one, two, three] = [await backend("one"), await backend("two"), await backend("three")];
    const g = await gateway();
    const { id } = await g.deploy(pizza([one]));
    const apictl = await apictlOf(await publisher());
    const answered = async () =>
      ((await (await fetch(`${g.url}/pizza/1.0.0/`)).json()) as { backend: string }).backend;
    await database.save(pizza([two]));
    const revision = await make(apictl, id, " The second one ");
    expect(revision).toEqual({
      displayName: "Revision 2",
      id: expect.any(String),
      description: "The second one",
      createdTime: expect.stringMatching(/^\d{13}$/),
      apiInfo: { id },
      deploymentInfo: [],
    });
    expect(await told(calls.revision, 200, await get(apictl, id, revision.id))).toEqual(revision);
    expect(await answered()).toBe("one");

    // The draft goes on, and what is deployed is the revision.
    await database.save(pizza([three]));
    expect(await make(apictl, id)).toMatchObject({ displayName: "Revision 3", description: "" });
    const deployed = await apictl.send("POST", `/apis/${id}/deploy-revision?revisionId=${revision.id}`, [
      { name: "Default" },
    ]);
    expect(deployed.status).toBe(201);
    expect(await answered()).toBe("two");
    const later = await told(calls.revision, 200, await get(apictl, id, revision.id));
    expect(later.deploymentInfo).toMatchObject([{ name: "Default", revisionUuid: revision.id }]);
    // Deploying the draft takes the revision that is the same.
    await database.deploy(pizza([three]));
    expect((await apictl.revisions(id)).count).toBe(3);
    const audit = await database.sql(`SELECT username, text FROM "AuditEntry" WHERE action = 'revision.add'`);
    expect(audit).toEqual(
      [2, 3].map((n) => ({ username: "admin", text: `Kept the draft of Pizza 1.0.0 as r${n}` })),
    );
  });

  test("a revision is deleted unless it is live, and its number is not given again once it served", async ({
    publisher,
    database,
  }) => {
    const { id } = await database.deploy(apiWith(["http://a:1"]));
    await database.deploy(apiWith(["http://b:1"]));
    const apictl = await apictlOf(await publisher());
    const third = await make(apictl, id, "third");
    const [first, second] = (await apictl.revisions(id)).list;
    const live = await refusalOf(await remove(apictl, id, second!.id));
    expect(live).toMatchObject({ status: 400, description: expect.stringContaining("Revision 2 is live") });
    const names = async (answer: Response) =>
      (await told(calls.deleteRevision, 200, answer)).list.map(({ displayName }) => displayName);
    expect(await names(await remove(apictl, id, first!.id))).toEqual(["Revision 2", "Revision 3"]);
    expect(await names(await remove(apictl, id, third.id))).toEqual(["Revision 2"]);
    expect((await apictl.undeploy(id, "2", null)).status).toBe(201);
    expect(await names(await remove(apictl, id, second!.id))).toEqual([]);
    expect((await make(apictl, id)).displayName).toBe("Revision 3");
    for (const answer of [await remove(apictl, id, second!.id), await get(apictl, id, "none")])
      expect((await refusalOf(answer)).status).toBe(404);
    const audit = await database.sql<{ text: string }>(
      `SELECT text FROM "AuditEntry" WHERE action = 'revision.remove' ORDER BY id`,
    );
    expect(audit.map(({ text }) => text)).toEqual([1, 3, 2].map((n) => `Deleted r${n} of Orders 1.0.0`));
  });

  test("a revision of another API is none of this one, and a note has its length", async ({
    publisher,
    database,
  }) => {
    const { id } = await database.deploy(apiWith(["http://a:1"]));
    const other = await database.save(apiWith(["http://a:1"], {}, "Other"));
    const apictl = await apictlOf(await publisher());
    const kept = await make(apictl, other, "x".repeat(1_000));
    for (const answer of [await get(apictl, id, kept.id), await remove(apictl, id, kept.id)])
      expect((await refusalOf(answer)).status).toBe(404);
    for (const description of ["x".repeat(1_001), 7])
      expect(
        await refusalOf(await apictl.send("POST", `/apis/${id}/revisions`, { description })),
      ).toMatchObject({ status: 400, description: expect.stringContaining("description") });
    // An empty body is no note.
    expect((await apictl.call(`/apis/${id}/revisions`, { method: "POST" })).status).toBe(201);
    expect((await apictl.revisions(other)).count).toBe(1);
  });

  test("the newest fifty are kept also where none is deployed, and the live one stays", async ({
    publisher,
    database,
  }) => {
    const { id } = await database.deploy(apiWith(["http://a:1"]));
    const apictl = await apictlOf(await publisher());
    for (let n = 2; n <= 52; n++) await make(apictl, id, `Number ${n}`);
    const numbers = await database.sql<{ number: number }>('SELECT number FROM "Revision" ORDER BY number');
    expect(numbers.map(({ number }) => number)).toEqual([1, ...Array.from({ length: 50 }, (_, i) => i + 3)]);
  });
});

const revision = (page: Page, number: number) =>
  page.getByRole("list", { name: "Revisions" }).getByRole("listitem", { name: `r${number}`, exact: true });

test("on its page a revision that was never deployed says so, and is deployed from there", async ({
  page,
  publisher,
  gateway,
  backend,
  database,
}) => {
  const [one, two, three] = [await backend("one"), await backend("two"), await backend("three")];
  const g = await gateway();
  const id = await database.save(pizza([one]));
  const running = await publisher();
  const apictl = await apictlOf(running);
  await make(apictl, id, "kept by a script");
  await page.goto(`${running.url}/apis/${id}/deployments`);
  await expect(page.getByText("Nothing is deployed yet.")).toBeVisible();
  await expect(revision(page, 1)).toContainText("kept by a script");
  await expect(revision(page, 1)).toContainText("Never deployed.");

  await database.save(pizza([two]));
  await make(apictl, id, "the other machine");
  await database.deploy(pizza([three]));
  await page.reload();
  await expect(page.getByTestId("api-state")).toContainText("Live: r3");
  await expect(revision(page, 3)).toContainText("Deployed from");
  await revision(page, 2).getByRole("button", { name: "Deploy r2" }).click();
  const dialog = page.getByRole("dialog", { name: "Deploy r2?" });
  await expect(dialog).toContainText("served as it was kept, instead of r3");
  await expect(dialog.getByRole("list", { name: "From r3 to r2" })).toContainText(new URL(two.url).host);
  await dialog.getByRole("button", { name: "Deploy r2" }).click();
  await expect(page.getByTestId("api-state")).toContainText("Live: r2");
  const answer = (await (await fetch(`${g.url}/pizza/1.0.0/`)).json()) as { backend: string };
  expect(answer.backend).toBe("two");
  const audit = await database.sql<{ text: string }>(
    `SELECT text FROM "AuditEntry" WHERE action = 'api.deploy' ORDER BY id DESC LIMIT 1`,
  );
  expect(audit).toEqual([{ text: "Deployed r2 of Pizza 1.0.0" }]);
  await expect(revision(page, 1)).toContainText("Never deployed.");
  await expect(revision(page, 1).getByRole("button", { name: "Deploy r1" })).toBeVisible();
});
