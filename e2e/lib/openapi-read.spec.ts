import { expect, test } from "@playwright/test";
import type { ApiDefinition } from "#lib/edit/api";
import { readOpenApi } from "#lib/openapi/readOpenApi";
import { writeOpenApi } from "#lib/openapi/writeOpenApi";
import { readText } from "#lib/text/source";
import { workOf } from "../work";

let made = 0;
const newId = () => `id${1000 + made++}`;
const head = "openapi: 3.0.3\ninfo: {title: Pets, version: 1.0.0}\n";

function reading(text: string, present?: ApiDefinition) {
  const result = readOpenApi(text, { newId, present });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}
function refused(text: string) {
  const result = readOpenApi(text, { newId });
  return result.ok ? [] : result.problems;
}
const urls = (group: { enabled: boolean; endpoints: { url: string }[] } | undefined) =>
  group?.enabled ? group.endpoints.map((e) => e.url) : [];

test("why a title is not taken as the name is told as it is", () => {
  const said = (title: string) =>
    reading(`openapi: 3.0.3\ninfo: {title: "${title}", version: "1"}\npaths: {}\n`).warnings.map(
      (w) => w.message,
    )[0];
  expect(said("Pets & more")).toBe("The title holds what a name cannot: the name is Pets more.");
  expect(said("p".repeat(70))).toMatch(
    /^The title is longer than a name can be \(60 characters\): the name is p{60}\.$/,
  );
  expect(said(`${"p".repeat(70)}&`)).toMatch(/^The title holds what a name cannot and is longer than/);
});

test("an operation that never gets a call is told with its line", () => {
  const operation = "    get: {responses: {}}\n";
  const { warnings } = reading(`${head}paths:\n  /a/{id}:\n${operation}  /a/{name}:\n${operation}`);
  expect(warnings).toMatchObject([
    {
      line: 7,
      message: "GET /a/{name} never gets a call: GET /a/{id} stands before it and takes the same ones.",
    },
  ]);
});

test("what is no OpenAPI document, or nothing, is told as that", () => {
  expect(refused("hello world").map((p) => p.message)).toEqual([
    "This is not an OpenAPI document: the key openapi (or swagger) is missing.",
  ]);
  expect(refused(" \n").map((p) => p.message)).toEqual(["It is empty."]);
});

test("endpoint objects of the API are read with everything they say", () => {
  const { definition, names, contextFrom } = reading(`${head}x-wso2-basePath: /pets
x-wso2-auth-header: X-Token
x-wso2-production-endpoints:
  urls: [http://a, http://b]
  type: failover
  advanceEndpointConfig:
    timeoutInMillis: 5000
    retryConfig: {count: 3, statusCodes: [502, 504]}
    circuitBreakers: {maxConnections: 7}
  securityConfig: {type: BASIC, username: anna, password: open sesame}
paths: {/pets: {get: {}, post: {x-auth-type: None}}}
`);
  const { production } = definition.endpoints;
  expect(urls(production)).toEqual(["http://a", "http://b"]);
  expect(production).toMatchObject({
    routing: "failover",
    responseTimeoutMs: 5000,
    retryOnStatus: { count: 3, statusCodes: [502, 504] },
    circuitBreakers: { maxConnections: 7, maxRetries: null },
    security: { kind: "basic", basic: { username: "anna", password: { plain: "open sesame" } } },
  });
  expect(definition.openapi).not.toContain("open sesame");
  expect(definition).toMatchObject({
    context: "/pets",
    isDefaultVersion: true,
    security: { header: "X-Token" },
  });
  expect(definition.resources.map((r) => r.secured)).toEqual([true, false]);
  expect([names.production, names.sandbox, contextFrom]).toEqual(["extension", null, "x-wso2-basePath"]);
});

test("the mis-indented example of the documentation is repaired, with its line", () => {
  const { definition, warnings } = reading(`${head}paths:
  /pet/findByStatus:
    get: {responses: {}}
    x-wso2-production-endpoints:
    urls:
      - https://petstore.example/v2
      - https://other.example/v2
    type: load_balance
`);
  expect(urls(definition.resources[0]?.endpoints?.production)).toHaveLength(2);
  expect(warnings).toContainEqual({
    line: 7,
    path: ["paths", "/pet/findByStatus", "x-wso2-production-endpoints"],
    message:
      "urls, type stood beside x-wso2-production-endpoints instead of under it, and was read as if indented.",
  });
});

test("operation counts more than path, path more than API, extensions more than servers", () => {
  const { definition } = reading(`${head}servers: [{url: https://server}, {url: /relative}]
x-wso2-production-endpoints: {urls: [http://api]}
x-wso2-endpoints: [{named: {urls: [http://named]}}]
paths:
  /a:
    x-wso2-production-endpoints: {urls: [http://path]}
    x-wso2-sandbox-endpoints: {urls: [http://sand]}
    get: {x-wso2-production-endpoints: "#/x-wso2-endpoints/named"}
    post: {}
  /b: {get: {}}
`);
  expect(urls(definition.endpoints.production)).toEqual(["http://api"]);
  const [get, post, other] = definition.resources;
  expect(urls(get?.endpoints?.production)).toEqual(["http://named"]);
  expect(urls(get?.endpoints?.sandbox)).toEqual(["http://sand"]);
  expect(urls(post?.endpoints?.production)).toEqual(["http://path"]);
  expect(other?.endpoints).toBeNull();
});

test("without any endpoint there is none: never a made-up localhost", () => {
  const { definition, names, warnings } = reading(
    `${head}servers: [{url: /v1}, {url: "https://{env}.example"}]\npaths: {}`,
  );
  expect(urls(definition.endpoints.production)).toEqual([]);
  expect(names.production).toBeNull();
  expect(warnings.map((w) => w.message).join("\n")).toMatch(
    /relative and was skipped[\s\S]*template and was skipped/,
  );
});

test("Swagger 2.0 names its endpoint by host, schemes and basePath", () => {
  const { definition } = reading(
    '{"swagger": "2.0", "info": {"title": "P", "version": "1"}, "host": "h.example", "schemes": ["http", "https"], "basePath": "/b", "paths": {}}',
  );
  expect(urls(definition.endpoints.production)).toEqual(["https://h.example/b"]);
  expect(definition.context).toBe("/b");
});

test("imported again, an endpoint keeps its id and the settings that the document does not name", () => {
  const text = `${head}x-wso2-basePath: /p\nx-wso2-production-endpoints: {urls: [http://a, http://b]}\npaths: {/x: {get: {}}}`;
  const first = reading(text).definition as ApiDefinition;
  const [a, b] = first.endpoints.production.endpoints;
  const endpoints = [{ ...a!, weight: 7 }, b!];
  const present = {
    ...first,
    endpoints: { ...first.endpoints, production: { ...first.endpoints.production, endpoints } },
  };
  const again = reading(text.replace("http://b", "http://c"), present).definition.endpoints.production
    .endpoints;
  expect(again[0]).toEqual({ ...a, weight: 7 });
  expect(again[1]?.url).toBe("http://c");
  expect(again[1]?.id).not.toBe(b?.id);
});

for (const [what, text] of [
  [
    "variables of servers",
    'servers: [{url: "http://{a}/x", variables: {a: {default: b.example}}}]\npaths: {/a: {get: {}}}\n',
  ],
  [
    "a URL without a scheme",
    "x-wso2-production-endpoints: {urls: [10.0.0.1:8080], type: 12} # ours\npaths: {/a: {get: {}}}\n",
  ],
  ["a path with a query", "paths: {/a: {get: {}}, '/a?b=c': {get: {}}, /c: {get: {}}}\n"],
  [
    "retries that WSO2 has not",
    "x-wso2-sandbox-endpoints: {urls: [http://a], advanceEndpointConfig: {timeoutInMillis: 700000, retryConfig: {count: 9, statusCodes: [200]}}}\npaths: {/a: {get: {}}}\n",
  ],
] as const) {
  test(`${what}: the export has them as they were written, and is read as the same`, () => {
    const written = `openapi: 3.0.3\ninfo: { title: Pets, version: 1.0.0 }\nx-wso2-basePath: /p\n${text}`;
    const definition = reading(written).definition as ApiDefinition;
    const exported = writeOpenApi(definition, { format: "yaml" });
    expect(exported.replaceAll(/([{[]) | ([}\]])/g, "$1$2")).toBe(
      written.replaceAll(/([{[]) | ([}\]])/g, "$1$2"),
    );
    expect(reading(exported, definition).definition).toEqual({ ...definition, openapi: exported });
  });
}

const nested = (n: number) => `${"[".repeat(n)}${"]".repeat(n)}`;
const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefghij"].map((c, i) => `${c}: &${c} [${Array(10).fill(`*${"abcdefghij"[i]}`).join(",")}]`).join("\n")}`;
for (const [what, text, line, message] of [
  [
    "an unknown reference",
    `${head}x-wso2-endpoints: {one: {urls: [http://a]}}\nx-wso2-production-endpoints: "#/x-wso2-endpoints/two"`,
    4,
    "There is no endpoint #/x-wso2-endpoints/two. Known: #/x-wso2-endpoints/one.",
  ],
  [
    "a URL with a user",
    `${head}x-wso2-production-endpoints:\n  urls:\n    - http://u:p@a`,
    5,
    "must not contain a user name",
  ],
  [
    "security of an unknown kind",
    `${head}x-wso2-production-endpoints:\n  urls: [http://a]\n  securityConfig: {type: NTLM}`,
    5,
    "which is not known",
  ],
  ["a key that stands twice", `${head}paths: {}\r\npaths: {}`, 4, "stands here twice, first in line 3"],
  ["flow nesting", `${head}x-a: ${nested(100_000)}`, 3, "Nested more than 100 levels"],
  ["block nesting", "- ".repeat(100_000), 1, "Nested more than 100 levels"],
  ["a bomb of aliases", bomb, 6, "too large"],
  ["an alias of itself", "a: &a [*a]", 1, "contains itself"],
  [
    "a cycle of path references",
    `${head}paths: {/a: {$ref: "#/paths/~1b"}, /b: {$ref: "#/paths/~1a"}}`,
    3,
    "leads back to itself",
  ],
  ["a million syntax errors", "[]".repeat(1_000_000), 1, "This does not belong here"],
  ["a text that is no document", "hello", 1, "not an OpenAPI document"],
] as const) {
  test(`${what} is refused with its line`, () => {
    const [problem] = refused(text);
    expect(problem?.message).toContain(message);
    expect(problem?.line).toBe(line);
  });
}

test("BOM, CRLF, prototype keys and huge numbers are read, and written back as they were", () => {
  const text = `\uFEFF${head}x-huge: 12345678901234567890\nx-more: 1e400\n__proto__: {polluted: true}\nconstructor: 1\nno: no\npaths: {}\n`;
  const definition = { ...reading(text.replaceAll("\n", "\r\n")).definition, context: "/p" } as ApiDefinition;
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  for (const format of ["yaml", "json"] as const) {
    const written = writeOpenApi(definition, { format });
    for (const part of ["12345678901234567890", "1e400", "__proto__", "polluted"])
      expect(written).toContain(part);
  }
});

test("2000 operations are read in about four times the work of 500", () => {
  const operations = (count: number) => {
    const paths = Array.from(
      { length: count / 2 },
      (_, i) => `  /p${i}:\n    get: {responses: {}}\n    post: {responses: {}}\n`,
    );
    const text = `${head}paths:\n${paths.join("")}`;
    return () => expect(reading(text).definition.resources).toHaveLength(count);
  };
  const few = workOf(operations(500));
  expect(workOf(operations(2000))).toBeLessThan(10 * few);
});

test("a text that is neither YAML nor JSON is told where and how, one problem a line, without a parser's words", () => {
  const problems = (text: string) => {
    const result = readText(text);
    return result.ok ? [] : result.problems.map(({ line, message }) => `${line}: ${message}`);
  };
  const noColon =
    "This name has no “: ” behind it. A text of several lines needs quotes; in JSON a comma may be missing before it.";
  const second =
    "A second “: ” follows. Put a text that contains one in quotes, or write each field on a line of its own, indented like its neighbours.";
  const cases: [text: string, problem: string][] = [
    ["info: a: b", `1: ${second}`],
    ["info:\n\ttitle: Pizza", "2: Indent with spaces: YAML does not allow tabs."],
    ["openapi: 3.0.0\ninfo\n  title: Pizza", `2: ${noColon}`],
    ['{\n "a": 1\n "b": 2\n}', `2: ${noColon}`],
    ['{"a" 1}', "1: A comma or a colon is missing before this."],
    ["tags: [a, b\ninfo: 1", "2: A [ is not closed: its ] is missing before this."],
    ["title: 'Pizza", "1: A text in quotes is not closed: its ' is missing."],
    [
      "a:\n  b: 1\n c: 2",
      "3: This is indented unlike its neighbours: the fields of one object begin in the same column.",
    ],
    ["title: @pizza", "1: A text must not begin with @: put it in quotes."],
    ['title: "a\\q"', "1: Invalid escape sequence \\q. Write a backslash as \\\\, or use single quotes."],
    ["title: 'it's'", "1: This does not belong here. Is a quote, a comma or a line break missing before it?"],
    ['{"a": 1}}', "1: This does not belong here. Is a quote, a comma or a line break missing before it?"],
  ];
  for (const [text, problem] of cases) expect(problems(text), text).toEqual([problem]);
});

const address = "https://docs.example:8443/pets/openapi.yaml?v=1";
const fetched = (text: string, from = address) => {
  const result = readOpenApi(text, { newId, address: from });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
};

for (const [url, resolved] of [
  ["/api/v3", "https://docs.example:8443/api/v3"],
  ["v1", "https://docs.example:8443/pets/v1"],
  ["./v1/", "https://docs.example:8443/pets/v1/"],
  ["../v1", "https://docs.example:8443/v1"],
  ["/", "https://docs.example:8443/"],
  ["//api.example/v1", "https://api.example/v1"],
  ["/{stage}/v1", "https://docs.example:8443/live/v1"],
] as const) {
  test(`a server ${url} of a document that was fetched is meant against its address`, () => {
    const servers = `servers: [{url: "${url}", variables: {stage: {default: live}}}]\n`;
    const { definition, warnings, names } = fetched(
      `${head}${servers}paths: {/a: {${servers.trim()}, get: {}}}\n`,
    );
    expect(urls(definition.endpoints.production)).toEqual([resolved]);
    expect(urls(definition.resources[0]?.endpoints?.production)).toEqual([resolved]);
    expect([warnings, names.production]).toEqual([[], "servers"]);
    // The export names them, since whoever reads it does not know where it came from.
    const api = { ...definition, context: definition.context ?? "/p" } as ApiDefinition;
    const exported = writeOpenApi(api, { format: "yaml" });
    expect(exported).toContain(`url: "${url}"`);
    expect({ ...reading(exported, api).definition, openapi: "" }).toEqual({ ...api, openapi: "" });
  });
}

test("other servers of a document that was fetched are what they are", () => {
  const servers = '[{url: ""}, {url: "mailto:anna"}, {url: "?a=b"}, {url: "/{none}"}, {url: "http://a"}]';
  const { definition, warnings } = fetched(`${head}servers: ${servers}\npaths: {}`);
  expect(urls(definition.endpoints.production)).toEqual(["http://a"]);
  expect(warnings.map((w) => w.message)).toEqual([
    expect.stringMatching(/is relative and was skipped/),
    expect.stringMatching(/is relative and was skipped/),
    expect.stringMatching(/was skipped.*query/),
    expect.stringMatching(/is a template and was skipped/),
  ]);
  expect(fetched(`${head}paths: {}`).names.production).toBeNull();
});

test("Swagger 2.0 that was fetched has the host and the scheme of its address where it names none", () => {
  const of = (more: string, from?: string) => {
    const { definition, warnings } = fetched(`swagger: "2.0"\ninfo: {title: P, version: "1"}\n${more}`, from);
    return [...urls(definition.endpoints.production), ...warnings.map((w) => w.message)];
  };
  expect(of("basePath: /v2")).toEqual(["https://docs.example:8443/v2"]);
  expect(of("basePath: /v2", "http://[::1]:80/a")).toEqual(["http://[::1]/v2"]);
  expect(of("basePath: /v2\nschemes: [http]")).toEqual(["http://docs.example:8443/v2"]);
  expect(of("host: h\nbasePath: /v2", "http://d/a")).toEqual(["http://h/v2"]);
  expect(of("paths: {}")).toEqual([]);
});
