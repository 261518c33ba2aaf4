import { expect, test } from "@playwright/test";
import fc from "fast-check";
import { type ApiDefinition, mapAllSecrets } from "#lib/edit/api";
import { securityKinds } from "#lib/edit/endpointSecurity";
import { routings, sessionKinds } from "#lib/edit/endpoints";
import { readOpenApi } from "#lib/openapi/readOpenApi";
import { writeOpenApi } from "#lib/openapi/writeOpenApi";
import { parseDefinition } from "#lib/schemas/definition";
import type { Plain, PlainMap } from "#lib/text/source";
import { readText } from "#lib/text/source";
import { algorithms } from "#lib/traffic/algorithms";

const url = fc.constantFrom(
  "http://a",
  "https://b.example:8443/base",
  "http://[::1]:8080",
  "http://c.example/v1",
  "",
);
const endpoint = fc.record(
  {
    url,
    weight: fc.integer({ min: 0, max: 1000 }),
    backup: fc.boolean(),
    state: fc.constantFrom("on", "draining", "off"),
    settings: fc.record(
      {
        suspension: fc.record({
          initialMs: fc.constantFrom(null, 0, 500),
          errorCodes: fc.constantFrom([], ["-1"]),
        }),
        action: fc.constantFrom(null, "fault", "discard"),
        responseTimeoutMs: fc.constantFrom(null, 700),
        http2: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ["url"] },
);
const secret = fc.constantFrom(null, { id: "s1" }, { id: "s2" });
const login = fc.record({ username: fc.constantFrom("anna", ""), password: secret });
const security = fc.record(
  {
    kind: fc.constantFrom(...securityKinds),
    basic: login,
    digest: login,
    oauth2: fc.record({ tokenUrl: fc.constantFrom("", "https://t"), clientSecret: secret, password: secret }),
    apiKey: fc.record({ name: fc.constantFrom("", "X-Key"), value: secret }),
  },
  { requiredKeys: [] },
);
const group = fc.record(
  {
    enabled: fc.boolean(),
    endpoints: fc.array(endpoint, { maxLength: 4 }),
    routing: fc.constantFrom(...routings),
    algorithm: fc.record({ name: fc.constantFrom(...algorithms.map((a) => a.name)) }),
    session: fc.record({
      kind: fc.constantFrom(...sessionKinds),
      timeoutMs: fc.integer({ min: 1, max: 9999 }),
    }),
    failover: fc.boolean(),
    healthCheck: fc.record({ enabled: fc.boolean(), path: fc.constantFrom("/", "/up") }),
    slowStartMs: fc.constantFrom(0, 5000),
    responseTimeoutMs: fc.constantFrom(null, 1234, 700_000),
    retryOnStatus: fc.record({
      count: fc.integer({ min: 0, max: 10 }),
      statusCodes: fc.constantFrom([], [502, 503], [200, 599], [100, 504]),
    }),
    failureStatuses: fc.constantFrom([], [500]),
    circuitBreakers: fc.record({
      maxConnections: fc.constantFrom(null, 5),
      maxRetries: fc.constantFrom(null, 1),
    }),
    security,
  },
  { requiredKeys: [] },
);
const groups = fc.record(
  { production: group, sandbox: group, sandboxSeparate: fc.boolean() },
  { requiredKeys: [] },
);
const resource = fc.record(
  {
    method: fc.constantFrom("GET", "POST", "DELETE", "OPTIONS"),
    path: fc.constantFrom("/*", "/pets", "/pets/{id}", "/a/{b}/c", "/__proto__"),
    secured: fc.boolean(),
    scopes: fc.constantFrom([], ["read"], ["read", "write:all"], [["read", "write:all"], ["admin"]]),
    endpoints: fc.option(groups),
  },
  { requiredKeys: ["method", "path"] },
);

/** Documents that say something else than the definition does, at every level. */
const stored = fc.constantFrom(
  "",
  `openapi: 3.0.0
# a comment stays
info: {title: Other, version: 9.9, x-owner: us, description: old}
servers: [{url: https://server.example/v2}]
x-wso2-disable-security: true
x-wso2-endpoints: [{one: {urls: [http://one]}}]
x-wso2-sandbox-endpoints: "#/x-wso2-endpoints/one"
x-wso2-cors: {corsConfigurationEnabled: true, accessControlAllowOrigins: ["https://x"]}
paths:
  /pets:
    servers: [{url: https://pets.example}]
    x-wso2-sandbox-endpoints: {urls: [http://p1, http://p2], type: failover}
    x-sluice-sandbox-separate: true
    x-unknown: [1, 2]
    get: {x-keep: 12345678901234567890, x-wso2-disable-security: false, responses: {}}
    trace: {responses: {}}
    put: {responses: {}, security: [{oauth: [read, write:all]}, {key: []}]}
  /pets/{id}:
    x-wso2-disable-security: true
    get: {x-auth-type: None, security: [{default: [read]}]}
  /*: {$ref: "#/x-items/all"}
x-items: {all: {x-wso2-production-endpoints: {urls: [http://all]}, get: {}, post: {}}}
`,
  '{"swagger": "2.0", "info": {"title": "T", "version": "1"}, "host": "h.example", "basePath": "/b", "paths": {}}',
  `openapi: 3.0.0
servers: [{url: "http://{h}/v2", variables: {h: {default: server.example}}}]
x-wso2-sandbox-endpoints: {urls: [sandbox.example], type: 7}
paths: {}
`,
  `openapi: 3.1.0
info: {<<: {title: T, version: 2.0}, version: 1.0}
x-all: &all {get: {x-auth-type: None}, x-wso2-production-endpoints: {urls: [http://all]}}
servers: [{<<: {url: http://server.example}}]
paths: {/pets: {<<: *all, put: {}}, /*: {<<: [*all, {post: {}}]}}
`,
  "openapi: 3.1.0\ninfo: &i {title: T, version: 1.0.0}\nx-info: *i\npaths: {/pets: {get: &op {}, post: *op}}",
);

const definition = fc
  .record({
    name: fc.constantFrom("Pets", "Über Pets 2.0?", "no", "1.0"),
    context: fc.constantFrom("/pets", "/pets/{version}", "/{version}", "/1.0", "/v2"),
    version: fc.constantFrom("1.0", "1.0.0", "v2", "true"),
    description: fc.constantFrom("", "Two\nlines: and more", "# no comment"),
    isDefaultVersion: fc.boolean(),
    transports: fc.record({ http: fc.boolean(), https: fc.boolean() }),
    security: fc.record({
      kind: fc.constantFrom("jwt", "none"),
      header: fc.constantFrom("Authorization", "X-Token"),
      forwardToken: fc.boolean(),
      audiences: fc.constantFrom([], ["a"]),
    }),
    preserveHost: fc.boolean(),
    mapAddresses: fc.boolean(),
    cors: fc.record({ enabled: fc.boolean(), allowOrigins: fc.constantFrom(["*"], [], ["https://o"]) }),
    limits: fc.record({
      maxAttempts: fc.integer({ min: 1, max: 10 }),
      maxBodyBytes: fc.constantFrom(null, 7),
    }),
    endpoints: groups,
    resources: fc.uniqueArray(resource, { maxLength: 6, selector: (r) => `${r.method} ${r.path}` }),
    openapi: stored,
  })
  .map((input) => {
    let n = 0;
    const text = JSON.stringify(input, (_, v) =>
      v !== null && typeof v === "object" && "url" in v ? { id: `e${1000 + n++}`, ...v } : v,
    );
    const parsed = parseDefinition(JSON.parse(text));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return parsed.definition;
  });

/** What a text can hold: no ids, no secrets; resources stand grouped by path. */
function comparable(d: ApiDefinition) {
  const plain = JSON.parse(
    JSON.stringify({ ...mapAllSecrets(d, () => null), openapi: "" }, (k, v) => (k === "id" ? "" : v)),
  );
  const key = (r: { path: string; method: string }) => `${r.path} ${r.method}`;
  plain.resources.sort((a: never, b: never) => (key(a) < key(b) ? -1 : 1));
  return plain;
}

let made = 0;
const newId = () => `new${1000 + made++}`;

function readBack(text: string, present?: ApiDefinition): ApiDefinition {
  const result = readOpenApi(text, { newId, present, unnamed: "default" });
  if (!result.ok) throw new Error(`${JSON.stringify(result.problems)}\n${text}`);
  return result.definition as ApiDefinition;
}

for (const format of ["yaml", "json"] as const) {
  test(`what is written as ${format} is read as the same API`, () => {
    fc.assert(
      fc.property(definition, (d) => {
        const text = writeOpenApi(d, { format });
        expect(comparable(readBack(text))).toEqual(comparable(d));
      }),
      { numRuns: 100 },
    );
  });
}

test("read into the API that it was written from, ids and secrets are the same, too", () => {
  fc.assert(
    fc.property(definition, (d) => {
      const again = readBack(writeOpenApi(d, { format: "yaml" }), d);
      expect({ ...again, openapi: "" }).toEqual({ ...d, openapi: "" });
    }),
    { numRuns: 70 },
  );
});

test("writing what was read from a written text changes nothing more", () => {
  fc.assert(
    fc.property(definition, (d) => {
      const text = writeOpenApi(d, { format: "yaml" });
      expect(writeOpenApi({ ...d, openapi: text }, { format: "yaml" })).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test("extensions and keys that we do not know survive in either format", () => {
  const key = fc.stringMatching(/^x-[a-z]{1,8}$/).filter((k) => !/^x-(auth-type)$/.test(k));
  const unknown = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
  fc.assert(
    fc.property(
      unknown,
      unknown,
      unknown,
      definition,
      fc.constantFrom("yaml", "json"),
      (a, b, c, d, format) => {
        const openapi = JSON.stringify({
          openapi: "3.0.3",
          ...a,
          info: { title: "T", version: "1", ...b },
          paths: { "/kept": { ...c, get: { ...a, responses: {} } } },
          components: { schemas: b },
        });
        const resources = [
          ...d.resources,
          { method: "GET" as const, path: "/kept", secured: true, scopes: [], endpoints: null },
        ];
        const text = writeOpenApi({ ...d, openapi, resources }, { format: format as "yaml" | "json" });
        const read = readText(text);
        if (!read.ok) throw new Error(JSON.stringify(read.problems));
        const at = (...path: string[]) =>
          path.reduce<Plain | undefined>(
            (value, part) => (value as PlainMap | undefined)?.[part],
            read.source.value,
          );
        const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
        expect(plain(at())).toMatchObject(plain(a));
        expect(plain(at("info"))).toMatchObject(plain(b));
        expect(plain(at("paths", "/kept"))).toMatchObject(plain(c));
        expect(plain(at("paths", "/kept", "get"))).toMatchObject(plain(a));
        expect(plain(at("components", "schemas"))).toEqual(plain(b));
      },
    ),
    { numRuns: 100 },
  );
});
