import { expect, test } from "@playwright/test";
import fc from "fast-check";
import { type ApiDefinition, basePath, deployProblems, mapAllSecrets } from "#lib/edit/api";
import { parseDefinition } from "#lib/schemas/definition";
import { schemeProblem } from "#lib/wso2/callersSchemes";
import type { ProjectFiles } from "#lib/wso2/files";
import { noteText } from "#lib/wso2/projectNotes";
import { type ProjectOptions, readProject } from "#lib/wso2/readProject";
import { writeProject } from "#lib/wso2/writeProject";

let count = 0;
const newId = () => `new-${++count}`;

function project(files: Record<string, string>, options: Partial<ProjectOptions> = {}) {
  const read = readProject(new Map(Object.entries(files)), { newId, ...options });
  if (!read.ok) throw new Error(read.problems.map(noteText).join("\n"));
  const parsed = parseDefinition(read.definition);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { ...read, api: parsed.definition, told: read.warnings.map(noteText) };
}

function refused(files: Record<string, string>, options: Partial<ProjectOptions> = {}): string[] {
  const read = readProject(new Map(Object.entries(files)), { newId, ...options });
  return read.ok ? [] : read.problems.map(noteText);
}

const urls = (api: ApiDefinition, keyType: "production" | "sandbox" = "production") =>
  api.endpoints[keyType].endpoints.map((e) => e.url);

/** What `apictl init` writes, with its endpoints that nobody runs. */
const template = (data = "") => `type: api
version: v4.1.0
data:
  name: Petstore
  context: /petstore
  version: 1.0.0
  isDefaultVersion: false
  endpointConfig:
    endpoint_type: http
    failover: "False"
    production_endpoints:
      url: http://localhost:8080
    sandbox_endpoints:
      url: http://localhost:8081
${data}`;
const swagger = (more = "") => `openapi: 3.0.1
info: {title: Petstore, version: 1.0.0}
${more}
paths:
  /pet:
    get: {responses: {"200": {description: fine}}}
`;
const extension = (keyType: string, url: string) => `x-wso2-${keyType}-endpoints:\n  urls: [${url}]\n`;
const files = (openapi: string, yaml = template()) => ({
  "Petstore/api.yaml": yaml,
  "Petstore/Definitions/swagger.yaml": openapi,
});

test("a project of apictl init without other endpoints is what its api.yaml says", () => {
  const { api } = project(files(swagger()));
  expect(urls(api)).toEqual(["http://localhost:8080"]);
  expect(urls(api, "sandbox")).toEqual(["http://localhost:8081"]);
  expect(basePath(api)).toBe("/petstore/1.0.0");
  expect(api.isDefaultVersion).toBe(false);
  expect(api.resources).toMatchObject([{ method: "GET", path: "/pet" }]);
});

for (const [name, more, production, sandbox] of [
  ["a production extension", extension("production", "http://real:1"), ["http://real:1"], []],
  ["a sandbox extension", extension("sandbox", "http://real:1"), [], ["http://real:1"]],
  ["absolute servers", "servers: [{url: 'https://real.example/v2'}]", ["https://real.example/v2"], []],
] as const) {
  test(`the template's endpoints get no traffic beside ${name}`, () => {
    const { api, told } = project(files(swagger(more)));
    expect(urls(api)).toEqual(production);
    expect(urls(api, "sandbox")).toEqual(sandbox);
    expect(told.join()).toContain("is of apictl's template and gets no traffic");
    expect(deployProblems(api)).toEqual([]);
  });
}

const own = template().replaceAll("localhost:808", "own:808");

test("beside a sandbox extension, servers give no production, and api.yaml's own is what it says", () => {
  const more = `servers: [{url: 'http://h:1/v2'}]\n${extension("sandbox", "http://real:1")}`;
  const begun = project(files(swagger(more)));
  expect([urls(begun.api), urls(begun.api, "sandbox")]).toEqual([[], ["http://real:1"]]);
  expect(begun.told.join()).toContain("servers gives no endpoints beside x-wso2-sandbox-endpoints");
  const written = project(files(swagger(more), own)).api;
  expect([urls(written), urls(written, "sandbox")]).toEqual([["http://own:8080"], ["http://real:1"]]);
  for (const api of [begun.api, written]) {
    const again = project(Object.fromEntries(writeProject(api)), { present: api }).api;
    expect(again.endpoints).toEqual(api.endpoints);
  }
});

test("a sandbox extension alone leaves production, servers leave the sandbox", () => {
  const sandbox = project(files(swagger(extension("sandbox", "http://real:1")), own)).api;
  expect([urls(sandbox), urls(sandbox, "sandbox")]).toEqual([["http://own:8080"], ["http://real:1"]]);
  const servers = project(files(swagger("servers: [{url: 'http://real:1'}]"), own)).api;
  expect([urls(servers), urls(servers, "sandbox")]).toEqual([["http://real:1"], ["http://own:8081"]]);
});

test("the settings of api.yaml hold for endpoints that the definition names too", () => {
  const yaml = template().replace(
    /endpointConfig:[\s\S]*$/,
    `endpointConfig:
    endpoint_type: load_balance
    algoClassName: org.apache.synapse.endpoints.algorithms.WeightedRoundRobin
    sessionManagement: http
    production_endpoints:
      - {url: "http://a:1", config: {suspendDuration: "7000"}, x-sluice-weight: 4}
      - {url: "http://b:1"}
`,
  );
  const more = "x-wso2-production-endpoints: {urls: ['http://b:1', 'http://a:1/'], type: load_balance}";
  const { production } = project(files(swagger(more), yaml)).api.endpoints;
  expect(production.endpoints.map((e) => e.url)).toEqual(["http://b:1", "http://a:1/"]);
  expect(production.endpoints[1]).toMatchObject({ weight: 4, settings: { suspension: { initialMs: 7000 } } });
  expect(production).toMatchObject({
    routing: "loadBalanced",
    algorithm: { name: "weightedRoundRobin" },
    session: { kind: "transport" },
  });
});

for (const [name, more, context, isDefault] of [
  ["an extension without the version", "x-wso2-basePath: /pets", "/pets", true],
  ["an extension with it", "x-wso2-basePath: /pets/1.0.0", "/pets", false],
  [
    "the path of the last absolute server",
    "servers: [{url: 'http://a/x'}, {url: 'http://a/v2'}]",
    "/v2",
    true,
  ],
  ["api.yaml when there is neither", "", "/petstore", false],
] as const) {
  test(`the base path is that of ${name}`, () => {
    expect(project(files(swagger(more))).api).toMatchObject({ context, isDefaultVersion: isDefault });
  });
}

test("the wrapper, the top folder, JSON and a version like a number are as they come", () => {
  const data = { name: "Petstore", context: "petstore", version: "2", endpointConfig: null };
  for (const text of [JSON.stringify(data), JSON.stringify({ type: "api", data })])
    expect(
      project({ "api.json": text, "Definitions/swagger.json": '{"openapi":"3.0.0","paths":{}}' }).api.version,
    ).toBe("2");
  expect(project({ "a/api.yaml": "data:\n  name: N\n  context: /n\n  version: 1.0\n" }).api.version).toBe(
    "1.0",
  );
});

test("a project without a definition has the resources of its operations", () => {
  const operations = `  operations:
    - {target: /pet, verb: GET, authType: None, scopes: []}
    - {target: /pet, verb: post, authType: "Application & Application User"}
`;
  const { api } = project({ "api.yaml": template(operations) });
  expect(api.resources).toMatchObject([
    { method: "GET", path: "/pet", secured: false },
    { method: "POST", path: "/pet", secured: true },
  ]);
});

const lambda = template().replace(
  "endpoint_type: http",
  "endpoint_type: awslambda\n    amznResourceName: arn",
);
const bothExtensions = extension("production", "http://p:1") + extension("sandbox", "http://s:1");

for (const kind of ["awslambda", "sequence_backend", "graphql_x"]) {
  test(`endpointConfig of the kind ${kind} is not looked at where extensions name both key types`, () => {
    const yaml = lambda.replace("awslambda", kind).replace("http://localhost:8080", "no URL");
    const { api, told } = project(files(swagger(bothExtensions), yaml));
    expect([urls(api), urls(api, "sandbox")]).toEqual([["http://p:1"], ["http://s:1"]]);
    expect(told).toEqual([
      `api.yaml, data.endpointConfig.endpoint_type: "${kind}" is not supported and was not looked at: the definition names the endpoints.`,
    ]);
    const again = project(Object.fromEntries(writeProject(api)), { present: api });
    expect(again.api.endpoints).toEqual(api.endpoints);
    expect(again.told).toEqual([]);
  });
}

for (const [what, more] of [
  ["one key type", extension("production", "http://p:1")],
  ["one and servers the other", `${extension("sandbox", "http://s:1")}servers: [{url: "http://p:1"}]`],
  ["nothing", "x-foreign: 1"],
] as const) {
  test(`endpointConfig of an unknown kind is refused where extensions name ${what}`, () => {
    expect(refused(files(swagger(more), lambda)).join()).toContain(
      'endpoint_type: "awslambda" is not supported',
    );
  });
}

test("credentials in endpointConfig of an unknown kind count, and an environment's endpoints are read", () => {
  const yaml = `${lambda}    endpoint_security: {production: {enabled: true, type: BASIC, username: u, password: p}}\n`;
  const { production } = project(files(swagger(bothExtensions), yaml)).api.endpoints;
  expect(production.security).toMatchObject({ kind: "basic", basic: { username: "u" } });
  const text = "environments: [{name: e, configs: {endpoints: {production: {url: 'http://e:1'}}}}]";
  const params = { file: "params.yaml", text };
  expect(urls(project(files(swagger(bothExtensions), lambda), { params }).api)).toEqual(["http://e:1"]);
});

test("operations of api.yaml with a query or a fragment are left out, and the rest is there", () => {
  const operations =
    "  operations: [{target: /pet?a=b, verb: GET}, {target: /pet, verb: GET}, {target: '/pet#a', verb: PUT}]\n";
  const { api, told } = project({ "api.yaml": template(operations) });
  expect(api.resources.map((r) => `${r.method} ${r.path}`)).toEqual(["GET /pet"]);
  expect(told).toEqual([
    'api.yaml, data.operations[0].target: "/pet?a=b" was left out: a path has no ? and no #.',
    'api.yaml, data.operations[2].target: "/pet#a" was left out: a path has no ? and no #.',
  ]);
  const both = project(files(swagger(), template(operations)));
  expect(both.api.resources.map((r) => `${r.method} ${r.path}`)).toEqual(["GET /pet"]);
});

test("header, CORS, transports and what we do not know survive", () => {
  const more = `  authorizationHeader: X-Token
  transport: [https]
  securityScheme: [oauth2]
  corsConfiguration:
    corsConfigurationEnabled: true
    accessControlAllowOrigins: [https://shop.example]
    accessControlAllowCredentials: "true"
  gatewayVendor: wso2
  endpointImplementationType: ENDPOINT
`;
  const environments = "type: deployment_environments\ndata:\n- deploymentEnvironment: Default\n";
  const given = {
    ...files(swagger("x-foreign: {a: [1]}"), template(more)),
    "Petstore/deployment_environments.yaml": environments,
  };
  const { api } = project(given);
  expect(api).toMatchObject({
    security: { header: "X-Token" },
    transports: { http: false, https: true },
    cors: { enabled: true, allowOrigins: ["https://shop.example"], allowCredentials: true },
  });
  const written = writeProject(api);
  expect(written.get("Petstore-1.0.0/deployment_environments.yaml")).toBe(environments);
  const yaml = written.get("Petstore-1.0.0/api.yaml") ?? "";
  for (const kept of [
    "gatewayVendor: wso2",
    "endpointImplementationType: ENDPOINT",
    'failover: "False"',
    "version: v4.1.0",
  ])
    expect(yaml).toContain(kept);
  expect(written.get("Petstore-1.0.0/Definitions/swagger.yaml")).toContain("x-foreign");
});

test("what is wrong is told with file, line, place and what is allowed", () => {
  expect(refused({ "readme.md": "x" })).toEqual([
    "api.yaml: The project has no api.yaml (or api.json) at its top.",
  ]);
  expect(refused({ "api.yaml": "type: api_product\ndata: {}" })).toEqual([
    'api.yaml, line 1, type: "api_product" is not supported: only projects of type api are.',
  ]);
  expect(refused({ "api.yaml": "- 1" })).toEqual([expect.stringContaining("api.yaml")]);
  expect(refused({ "api.yaml": "name: a\nname: b" }).join()).toContain("api.yaml, line 2");
  expect(refused(files("openapi: 3.0.0\npaths: [")).join()).toContain("Definitions/swagger.yaml, line");
  expect(refused({ "api.yaml": template().replace("http://localhost:8080", "http://u:p@a") })).toEqual([
    expect.stringMatching(
      /^api.yaml, line 12, data.endpointConfig.production_endpoints\[0\].url: .*user name/,
    ),
  ]);
  // In a list, without `data` around it, and in JSON.
  const list =
    "endpointConfig:\n  endpoint_type: load_balance\n  production_endpoints:\n    - {url: 'http://a'}\n    - url: http://{host}/v1\n";
  expect(refused({ "api.yaml": `name: N\n${list}` })).toEqual([
    "api.yaml, line 6, endpointConfig.production_endpoints[1].url: Nothing fills {host}: write the URL out.",
  ]);
  expect(refused({ "api.yaml": "name: N\ntype: WS\n" }).join()).toMatch(/^api.yaml, line 2, data.type: /);
  const json = '{"data":\n{"name": "N",\n"endpointConfig": {"sandbox_endpoints":\n{"url": "ftp://a"}}}}';
  expect(refused({ "api.json": json }).join()).toMatch(
    /^api.json, line 4, data.endpointConfig.sandbox_endpoints/,
  );
  expect(refused(files(swagger(), template("  type: WS\n"))).join()).toMatch(
    /^api.yaml, line 15, data.type: /,
  );
});

const params = `environments:
  - name: dev
    configs:
      endpoints:
        production: {url: "\${DEV_URL}", config: {retryTimeOut: 5}}
      security:
        production: {enabled: true, type: basic, username: u, password: "\${DEV_PASSWORD}"}
  - name: balanced
    configs:
      endpointRoutingPolicy: load_balanced
      loadBalanceEndpoints:
        production: [{url: "http://a:1"}, {url: "http://b:1"}]
        sessionManagement: transport
  - name: failing
    configs:
      endpointRoutingPolicy: failover
      failoverEndpoints:
        production: {url: "http://a:1"}
        productionFailovers: [{url: "http://b:1"}]
`;

test("a parameter file replaces the endpoints for the chosen environment", () => {
  const file = { file: "params.yaml", text: params };
  const variables = new Map([
    ["DEV_URL", "http://dev:1"],
    ["DEV_PASSWORD", "a: b"],
  ]);
  const read = (environment: string) =>
    project(files(swagger(extension("production", "http://real:1"))), {
      params: file,
      environment,
      variables,
    }).api;
  const dev = read("dev");
  expect([urls(dev), urls(dev, "sandbox")]).toEqual([["http://dev:1"], []]);
  expect(dev.endpoints.production.endpoints[0]?.settings.timeout.retriesBeforeSuspension).toBe(5);
  expect(dev.endpoints.production.security).toMatchObject({
    kind: "basic",
    basic: { username: "u", password: { plain: "a: b" } },
  });
  const balanced = read("balanced").endpoints.production;
  expect(balanced).toMatchObject({ routing: "loadBalanced", session: { kind: "transport" } });
  expect(balanced.endpoints.map((e) => e.url)).toEqual(["http://a:1", "http://b:1"]);
  expect(read("failing").endpoints.production).toMatchObject({
    routing: "failover",
    endpoints: [{ url: "http://a:1" }, { url: "http://b:1" }],
  });
});

test("an environment with nothing but credentials leaves the endpoints of the definition", () => {
  const text =
    "environments: [{name: e, configs: {security: {enabled: true, type: digest, username: u, password: p}}}]";
  const { production } = project(files(swagger(extension("production", "http://real:1"))), {
    params: { file: "params.yaml", text },
  }).api.endpoints;
  expect(production.endpoints.map((e) => e.url)).toEqual(["http://real:1"]);
  expect(production.security).toMatchObject({ kind: "digest", digest: { username: "u" } });
});

test("what is kept holds no credentials", () => {
  const data = "  endpointUTPassword: s3cret\n  nested: [{clientSecret: s3cret, fine: 1}]\n";
  const { api } = project(files(swagger(), template(data)));
  expect(JSON.stringify(api)).not.toContain("s3cret");
  expect(api.extras).toMatchObject({ wso2: { data: { nested: [{ fine: 1 }] } } });
});

test("a missing variable, environment or file is told by its name", () => {
  const file = { file: "params.yaml", text: params };
  const given = files(swagger());
  expect(refused(given, { params: file, environment: "dev" })).toEqual([
    "params.yaml, configs.endpoints.production.url: The variable DEV_URL is not set.",
    "params.yaml, configs.security.production.password: The variable DEV_PASSWORD is not set.",
  ]);
  expect(refused(given, { params: file, environment: "prod" })).toEqual([
    'params.yaml, environments: There is no environment "prod". Known are dev, balanced, failing.',
  ]);
  expect(refused(given, { environment: "dev" })).toEqual([
    'params.yaml: There is no readable parameter file for "dev".',
  ]);
});

test("a variable that is named so often that nothing could hold it is told once", () => {
  const given = files(swagger());
  const long = new Map([
    ["DEV_URL", "x".repeat(100_000)],
    ["DEV_PASSWORD", "p"],
  ]);
  const often = { file: "params.yaml", text: params.replace(/\$\{DEV_URL\}/, (name) => name.repeat(50_000)) };
  expect(refused(given, { params: often, environment: "dev", variables: long })).toEqual([
    "params.yaml, configs.endpoints.production.url: With its variables filled in, the file is larger than 10 MiB.",
  ]);
});

test("certificates are listed, named by a file, or lie there", () => {
  const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const list =
    "type: endpoint_certificates\ndata:\n  - {alias: mine, endpoint: 'https://a:1', certificate: mine.crt}\n";
  const given = {
    ...files(swagger()),
    "Petstore/Endpoint-certificates/mine.crt": pem,
    "Petstore/Endpoint-certificates/more.pem": pem,
  };
  expect(
    project({ ...given, "Petstore/Endpoint-certificates/endpoint_certificates.yaml": list }).certificates,
  ).toEqual([
    { alias: "mine", endpoint: "https://a:1", pem },
    { alias: "more", endpoint: "", pem },
  ]);
  expect(
    refused({ ...files(swagger()), "Petstore/Endpoint-certificates/endpoint_certificates.yaml": list }),
  ).toEqual([
    "Endpoint-certificates/endpoint_certificates.yaml, data[0].certificate: The certificate file mine.crt is not in the project.",
  ]);
});

test("any bytes are read or told, without a throw", () => {
  const name = fc.constantFrom(
    "api.yaml",
    "Definitions/swagger.yaml",
    "a/api.json",
    "params.yaml",
    "__proto__",
  );
  const content = fc.oneof(fc.string(), fc.json(), fc.uint8Array({ maxLength: 20 }), fc.constant(template()));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, content)), (entries) => {
      const given: ProjectFiles = new Map(entries);
      expect(() => readProject(given, { newId, environment: "x" })).not.toThrow();
    }),
  );
});

/** The operations and nothing else: all the rest must come back from api.yaml alone. */
function operations({ name, version, resources }: ApiDefinition): string {
  const paths: Record<string, object> = {};
  for (const { method, path } of resources)
    paths[path] = { ...paths[path], [method.toLowerCase()]: { responses: { default: { description: "" } } } };
  return JSON.stringify({ openapi: "3.0.1", info: { title: name, version }, paths });
}

const endpoint = fc.record({
  url: fc.constantFrom("http://a:1", "https://[::1]:8443/x", "http://b.example/y"),
  weight: fc.nat(1000),
  backup: fc.boolean(),
});
const group = fc.record({
  enabled: fc.boolean(),
  endpoints: fc.array(endpoint, { maxLength: 3 }),
  routing: fc.constantFrom("single", "loadBalanced", "failover"),
  algorithm: fc.record({ name: fc.constantFrom("roundRobin", "random", "weightedRoundRobin") }),
  session: fc.record({ kind: fc.constantFrom("none", "transport", "soap", "clientId") }),
  failover: fc.boolean(),
});
const definition = fc.record({
  name: fc.constantFrom("Orders", "Pet store 2"),
  context: fc.constantFrom("/orders", "/orders/{version}", "/a/b"),
  version: fc.constantFrom("1.0.0", "v2", "1.0"),
  description: fc.constantFrom("", "Some words: with a colon"),
  isDefaultVersion: fc.boolean(),
  transports: fc.record({ http: fc.boolean(), https: fc.constant(true) }),
  security: fc.record({
    kind: fc.constantFrom("jwt", "none"),
    header: fc.constantFrom("Authorization", "X-Token"),
  }),
  preserveHost: fc.boolean(),
  mapAddresses: fc.boolean(),
  cors: fc.record({ enabled: fc.boolean(), allowOrigins: fc.constantFrom(["*"], ["https://a.example"]) }),
  limits: fc.record({ maxAttempts: fc.integer({ min: 1, max: 10 }) }),
  endpoints: fc.record({ production: group, sandbox: group, sandboxSeparate: fc.boolean() }),
});

for (const [name, options] of [
  ["", () => ({})],
  [", from api.yaml alone", (before: ApiDefinition) => ({ openapi: operations(before) })],
] as const)
  test(`writing a project and reading it back loses nothing${name}`, () => {
    fc.assert(
      fc.property(definition, (generated) => {
        let id = 0;
        const withIds = (g: (typeof generated)["endpoints"]["production"]) => ({
          ...g,
          endpoints: g.endpoints.map((e) => ({ ...e, id: `id-${++id}` })),
        });
        const { production, sandbox, sandboxSeparate } = generated.endpoints;
        const parsed = parseDefinition({
          ...generated,
          endpoints: { production: withIds(production), sandbox: withIds(sandbox), sandboxSeparate },
        });
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
        const before = mapAllSecrets(parsed.definition, () => null);
        const { api, told } = project(Object.fromEntries(writeProject(before, options(before))), {
          present: before,
        });
        expect(told).toEqual([]);
        // The definition is generated on export, and what comes with a project is kept beside it.
        const { openapi: _o, extras: _e, ...rest } = api;
        const { openapi: _p, extras: _f, ...expected } = before;
        expect(rest).toEqual(expected);
      }),
    );
  });

for (const [field, words] of [
  ["endpointImplementationType: MOCKED_OAS", "There are no mocks here"],
  ["endpointImplementationType: INLINE", "There are no mocks here"],
  ["advertiseInfo: {advertised: true, originalDevPortalUrl: https://x.example}", "only advertised"],
  ["egress: true", "calls to the outside"],
  ["subtypeConfiguration: {subtype: AIAPI}", "AI services"],
] as const) {
  test(`what has no calls to serve is refused with its place: ${field}`, () => {
    const key = field.split(":")[0];
    expect(refused(files(swagger(), template(`  ${field}\n`)))).toEqual([
      expect.stringMatching(new RegExp(`^api.yaml, line \\d+, data.${key}: .*${words}`)),
    ]);
  });
}

test("what says that there is nothing of the kind is fine", () => {
  const more = `  advertiseInfo: {advertised: false}
  egress: 0
  subtypeConfiguration: {subtype: DEFAULT}
  endpointImplementationType: ENDPOINT
`;
  expect(project(files(swagger(), template(more))).told).toEqual([]);
});

test("audiences are those that tokens must have, and all of them is none", () => {
  const of = (more: string) => project(files(swagger(), template(more))).api;
  expect(of("  audiences: [all]\n").security.audiences).toEqual([]);
  expect(of("").security.audiences).toEqual([]);
  const api = of("  audiences: [pizza, food]\n");
  expect(api.security.audiences).toEqual(["pizza", "food"]);
  const written = Object.fromEntries(writeProject(api));
  expect(written["Petstore-1.0.0/api.yaml"]).toMatch(/audiences:\n\s+- pizza\n\s+- food/);
  expect(project(written).api.security.audiences).toEqual(["pizza", "food"]);
});

test("an API whose callers come with no token is not deployed by its import", () => {
  const of = (schemes: string, text = swagger()) =>
    schemeProblem(project(files(text, template(`  securityScheme: ${schemes}\n`))).api);
  expect(of("[api_key]")).toMatch(
    /^Callers come with api_key, and a token \(oauth2\) is what is checked here/,
  );
  expect(of("[mutualssl, basic_auth]")).toContain("mutualssl, basic_auth");
  expect(of("[oauth2, api_key]")).toBeUndefined();
  expect(of("[]")).toBeUndefined();
  expect(of("[api_key]", swagger("x-wso2-disable-security: true"))).toBeUndefined();
});

test("a project that is wrong everywhere is told the first 200 things", () => {
  const bad = Array.from({ length: 300 }, () => '{url: "ftp://a"}').join(", ");
  const data = `  endpointConfig: {endpoint_type: load_balance, production_endpoints: [${bad}]}\n`;
  const told = refused({
    "api.yaml": `type: api\ndata:\n  name: A\n  version: "1"\n  context: /a\n${data}`,
  });
  expect(told).toHaveLength(201);
  expect(told.at(-1)).toContain("These are the first 200 remarks; there are more.");
});
