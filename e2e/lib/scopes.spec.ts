import { expect, test } from "@playwright/test";
import fc from "fast-check";
import {
  enough,
  readScopesText,
  type ScopeSets,
  scopesText,
  scopeWords,
  weaker,
  writtenSets,
} from "#lib/access/scopes";
import { refusalOf } from "#lib/access/tokens";
import type { ApiDefinition } from "#lib/edit/api";
import { readOpenApi } from "#lib/openapi/readOpenApi";
import { writeOpenApi } from "#lib/openapi/writeOpenApi";
import { parseDefinition } from "#lib/schemas/definition";
import { diff } from "#lib/tell/diff";

/** Which scopes a token needs: as documents say it, as people type it, as callers are told. */

const head = 'openapi: 3.0.3\ninfo: {title: Pets, version: "1.0"}\n';
const schemes = `components:
  securitySchemes:
    petstore_auth: {type: oauth2, flows: {}}
    oidc: {type: openIdConnect, openIdConnectUrl: https://id.example}
    default: {type: oauth2, flows: {}}
    api_key: {type: apiKey, name: k, in: header}
    basic: {type: http, scheme: basic}
    bearer: {type: http, scheme: Bearer}
    tls: {type: mutualTLS}
    odd: {type: saml}
    same: {$ref: "#/components/securitySchemes/petstore_auth"}
`;
let made = 0;
const newId = () => `id${1000 + made++}`;

function read(text: string, present?: ApiDefinition) {
  const result = readOpenApi(text, { newId, ...(present && { present }) });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return {
    scopes: result.definition.resources.map((r) => r.scopes),
    secured: result.definition.resources.map((r) => r.secured),
    warnings: result.warnings.map((w) => `${w.line}: ${w.message}`),
    definition: result.definition,
  };
}
const operation = (security: string, more = "") =>
  `${head}${schemes}paths:\n  /a:\n    get: {security: ${security}${more}}\n`;
/** The line of the operation. */
const LINE = 16;

const stillNeeded = /callers need a token all the same, and any will do/;
for (const [what, security, scopes, warnings = []] of [
  [
    "scopes of a scheme of any name are needed together",
    "[{petstore_auth: [write:pets, read:pets]}]",
    [["write:pets", "read:pets"]],
  ],
  ["OpenID Connect has scopes, too", "[{oidc: [openid]}]", [["openid"]]],
  ["a scheme that is a reference is what it refers to", "[{same: [read]}]", [["read"]]],
  ["of WSO2's scheme one is enough", "[{default: [a, b]}]", [["a"], ["b"]]],
  ["requirements are alternatives", "[{petstore_auth: [a, b]}, {oidc: [c]}]", [["a", "b"], ["c"]]],
  ["schemes of one requirement are needed together", "[{petstore_auth: [a], oidc: [b]}]", [["a", "b"]]],
  [
    "one of WSO2's, and all of the others",
    "[{default: [a, b], oidc: [c]}]",
    [
      ["c", "a"],
      ["c", "b"],
    ],
  ],
  ["what is said twice counts once", "[{petstore_auth: [a, b, a]}, {oidc: [b, a]}]", [["a", "b"]]],
  ["a scheme without scopes means any token", "[{petstore_auth: []}]", []],
  ["a bearer token is any token", "[{bearer: []}]", []],
  ["WSO2's scheme without scopes means any token", "[{default: []}]", []],
  [
    "an alternative without scopes means any token",
    "[{petstore_auth: [a]}, {oidc: []}]",
    [],
    [/any token will do, whatever the others ask for/],
  ],
  ["an empty requirement means any token, never open", "[{petstore_auth: [a]}, {}]", [], [stillNeeded]],
  ["no security means no scopes, never open", "[]", [], [stillNeeded]],
  ["an API key alone is not checked", "[{api_key: []}]", [], [/api_key \(apiKey\) is not checked here/]],
  [
    "an API key instead of scopes opens nothing",
    "[{api_key: []}, {petstore_auth: [a, b]}]",
    [["a", "b"]],
    [/api_key \(apiKey\) is not checked/, /callers need what the others ask for/],
  ],
  [
    "an API key beside scopes is not checked, and told",
    "[{api_key: [], petstore_auth: [a]}]",
    [["a"]],
    [/api_key \(apiKey\)/],
  ],
  ["a certificate", "[{tls: []}]", [], [/tls \(mutualTLS\) is not checked/]],
  ["a password", "[{basic: []}]", [], [/basic \(http basic\) is not checked/]],
  ["roles are no scopes", "[{bearer: [admin]}]", [], [/Roles \(admin\) are no scopes and are not checked/]],
  [
    "a scheme that is nowhere counts as scopes",
    "[{lost: [a, b]}]",
    [["a", "b"]],
    [/no security scheme lost/],
  ],
  [
    "a scheme of an unknown type counts as scopes",
    "[{odd: [a]}]",
    [["a"]],
    [/no security scheme odd of a type that is known \(saml\)/],
  ],
  [
    "a scheme that is nowhere, without scopes",
    "[{lost: []}, {oidc: [a]}]",
    [["a"]],
    [/no security scheme lost/, /callers need what the others/],
  ],
  ["a text for a list", "[{petstore_auth: write}]", [["write"]], [/petstore_auth must have a list/]],
  ["nothing for a list", "[{petstore_auth: }]", [], [/petstore_auth has no list/]],
  [
    "a number among scopes is as it is written",
    "[{petstore_auth: [1.0, true]}]",
    [["1.0", "true"]],
    [/read as 1\.0/, /read as true/],
  ],
  ["a map for the list of requirements", "{petstore_auth: [a]}", [["a"]], [/security must be a list/]],
  [
    "a tuple of names that are no own keys",
    "[{constructor: [a], __proto__: [b]}]",
    [["a", "b"]],
    [/constructor/, /__proto__/],
  ],
] as [string, string, ScopeSets, RegExp[]?][]) {
  test(`security: ${what}`, () => {
    const { warnings: said, ...result } = read(operation(security));
    expect(result.scopes).toEqual([scopes]);
    expect(result.secured).toEqual([true]);
    expect(said).toHaveLength(warnings.length);
    warnings.forEach((warning, i) => {
      expect(said[i]).toMatch(warning);
      expect(said[i]).toMatch(new RegExp(`^${LINE}: `));
    });
  });
}

for (const [what, security, message] of [
  ["security that is a text", "petstore_auth", /must be a list of requirements/],
  ["a requirement that is a text", "[petstore_auth]", /must be a map of schemes/],
  ["a map for the list of scopes", "[{petstore_auth: {write: all}}]", /must have a list of scopes/],
  ["a scope that is a map", "[{petstore_auth: [{a: b}]}]", /must be a text, and not an empty one/],
  ["a scope of nothing", "[{petstore_auth: ['']}]", /must be a text, and not an empty one/],
  [
    "a scope without end",
    `[{petstore_auth: [${"a".repeat(201)}]}]`,
    /at most 200 characters; this one has 201/,
  ],
  [
    "more alternatives than there may be",
    `[${"{oidc: [a]}, ".repeat(101)}]`,
    /at most 100 sets.*101 requirements/,
  ],
  [
    "more scopes than there may be",
    `[{oidc: [${Array.from({ length: 501 }, (_, i) => `s${i}`)}]}]`,
    /501 in one list/,
  ],
  [
    "WSO2's scheme times the others",
    `[{default: [${Array.from({ length: 90 }, (_, i) => `d${i}`)}], oidc: [a, b, c, d, e, f]}]`,
    /at most 100 sets of scopes, with 500/,
  ],
] as const) {
  test(`refused with its line: ${what}`, () => {
    const result = readOpenApi(operation(security), { newId });
    if (result.ok) throw new Error("accepted");
    expect(result.problems[0]?.message).toMatch(message);
    expect(result.problems[0]?.line).toBe(LINE);
  });
}

test("what the document asks for holds for operations that say nothing of their own", () => {
  const text = `${head}${schemes}security: [{petstore_auth: [all]}]
paths:
  /a: {get: {}, put: {security: [{oidc: [own]}]}, post: {security: []}, delete: {security: }}
`;
  const { scopes, warnings } = read(text);
  expect(scopes).toEqual([[["all"]], [["own"]], [], [["all"]]]);
  expect(warnings).toEqual([expect.stringMatching(/^16: security is empty/)]);
});

test("of more remarks than are listed, that there are more is told", () => {
  const many = Array.from({ length: 300 }, (_, i) => `  /a${i}: {get: {security: [{lost: [a]}]}}\n`);
  const { warnings, scopes } = read(`${head}${schemes}paths:\n${many.join("")}`);
  expect(scopes).toHaveLength(300);
  expect(warnings).toHaveLength(201);
  expect(warnings.at(-1)).toContain("there are more");
});

test("Swagger 2.0 has its schemes elsewhere", () => {
  const { scopes, warnings } = read(`swagger: "2.0"
info: {title: Pets, version: "1"}
securityDefinitions: {petstore_auth: {type: oauth2, flow: implicit}, plain: {type: basic}}
paths: {/a: {get: {security: [{petstore_auth: ["write:pets", "read:pets"]}]}, put: {security: [{plain: []}]}}}
`);
  expect(scopes).toEqual([[["write:pets", "read:pets"]], []]);
  expect(warnings).toEqual(["4: plain (basic) is not checked here: callers need a token."]);
});

test("x-scope of older WSO2 documents: one of its names is enough", () => {
  expect(read(operation("[]", ", x-scope: 'a, b'")).scopes).toEqual([[["a"], ["b"]]]);
  const both = read(operation("[{default: [c]}]", ", x-scope: a"));
  expect(both.scopes).toEqual([[["c"]]]);
  expect(both.warnings).toEqual([expect.stringContaining("x-scope has no effect")]);
});

test("our own extension says sets and single ones, and tells when security asks for more", () => {
  const own = (sets: string) => read(operation("[{oidc: [a, b]}]", `, x-sluice-scopes: ${sets}`));
  expect(own("[[a, b], c]")).toMatchObject({
    scopes: [[["a", "b"], ["c"]]],
    warnings: [/security asks for more/],
  });
  expect(own("[[a, b, c]]")).toMatchObject({ scopes: [[["a", "b", "c"]]], warnings: [] });
  expect(own("[]").warnings).toEqual([
    `${LINE}: security asks for the scopes a and b; x-sluice-scopes counts, by which any token will do.`,
  ]);
  const refused = readOpenApi(operation("[]", ", x-sluice-scopes: [[]]"), { newId });
  expect(refused).toMatchObject({
    ok: false,
    problems: [{ line: LINE, message: "A set of scopes has at least one scope." }],
  });
});

test("scopes of an operation that is open are told to have no effect", () => {
  const { secured, scopes, warnings } = read(operation("[{oidc: [a]}]", ", x-auth-type: None"));
  expect({ secured, scopes }).toEqual({ secured: [false], scopes: [[["a"]]] });
  expect(warnings).toEqual([`${LINE}: Callers need no token here, so nobody is asked for the scope a.`]);
});

test("a document that says nothing leaves the scopes that there are", () => {
  const before = read(operation("[{oidc: [a, b]}]")).definition as ApiDefinition;
  const silent = `${head}paths:\n  /a:\n    get: {}\n`;
  expect(read(silent, before).scopes).toEqual([[["a", "b"]]]);
});

const scope = fc.constantFrom("read", "write:all", "a+b", "+", "a,b", "ü");
const sets = fc.array(fc.uniqueArray(scope, { minLength: 1, maxLength: 3 }), { maxLength: 4 });

test("what is typed reads back as it was written", () => {
  expect(readScopesText("read, write + admin")).toEqual([["read"], ["write", "admin"]]);
  expect(readScopesText(" a b,c ,, a+b ")).toEqual([["a"], ["b"], ["c"], ["a+b"]]);
  expect(readScopesText("+ a + , b + + c +")).toEqual([["a"], ["b", "c"]]);
  expect(readScopesText('"a,b" + "+"')).toEqual([["a,b", "+"]]);
  expect(readScopesText("")).toEqual([]);
  fc.assert(fc.property(sets, (some) => expect(readScopesText(scopesText(some))).toEqual(some)));
});

test("one whole set is enough, half a set is not", () => {
  const wanted = [["a", "b"], ["c"]];
  for (const [held, passes] of [
    [["a"], false],
    [["b"], false],
    [["b", "x", "a"], true],
    [["c"], true],
    [[], false],
  ] as const) {
    expect(enough(wanted, held), held.join()).toBe(passes);
  }
  expect(enough([], [])).toBe(true);
  expect(weaker([], wanted)).toBe(true);
  expect(weaker([["a"]], wanted)).toBe(true);
  expect(weaker([["a", "b", "x"]], wanted)).toBe(false);
  expect(weaker(wanted, [])).toBe(false);
});

test("callers are told what is needed, and asked for sets that open something", () => {
  const told = (wanted: ScopeSets) => refusalOf({ kind: "scope", wanted });
  expect(told([["a"]]).description).toBe("The token needs the scope a.");
  expect(told([["a"], ["b"]]).description).toBe("The token needs one of the scopes a, b.");
  expect(told([["a", "b", "c"]]).description).toBe("The token needs the scopes a, b and c.");
  expect(told([["a", "b"], ["c"]]).description).toBe("The token needs one of these: a and b together; or c.");
  expect(told([["a", "b"], ["c"]]).challenge).toContain('scope="a b c"');
  expect(told([["a", "ü"], ["c"]]).challenge).toContain('scope="c"');
  const many = Array.from({ length: 100 }, (_, i) => [`${i}`.padEnd(200, "x")]);
  expect(told(many).challenge!.length).toBeLessThan(2_200);
  expect(told(many).description).toContain("90 more");
  const long = told([Array.from({ length: 500 }, (_, i) => `s${i}`.padEnd(200, "x"))]);
  expect(long.description.length).toBeLessThan(2_200);
  expect(long.challenge).not.toContain("scope=");
  expect(scopeWords([])).toBe("");
});

const base = { name: "Pets", context: "/pets", version: "1.0" };
const stored = (scopes: unknown) =>
  parseDefinition({ ...base, resources: [{ method: "GET", path: "/a", scopes }] });
const parsed = (scopes: unknown) => {
  const result = stored(scopes);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.definition;
};

test("flat lists that were stored read as one-of, and show no change", () => {
  expect(parsed(["read", "write"]).resources[0]?.scopes).toEqual([["read"], ["write"]]);
  expect(diff(parsed(["read", "write"]), parsed([["read"], ["write"]]))).toEqual([]);
  expect(diff(parsed(["read"]), parsed([["read"], ["write", "admin"]]))).toEqual([
    "GET /a scopes read → read, write + admin",
  ]);
});

test("a set of nothing, and more than there may be, are not stored", () => {
  const message = (scopes: unknown) => {
    const result = stored(scopes);
    return result.ok ? "" : result.problems[0]?.message;
  };
  expect(message([["a"], []])).toBe("A set of scopes has at least one scope.");
  expect(message(["a".repeat(201)])).toBe("A scope has at most 200 characters.");
  expect(message(Array.from({ length: 101 }, () => "a"))).toMatch(/at most 100 sets/);
  expect(message(Array.from({ length: 6 }, () => Array.from({ length: 100 }, () => "a")))).toMatch(
    /500 scopes/,
  );
  expect(message([1])).toBeTruthy();
});

test("the exported text asks for the same, whatever the stored one says", () => {
  const documents = fc.constantFrom(
    operation("[{petstore_auth: [read, write]}, {oidc: [x]}]"),
    operation("[{default: [read, write]}]"),
    `${head}${schemes}security: [{petstore_auth: [all]}]\npaths: {/a: {get: {}}}\n`,
    operation("[]", ", x-sluice-scopes: [[a, b]]"),
    operation("[{oidc: [1]}]", ", x-scope: a"),
    "",
  );
  fc.assert(
    fc.property(sets, documents, (scopes, openapi) => {
      const definition = { ...parsed(writtenSets(scopes)), openapi };
      const again = read(writeOpenApi(definition, { format: "yaml" }));
      expect(again.scopes).toEqual([scopes]);
    }),
  );
  const same = {
    ...parsed([["read", "write"], ["x"]]),
    openapi: operation("[{petstore_auth: [read, write]}, {oidc: [x]}]"),
  };
  expect(writeOpenApi(same, { format: "yaml" })).not.toContain("x-sluice-scopes");
});
