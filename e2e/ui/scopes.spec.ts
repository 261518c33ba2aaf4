import { expect, test } from "../fixtures";
import { apiWith } from "../pages/apis";
import { expectChanges, expectSaved, save } from "../pages/endpoints";

const petstore = `openapi: 3.0.3
info: {title: Pets, version: 1.0.0}
components: {securitySchemes: {petstore_auth: {type: oauth2, flows: {}}}}
paths:
  /pet:
    put: {security: [{petstore_auth: ["write:pets", "read:pets"]}]}
    get: {security: [{petstore_auth: ["read:pets"]}]}
`;

test("scopes that an earlier import lost are told, and taken over in one act that can be undone", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save({
    ...apiWith(["http://a:1"]),
    security: { kind: "jwt" },
    openapi: petstore,
    resources: [
      { method: "PUT", path: "/pet" },
      { method: "GET", path: "/pet" },
    ],
  });
  const notice = page.getByRole("group", { name: "Scopes that are not enforced" });
  await page.goto(`${url}/apis/${id}`);
  await expect(notice).toContainText("The definition asks for scopes that are not enforced");
  await expect(notice.getByRole("listitem")).toHaveText([
    "PUT /pet needs the scopes write:pets and read:pets",
    "GET /pet needs the scope read:pets",
  ]);
  await notice.getByRole("link", { name: "See Resources" }).click();
  const scopes = page.getByLabel("Scopes of PUT /pet");
  await expect(scopes).toHaveValue("");
  await notice.getByRole("button", { name: "Take them over" }).click();
  await expect(notice).toBeHidden();
  await expect(scopes).toHaveValue("write:pets + read:pets");
  await expect(scopes).toHaveAccessibleDescription("A token needs the scopes write:pets and read:pets");
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(notice).toBeVisible();
  await expect(scopes).toHaveValue("");
  await page.getByRole("button", { name: "Redo" }).first().click();

  await scopes.fill("write:pets + read:pets, admin");
  await expect(scopes).toHaveAccessibleDescription(
    "A token needs one of these: write:pets and read:pets together; or admin",
  );
  await expect(notice.getByRole("listitem")).toHaveText([
    "PUT /pet needs the scopes write:pets and read:pets",
  ]);
  await scopes.fill("write:pets + read:pets + admin");
  await expect(notice).toBeHidden();
  await expectChanges(page, 2);
  await save(page);
  await expectSaved(page);
  const [row] = await database.sql<{ draft: string }>('SELECT draft FROM "Api"');
  expect(JSON.parse(row!.draft).resources.map((r: { scopes: unknown }) => r.scopes)).toEqual([
    [["write:pets", "read:pets", "admin"]],
    ["read:pets"],
  ]);
  await page.goto(`${url}/apis/${id}`);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expect(notice).toHaveCount(0);
});

test("scopes that are left out on purpose are told no more, and the definition says so", async ({
  page,
  publisher,
  database,
}) => {
  const { url } = await publisher();
  const id = await database.save({
    ...apiWith(["http://a:1"]),
    security: { kind: "jwt" },
    openapi: petstore,
    resources: [
      { method: "PUT", path: "/pet", scopes: [["write:pets", "read:pets"], "admin"] },
      { method: "GET", path: "/pet" },
    ],
  });
  await page.goto(`${url}/apis/${id}`);
  const notice = page.getByRole("group", { name: "Scopes that are not enforced" });
  await expect(notice.getByRole("listitem")).toHaveCount(2);
  await notice.getByRole("button", { name: "Leave it so" }).click();
  await expect(notice).toHaveCount(0);
  const [row] = await database.sql<{ draft: string }>('SELECT draft FROM "Api"');
  const { openapi, resources } = JSON.parse(row!.draft);
  expect(openapi).toContain("x-sluice-scopes: [ [ write:pets, read:pets ], admin ]");
  expect(openapi).toContain("x-sluice-scopes: []");
  expect(resources[1].scopes).toEqual([]);

  // A token to try it out with passes everywhere; what is needed least comes first.
  await database.user("bob", "bob password 1", "creator");
  const issued = await fetch(`${url}/api/v1/apis/${id}/tokens`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from("bob:bob password 1").toString("base64")}`,
      "content-type": "application/json",
    },
    body: "{}",
  });
  const { token } = (await issued.json()) as { token: string };
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  expect(claims.scope).toBe("admin write:pets read:pets");
});

test("whoever may not edit is told of lost scopes, and why the act is off", async ({
  page,
  publisher,
  database,
}) => {
  const { url, signInAs } = await publisher();
  const id = await database.save({
    ...apiWith(["http://a:1"]),
    security: { kind: "jwt" },
    openapi: petstore,
    resources: [{ method: "GET", path: "/pet" }],
  });
  await signInAs("viewer");
  await page.goto(`${url}/apis/${id}/resources`);
  const act = page.getByRole("button", { name: "Take them over" });
  await expect(act).toHaveAccessibleDescription(/Your role \(viewer\) may not change APIs/);
  await act.press("Enter");
  await expect(page.getByLabel("Scopes of GET /pet")).toHaveValue("");
});
