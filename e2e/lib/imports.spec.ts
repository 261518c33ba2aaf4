import { expect, test } from "@playwright/test";
import { lostScopes, withScopes } from "#lib/access/lostScopes";
import { type ApiDefinition, deployProblems } from "#lib/edit/api";
import { askedScopes } from "#lib/openapi/askedScopes";
import { readOpenApi } from "#lib/openapi/readOpenApi";
import { parseDefinition } from "#lib/schemas/definition";
import { remembering, type TextReader } from "#lib/text/source";
import { noteText } from "#lib/wso2/projectNotes";
import { readProject } from "#lib/wso2/readProject";
import { writeProject } from "#lib/wso2/writeProject";

/** What an import leaves as it is, and what it tells to have no effect. */

let made = 0;
const newId = () => `id${1000 + made++}`;

function parsed(input: object): ApiDefinition {
  const result = parseDefinition({ name: "Pets", context: "/pets", version: "1.0", ...input });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.definition;
}

function project(files: Record<string, string>, present?: ApiDefinition) {
  const read = readProject(new Map(Object.entries(files)), { newId, ...(present && { present }) });
  if (!read.ok) throw new Error(read.problems.map(noteText).join("\n"));
  return { api: parsed(read.definition), told: read.warnings.map(noteText) };
}

function document(text: string, present?: ApiDefinition) {
  const result = readOpenApi(text, { newId, ...(present && { present }) });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const { name = "Pets", version = "1.0", context = "/pets" } = result.definition;
  const told = result.warnings.map((w) => `${w.line}, ${w.path.join(".")}: ${w.message}`);
  return { api: parsed({ ...result.definition, name, version, context }), told };
}

const head = 'openapi: 3.0.3\ninfo: {title: Pets, version: "1.0"}\n';
const paths = "paths: {/a: {get: {}}}\n";
const yaml = (more = "") => `data:\n  name: Pets\n  context: /pets\n  version: "1.0"\n${more}`;

for (const [what, isDefault, text] of [
  ["a base path without the version", false, "x-wso2-basePath: /pets\n"],
  ["a base path with the version", true, "x-wso2-basePath: /pets/1.0\n"],
  ["a server", false, "servers: [{url: 'http://a/pets'}]\n"],
  ["nothing", true, ""],
] as const) {
  test(`Default version stays ${isDefault ? "on" : "off"}: a document with ${what}`, () => {
    const present = parsed({ isDefaultVersion: isDefault });
    const openapi = head + text + paths;
    const { api, told } = document(openapi, present);
    expect(api.isDefaultVersion).toBe(isDefault);
    const said = told.filter((sentence) => sentence.includes("Default version"));
    expect(said).toHaveLength(text.endsWith("/pets\n") ? 1 : 0);
    for (const more of ["", "  isDefaultVersion: false\n"]) {
      // A template's false is only believed where nothing speaks for the path without the version.
      if (more && isDefault) continue;
      const files = { "api.yaml": yaml(more), "Definitions/swagger.yaml": openapi };
      expect(project(files, present).api.isDefaultVersion, more).toBe(isDefault);
    }
  });
}

test("Default version changes where the project says so", () => {
  const of = (flag: boolean, isDefaultVersion: boolean) =>
    project({ "api.yaml": yaml(`  isDefaultVersion: ${flag}\n`) }, parsed({ isDefaultVersion })).api;
  expect(of(true, false).isDefaultVersion).toBe(true);
  expect(of(false, true).isDefaultVersion).toBe(false);
});

const group = (url: string) => ({
  enabled: true,
  endpoints: [{ id: "kept-1", url, weight: 4 }],
  healthCheck: { enabled: true },
});
const rich = () =>
  parsed({
    description: "What it is for",
    isDefaultVersion: true,
    transports: { http: false, https: true },
    security: { header: "X-Token", audiences: ["a"], forwardToken: true },
    preserveHost: true,
    cors: { enabled: true, allowOrigins: ["https://shop.example"] },
    limits: { maxAttempts: 7 },
    endpoints: { production: group("http://a:1") },
    resources: [{ method: "GET", path: "/a", scopes: [["x", "y"]] }],
    openapi: `${head}paths: {/a: {get: {summary: kept}}}\n`,
  });

test("a project that names nothing but its API leaves all settings as they are", () => {
  const { extras: _e, ...api } = project({ "api.yaml": yaml() }, rich()).api;
  const { extras: _f, ...before } = rich();
  expect(api).toEqual(before);
});

test("what a project says counts, in either file, also where it says what is usual", () => {
  const more = "  authorizationHeader: Authorization\n  transport: [http]\n  description: New\n";
  const { api } = project({ "api.yaml": yaml(more) }, rich());
  expect(api).toMatchObject({
    description: "New",
    transports: { http: true, https: false },
    security: { header: "Authorization", audiences: ["a"] },
    limits: { maxAttempts: 7 },
  });
  const definition = `${head}x-wso2-auth-header: Authorization\nx-wso2-cors: {corsConfigurationEnabled: false}\n${paths}`;
  const files = { "api.yaml": yaml(), "Definitions/swagger.yaml": definition };
  const both = project(files, rich()).api;
  expect(both).toMatchObject({ security: { header: "Authorization" }, cors: { enabled: false } });
  expect(both).toMatchObject({ preserveHost: true, description: "What it is for" });
});

test("what we export replaces everything, also what it does not write because it is usual", () => {
  const plain = parsed({ endpoints: { production: group("http://a:1") } });
  const { api } = project(Object.fromEntries(writeProject(plain)), rich());
  const { extras: _e, openapi: _o, ...rest } = api;
  const { extras: _f, openapi: _p, ...expected } = plain;
  expect(rest).toEqual(expected);
});

test("a project that is only begun replaces no settings that it does not name", () => {
  const files = Object.fromEntries(writeProject(parsed({}), { begins: true }));
  const { api } = project(files, rich());
  expect(api).toMatchObject({
    limits: { maxAttempts: 7 },
    preserveHost: true,
    security: { audiences: ["a"] },
  });
});

test("scopes of api.yaml count where the definition lets more in", () => {
  const operations = (scopes: string) => `  operations: [{target: /a, verb: GET, scopes: ${scopes}}]\n`;
  const of = (definition: string, scopes: string) => {
    const swagger = `${head}paths: {/a: {get: {${definition}}}}\n`;
    const { api, told } = project({
      "api.yaml": yaml(operations(scopes)),
      "Definitions/swagger.yaml": swagger,
    });
    return [api.resources[0]?.scopes, told.filter((sentence) => sentence.includes("scopes"))];
  };
  expect(of("", "[x, y]")).toEqual([
    [["x"], ["y"]],
    [
      "api.yaml, data.operations[0].scopes: The definition names other scopes. Enforced: one of the scopes x, y.",
    ],
  ]);
  expect(of("security: [{default: [x]}]", "[x]")).toEqual([[["x"]], []]);
  expect(of("security: [{default: [x]}]", "[]")).toEqual([[["x"]], []]);
  expect(of("security: [{default: [x]}]", "[z]")).toEqual([
    [["x"]],
    [expect.stringContaining("Enforced: the scope x.")],
  ]);
});

test("operations that become no resource, or are open in one file only, are told", () => {
  const operations = `  operations:
    - {target: /a, verb: GET, authType: None}
    - {target: /gone, verb: POST}
    - {verb: GET}
`;
  const { told } = project({ "api.yaml": yaml(operations), "Definitions/swagger.yaml": head + paths });
  expect(told).toEqual([
    expect.stringMatching(/operations\[2\]: .*becomes no resource/),
    expect.stringMatching(/operations\[0\].authType: The definition says something else.*need a token/),
    expect.stringMatching(/operations\[1\]: POST \/gone is not in the definition/),
  ]);
});

test("a WSO2 project asks for as much as WSO2 can, says the rest in a comment, and reads back whole", () => {
  const sets = [["read", "write"], ["admin"]];
  const before = parsed({ resources: [{ method: "GET", path: "/a", scopes: sets }] });
  const files = Object.fromEntries(writeProject(before));
  const text = files["Pets-1.0/api.yaml"] ?? "";
  expect(text).toContain("# GET /a needs read + write, admin. WSO2 checks one scope at a time");
  expect(text).toMatch(/scopes:\n\s+- read\n\s+- admin\n/);
  expect(text).toContain("name: write");
  // WSO2 takes scopes from the definition, under its own scheme.
  const swagger = files["Pets-1.0/Definitions/swagger.yaml"] ?? "";
  expect(swagger).toMatch(/security:\n\s+- default:\n\s+- read\n\s+- admin\n/);
  expect(swagger).toMatch(/default:\n\s+type: oauth2\n(?:.*\n)*?\s+write: ""/);
  const { api, told } = project(files);
  expect(api.resources[0]?.scopes).toEqual(sets);
  expect(told.join()).not.toContain("scopes");
  // From api.yaml alone, too.
  expect(project({ "api.yaml": text }).api.resources[0]?.scopes).toEqual(sets);
});

for (const [what, openapi] of [
  ["a scheme of another name", petstore()],
  ["a scheme default that is an API key", petstore("default: {type: apiKey, name: k, in: header}, ")],
  ["WSO2's scheme", petstore("default: {type: oauth2, flows: {implicit: {scopes: {old: Kept}}}}, ")],
  ["security for all", `${petstore()}security: [{petstore_auth: [all]}]\n`],
  ["Swagger 2.0", 'swagger: "2.0"\ninfo: {title: Pets, version: "1.0"}\npaths: {/pet: {put: {}}}\n'],
] as const) {
  test(`a project whose definition has ${what} reads back with the same scopes`, () => {
    const sets = [["write:pets", "read:pets"], ["admin"]];
    const resources = (["PUT", "GET", "POST", "DELETE", "PATCH"] as const).map((method, i) => ({
      method,
      path: "/pet",
      scopes: [sets, [["a"], ["b"]], [], [["all"]], [["read:pets"]]][i],
    }));
    const before = parsed({ openapi, resources });
    const files = Object.fromEntries(writeProject(before));
    const { api } = project(files);
    const byName = (d: ApiDefinition) =>
      Object.fromEntries(d.resources.map(({ method, scopes }) => [method, scopes]));
    expect(byName(api)).toEqual(byName(before));
    const swagger = files["Pets-1.0/Definitions/swagger.yaml"] ?? "";
    if (what === "WSO2's scheme") expect(swagger).toContain("old: Kept");
    if (what.includes("API key")) expect(swagger).not.toContain("default:\n  ");
    // Again: nothing is added by the second time.
    expect(Object.fromEntries(writeProject(api))["Pets-1.0/Definitions/swagger.yaml"]).toBe(swagger);
  });
}

test("limits and policies of api.yaml are told with their places, kept and written back", () => {
  const more = `  policies: [Gold, Unlimited]
  apiThrottlingPolicy: 10KPerMin
  maxTps: {production: 100}
  responseCachingEnabled: true
  enableSchemaValidation: false
  mediationPolicies: [{name: log, type: in}]
  apiPolicies: {request: [], response: [], fault: []}
  securityScheme: [oauth2, mutualssl_mandatory, oauth_basic_auth_api_key_mandatory]
  visibility: PUBLIC
  keyManagers: [all]
  lifeCycleStatus: BLOCKED
  somethingNew: {a: 1}
  scopes: [{scope: {name: read, bindings: [admin]}}]
  endpointConfig: {endpoint_type: load_balance, failover: "False", production_endpoints: [{url: "http://a:1"}]}
  operations:
    - {target: /a, verb: GET, throttlingPolicy: 50PerMin, operationPolicies: {request: [{policyName: addHeader}]}}
    - {target: /b, verb: GET, throttlingPolicy: 50PerMin}
    - {target: /c, verb: GET, throttlingPolicy: Unlimited, operationPolicies: {request: [], response: []}}
`;
  const { api, told } = project({ "api.yaml": yaml(more), "Policies/addHeader.j2": "<x/>" });
  expect(told).toEqual([
    "api.yaml, data.endpointConfig.failover: failover has no effect: failOver has one.",
    'api.yaml, data.policies: ["Gold","Unlimited"] has no effect: requests are not limited here.',
    'api.yaml, data.apiThrottlingPolicy: "10KPerMin" has no effect: requests are not limited here.',
    expect.stringMatching(/data.maxTps: .*has no effect/),
    expect.stringMatching(/data.responseCachingEnabled: true has no effect/),
    expect.stringMatching(/data.mediationPolicies: .*no policy runs here/),
    expect.stringMatching(/data.somethingNew: .*has no effect/),
    expect.stringMatching(/data.lifeCycleStatus: BLOCKED has no effect/),
    expect.stringMatching(/data.securityScheme: mutualssl_mandatory has no effect/),
    expect.stringMatching(/data.scopes: Roles have no effect/),
    'api.yaml, data.operations[0].throttlingPolicy: "50PerMin" has no effect: requests are not limited here. The same at one other place.',
    expect.stringMatching(/operations\[0\].operationPolicies.request: addHeader has no effect/),
    expect.stringMatching(/The folder Policies has no effect and is not kept/),
  ]);
  const written = writeProject(api).get("Pets-1.0/api.yaml") ?? "";
  for (const kept of ["50PerMin", "policyName: addHeader", "10KPerMin", "somethingNew"])
    expect(written).toContain(kept);
});

test("keys that every object has by itself are told like others", () => {
  const { api, told } = project({
    "api.yaml": yaml("  constructor: 7\n  toString: {a: 1}\n  __proto__: {a: 1}\n  hasOwnProperty: x\n"),
  });
  expect(told).toEqual([
    "api.yaml, data.constructor: 7 has no effect.",
    'api.yaml, data.toString: {"a":1} has no effect.',
    'api.yaml, data.__proto__: {"a":1} has no effect.',
    'api.yaml, data.hasOwnProperty: "x" has no effect.',
  ]);
  expect(Object.getPrototypeOf(api)).toBe(Object.prototype);
});

test("keys within extensions and endpoints that nobody reads are told", () => {
  const text = `${head}x-wso2-cors: {corsConfigurationEnabled: true, maxAge: 5}
x-wso2-production-endpoints:
  urls: ["http://a"]
  advanceEndpointConfig: {suspend: 1, retryConfig: {count: 1, statusCodes: 502, baseInterval: 3}, circuitBreakers: {maxPools: 1}}
  securityConfig: {type: BASIC, username: u, password: p, realm: r}
${paths}`;
  expect(document(text).told.map((sentence) => sentence.replace(/ is not known.*/, ""))).toEqual([
    expect.stringMatching(/^6, .*suspend$/),
    expect.stringMatching(/^6, .*baseInterval$/),
    expect.stringMatching(/^6, .*maxPools$/),
    expect.stringMatching(/^7, .*realm$/),
    expect.stringMatching(/^3, x-wso2-cors.maxAge: maxAge$/),
  ]);
  const config = `  endpointConfig:
    endpoint_type: http
    production_endpoints: {url: "http://a:1", template_not_supported: false, config: {factor: 2, jitter: 3}}
`;
  expect(project({ "api.yaml": yaml(config) }).told).toEqual([
    'api.yaml, data.endpointConfig.production_endpoints[0]: "jitter" is not known here and has no effect.',
  ]);
});

test("extensions without effect are told with their lines", () => {
  const text = `${head}x-throttling-tier: Gold
x-wso2-transports: [https]
x-wso2-response-cache: {enabled: false}
x-wso2-application-security: {security-types: [oauth2], optional: false}
x-wso2-unheard-of: 1
paths:
  /a:
    x-wso2-cors: {corsConfigurationEnabled: true}
    get: {x-throttling-tier: Silver, x-auth-type: Application User}
    put: {x-throttling-tier: Silver, x-auth-type: Application & Application User}
    post: {x-throttling-tier: Unlimited, x-wso2-request-interceptor: {serviceURL: "http://i"}}
`;
  expect(document(text).told).toEqual([
    "3, x-throttling-tier: x-throttling-tier (Gold) has no effect: requests are not limited here.",
    "4, x-wso2-transports: x-wso2-transports has no effect: HTTP and HTTPS are switched under Runtime.",
    "7, x-wso2-unheard-of: x-wso2-unheard-of has no effect.",
    "10, paths./a.x-wso2-cors: x-wso2-cors has no effect: it is read at the root level only.",
    "11, paths./a.get.x-throttling-tier: x-throttling-tier (Silver) has no effect: requests are not limited here. The same at one other place.",
    "11, paths./a.get.x-auth-type: x-auth-type (Application User) has no effect: any token will do, an application's or a user's.",
    "13, paths./a.post.x-wso2-request-interceptor: x-wso2-request-interceptor has no effect: requests and answers pass as they are.",
  ]);
});

function petstore(more = ""): string {
  return `${head}components: {securitySchemes: {${more}petstore_auth: {type: oauth2, flows: {}}}}
paths:
  /pet:
    put: {security: [{petstore_auth: ["write:pets", "read:pets"]}]}
    get: {security: [{petstore_auth: ["read:pets"]}], x-sluice-scopes: []}
    post: {security: [{petstore_auth: ["write:pets"]}], x-auth-type: None}
    delete: {}
`;
}

test("what APIs imported before have lost is found, and taken over", () => {
  const methods = ["PUT", "GET", "POST", "DELETE"] as const;
  const before = parsed({
    openapi: petstore(),
    resources: methods.map((method) => ({ method, path: "/pet", secured: method !== "POST" })),
  });
  const asked = askedScopes(before.openapi);
  const lost = lostScopes(before, asked);
  expect(lost).toEqual([{ operation: "PUT /pet", scopes: [["write:pets", "read:pets"]] }]);
  const after = { ...before, resources: withScopes(before.resources, lost) };
  expect(after.resources.map((r) => r.scopes)).toEqual([[["write:pets", "read:pets"]], [], [], []]);
  expect(lostScopes(after, asked)).toEqual([]);
  expect(lostScopes({ ...before, security: { ...before.security, kind: "none" } }, asked)).toEqual([]);
  expect(askedScopes("openapi: [")).toEqual([]);
  expect(askedScopes("")).toEqual([]);
});

for (const given of [
  "type: BASIC, username: u",
  'type: DIGEST, username: u, password: ""',
  "type: basic, username: u, password: null",
]) {
  test(`credentials without a password are a draft with a warning, which says what is missing: ${given}`, () => {
    const missing = (api: ApiDefinition) => deployProblems(api).map((p) => p.message);
    const group = `{urls: [http://a], securityConfig: {${given}}}`;
    const text = `${head}x-wso2-production-endpoints: ${group}
paths: {/a: {x-wso2-sandbox-endpoints: ${group}, get: {}}}
`;
    const own = document(text);
    expect(own.told).toEqual([
      expect.stringMatching(/^3, x-wso2-production-endpoints: Enter the production endpoint's credentials/),
      expect.stringMatching(
        /^4, paths.\/a.x-wso2-sandbox-endpoints: Enter the sandbox endpoint's credentials/,
      ),
    ]);
    expect(missing(own.api)).toEqual([
      "Production endpoint security: Enter the password for the backend.",
      "GET /a: Sandbox endpoint security: Enter the password for the backend.",
    ]);
    const config = `  endpointConfig:
    endpoint_type: http
    production_endpoints: {url: "http://a:1"}
    endpoint_security: {production: {enabled: true, ${given}}}
`;
    const files = { "api.yaml": yaml(config), "Definitions/swagger.yaml": head + paths };
    const begun = project(files);
    expect(begun.told).toEqual([
      expect.stringMatching(
        /^api.yaml, data.endpointConfig.endpoint_security.production: Enter the production endpoint's credentials/,
      ),
    ]);
    expect(missing(begun.api)).toEqual(["Production endpoint security: Enter the password for the backend."]);
    // What is stored for the same login goes on counting, so that nothing is missing.
    const stored = mapPasswords(begun.api);
    expect(project(files, stored)).toMatchObject({ told: [], api: { endpoints: stored.endpoints } });
  });
}

function mapPasswords(api: ApiDefinition): ApiDefinition {
  const { production } = api.endpoints;
  const login = { username: "u", password: { id: "s1" } };
  const security = { ...production.security, [production.security.kind]: login };
  return { ...api, endpoints: { ...api.endpoints, production: { ...production, security } } };
}

test("texts that were read once give the same when they are read into something again", () => {
  const definition = `${head}x-wso2-production-endpoints: &e {urls: ["http://a:1"]}
x-wso2-sandbox-endpoints: {<<: *e, urls: ["http://b:1"]}
paths:
  /a: {$ref: other.yaml#/a}
  /b: {get: {security: [{default: [x]}]}}
`;
  const files = {
    "api.yaml": yaml("  description: New\n"),
    "Definitions/swagger.yaml": definition,
    "Definitions/other.yaml": "a: {get: {summary: there}, post: {}}\n",
  };
  const of = (readText?: TextReader) =>
    [undefined, rich(), rich()].map((present) =>
      readProject(new Map(Object.entries(files)), {
        newId: () => "ep_new",
        ...(present && { present }),
        ...(readText && { readText }),
      }),
    );
  const read = of();
  expect(read[0]).toMatchObject({ ok: true, definition: { description: "New" } });
  expect(of(remembering())).toEqual(read);
});
