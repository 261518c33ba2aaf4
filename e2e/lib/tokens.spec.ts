import { expect, test } from "@playwright/test";
import fc from "fast-check";
import { skewOf } from "#lib/access/skew";
import {
  accessProblem,
  audienceProblem,
  consumerOf,
  IssuerInput,
  keyTypeClaim,
  keyTypeOf,
  type Revocations,
  refusalOf,
  revoked,
  type SubscribedApi,
  subscribedApi,
  TokenClaims,
  timeProblem,
} from "#lib/access/tokens";
import { ApiDefinition } from "#lib/schemas/definition";

const base = { iss: "sluice", exp: 2_000 };
const claims = (more: object = {}) => TokenClaims.parse({ ...base, ...more });
const api = (more: object = {}) => ({
  name: "Pizza",
  context: "/pizza",
  version: "1.0.0",
  security: { kind: "jwt" as const, header: "Authorization", forwardToken: false, audiences: [] as string[] },
  ...more,
});
const open = { scopes: [] };

test("claims are read in each form that issuers write them", () => {
  expect(claims()).toEqual({ ...base, sub: "", aud: [], scope: [], keytype: "PRODUCTION" });
  expect(claims({ aud: "a" }).aud).toEqual(["a"]);
  expect(claims({ aud: ["a", "b"] }).aud).toEqual(["a", "b"]);
  expect(claims({ scope: " a  b " }).scope).toEqual(["a", "b"]);
  expect(claims({ scope: ["a", "b"] }).scope).toEqual(["a", "b"]);
  expect(claims({ scp: "a b" }).scope).toEqual(["a", "b"]);
  expect(claims({ scope: "a b", scp: ["b", "c"] }).scope).toEqual(["a", "b", "c"]);
  expect(claims({ scope: "a", scp: 7 })).toMatchObject({ scope: ["a"] });
  expect(claims({ scp: "a" })).not.toHaveProperty("scp");
  expect(claims({ scope: "x".repeat(4_500), sub: "y".repeat(3_000) }).scope[0]).toHaveLength(4_500);
  expect(claims({ exp: 1.5, nbf: 0 }).exp).toBe(1.5);
  expect(claims({ whatever: { else: 1 } })).not.toHaveProperty("whatever");
  expect(consumerOf(claims({ azp: "a", client_id: "b", sub: "c" }))).toBe("a");
  expect(consumerOf(claims({ client_id: "b", sub: "c" }))).toBe("b");
  expect(consumerOf(claims({ sub: "c" }))).toBe("c");
  for (const keyType of ["production", "sandbox"] as const) {
    expect(keyTypeOf(claims({ keytype: keyTypeClaim(keyType) }))).toBe(keyType);
  }
});

test("claims of another form are refused, whatever they are", () => {
  const wrong = [
    { exp: undefined },
    { exp: "2000" },
    { exp: Number.MAX_VALUE },
    { exp: -1 },
    { nbf: null },
    { iss: undefined },
    { iss: ["sluice"] },
    { aud: [1] },
    { scope: 1 },
    { keytype: "production" },
    { keytype: null },
    { subscribedAPIs: {} },
    { subscribedAPIs: [{ name: "Pizza" }] },
  ];
  for (const one of wrong) {
    expect(TokenClaims.safeParse({ ...base, ...one }).success, JSON.stringify(one)).toBe(false);
  }
  fc.assert(fc.property(fc.anything(), (input) => void TokenClaims.safeParse(input)));
});

test("a token is good from nbf on and up to exp, with the clocks' difference on both sides", () => {
  const token = claims({ nbf: 1_000 });
  const words = (now: number, lateMs = 0, earlyMs = lateMs) => {
    const problem = timeProblem(token, now, { lateMs, earlyMs });
    return problem?.kind === "invalid" ? problem.reason : problem;
  };
  expect(words(999_999)).toMatch(/not valid yet/);
  expect(words(1_000_000)).toBeNull();
  expect(words(1_999_999)).toBeNull();
  expect(words(2_000_000)).toMatch(/expired/);
  expect(words(995_000, 5_000)).toBeNull();
  expect(words(994_999, 5_000)).toMatch(/not valid yet/);
  expect(words(2_004_999, 5_000)).toBeNull();
  expect(words(2_005_000, 5_000)).toMatch(/expired/);
  expect(words(995_000, 0, 5_000)).toBeNull();
  expect(words(2_000_000, 0, 5_000)).toMatch(/expired/);
  // Our own tokens end on time, and may come from a clock that is a little ahead; what is set goes for all.
  expect([skewOf(true, undefined), skewOf(false, undefined)]).toEqual([
    { lateMs: 0, earlyMs: 5_000 },
    { lateMs: 30_000, earlyMs: 30_000 },
  ]);
  expect([skewOf(true, 0), skewOf(false, 60)]).toEqual([
    { lateMs: 0, earlyMs: 0 },
    { lateMs: 60_000, earlyMs: 60_000 },
  ]);
});

test("a revocation names one token, or a client's tokens from before a time", () => {
  const revocations: Revocations = { tokens: new Set(["t1"]), clients: new Map([["shop", 1_500]]) };
  const isRevoked = (more: object) => revoked(claims(more), revocations);
  expect(isRevoked({ jti: "t1" })).toBe(true);
  expect(isRevoked({ jti: "t2" })).toBe(false);
  expect(isRevoked({})).toBe(false);
  expect(isRevoked({ azp: "shop", iat: 1 })).toBe(true);
  expect(isRevoked({ client_id: "shop", iat: 1 })).toBe(true);
  expect(isRevoked({ azp: "shop", iat: 2 })).toBe(false);
  expect(isRevoked({ azp: "shop" })).toBe(true);
  expect(isRevoked({ sub: "shop", iat: 1 })).toBe(false);
});

test("a bound token opens the APIs that it names, with the version in the context or beside it", () => {
  const opens = (more: object, ...subscribedAPIs: Partial<SubscribedApi>[]) =>
    accessProblem(claims({ subscribedAPIs }), api(more), open) === null;
  expect(opens({}, subscribedApi(api()))).toBe(true);
  expect(opens({}, { context: "/pizza", version: "1.0.0" })).toBe(true);
  expect(opens({}, { context: "/pizza/1.0.0", version: "1.0.0" })).toBe(true);
  expect(opens({}, { context: "/pizza/1.0.0", version: "2.0.0" })).toBe(false);
  expect(opens({}, { context: "/pizza/", version: "1.0.0" })).toBe(false);
  expect(opens({}, { name: "Pasta", context: "/pizza", version: "1.0.0" })).toBe(false);
  expect(opens({})).toBe(false);
  const inside = { context: "/shop/{version}/pizza" };
  expect(opens(inside, { context: "/shop/1.0.0/pizza", version: "1.0.0" })).toBe(true);
  expect(opens(inside, { context: "/shop/{version}/pizza", version: "1.0.0" })).toBe(true);
  // An API that moved says so; its tokens stay shut, because another may be at their path by now.
  const moved = api({ context: "/pasta" });
  expect(accessProblem(claims({ subscribedAPIs: [subscribedApi(api())] }), moved, open)).toEqual({
    kind: "notSubscribed",
    issuedFor: "/pizza/1.0.0",
  });
  // /pizza/1.0.0 of version 1.0.0 is another API, and a token of ours for one does not open the other.
  expect(opens({ name: "Deep", context: "/pizza/1.0.0" }, subscribedApi(api()))).toBe(false);
  expect(accessProblem(claims(), api(), open)).toBeNull();
});

test("an internal key is bound always, and exempt from scopes and audiences", () => {
  const key = { token_type: "InternalKey" };
  const strict = api({ security: { ...api().security, audiences: ["a"] } });
  const resource = { scopes: [["admin"]] };
  expect(accessProblem(claims(key), strict, resource)).toEqual({ kind: "notSubscribed" });
  const bound = claims({ ...key, subscribedAPIs: [subscribedApi(strict)] });
  expect(accessProblem(bound, strict, resource)).toBeNull();
});

test("audience comes before scope, and one scope is enough", () => {
  const strict = api({ security: { ...api().security, audiences: ["a"] } });
  const wanted = { scopes: [["r"], ["w"]] };
  expect(accessProblem(claims(), strict, wanted)).toMatchObject({ kind: "invalid" });
  expect(accessProblem(claims({ aud: "a" }), strict, wanted)).toEqual({
    kind: "scope",
    wanted: wanted.scopes,
  });
  expect(accessProblem(claims({ aud: "a", scope: "w" }), strict, wanted)).toBeNull();
  expect(accessProblem(claims({ aud: "a", scope: "rw" }), strict, wanted)).toMatchObject({ kind: "scope" });
  expect(audienceProblem(claims({ aud: "b" }), [])).toBeNull();
});

test("each refusal has WSO2's status and code, and a challenge where a token could help", () => {
  const refusal = (problem: Parameters<typeof refusalOf>[0]) => refusalOf(problem);
  expect(refusal({ kind: "missing", header: "Authorization" })).toMatchObject({
    status: 401,
    code: "900902",
    description: "This API needs a token: send the header Authorization: Bearer <token>.",
    challenge: 'Bearer realm="Sluice"',
  });
  expect(refusal({ kind: "missing", header: "X-Token" }).description).toContain("X-Token: <token>");
  expect(refusal({ kind: "invalid", reason: "No." })).toMatchObject({ status: 401, code: "900901" });
  expect(refusal({ kind: "notSubscribed" })).toMatchObject({ status: 403, code: "900908" });
  expect(refusal({ kind: "notSubscribed", issuedFor: "/pizza/1.0.0" }).description).toBe(
    "The token was issued when this API was at /pizza/1.0.0. Get a new one.",
  );
  expect(refusal({ kind: "notSubscribed" }).challenge).toBeUndefined();
  expect(refusal({ kind: "conflicting", header: "X" })).toMatchObject({ status: 400, code: "102512" });
  const scope = refusal({ kind: "scope", wanted: [["a"], ['q"uote'], ["b"]] });
  expect(scope).toMatchObject({ status: 403, code: "900910" });
  expect(scope.challenge).toBe('Bearer realm="Sluice", error="insufficient_scope", scope="a b"');
  expect(refusal({ kind: "scope", wanted: [["ä"]] }).challenge).not.toContain("scope=");
  expect(refusal({ kind: "noEndpoint", keyType: "sandbox" })).toMatchObject({
    status: 403,
    code: "900901",
    description: "Sandbox key offered to an API with no sandbox endpoint",
  });
});

test("a token cannot be asked for in a header that means something else", () => {
  const { header } = ApiDefinition.shape.security.unwrap().shape;
  for (const name of ["Authorization", "X-API-Key", "apikey"])
    expect(header.safeParse(name).success).toBe(true);
  for (const name of [
    "content-length",
    "Cookie",
    "Host",
    "Transfer-Encoding",
    "Internal-Key",
    "X-Forwarded-For",
  ])
    expect(header.safeParse(name).success, name).toBe(false);
});

test("an issuer has a name, a claim and the URL of its keys", () => {
  const good = { name: " Login ", issuer: "https://login", jwksUrl: "https://login/jwks" };
  expect(IssuerInput.parse(good)).toEqual({ ...good, name: "Login", audiences: [], enabled: true });
  for (const bad of [
    { name: " " },
    { issuer: "" },
    { jwksUrl: "file:///etc/passwd" },
    { jwksUrl: "login" },
    { audiences: [""] },
    { audiences: ["a\0b"] },
    // More bytes than an index of PostgreSQL takes.
    { issuer: "€".repeat(834) },
  ]) {
    expect(IssuerInput.safeParse({ ...good, ...bad }).success, JSON.stringify(bad)).toBe(false);
  }
  expect(IssuerInput.safeParse({ ...good, issuer: "i".repeat(1_000) }).success).toBe(true);
});
