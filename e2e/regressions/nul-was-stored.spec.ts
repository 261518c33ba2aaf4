import { admin, expect, test } from "../fixtures";
import { send } from "../http";
import { postSession } from "../installation";
import { apiWith } from "../pages/apis";
import { importApi } from "../writers";

/**
 * Texts with U+0000 were stored, which PostgreSQL cannot: there each of these would have been an error that nobody
 * expected, and an installation could not have moved. Whatever sends one is told so.
 */

const NUL = "a\0b";
const words = "A text holds the character U+0000, which cannot be stored. Take it out.";

test("a text with U+0000 is refused with a sentence, wherever it is given", async ({
  database,
  publisher,
}) => {
  const { url } = await publisher();
  const { id } = await database.deploy(apiWith(["http://orders:8080"]));
  const { token, cookie } = await postSession(url, admin.username, admin.password);
  const authorization = `Bearer ${token}`;
  const ask = async (method: string, path: string, body?: unknown) => {
    const text = JSON.stringify(body);
    const headers = { authorization, ...(text ? { "content-type": "application/json" } : {}) };
    const answer = await send(url + path, { method, headers, ...(text ? { body: text } : {}) });
    return [answer.status, answer.text.includes(words)];
  };
  const refused = [400, true];

  expect(await ask("POST", "/session", { username: NUL, password: "x".repeat(10) })).toEqual(refused);
  const rest = "/api/am/publisher/v4/apis";
  expect(await ask("GET", `${rest}?query=a%00`)).toEqual(refused);
  const dto = { name: "Nul", context: "/nul", version: "1", description: NUL };
  expect(await ask("POST", rest, dto)).toEqual(refused);
  expect(await ask("POST", rest, { ...dto, description: "ab" })).toEqual([201, false]);
  expect(await ask("POST", `/api/v1/apis/${id}/deployments`, { note: NUL })).toEqual(refused);
  const application = { name: "Shop", throttlingPolicy: "Unlimited", description: NUL };
  expect(await ask("POST", "/api/am/devportal/v3/applications", application)).toEqual(refused);

  const imported = await importApi(url, token, { name: "Menu", note: NUL });
  expect([imported.status, imported.text.includes(words)]).toEqual(refused);
  // Text about the character is none with it.
  expect((await importApi(url, token, { name: "Menu", note: "not \\u0000" })).status).toBe(201);

  // No address of a page is an error of ours.
  expect((await send(`${url}/apis?search=a%00`, { headers: { cookie } })).status).toBe(200);
  const basic = `Basic ${btoa("a\0b:x")}`;
  expect((await send(`${url}/api/v1/apis`, { headers: { authorization: basic } })).status).toBe(401);
  // Whatever comes another way, such as by the forms of pages, stops at the database.
  const issuer = { name: NUL, issuer: "https://idp.example", jwksUrl: "https://idp.example/jwks" };
  await expect(database.issuer(issuer)).rejects.toThrow("database file: nul.");
  const gone = "/api/mgw/adapter/0.1/apis?apiName=a%00b&version=1";
  expect(await ask("DELETE", gone)).toEqual(refused);
  // None of it is in the database.
  for (const table of ["Api", "Application", "AuditEntry", "Deployment"]) {
    expect(JSON.stringify(await database.sql(`SELECT * FROM "${table}"`)), table).not.toContain("a\\u0000b");
  }
});
