import { expect, test } from "@playwright/test";
import type { ApiDefinition } from "#lib/edit/api";
import { parseDefinition } from "#lib/schemas/definition";
import { noteText } from "#lib/wso2/projectNotes";
import { readProject } from "#lib/wso2/readProject";
import { writeProject } from "#lib/wso2/writeProject";
import { workOf } from "../work";

/** Path items of a project's definition in other files of it: docs/rules/wso2.md section 2. */

let made = 0;
const newId = () => `new-${++made}`;
const yaml = 'data: {name: Pets, context: /pets, version: "1.0"}\n';
const head = 'openapi: 3.1.0\ninfo: { title: Pets, version: "1.0" }\n';

function read(files: Record<string, string>, present?: ApiDefinition) {
  const isWhole = Object.keys(files).some((name) => name.endsWith("/api.yaml"));
  const given = new Map(Object.entries(isWhole ? files : { "api.yaml": yaml, ...files }));
  return readProject(given, { newId, ...(present && { present }) });
}

function project(files: Record<string, string>, present?: ApiDefinition) {
  const result = read(files, present);
  if (!result.ok) throw new Error(result.problems.map(noteText).join("\n"));
  const parsed = parseDefinition(result.definition);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { resources } = parsed.definition;
  const found = resources.map(
    (r) => `${r.method} ${r.path} ${r.endpoints?.production.endpoints.map((e) => e.url).join() ?? "-"}`,
  );
  return { api: parsed.definition, found, told: result.warnings.map(noteText) };
}

/** Exports it, reads that and exports it again: the same API, and the same files. */
function exportedAgain(api: ApiDefinition) {
  const exported = Object.fromEntries(writeProject(api));
  const again = project(exported, api);
  expect({ ...again.api, extras: {}, openapi: "" }).toEqual({ ...api, extras: {}, openapi: "" });
  expect(again.api.openapi).toBe(exported["Pets-1.0/Definitions/swagger.yaml"]);
  // The order of keys in api.yaml is another matter.
  const main = { "Pets-1.0/api.yaml": expect.any(String) };
  expect(Object.fromEntries(writeProject(again.api))).toEqual({ ...exported, ...main });
  return { exported, told: again.told };
}

function refused(files: Record<string, string>): string[] {
  const result = read(files);
  return result.ok ? [] : result.problems.map(noteText);
}

const main = (ref: string, more = "") => ({
  "Definitions/swagger.yaml": `${head}paths:\n  /a: { $ref: "${ref}"${more} }\n  /b: { get: {} }\n`,
});
const item = "x-wso2-production-endpoints: { urls: [ http://a ] }\nget: {} # found\n";

for (const [what, ref, others] of [
  ["a file beside it", "a.yaml", { "Definitions/a.yaml": item }],
  ["a file in a folder", "./paths/a.yaml", { "Definitions/paths/a.yaml": item }],
  ["a file above it", "../paths/a%20b.yml", { "paths/a b.yml": item }],
  [
    "a part of a file",
    "all.yaml#/items/~1a~0b",
    {
      "Definitions/all.yaml":
        "items:\n  /a~b:\n    x-wso2-production-endpoints: { urls: [ http://a ] }\n    get: {} # found\n",
    },
  ],
  [
    "JSON",
    "a.json",
    { "Definitions/a.json": '{"x-wso2-production-endpoints": {"urls": ["http://a"]}, "get": {}}' },
  ],
  [
    "a file that refers to another one, relative to itself",
    "paths/a.yaml",
    {
      "Definitions/paths/a.yaml": "$ref: ../b.yaml#/x\n",
      "Definitions/b.yaml":
        "x: { $ref: '#/y' }\ny:\n  x-wso2-production-endpoints: { urls: [ http://a ] }\n  get: {} # found\n",
    },
  ],
  [
    "a file that refers back to another part of the definition",
    "a.yaml",
    {
      "Definitions/a.yaml":
        "$ref: swagger.yaml#/paths/~1b\nx-wso2-production-endpoints: { urls: [ http://a ] }\n",
    },
  ],
  [
    "a file whose parts are shared",
    "a.yaml#/x",
    {
      "Definitions/a.yaml":
        "e: &e { x-wso2-production-endpoints: { urls: [ http://a ] } }\nx: { <<: *e, get: {} }\n",
    },
  ],
] as const) {
  test(`a path item in ${what} is read, and the export has it`, () => {
    const files: Record<string, string> = { ...main(ref), ...others };
    const { api, found, told } = project(files);
    expect([found, told]).toEqual([["GET /a http://a", "GET /b -"], []]);
    expect(api.openapi).toContain("http://a");
    expect(api.openapi).not.toContain("$ref");
    if (JSON.stringify(files).includes("# found")) expect(api.openapi).toContain("# found");
    expect(exportedAgain(api).told).toEqual([]);
  });
}

test("what stands beside a reference counts more, and a definition in JSON stays one", () => {
  const beside = ', put: {}, x-wso2-production-endpoints: { urls: [ "http://own" ] }';
  const { found } = project({ ...main("a.yaml", beside), "Definitions/a.yaml": item });
  expect(found).toEqual(["GET /a http://own", "PUT /a http://own", "GET /b -"]);
  const json =
    '{"openapi": "3.1.0", "info": {"title": "P", "version": "1"}, "paths": {"/a": {"$ref": "a.yaml"}}}';
  const own = project({ "Definitions/swagger.json": json, "Definitions/a.yaml": item });
  expect(own.found).toEqual(["GET /a http://a"]);
  expect(JSON.parse(own.api.openapi).paths["/a"].get).toEqual({});
});

test("references within what is written out mean the same as before, and numbers are as they were", () => {
  const inner = `get:
  x-number: 1.0
  responses:
    "200": { $ref: "#/ok" }
    "404": { $ref: ../other.yaml#/missing }
    "500": { $ref: ../swagger.yaml#/components/responses/error }
    "503": { $ref: https://a.example/x.yaml }
ok: { description: fine }
`;
  const { api } = project({ ...main("paths/a.yaml"), "Definitions/paths/a.yaml": inner });
  for (const kept of ["x-number: 1.0", "paths/a.yaml#/ok", "other.yaml#/missing", "https://a.example/x.yaml"])
    expect(api.openapi).toContain(kept);
  expect(api.openapi).toMatch(/\$ref: "?#\/components\/responses\/error"?/);
  expect(api.openapi).not.toContain("../");
});

test("no password of another file stays in the text", () => {
  const secret =
    "x-wso2-production-endpoints: {urls: [http://a], securityConfig: {type: BASIC, username: u, password: one-secret}}\nget: {}\n";
  const { api } = project({ ...main("a.yaml"), "Definitions/a.yaml": secret });
  expect(api.openapi).not.toContain("one-secret");
  const [{ endpoints } = { endpoints: null }] = api.resources;
  expect(endpoints?.production.security.basic.password).toEqual({ plain: "one-secret" });
});

for (const [what, ref, others, message] of [
  ["an absolute path", "/etc/passwd", {}, /line 4, paths.\/a.\$ref: \/etc\/passwd leads out of the project/],
  ["a path with a drive", "C:/a.yaml", {}, /leads out of the project/],
  ["a path with backslashes", "..\\\\a.yaml", {}, /leads out of the project/],
  ["a folder above the project", "../../a.yaml", {}, /leads out of the project/],
  ["a folder above the project, encoded", "%2e%2e/%2e%2e/api.yaml", {}, /leads out of the project/],
  ["a host", "//a.example/a.yaml", {}, /leads out of the project/],
  [
    "a part that is not there",
    "a.yaml#/x",
    { "Definitions/a.yaml": item },
    /a.yaml#\/x is not in Definitions\/a.yaml/,
  ],
  ["a file that is no map", "a.yaml", { "Definitions/a.yaml": "- 1" }, /Definitions\/a.yaml, line 1: /],
  [
    "a file that is not readable",
    "a.yaml",
    { "Definitions/a.yaml": "get: {}\nput: [" },
    /Definitions\/a.yaml, line \d: /,
  ],
  [
    "a file that refers to itself",
    "a.yaml",
    { "Definitions/a.yaml": "$ref: a.yaml" },
    /a.yaml in Definitions\/a.yaml leads back to itself/,
  ],
  [
    "files that refer to each other",
    "a.yaml",
    { "Definitions/a.yaml": "$ref: b.yaml", "Definitions/b.yaml": "$ref: a.yaml" },
    /leads back to itself/,
  ],
  [
    "a file that refers to where it is referred to",
    "a.yaml",
    { "Definitions/a.yaml": "$ref: swagger.yaml#/paths/~1a" },
    /leads back to itself/,
  ],
  [
    "files of more than 10 MiB together",
    "a.yaml",
    { "Definitions/a.yaml": `get: {}\n${"# long\n".repeat(1_500_000)}` },
    /longer than 10 MiB/,
  ],
] as const) {
  test(`${what} is refused with file and place`, () => {
    const told = refused({ ...main(ref), ...others });
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^Definitions\/swagger.yaml, line 4, paths.\/a.\$ref: /);
    expect(told[0]).toMatch(message);
  });
}

for (const [what, ref, message] of [
  ["a file that is not there", "no.yaml", /Definitions\/no.yaml is not in the project/],
  ["an address", "http://127.0.0.1:1/a.yaml", /is outside of this document and was not fetched/],
] as const) {
  test(`${what} is told, and the rest is read`, () => {
    const { api, found, told } = project(main(ref));
    expect(found).toEqual(["GET /b -"]);
    expect(told).toEqual([expect.stringMatching(message)]);
    expect(told[0]).toMatch(/^Definitions\/swagger.yaml, line 4, paths.\/a.\$ref: /);
    expect(exportedAgain(api).told).toEqual(told);
  });
}

test("many references to one large file are refused before they are written out", () => {
  const paths = Array.from({ length: 1_000 }, (_, i) => `  /p${i}: {$ref: a.yaml}\n`).join("");
  const to = (description: string) =>
    refused({
      "Definitions/swagger.yaml": `${head}paths:\n${paths}`,
      "Definitions/a.yaml": `get: {description: ${description}}\n`,
    });
  const small = workOf(() => expect(to("x")).toEqual([]));
  const large = workOf(() => expect(to("x".repeat(1_000_000))[0]).toMatch(/longer than 10 MiB/));
  expect(large).toBeLessThan(3 * small);
});

test("files that the definition refers to are kept and written back, those beside it and no others", () => {
  const files = {
    ...main("paths/a.yaml"),
    "Definitions/paths/a.yaml":
      "get: { responses: { '200': { $ref: '../answers/ok.yaml#/ok' }, '400': { $ref: '#/bad' } } }\nbad: { description: b }\n",
    "Definitions/answers/ok.yaml":
      "ok: { description: fine, content: { a/b: { schema: { $ref: pet.json } } } } # ours\n",
    "Definitions/answers/pet.json":
      '{"$ref": "ok.yaml#/ok", "x": {"$ref": "../swagger.yaml#/x"}, "y": {"$ref": "../../params.yaml"}}',
    "Definitions/unused.yaml": "a: 1\n",
    "params.yaml": "environments: []\n",
    "api_meta.yaml": "name: Pets\n",
  };
  const { api } = project(files);
  const { exported } = exportedAgain(api);
  const kept = ["paths/a.yaml", "answers/ok.yaml", "answers/pet.json"].map((name) => `Definitions/${name}`);
  for (const name of [...kept, "api_meta.yaml"])
    expect(exported[`Pets-1.0/${name}`]).toBe(files[name as keyof typeof files]);
  expect(Object.keys(exported)).toHaveLength(kept.length + 4);
});

test("of files that the definition refers to no password is kept, and no more than 1 MiB", () => {
  const secret = "a: {securityConfig: {type: BASIC, username: u, password: one-secret}}\n";
  const files = {
    "Definitions/swagger.yaml": `${head}x-a: {$ref: a.yaml}\nx-b: [{$ref: b.yaml}]\npaths: {/b: {get: {}}}\n`,
    "Definitions/a.yaml": secret,
    "Definitions/b.yaml": `a: ${"x".repeat(1024 * 1024)}\n`,
  };
  const { api, told } = project(files);
  expect(JSON.stringify(api.extras)).toContain("Definitions/a.yaml");
  expect(JSON.stringify(api.extras)).not.toMatch(/one-secret|xxx/);
  expect(told).toEqual([expect.stringMatching(/Definitions\/b.yaml is not kept: at most 1 MiB/)]);
});

test("where in a large file a part stands makes no difference", () => {
  const paths = Array.from({ length: 3_000 }, (_, i) => `  /p${i}: {$ref: "all.yaml#/PART"}\n`).join("");
  const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1\n`).join("");
  const all = `first: {get: {}}\n${keys}last: {get: {}}\n`;
  const [first = 0, last] = ["first", "last"].map((part) => {
    const start = process.cpuUsage();
    const main = `${head}paths:\n${paths.replaceAll("PART", part)}`;
    const { found } = project({ "Definitions/swagger.yaml": main, "Definitions/all.yaml": all });
    expect(found).toHaveLength(3_000);
    return process.cpuUsage(start).user;
  });
  expect(last).toBeLessThan(5 * first);
});
