import { expect, test } from "@playwright/test";
import { ApiDefinition } from "#lib/schemas/definition";
import { lossesOf } from "#lib/tell/losses";

const ticked = (keyType: string, id: string) => ({
  [keyType]: { enabled: true, endpoints: [{ id, url: "http://a" }] },
});
const both = { ...ticked("production", "prod-1"), ...ticked("sandbox", "sand-1"), sandboxSeparate: true };
const api = (more: object = {}) =>
  ApiDefinition.parse({ name: "Pizza", context: "/pizza", version: "1.0.0", endpoints: both, ...more });

test("what takes nothing from anybody is no loss", () => {
  expect(lossesOf(api(), api({ description: "Another." }))).toEqual([]);
  expect(lossesOf(api({ security: { kind: "jwt" } }), api({ security: { kind: "none" } }))).toEqual([]);
  expect(lossesOf(api({ endpoints: ticked("production", "prod-1") }), api())).toEqual([]);
  expect(lossesOf(api(), api({ isDefaultVersion: true }))).toEqual([]);
});

test("an address, a key type, a transport or a way in without a token that is taken away is named", () => {
  expect(lossesOf(api({ isDefaultVersion: true }), api({ context: "/pasta" }))).toEqual([
    "Callers of /pizza/1.0.0 and /pizza get 404: the API moves to /pasta/1.0.0. Tokens of subscribed applications have to be got anew.",
  ]);
  expect(lossesOf(api({ isDefaultVersion: true }), api())).toEqual(["Callers of /pizza get 404."]);
  expect(lossesOf(api(), api({ endpoints: ticked("sandbox", "sand-1") }))).toEqual([
    "Callers with production keys get 403: the API has no production endpoint any more.",
  ]);
  const closed = api({ security: { kind: "jwt" }, transports: { http: false } });
  expect(lossesOf(api({ security: { kind: "none" } }), closed)).toEqual([
    "Callers without a token get 401.",
    "Callers by HTTP are refused.",
  ]);
});
