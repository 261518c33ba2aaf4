import { expect, test } from "@playwright/test";
import type { ApiDefinition } from "#lib/edit/api";
import { readOpenApi } from "#lib/openapi/readOpenApi";
import { writeOpenApi } from "#lib/openapi/writeOpenApi";
import { readText } from "#lib/text/source";
import { readProject } from "#lib/wso2/readProject";
import { workOf } from "../work";

/** Merge keys (`<<`) of YAML: docs/rules/wso2.md section 1. */

let made = 0;
const newId = () => `id${1000 + made++}`;

function source(text: string) {
  const read = readText(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.source;
}
const plain = (text: string) => JSON.parse(JSON.stringify(source(text).value));
const problems = (text: string) => {
  const read = readText(text);
  return read.ok ? [] : read.problems.map(({ line, message }) => `${line}: ${message}`);
};
function reading(text: string, present?: ApiDefinition) {
  const result = readOpenApi(text, { newId, ...(present && { present }) });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

const base = "base: &base {a: 1, b: {c: 2}}\n";
for (const [what, text, expected] of [
  ["an alias", `${base}x: {<<: *base, d: 3}`, { a: 1, b: { c: 2 }, d: 3 }],
  ["a map that stands there", "x: {<<: {a: 1}, d: 3}", { a: 1, d: 3 }],
  ["a block", "x:\n  <<:\n    a: 1\n  d: 3", { a: 1, d: 3 }],
  ["an own key after it", `${base}x: {<<: *base, a: 9}`, { a: 9, b: { c: 2 } }],
  ["an own key before it", `${base}x: {a: 9, <<: *base}`, { a: 9, b: { c: 2 } }],
  ["an own key of no value", `${base}x: {<<: *base, a: , b: }`, { a: null, b: null }],
  [
    "a list, the first counting",
    `${base}x: {<<: [{a: 7, e: 5}, *base, {e: 6}]}`,
    { a: 7, e: 5, b: { c: 2 } },
  ],
  ["an empty list", "x: {<<: [], d: 3}", { d: 3 }],
  ["maps that merge themselves", `${base}m: &m {<<: *base, b: 0}\nx: {<<: *m, f: 1}`, { a: 1, b: 0, f: 1 }],
  ["a list by an alias", `${base}l: &l [*base, {a: 0, g: 1}]\nx: {<<: *l}`, { a: 1, b: { c: 2 }, g: 1 }],
  [
    "keys of prototypes",
    "x: {<<: {__proto__: {p: 1}, constructor: 2}}",
    JSON.parse('{"__proto__": {"p": 1}, "constructor": 2}'),
  ],
] as const) {
  test(`merged: ${what}`, () => {
    const read = source(text);
    expect(JSON.parse(JSON.stringify(read.value.x))).toEqual(expected);
    expect(read.warnings).toEqual([]);
    // Written out, it says the same, whichever form it is read in again.
    expect(plain(read.expanded().toString())).toEqual(plain(text));
    expect(plain(read.tree.toString())).toEqual(plain(text));
    expect(({} as Record<string, unknown>).p).toBeUndefined();
  });
}

for (const [what, text, expected] of [
  ["in quotes", 'x: {"<<": {a: 1}}', { "<<": { a: 1 } }],
  ["of JSON", '{"x": {"<<": {"a": 1}}}', { "<<": { a: 1 } }],
] as const) {
  test(`a key ${what} is one like any other`, () => {
    expect(source(text)).toMatchObject({ warnings: [], hasAliases: false });
    expect(plain(text).x).toEqual(expected);
  });
}

for (const given of ["text", "[{a: 1}, 2]", "[[{a: 1}]]", ""]) {
  test(`what is no map and no list of maps has no effect, which is said: ${given || "nothing"}`, () => {
    const { warnings, value } = source(`y: 1\nx: {<<: ${given}, d: 3}`);
    expect(warnings).toMatchObject(
      [{ line: 2, path: ["x", "<<"], message: /takes a map or a list of maps/ }].map(
        ({ message: _m, ...rest }) => rest,
      ),
    );
    expect(value.x).toMatchObject({ d: 3 });
    expect(value.x).not.toHaveProperty("a");
  });
}

test("bombs, chains and circles of merges are refused with their line", () => {
  const names = [..."abcdefghij"];
  const bomb = names.map((name, i) => {
    const before = Array(12)
      .fill(`*${names[i - 1]}`)
      .join(", ");
    return `${name}: &${name} {${i === 0 ? "k: xxxxxxxxxxxxxxxx" : `<<: [${before}]`}}`;
  });
  expect(problems(bomb.join("\n"))[0]).toMatch(/^\d: The aliases make this document too large/);
  const chain = Array.from(
    { length: 200 },
    (_, i) => `a${i}: &a${i} {k${i}: 1${i > 0 ? `, <<: *a${i - 1}` : ""}}`,
  );
  expect(problems(chain.join("\n"))[0]).toMatch(/^\d+: Nested more than 100 levels deep by aliases/);
  expect(problems("a: &a {<<: *a}")).toEqual([expect.stringContaining("contains itself")]);
  expect(problems("a: {<<: *b}\nb: &b {}")).toEqual([expect.stringContaining("does not stand before it")]);
  expect(problems("a: {<<: {b: 1}, <<: {c: 2}}")).toEqual([expect.stringContaining("stands here twice")]);
});

test("four times as many keys that many maps merge are read in about four times the work", () => {
  const merging = (count: number) => {
    const keys = Array.from({ length: count }, (_, i) => `k${i}: 1`).join(", ");
    const maps = Array.from({ length: 100 }, (_, i) => `m${i}: {<<: *all, k${i}: 2}`).join("\n");
    return () => {
      const read = source(`all: &all {${keys}}\n${maps}`);
      const lines = new Set(Array.from({ length: 500 }, () => read.lineOf(["m5", "none"])));
      expect([...lines]).toEqual([7]);
    };
  };
  const few = workOf(merging(500));
  expect(workOf(merging(2_000))).toBeLessThan(10 * few);
});

const document = `# how we call it
openapi: 3.1.0
x-info: &info
  title: Pets # the name
  version: 1.0
x-common: &common
  x-wso2-production-endpoints:
    urls: [ http://a?b ]
  # for all
  get: { responses: {} }
info:
  <<: *info
  description: Ours
x-wso2-basePath: /pets
paths:
  /a:
    <<: *common
    put: { responses: {} } # changes
  /b: { <<: [ *common, { post: {} } ] }
`;
const fine = document.replace("http://a?b", "http://a");

test("an API of which parts are merged is read, with the line that a part stands in", () => {
  const { definition } = reading(fine);
  expect(definition).toMatchObject({ name: "Pets", version: "1.0", description: "Ours" });
  const found = definition.resources.map(
    (r) => `${r.method} ${r.path} ${r.endpoints?.production.endpoints[0]?.url}`,
  );
  expect(found).toEqual(["GET /a http://a", "PUT /a http://a", "GET /b http://a", "POST /b http://a"]);
  const bad = readOpenApi(document, { newId });
  expect(bad.ok ? [] : bad.problems.map((p) => p.line)).toEqual([8, 8]);
});

test("the export leaves merges and comments as they are until one of them changes", () => {
  const definition = reading(fine).definition as ApiDefinition;
  expect(writeOpenApi(definition, { format: "yaml" })).toBe(fine);
  const [first, ...others] = definition.resources;
  const changed = { ...definition, resources: [{ ...first!, secured: false }, ...others] };
  const yaml = writeOpenApi(changed, { format: "yaml" });
  for (const kept of [
    "# how we call it\n",
    "title: Pets # the name\n",
    "# for all\n",
    "put: { responses: {} } # changes\n",
  ])
    expect(yaml).toContain(kept);
  expect(yaml.indexOf("x-common:")).toBeLessThan(yaml.indexOf("paths:"));
  for (const text of [yaml, writeOpenApi(changed, { format: "json" })]) {
    const again = reading(text, changed).definition;
    expect({ ...again, openapi: "" }).toEqual({ ...changed, openapi: "" });
    expect(text).not.toContain("<<");
  }
});

test("no password stays in the text, also where another key goes before it", () => {
  const login = (password: string) => `{type: BASIC, username: u, password: ${password}}`;
  const text = `openapi: 3.1.0
info: {title: P, version: "1"}
x-login: &login {securityConfig: ${login("one-secret")}}
x-wso2-production-endpoints: {urls: [http://a], <<: *login}
x-wso2-sandbox-endpoints:
  <<: [{securityConfig: ${login("two-secret")}}, {securityConfig: {<<: {password: three-secret}}}]
  urls: [http://s]
  securityConfig: {<<: ${login("four-secret")}, password: five-secret}
x-sluice-sandbox-endpoints: {<<: {security: {basic: {password: six-secret}}}, security: {<<: {basic: {password: seven-secret}}}}
paths: {}
`;
  const { definition } = reading(text);
  expect(definition.openapi).not.toMatch(/-secret/);
  expect(definition.openapi.match(/"\(set\)"/g)).toHaveLength(7);
  const { production, sandbox } = definition.endpoints;
  expect(production.security).toMatchObject({ kind: "basic", basic: { password: { plain: "one-secret" } } });
  expect(sandbox.security).toMatchObject({ kind: "basic", basic: { password: { plain: "seven-secret" } } });
});

test("api.yaml and parameter files are merged, too", () => {
  const api = `base: &base {name: Pets, context: /pets, version: 1.0}
data:
  <<: *base
  endpointConfig: {<<: {endpoint_type: http, production_endpoints: {url: "http://a:1"}}}
`;
  const read = readProject(new Map([["api.yaml", api]]), { newId });
  expect(read).toMatchObject({ ok: true, definition: { name: "Pets", version: "1.0", context: "/pets" } });
  const params = {
    file: "params.yaml",
    text: `x: &x {endpoints: {production: {url: "http://b:1"}}}\nenvironments: [{name: e, configs: {<<: *x}}]`,
  };
  const replaced = readProject(new Map([["api.yaml", api]]), { newId, params });
  expect(replaced).toMatchObject({
    definition: { endpoints: { production: { endpoints: [{ url: "http://b:1" }] } } },
  });
});
