import { expect, test } from "@playwright/test";
import { type OAuthError, readRevocationOrder, readTokenOrder } from "#lib/access/oauth";

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const grant = { grant_type: "client_credentials" };

function errorOf(answer: { ok: true } | { ok: false; error: OAuthError }): string {
  return answer.ok ? "none" : `${answer.error.status} ${answer.error.error}`;
}

test("client id and secret come by HTTP Basic or as fields", () => {
  const order = { clientId: "id", secret: "s e", scopes: [], validitySeconds: 3_600 };
  expect(readTokenOrder(basic("id:s e"), form(grant))).toEqual({ ok: true, value: order });
  expect(readTokenOrder(basic("id:s%20e"), form({ ...grant, client_id: "id" }))).toEqual({
    ok: true,
    value: order,
  });
  const fields = { ...grant, client_id: "id", client_secret: "s e", scope: "a b a", validity_period: "60" };
  expect(readTokenOrder(null, form(fields))).toEqual({
    ok: true,
    value: { ...order, scopes: ["a", "b"], validitySeconds: 60 },
  });
});

for (const [what, authorization, fields, error] of [
  ["no form", basic("id:s"), null, "400 invalid_request"],
  ["no grant type", basic("id:s"), "", "400 invalid_request"],
  ["an empty grant type", basic("id:s"), "grant_type=", "400 invalid_request"],
  ["a field twice", basic("id:s"), `${form(grant)}&scope=a&scope=b`, "400 invalid_request"],
  ["another grant", basic("id:s"), "grant_type=password", "400 unsupported_grant_type"],
  ["no client", null, form(grant), "401 invalid_client"],
  ["no secret", null, form({ ...grant, client_id: "id" }), "401 invalid_client"],
  ["Basic without a colon", basic("id"), form(grant), "401 invalid_client"],
  ["Basic that is not base64", "Basic ***", form(grant), "401 invalid_client"],
  ["a stray percent sign", basic("id:%zz"), form(grant), "401 invalid_client"],
  ["a token for a client", "Bearer abc", form(grant), "401 invalid_client"],
  [
    "an endless secret",
    null,
    form({ ...grant, client_id: "i", client_secret: "s".repeat(201) }),
    "401 invalid_client",
  ],
  ["two secrets", basic("id:s"), form({ ...grant, client_secret: "s" }), "400 invalid_request"],
  ["two ids", basic("id:s"), form({ ...grant, client_id: "other" }), "400 invalid_request"],
  ["no time at all", basic("id:s"), form({ ...grant, validity_period: "0" }), "400 invalid_request"],
  ["too long a time", basic("id:s"), form({ ...grant, validity_period: "9999999" }), "400 invalid_request"],
  ["a scope with quotes", basic("id:s"), form({ ...grant, scope: 'a"b' }), "400 invalid_scope"],
  ["a scope without end", basic("id:s"), form({ ...grant, scope: "a".repeat(1_001) }), "400 invalid_scope"],
] as const) {
  test(`${what} is ${error}`, () => {
    expect(errorOf(readTokenOrder(authorization, fields))).toBe(error);
  });
}

test("a revocation needs a client and a token", () => {
  expect(readRevocationOrder(basic("id:s"), form({ token: "t", token_type_hint: "access_token" }))).toEqual({
    ok: true,
    value: { clientId: "id", secret: "s", token: "t" },
  });
  expect(errorOf(readRevocationOrder(basic("id:s"), ""))).toBe("400 invalid_request");
  expect(errorOf(readRevocationOrder(null, "token=t"))).toBe("401 invalid_client");
});
