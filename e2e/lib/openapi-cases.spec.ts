import { expect, test } from "@playwright/test";
import type { ApiDefinition } from "#lib/edit/api";
import { readOpenApi } from "#lib/openapi/readOpenApi";

/** Every row of the table of extensions (docs/rules/wso2.md section 1) at every level where it counts. */

let made = 0;
const newId = () => `id${1000 + made++}`;

interface Case {
  what: string;
  /** What follows the head of a document; a text that begins with its own head says so. */
  text: string;
  expected: unknown;
  /** Every warning, as `line: message`; none unless given. */
  warnings?: (string | RegExp)[];
}

const heads = {
  "3.0": 'openapi: 3.0.3\ninfo: {title: Pets, version: "1.0"}\n',
  "3.1": 'openapi: 3.1.0\ninfo: {title: Pets, version: "1.0"}\n',
  "2.0": 'swagger: "2.0"\ninfo: {title: Pets, version: "1.0"}\n',
};

type Reading = Extract<ReturnType<typeof readOpenApi>, { ok: true }>;

function cases(
  title: string,
  view: (d: Reading["definition"]) => unknown,
  rows: Case[],
  head = heads["3.0"],
): void {
  test.describe(title, () => {
    for (const { what, text, expected, warnings = [] } of rows) {
      test(what, () => {
        const result = readOpenApi(head + text, { newId });
        if (!result.ok) throw new Error(JSON.stringify(result.problems));
        expect(view(result.definition)).toEqual(expected);
        const said = result.warnings.map((w) => `${w.line}: ${w.message}`);
        expect(said).toHaveLength(warnings.length);
        warnings.forEach((warning, i) => {
          expect(said[i]).toMatch(warning);
        });
      });
    }
  });
}

const urlsOf = (group: ApiDefinition["endpoints"]["production"]) =>
  group.enabled ? group.endpoints.map((e) => e.url) : null;
const groupsOf = (groups: ApiDefinition["endpoints"] | null) =>
  groups && { p: urlsOf(groups.production), s: urlsOf(groups.sandbox) };
/** The API's URLs, then those of each operation (null: the API's). */
const everyUrl = (d: Reading["definition"]) => ({
  api: groupsOf(d.endpoints),
  ...Object.fromEntries(d.resources.map((r) => [`${r.method} ${r.path}`, groupsOf(r.endpoints)])),
});
const none = { p: null, s: null };
const api = "x-wso2-production-endpoints: {urls: [http://api]}\n";

cases("x-wso2-basePath", ({ context, isDefaultVersion }) => [context, isDefaultVersion], [
  { what: "without the version", text: "x-wso2-basePath: /pets\npaths: {}", expected: ["/pets", true] },
  { what: "with the version", text: "x-wso2-basePath: /pets/1.0\npaths: {}", expected: ["/pets", false] },
  {
    what: "with {version}",
    text: "x-wso2-basePath: /v/{version}/pets\npaths: {}",
    expected: ["/v/{version}/pets", false],
  },
  { what: "is the version alone", text: "x-wso2-basePath: /1.0\npaths: {}", expected: ["/{version}", false] },
  {
    what: "counts more than servers",
    text: "x-wso2-basePath: /pets\nservers: [{url: http://h/other}]\npaths: {}",
    expected: ["/pets", true],
  },
  {
    what: "else the path of the last absolute server",
    text: "servers: [{url: http://h/one}, {url: http://h/two/}, {url: /three}]\npaths: {}",
    expected: ["/two", true],
    warnings: [/^3: The server \/three is relative and was skipped/],
  },
]);

cases("x-wso2-production-endpoints and x-wso2-sandbox-endpoints", everyUrl, [
  {
    what: "of the API",
    text: `${api}x-wso2-sandbox-endpoints: {urls: [http://sand]}\npaths: {/a: {get: {}}}`,
    expected: { api: { p: ["http://api"], s: ["http://sand"] }, "GET /a": null },
  },
  {
    what: "of a path, for each of its operations and no other",
    text: `${api}paths:
  /a: {x-wso2-production-endpoints: {urls: [http://path]}, get: {}, put: {}}
  /b: {get: {}}`,
    expected: {
      api: { p: ["http://api"], s: null },
      "GET /a": { p: ["http://path"], s: null },
      "PUT /a": { p: ["http://path"], s: null },
      "GET /b": null,
    },
  },
  {
    what: "of an operation, before its path's and for its key type alone",
    text: `${api}paths:
  /a:
    x-wso2-production-endpoints: {urls: [http://path]}
    x-wso2-sandbox-endpoints: {urls: [http://path-sand]}
    get: {x-wso2-sandbox-endpoints: {urls: [http://op-sand]}}`,
    expected: {
      api: { p: ["http://api"], s: null },
      "GET /a": { p: ["http://path"], s: ["http://op-sand"] },
    },
  },
  {
    what: "a sandbox alone leaves no production to the servers, which is said",
    text: "servers: [{url: http://h}]\nx-wso2-sandbox-endpoints: {urls: [http://s]}\npaths: {}",
    expected: { api: { p: null, s: ["http://s"] } },
    warnings: [/^3: servers gives no endpoints beside x-wso2-sandbox-endpoints, so production has none here/],
  },
  {
    what: "a sandbox alone that our own key of production stands beside",
    text: `servers: [{url: http://h}]
x-wso2-sandbox-endpoints: {urls: [http://s]}
x-sluice-production-endpoints: {enabled: true, endpoints: [{url: http://own}]}
paths: {}`,
    expected: { api: { p: ["http://own"], s: ["http://s"] } },
  },
  {
    what: "an empty sandbox, and one of a path, leave the servers as they are",
    text: `servers: [{url: http://h}]
x-wso2-sandbox-endpoints:
paths: {/a: {x-wso2-sandbox-endpoints: {urls: [http://s]}, get: {}}}`,
    expected: { api: { p: ["http://h"], s: null }, "GET /a": { p: null, s: ["http://s"] } },
    warnings: [/^4: x-wso2-sandbox-endpoints is empty/],
  },
  {
    what: "a sandbox alone leaves the servers of a path",
    text: `x-wso2-sandbox-endpoints: {urls: [http://s]}\npaths: {/a: {servers: [{url: http://h}], get: {}}}`,
    expected: { api: { p: null, s: ["http://s"] }, "GET /a": { p: ["http://h"], s: null } },
  },
  {
    what: "an empty one says nothing",
    text: "x-wso2-production-endpoints:\npaths: {}",
    expected: { api: none },
    warnings: [/^3: x-wso2-production-endpoints is empty and has no effect/],
  },
]);

const named = `x-wso2-production-endpoints: "#/x-wso2-endpoints/two"\npaths:
  /a: {x-wso2-sandbox-endpoints: "#/x-wso2-endpoints/one", get: {}}
  /b: {get: {x-wso2-production-endpoints: "#/x-wso2-endpoints/one"}}`;
const byName = {
  api: { p: ["http://two"], s: null },
  "GET /a": { p: null, s: ["http://one"] },
  "GET /b": { p: ["http://one"], s: null },
};
cases("x-wso2-endpoints", everyUrl, [
  {
    what: "as a list of maps with one key each",
    text: `x-wso2-endpoints:\n  - one: {urls: [http://one]}\n  - two: {urls: [http://two]}\n${named}`,
    expected: byName,
  },
  {
    what: "as a plain map",
    text: `x-wso2-endpoints:\n  one: {urls: [http://one]}\n  two: {urls: [http://two]}\n${named}`,
    expected: byName,
  },
  {
    what: "as one map with several keys in a list",
    text: `x-wso2-endpoints:\n  - one: {urls: [http://one]}\n    two: {urls: [http://two]}\n${named}`,
    expected: byName,
  },
]);

cases("endpoint objects", ({ endpoints: { production: p } }) => [p.routing, p.endpoints.length], [
  { what: "one URL", text: `${api}paths: {}`, expected: ["single", 1] },
  ...(
    [
      ["several URLs", "", "loadBalanced"],
      ["load_balance", "type: load_balance, ", "loadBalanced"],
      ["failover", "type: failover, ", "failover"],
      ["a type that begins with failover", "type: failover_nine, ", "failover"],
      ["an unknown type", "type: weird, ", "loadBalanced"],
    ] as const
  ).map(([what, type, routing]) => ({
    what,
    text: `x-wso2-production-endpoints: {${type}urls: [http://a, http://b]}\npaths: {}`,
    expected: [routing, 2],
    warnings: type.includes("weird") ? [/^3: The type weird is not known: several URLs are balanced/] : [],
  })),
]);

cases(
  "URLs without a scheme",
  ({ endpoints: { production: p } }) => p.endpoints.map((e) => e.url),
  (
    [
      ["an address with a port and a path", "10.0.0.1:8080/v1", "http://10.0.0.1:8080/v1"],
      ["a name", "backend", "http://backend"],
      ["a name with a port", "localhost:9080", "http://localhost:9080"],
      ["a name with a path", "a.example/v1/", "http://a.example/v1/"],
      ["an IPv6 address", "[::1]:8080/v1", "http://[::1]:8080/v1"],
    ] as const
  ).map(([what, url, read]) => ({
    what,
    text: `x-wso2-production-endpoints:\n  urls: ["${url}"]\npaths: {}`,
    expected: [read],
    warnings: [/^4: .*: It has no scheme and is read as http:\/\//],
  })),
);

cases(
  "types that are no text",
  ({ endpoints: { production: p } }) => [p.routing, p.endpoints.length],
  (["12", "true", "[failover]", "{a: failover}"] as const).map((type) => ({
    what: type,
    text: `x-wso2-production-endpoints:\n  urls: [http://a, http://b]\n  type: ${type}\npaths: {}`,
    expected: ["loadBalanced", 2],
    warnings: [/^5: The type .* is not known: several URLs are balanced/],
  })),
);

cases(
  "advanceEndpointConfig",
  ({ endpoints: { production: p } }) => [
    p.responseTimeoutMs,
    p.retryOnStatus.count,
    p.retryOnStatus.statusCodes,
  ],
  (
    [
      [
        "within its bounds",
        "timeoutInMillis: 60000, retryConfig: {count: 5, statusCodes: [401, 598]}",
        [60_000, 5, [401, 598]],
        [],
      ],
      [
        "a long timeout",
        "timeoutInMillis: 700000",
        [60_000, 0, []],
        [/^3: timeoutInMillis must be from 1 to 60000: 60000 is used/],
      ],
      ["a long timeout as text", 'timeoutInMillis: "60001"', [60_000, 0, []], [/60000 is used/]],
      ["no timeout", "timeoutInMillis: 0", [1, 0, []], [/1 is used/]],
      [
        "many tries",
        "retryConfig: {count: 10, statusCodes: [502]}",
        [null, 5, [502]],
        [/^3: count must be from 0 to 5: 5 is used/],
      ],
      [
        "fewer tries than none",
        "retryConfig: {count: -1, statusCodes: [502]}",
        [null, 5, [502]],
        [/^3: count .*5 is used/],
      ],
      [
        "statuses that nobody tries again on",
        "retryConfig: {count: 2, statusCodes: [200, 502, 400, 599, 1000, -1]}",
        [null, 2, [502]],
        [/^3: 200 is left out/, /^3: 400 is/, /^3: 599 is/, /^3: 1000 is/, /^3: -1 is/],
      ],
      [
        "no other statuses",
        "retryConfig: {count: 2, statusCodes: 200}",
        [null, 2, [504]],
        [/^3: 200 is left out/, /^3: No status to try again on is left: 504 is used/],
      ],
      ["no statuses", "retryConfig: {count: 2}", [null, 2, [504]], [/^3: No status .*504 is used/]],
      ["no tries", "retryConfig: {count: 0, statusCodes: [200]}", [null, 0, []], [/^3: 200 is left out/]],
    ] as const
  ).map(([what, advanced, expected, warnings]) => ({
    what,
    text: `x-wso2-production-endpoints: {urls: [http://a], advanceEndpointConfig: {${advanced}}}\npaths: {}`,
    expected,
    warnings: [...warnings],
  })),
);

cases(
  "x-wso2-disable-security and x-auth-type",
  ({ security, resources }) => [security.kind, ...resources.map((r) => r.secured)],
  [
    { what: "of nothing", text: "paths: {/a: {get: {}}}", expected: ["jwt", true] },
    {
      what: "of the API",
      text: "x-wso2-disable-security: true\npaths: {/a: {get: {}}}",
      expected: ["none", true],
    },
    {
      what: "of a path",
      text: "paths: {/a: {x-wso2-disable-security: true, get: {}}, /b: {get: {}}}",
      expected: ["jwt", false, true],
    },
    {
      what: "of an operation, before its path",
      text: "paths: {/a: {x-wso2-disable-security: true, get: {x-wso2-disable-security: false}, put: {}}}",
      expected: ["jwt", true, false],
    },
    {
      what: "of an open API with an operation that is not",
      text: "x-wso2-disable-security: true\npaths: {/a: {get: {x-wso2-disable-security: false}, put: {}}}",
      expected: ["jwt", true, false],
    },
    {
      what: "as text",
      text: 'paths: {/a: {get: {x-wso2-disable-security: "true"}}}',
      expected: ["jwt", false],
    },
    { what: "x-auth-type: None", text: "paths: {/a: {get: {x-auth-type: None}}}", expected: ["jwt", false] },
    {
      what: "x-auth-type of another kind",
      text: "paths: {/a: {get: {x-auth-type: Application & Application User}}}",
      expected: ["jwt", true],
    },
  ],
);

cases("x-wso2-auth-header", ({ security }) => security.header, [
  { what: "is the token's header", text: "x-wso2-auth-header: X-Token\npaths: {}", expected: "X-Token" },
  { what: "else Authorization", text: "paths: {}", expected: "Authorization" },
]);

const defaults = {
  allowOrigins: ["*"],
  allowMethods: ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"],
  allowHeaders: ["authorization", "Content-Type"],
  exposeHeaders: [],
  allowCredentials: false,
};
cases("x-wso2-cors", ({ cors }) => cors, [
  { what: "missing", text: "paths: {}", expected: { enabled: false, ...defaults } },
  {
    what: "whole",
    text: `x-wso2-cors:
  corsConfigurationEnabled: true
  accessControlAllowOrigins: [https://a.example]
  accessControlAllowMethods: [GET]
  accessControlAllowHeaders: [X-A]
  accessControlExposeHeaders: [X-B]
  accessControlAllowCredentials: true
paths: {}`,
    expected: {
      enabled: true,
      allowOrigins: ["https://a.example"],
      allowMethods: ["GET"],
      allowHeaders: ["X-A"],
      exposeHeaders: ["X-B"],
      allowCredentials: true,
    },
  },
  {
    what: "in part, without a switch: on, with the defaults for the rest",
    text: "x-wso2-cors: {accessControlAllowOrigins: https://a.example}\npaths: {}",
    expected: { enabled: true, ...defaults, allowOrigins: ["https://a.example"] },
  },
  {
    what: "switched off, with its lists kept",
    text: "x-wso2-cors: {corsConfigurationEnabled: false, accessControlAllowMethods: [GET]}\npaths: {}",
    expected: { enabled: false, ...defaults, allowMethods: ["GET"] },
  },
]);

cases("servers", everyUrl, [
  {
    what: "of the API, all absolute ones",
    text: 'servers: [{url: "http://a/v1"}, {url: "https://b:8443"}, {url: /c}]\npaths: {}',
    expected: { api: { p: ["http://a/v1", "https://b:8443"], s: null } },
    warnings: [/^3: The server \/c is relative and was skipped/],
  },
  {
    what: "of a path, for its operations; the sandbox stays the API's",
    text: "servers: [{url: http://a}]\npaths:\n  /x:\n    servers: [{url: http://path}]\n    get: {}\n  /y: {get: {}}",
    expected: {
      api: { p: ["http://a"], s: null },
      "GET /x": { p: ["http://path"], s: null },
      "GET /y": null,
    },
  },
  {
    what: "of a path, behind an extension of the operation",
    text: `paths:\n  /x:\n    servers: [{url: http://path}]\n    get: {x-wso2-production-endpoints: {urls: [http://op]}}`,
    expected: { api: none, "GET /x": { p: ["http://op"], s: null } },
  },
  {
    what: "of an operation have no effect, which is said",
    text: "paths:\n  /x:\n    get:\n      servers: [{url: http://op}]",
    expected: { api: none, "GET /x": null },
    warnings: [/^6: The servers of an operation have no effect: use x-wso2-production-endpoints/],
  },
  {
    what: "with a template are skipped",
    text: 'servers: [{url: "https://{env}.example"}]\npaths: {}',
    expected: { api: none },
    warnings: [/^3: The server https:\/\/\{env\}\.example is a template and was skipped/],
  },
  {
    what: "with variables have their defaults in their places",
    text: `servers:
  - {url: "{scheme}://{host}:{port}/v{n}", variables: {scheme: {default: https}, host: {default: a.example}, port: {default: 8443}, n: {default: 1.0}}}
  - {url: "http://{host}{none}", variables: {host: {enum: [x, b.example], default: b.example}, none: {default: ""}}}
paths: {/x: {servers: [{url: "http://{host}/x", variables: {host: {default: c}}}], get: {}}}`,
    expected: {
      api: { p: ["https://a.example:8443/v1.0", "http://b.example"], s: null },
      "GET /x": { p: ["http://c/x"], s: null },
    },
  },
  {
    what: "with variables of which one is not filled, or not usably, are skipped",
    text: `servers:
  - {url: "http://{a}/{b}", variables: {a: {default: a.example}}}
  - {url: "http://{constructor}", variables: {a: {default: x}}}
  - {url: "http://{a}", variables: {a: {enum: [x]}}}
  - {url: "http://{a}", variables: {a: {default: "{b}"}, b: {default: x}}}
  - {url: "http://{a}/v1", variables: {a: {default: "u:p@h"}}}
  - {url: "http://{a}{a}", variables: {a: {default: ${"x".repeat(1500)}}}}
paths: {}`,
    expected: { api: none },
    warnings: [
      /^4: .*http:\/\/a\.example\/\{b\} is a template/,
      /^5: .*is a template/,
      /^6: .*is a template/,
      /^7: .*http:\/\/\{b\} is a template/,
      /^8: .*was skipped.*user name/,
      /^9: .*is a template/,
    ],
  },
]);

cases("paths with a query or a fragment", everyUrl, [
  {
    what: "are left out, and the rest is there",
    text: `paths:
  /a?x=1: {get: {}, post: {}}
  /a#b: {get: {}}
  "/a/{b}?": {$ref: "#/paths/~1a"}
  "?": {get: {}}
  /a: {get: {}}`,
    expected: { api: none, "GET /a": null },
    warnings: [/^4: \/a\?x=1 was left out/, /^5: \/a#b was/, /^6: \/a\/\{b\}\? was/, /^7: \? was/],
  },
]);

cases(
  "host, schemes and basePath",
  (d) => [urlsOf(d.endpoints.production), d.context],
  [
    {
      what: "together are one URL",
      text: "host: h.example:8443\nschemes: [https, http]\nbasePath: /v2\npaths: {}",
      expected: [["https://h.example:8443/v2"], "/v2"],
    },
    {
      what: "http alone",
      text: "host: h\nschemes: [http]\npaths: {}",
      expected: [["http://h"], undefined],
    },
    {
      what: "schemes are missing",
      text: "host: h\nbasePath: /\npaths: {}",
      expected: [["https://h"], undefined],
      warnings: [/^3: schemes is missing: https was taken/],
    },
    {
      what: "a basePath alone is a context",
      text: "basePath: /v2\npaths: {}",
      expected: [null, "/v2"],
    },
    {
      what: "an extension counts more",
      text: `host: h\nschemes: [http]\nbasePath: /v2\n${api}paths: {}`,
      expected: [["http://api"], "/v2"],
    },
    {
      what: "a sandbox alone leaves no production to the host",
      text: "host: h\nschemes: [http]\nbasePath: /v2\nx-wso2-sandbox-endpoints: {urls: [http://s]}\npaths: {}",
      expected: [null, "/v2"],
      warnings: [/^3: host gives no endpoints beside x-wso2-sandbox-endpoints/],
    },
  ],
  heads["2.0"],
);

cases(
  "OpenAPI 3.1",
  everyUrl,
  [
    {
      what: "path items by reference, what stands beside one counting more",
      text: `components:
  pathItems:
    pet:
      x-wso2-production-endpoints: {urls: [http://shared]}
      get: {}
      delete: {}
paths:
  /a: {$ref: "#/components/pathItems/pet"}
  /b: {$ref: "#/components/pathItems/pet", x-wso2-production-endpoints: {urls: [http://own]}}`,
      expected: {
        api: none,
        "GET /a": { p: ["http://shared"], s: null },
        "DELETE /a": { p: ["http://shared"], s: null },
        "GET /b": { p: ["http://own"], s: null },
        "DELETE /b": { p: ["http://own"], s: null },
      },
    },
    {
      what: "webhooks become no resources, which is said",
      text: "webhooks:\n  newPet: {post: {}}\npaths:\n  /a: {get: {}}",
      expected: { api: none, "GET /a": null },
      warnings: [/^3: Webhooks are calls that the API makes itself/],
    },
    {
      what: "webhooks without any path",
      text: "webhooks:\n  newPet: {post: {}}",
      expected: { api: none },
      warnings: [/^3: Webhooks/],
    },
    {
      what: "lists of types, $defs and examples pass",
      text: `jsonSchemaDialect: https://json-schema.org/draft/2020-12/schema
paths:
  /a:
    get:
      parameters: [{name: q, in: query, schema: {type: [string, "null"], examples: [a, null]}}]
components:
  schemas:
    Pet: {type: [object, "null"], $defs: {tag: {type: string}}, properties: {tag: {$ref: "#/components/schemas/Pet/$defs/tag"}}}`,
      expected: { api: none, "GET /a": null },
    },
  ],
  heads["3.1"],
);

const published = "https://localhost:2383/v1";
cases("the documentation's examples", everyUrl, [
  {
    what: "API level",
    text: `x-wso2-production-endpoints:
  urls:
    - ${published}
    - https://localhost:2384/v1
  type: load_balance
x-wso2-sandbox-endpoints:
  urls:
    - https://localhost:2385/v1
paths: {/pet: {get: {}}}`,
    expected: {
      api: { p: [published, "https://localhost:2384/v1"], s: ["https://localhost:2385/v1"] },
      "GET /pet": null,
    },
  },
  {
    what: "resource level",
    text: `${api}paths:
  /pet/findByStatus:
    get: {}
    x-wso2-production-endpoints:
      urls:
        - ${published}
      type: failover`,
    expected: { api: { p: ["http://api"], s: null }, "GET /pet/findByStatus": { p: [published], s: null } },
  },
  ...(["production", "sandbox"] as const).map((keyType) => ({
    what: `resource level as it is printed, urls and type not indented (${keyType})`,
    text: `paths:
  /pet/findByStatus:
    get: {}
    x-wso2-${keyType}-endpoints:
    urls:
      - ${published}
    type: load_balance
  /pet: {get: {}}`,
    expected: {
      api: none,
      "GET /pet/findByStatus":
        keyType === "production" ? { p: [published], s: null } : { p: null, s: [published] },
      "GET /pet": null,
    },
    warnings: [
      /^7: urls, type stood beside x-wso2-\w+-endpoints instead of under it, and was read as if indented/,
    ],
  })),
]);

test.describe("what is wrong names its line", () => {
  for (const [what, text, line, message] of [
    [
      "an unknown name of an endpoint",
      'paths:\n  /a:\n    get:\n      x-wso2-production-endpoints: "#/x-wso2-endpoints/no"',
      6,
      /There is no endpoint #\/x-wso2-endpoints\/no\. The document has none/,
    ],
    [
      "a reference to a reference",
      'x-wso2-endpoints: {one: "#/x-wso2-endpoints/one"}\nx-wso2-production-endpoints: "#/x-wso2-endpoints/one"',
      4,
      /must be an endpoint object, not a reference again/,
    ],
    ["no urls", "x-wso2-production-endpoints:\n  type: failover", 3, /urls must name at least one URL/],
    ["a query in a URL", "x-wso2-production-endpoints:\n  urls:\n    - http://a?b=c", 5, /query/],
    [
      "a variable",
      "x-wso2-production-endpoints:\n  urls:\n    - http://{host}/v1",
      5,
      /Nothing fills \{host\}/,
    ],
    [
      "a variable in a resource's sandbox by name",
      'x-wso2-endpoints: [{one: {urls: ["http://a/{b}"]}}]\npaths: {/a: {get: {x-wso2-sandbox-endpoints: "#/x-wso2-endpoints/one"}}}',
      3,
      /Nothing fills \{b\}/,
    ],
    [
      "a negative timeout",
      "x-wso2-production-endpoints:\n  urls: [http://a]\n  advanceEndpointConfig:\n    timeoutInMillis: -1",
      6,
      /timeoutInMillis must be a whole number from 1 to 60000/,
    ],
    [
      "a negative timeout as text, of a resource",
      'paths: {/a: {get: {x-wso2-sandbox-endpoints: {urls: [http://a], advanceEndpointConfig: {timeoutInMillis: "-500"}}}}}',
      3,
      /timeoutInMillis must be/,
    ],
    [
      "a status that is none",
      "x-wso2-production-endpoints:\n  urls: [http://a]\n  advanceEndpointConfig: {retryConfig: {count: 1, statusCodes: [5xx]}}",
      5,
      /5xx is not an HTTP status/,
    ],
    ...(
      [
        "mailto:anna",
        "ftp://a",
        "//a/v1",
        "/v1",
        "a b",
        "u:p@a",
        "a:0",
        "http:/a",
        "http:a",
        "a?b=c",
      ] as const
    ).map(
      (url) =>
        [
          `the URL ${url}`,
          `x-wso2-production-endpoints:\n  urls: ["${url}"]`,
          4,
          /: "?(A|The|ftp)\b/,
        ] as const,
    ),
    [
      "a path without its slash",
      "paths:\n  /a: {get: {}}\n  b: {get: {}}",
      5,
      /A resource path starts with \//,
    ],
    ["port 0", "x-wso2-production-endpoints:\n  urls: [http://a:0]", 4, /1 to 65535/],
    ["port 65536", "x-wso2-production-endpoints:\n  urls: [http://a:65536]", 4, /./],
    ["a security switch that is none", "x-wso2-disable-security: maybe", 3, /must be true or false/],
    ["an impossible header", "x-wso2-auth-header: a b", 3, /header name/],
    ["CORS that is no map", "x-wso2-cors: true", 3, /must be a map/],
    [
      "security without a type",
      "x-wso2-production-endpoints:\n  urls: [http://a]\n  securityConfig: {username: u}",
      5,
      /has no type/,
    ],
  ] as const) {
    test(what, () => {
      const result = readOpenApi(heads["3.0"] + text, { newId });
      const [problem] = result.ok ? [] : result.problems;
      expect(problem?.message).toMatch(message);
      expect(problem?.line).toBe(line);
    });
  }
});

for (const url of ["http://[::1]:8080/v1", "http://h", "https://x:65535/", "http://10.0.0.1:1"]) {
  test(`${url} is a URL of an endpoint`, () => {
    const text = `${heads["3.0"]}x-wso2-production-endpoints: {urls: ["${url}"]}\npaths: {}`;
    const result = readOpenApi(text, { newId });
    expect(result.ok && urlsOf(result.definition.endpoints.production)).toEqual([url]);
  });
}
