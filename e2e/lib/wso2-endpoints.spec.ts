import { expect, test } from "@playwright/test";
import fc from "fast-check";
import { keyTypes, routings, sessionKinds } from "#lib/edit/endpoints";
import {
  type Endpoint,
  type EndpointGroup,
  EndpointGroups,
  type EndpointSettings,
} from "#lib/schemas/endpointGroup";
import { algorithms, OTHER } from "#lib/traffic/algorithms";
import { readEndpointConfig, writeEndpointConfig } from "#lib/wso2/endpointConfig";
import { Notes, noteText } from "#lib/wso2/projectNotes";
import { withoutSecrets } from "#lib/wso2/wso2Security";

/** Reads as an import does; `told` is what it has to say. */
function read(value: unknown, present?: EndpointGroups) {
  const notes = new Notes("api.yaml");
  let count = 0;
  const newId = () => `new-${++count}`;
  const { groups, extras } = readEndpointConfig(value, {
    notes,
    place: "data.endpointConfig",
    newId,
    present,
  });
  return { groups, extras, told: [...notes.problems, ...notes.warnings].map(noteText) };
}

const urls = (group: { endpoints: { url: string }[] }) => group.endpoints.map((e) => e.url);
const usual = {
  endpoint_type: "load_balance",
  algoCombo: "org.apache.synapse.endpoints.algorithms.RoundRobin",
  algoClassName: "org.apache.synapse.endpoints.algorithms.RoundRobin",
  sessionManagement: "",
  sessionTimeOut: "",
  failOver: "True",
  production_endpoints: [{ url: "http://a:1" }, { url: "http://b:1/x" }],
  sandbox_endpoints: [{ url: "http://s:1" }],
};

test("a load-balanced configuration as WSO2 writes it", () => {
  const { groups, told } = read(usual);
  expect(told).toEqual([]);
  const { production, sandbox } = groups;
  expect(urls(production)).toEqual(["http://a:1", "http://b:1/x"]);
  expect(production).toMatchObject({ enabled: true, routing: "loadBalanced", failover: true });
  expect(production).toMatchObject({ algorithm: { name: "roundRobin" }, session: { kind: "none" } });
  expect(production.session.timeoutMs).toBe(600_000);
  expect(urls(sandbox)).toEqual(["http://s:1"]);
  expect(groups.sandboxSeparate).toBe(false);
});

test("http and address have one endpoint a key type, and production need not be there", () => {
  for (const endpoint_type of ["http", "address", "HTTP"]) {
    const { groups, told } = read({ endpoint_type, sandbox_endpoints: { url: "http://s:1" } });
    expect(told).toEqual([]);
    expect(groups.production).toMatchObject({ enabled: false, routing: "single", endpoints: [] });
    expect(groups.sandbox.enabled).toBe(true);
    expect(urls(groups.sandbox)).toEqual(["http://s:1"]);
  }
});

test("failover begins with the primary and goes on in try order", () => {
  const { groups } = read({
    endpoint_type: "failover",
    production_endpoints: { url: "http://a:1" },
    production_failovers: [{ url: "http://b:1" }, { url: "http://c:1" }],
    sandbox_endpoints: { url: "http://s:1" },
    sandbox_failovers: [],
  });
  expect(groups.production.routing).toBe("failover");
  expect(urls(groups.production)).toEqual(["http://a:1", "http://b:1", "http://c:1"]);
});

for (const [name, value, expected] of [
  ["an object where a list is usual", { production_endpoints: { url: "http://a:1" } }, ["http://a:1"]],
  [
    "a list where an object is usual",
    { endpoint_type: "failover", production_endpoints: [{ url: "http://a:1" }] },
    ["http://a:1"],
  ],
  [
    "one failover without a list",
    { endpoint_type: "failover", production_failovers: { url: "http://b:1" } },
    ["http://a:1", "http://b:1"],
  ],
  ["null for a list", { production_endpoints: null }, []],
  ["config: null", { production_endpoints: [{ url: "http://a:1", config: null }] }, ["http://a:1"]],
  [
    "entries without a URL",
    { production_endpoints: [{ url: "" }, {}, null, { url: "http://a:1" }] },
    ["http://a:1"],
  ],
] as const) {
  test(`reads ${name}`, () => {
    const base = { endpoint_type: "load_balance", production_endpoints: { url: "http://a:1" } };
    const { groups, told } = read({ ...base, ...value });
    expect(told).toEqual([]);
    expect(urls(groups.production)).toEqual(expected);
  });
}

test("failOver counts in any spelling, failover means nothing and is kept", () => {
  const failover = (change: object) => read({ ...usual, failOver: undefined, ...change });
  for (const off of ["False", "false", false])
    expect(failover({ failOver: off }).groups.production.failover).toBe(false);
  for (const on of ["True", true, "", null, undefined])
    expect(failover({ failOver: on }).groups.production.failover).toBe(true);
  const template = failover({ failover: "False" });
  expect(template.groups.production.failover).toBe(true);
  expect(template.extras.config).toEqual({ failover: "False" });
  expect(writeEndpointConfig(template.groups, template.extras)).toMatchObject({
    failover: "False",
    failOver: "True",
  });
});

test("settings of an endpoint are strings, numbers, lists or single codes", () => {
  const config = {
    suspendDuration: "5000",
    suspendMaxDuration: 60000,
    factor: "1.5",
    suspendErrorCode: "101503",
    retryErroCode: [101504, "101505"],
    retryTimeOut: "3",
    retryDelay: 100,
    actionSelect: "discard",
    actionDuration: "2000",
    template_not_supported: false,
  };
  const { groups, extras, told } = read({ ...usual, production_endpoints: { url: "http://a:1", config } });
  expect(told).toEqual([]);
  const endpoint = groups.production.endpoints[0]!;
  expect(endpoint.settings).toMatchObject({
    suspension: { initialMs: 5000, maxMs: 60000, factor: 1.5, errorCodes: ["101503"] },
    timeout: { errorCodes: ["101504", "101505"], retriesBeforeSuspension: 3, retryDelayMs: 100 },
    action: "discard",
    responseTimeoutMs: 2000,
  });
  expect(extras.entries[endpoint.id]).toEqual({ config: { template_not_supported: false } });
  const written = writeEndpointConfig(groups, extras);
  expect(written.production_endpoints).toEqual([
    {
      url: "http://a:1",
      "x-sluice-id": endpoint.id,
      config: {
        ...config,
        suspendErrorCode: ["101503"],
        retryErroCode: ["101504", "101505"],
        suspendMaxDuration: "60000",
        retryDelay: "100",
      },
    },
  ]);
});

test("never suspend: a duration of 0, or -1 among the codes", () => {
  const settings = (config: object) =>
    read({ ...usual, production_endpoints: [{ url: "http://a:1", config }] }).groups.production.endpoints[0]!
      .settings.suspension;
  expect(settings({ suspendDuration: "0" }).initialMs).toBe(0);
  expect(settings({ suspendErrorCode: ["-1"] }).errorCodes).toEqual(["-1"]);
});

test("sessions and algorithms in all their spellings", () => {
  const kinds = { "": "none", none: "none", http: "transport", transport: "transport", soap: "soap" };
  for (const [name, kind] of [...Object.entries(kinds), ["simpleClientSession", "clientId"]])
    expect(read({ ...usual, sessionManagement: name }).groups.production.session.kind).toBe(kind);
  expect(read({ ...usual, sessionManagement: null }).groups.production.session.kind).toBe("none");
  for (const timeout of ["5000", 5000])
    expect(read({ ...usual, sessionTimeOut: timeout }).groups.production.session.timeoutMs).toBe(5000);
  const weighted = "org.apache.synapse.endpoints.algorithms.WeightedRoundRobin";
  const algorithm = (change: object) => read({ ...usual, ...change }).groups.production.algorithm;
  expect(algorithm({ algoClassName: weighted })).toMatchObject({ name: "weightedRoundRobin" });
  expect(algorithm({ algoClassName: "", algoCombo: weighted })).toMatchObject({ name: "weightedRoundRobin" });
  const custom = { algoCombo: "other", algoClassName: "com.example.Mine" };
  expect(algorithm(custom)).toMatchObject({ name: OTHER, className: "com.example.Mine" });
  expect(writeEndpointConfig(read({ ...usual, ...custom }).groups)).toMatchObject(custom);
});

test("what is not possible is told with its place and what is allowed", () => {
  const { told } = read({
    endpoint_type: "magic",
    sessionManagement: "sticky",
    production_endpoints: [
      { url: "ftp://a" },
      { url: "http://user:pw@a" },
      {
        url: "http://a",
        config: { suspendDuration: "soon", actionSelect: "explode", suspendErrorCode: ["x"] },
      },
      7,
    ],
    endpoint_security: { production: { enabled: true }, sandbox: { enabled: "true", type: "kerberos" } },
  });
  const place = "api.yaml, data.endpointConfig.";
  expect(told).toEqual([
    `${place}endpoint_type: "magic" is not supported. Allowed are http, address, load_balance and failover.`,
    `${place}sessionManagement: "sticky" is not supported. Allowed are none, http, transport, soap and simpleClientSession.`,
    `${place}production_endpoints[0].url: "ftp" is not supported. A URL starts with http:// or https://.`,
    expect.stringMatching(/production_endpoints\[1\]\.url: A URL must not contain a user name or password\./),
    `${place}production_endpoints[2].config.suspendDuration: "soon" is not possible here: write a whole number from 0 to 86400000.`,
    `${place}production_endpoints[2].config.actionSelect: "explode" is neither fault nor discard.`,
    `${place}production_endpoints[2].config.suspendErrorCode[0]: "x" is not an error code such as 101504, or -1.`,
    `${place}production_endpoints[3]: 7 is not {url: ...}.`,
    `${place}endpoint_security.production.type: The type is missing. Allowed are BASIC, DIGEST, OAUTH, APIKEY and NONE.`,
    `${place}endpoint_security.sandbox.type: The type "kerberos" is not supported. Allowed are BASIC, DIGEST, OAUTH, APIKEY and NONE.`,
  ]);
  expect(told.join()).not.toContain("user:pw");
});

test("credentials come in and never go out", () => {
  const endpoint_security = {
    production: { enabled: true, type: "BASIC", username: "u", password: "s3cret", proxyProtocol: "x" },
    sandbox: {
      enabled: "true",
      type: "oauth",
      grantType: "CLIENT_CREDENTIALS",
      tokenUrl: "https://t/t",
      clientId: "c",
      clientSecret: "s3cret",
    },
  };
  const { groups, extras, told } = read({ ...usual, endpoint_security });
  expect(told).toEqual([]);
  expect(groups.production.security).toMatchObject({
    kind: "basic",
    basic: { username: "u", password: { plain: "s3cret" } },
  });
  expect(groups.sandbox.security).toMatchObject({
    kind: "oauth2",
    oauth2: { clientSecret: { plain: "s3cret" } },
  });
  const written = writeEndpointConfig(groups, extras);
  expect(JSON.stringify(written)).not.toContain("s3cret");
  expect(written.endpoint_security).toMatchObject({
    production: { enabled: true, type: "BASIC", username: "u", proxyProtocol: "x" },
    sandbox: { type: "OAUTH", tokenUrl: "https://t/t" },
  });
  const never = { production: { enabled: false, type: null, username: "" } };
  expect(read({ ...usual, endpoint_security: never }).groups.production.security.kind).toBe("none");
});

test("endpoints that were there before keep their ids", () => {
  const before = read(usual).groups;
  before.production.endpoints[1]!.id = "kept";
  const after = read(
    { ...usual, production_endpoints: [{ url: "http://B:1/x/" }, { url: "http://c" }] },
    before,
  );
  expect(after.groups.production.endpoints.map((e) => e.id)).toEqual(["kept", "new-1"]);
});

test("anything at all is read or told, without a throw", () => {
  const keys = [
    "endpoint_type",
    "production_endpoints",
    "production_failovers",
    "sessionTimeOut",
    "failOver",
    "x-sluice-production",
    "endpoint_security",
    "algoClassName",
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()), (value) => {
      expect(() => writeEndpointConfig(read(value).groups)).not.toThrow();
    }),
  );
});

const ms = fc.option(fc.integer({ min: 0, max: 86_400_000 }), { nil: null });
const codes = fc.array(fc.constantFrom("101503", "101504", "-1"), { maxLength: 3 });
/** One of each field: none can be forgotten here. */
type Made<T> = Record<keyof T, fc.Arbitrary<unknown>>;
const settings = fc.record({
  suspension: fc.record({
    errorCodes: codes,
    initialMs: ms,
    maxMs: fc.constant(null),
    factor: fc.option(fc.constantFrom(1, 1.5, 2), { nil: null }),
  }),
  timeout: fc.record({
    errorCodes: codes,
    retriesBeforeSuspension: fc.option(fc.nat(1000), { nil: null }),
    retryDelayMs: ms,
  }),
  action: fc.constantFrom(null, "fault", "discard"),
  responseTimeoutMs: fc.option(fc.integer({ min: 1, max: 86_400_000 }), { nil: null }),
  verifyTls: fc.boolean(),
  http2: fc.boolean(),
} satisfies Made<EndpointSettings>);
const endpoint = fc.record({
  url: fc.constantFrom("", "http://a:1", "https://[::1]:8443/x", "http://b.example/y"),
  weight: fc.nat(1000),
  backup: fc.boolean(),
  state: fc.constantFrom("on", "draining", "off"),
  settings,
} satisfies Made<Omit<Endpoint, "id">>);
const security = fc.record({
  kind: fc.constantFrom("none", "basic", "digest", "oauth2", "apiKey"),
  basic: fc.record({ username: fc.constantFrom("", "u") }),
  oauth2: fc.record({
    grant: fc.constantFrom("clientCredentials", "password"),
    scopes: fc.constantFrom("", "a b", " a"),
    clientIn: fc.constantFrom("header", "body"),
    parameters: fc.constantFrom("", "audience=https://a.example", "b=c=d\na=", " x = y \n\nx=z", "no line"),
    username: fc.constantFrom("", "x"),
  }),
  apiKey: fc.record({ in: fc.constantFrom("header", "query"), name: fc.constantFrom("", "X-Key") }),
});
const group = fc.record({
  enabled: fc.boolean(),
  endpoints: fc.array(endpoint, { maxLength: 4 }),
  routing: fc.constantFrom(...routings),
  algorithm: fc.record({
    name: fc.constantFrom(OTHER, ...algorithms.map((a) => a.name)),
    className: fc.constantFrom("", "com.example.Mine", "org.apache.synapse.endpoints.algorithms.RoundRobin"),
  }),
  session: fc.record({
    kind: fc.constantFrom(...sessionKinds),
    timeoutMs: fc.integer({ min: 1, max: 1e9 }),
    header: fc.constantFrom("ClientID", "X-Me"),
  }),
  failover: fc.boolean(),
  slowStartMs: fc.nat(1000),
  healthCheck: fc.record({ enabled: fc.boolean(), path: fc.constantFrom("/", "/health") }),
  responseTimeoutMs: fc.option(fc.integer({ min: 1, max: 86_400_000 }), { nil: null }),
  retryOnStatus: fc.record({ count: fc.nat(10), statusCodes: fc.constantFrom([], [503]) }),
  failureStatuses: fc.array(fc.integer({ min: 500, max: 599 }), { maxLength: 2 }),
  circuitBreakers: fc.record({ maxRequests: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }) }),
  security,
} satisfies Made<EndpointGroup>);

test("writing and reading back loses nothing", () => {
  const groups = fc.record({ production: group, sandbox: group, sandboxSeparate: fc.boolean() });
  fc.assert(
    fc.property(groups, (generated) => {
      let count = 0;
      const withIds = (g: (typeof generated)["production"]) => ({
        ...g,
        endpoints: g.endpoints.map((e) => ({ ...e, id: `id-${++count}` })),
      });
      const value = EndpointGroups.parse({
        ...generated,
        production: withIds(generated.production),
        sandbox: withIds(generated.sandbox),
      });
      const { groups: back, told } = read(JSON.parse(JSON.stringify(writeEndpointConfig(value))));
      expect(told).toEqual([]);
      for (const keyType of keyTypes)
        expect(back[keyType]).toEqual({
          ...value[keyType],
          security: withoutSecrets(value[keyType].security),
        });
      expect(back.sandboxSeparate).toBe(value.sandboxSeparate);
    }),
    { numRuns: 200 },
  );
});

test("a variable that nothing fills is refused with its place, wherever a URL may stand", () => {
  const { told } = read({
    endpoint_type: "failover",
    production_endpoints: { url: "http://{host}/v1" },
    production_failovers: ["http://a/{b}"],
    "x-sluice-sandbox": { endpoints: [{ url: "https://{HOST}" }] },
  });
  expect(told).toEqual([
    "api.yaml, data.endpointConfig.production_endpoints[0].url: Nothing fills {host}: write the URL out.",
    "api.yaml, data.endpointConfig.production_failovers[0].url: Nothing fills {b}: write the URL out.",
    "api.yaml, data.endpointConfig.x-sluice-sandbox.endpoints[0].url: Nothing fills {HOST}: write the URL out.",
  ]);
});

test("a URL without a scheme is read as http, which is said, and another one is refused", () => {
  const { groups, told } = read({
    endpoint_type: "failover",
    production_endpoints: { url: "10.0.0.1:8080/v1" },
    production_failovers: ["localhost:9080", "mailto:anna"],
  });
  expect(urls(groups.production)).toEqual(["http://10.0.0.1:8080/v1", "http://localhost:9080", ""]);
  expect(told).toEqual([
    "api.yaml, data.endpointConfig.production_failovers[1].url: A URL starts with http:// or https://. Use the form http://host:port/path.",
    'api.yaml, data.endpointConfig.production_endpoints[0].url: "10.0.0.1:8080/v1": It has no scheme and is read as http://10.0.0.1:8080/v1.',
    'api.yaml, data.endpointConfig.production_failovers[0].url: "localhost:9080": It has no scheme and is read as http://localhost:9080.',
  ]);
});
