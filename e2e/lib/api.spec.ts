import { expect, test } from "@playwright/test";
import fc from "fast-check";
import {
  type ApiDefinition,
  basePath,
  bracesProblem,
  deployProblems,
  newDefinition,
  type Problem,
  sameDefinition,
} from "#lib/edit/api";
import { endpointLabel, endpointUrlKey, parseEndpointUrl } from "#lib/model/url";
import {
  ApiContext,
  ApiName,
  ApiVersion,
  Limits,
  parseDefinition,
  ApiDefinition as Stored,
} from "#lib/schemas/definition";
import { EndpointGroup, EndpointSettings, HealthCheck } from "#lib/schemas/endpointGroup";
import { warnings } from "#lib/tell/warnings";

type Schema = { safeParse(input: unknown): { success: boolean; error?: { issues: { message: string }[] } } };

function messageOf(schema: Schema, input: unknown): string {
  const parsed = schema.safeParse(input);
  return parsed.success ? "" : parsed.error!.issues.map((i) => i.message).join(" ");
}

function parsed(input: unknown): ApiDefinition {
  const result = parseDefinition(input);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.definition;
}

function problemsOf(input: unknown): Problem[] {
  const result = parseDefinition(input);
  return result.ok ? [] : result.problems;
}

const minimal = { name: "Pizza", context: "/pizza", version: "1.0.0" };
const endpoint = (id: string, url = `http://${id}`, more: object = {}) => ({ id, url, ...more });
const withProduction = (production: object, more: object = {}) => ({
  ...minimal,
  endpoints: { production: { enabled: true, ...production }, ...more },
});

test.describe("name", () => {
  for (const name of ["P", "Pizza Shack", "Überweisung", "api-1_2.beta?", "注文", "a".repeat(60), "A B C"]) {
    test(`${name.slice(0, 20)} is fine`, () => expect(messageOf(ApiName, name)).toBe(""));
  }
  for (const [name, message] of [
    ["", "Enter a name."],
    ["   ", "Enter a name."],
    [undefined, "Enter a name."],
    [7, "Enter a name."],
    [" Pizza", "A name has no spaces at its start or end."],
    ["Pizza ", "A name has no spaces at its start or end."],
    ["Pizza  Shack", "A name has no double spaces."],
    ["a".repeat(61), "A name has at most 60 characters; this one has 61."],
    [
      "Pizza\tShack",
      "A name must not contain control characters. Letters, digits, spaces and - _ . ? are allowed.",
    ],
  ] as const) {
    test(`${JSON.stringify(name)?.slice(0, 20)} is refused: ${message}`, () =>
      expect(messageOf(ApiName, name)).toBe(message));
  }
  test("none of the forbidden characters passes, and the message names it", () => {
    for (const bad of "~!@#;:%^*()+={}|\\<>\"',&$[]/") {
      expect(messageOf(ApiName, `Pizza${bad}Shack`)).toBe(
        `A name must not contain ${bad === '"' ? "double quotes" : `"${bad}"`}. Letters, digits, spaces and - _ . ? are allowed.`,
      );
    }
  });
});

test.describe("context", () => {
  for (const [context, becomes] of [
    ["/pizza", "/pizza"],
    ["pizza", "/pizza"],
    ["/pizza/", "/pizza"],
    [" /pizza ", "/pizza"],
    ["/t/acme.com/pizza", "/t/acme.com/pizza"],
    ["/{version}/pizza", "/{version}/pizza"],
    ["/pizza/{version}", "/pizza/{version}"],
    ["/A-Za-z0-9_.~-", "/A-Za-z0-9_.~-"],
    [`/${"a".repeat(199)}`, `/${"a".repeat(199)}`],
  ] as const) {
    test(`${context.slice(0, 30)} is fine and means ${becomes.slice(0, 30)}`, () =>
      expect(ApiContext.parse(context)).toBe(becomes));
  }
  const allowed = "Letters, digits and / _ . ~ - are allowed.";
  for (const [context, message] of [
    ["", "Enter a context, for example /pizzashack."],
    ["/", "Enter a context, for example /pizzashack."],
    [undefined, "Enter a context, for example /pizzashack."],
    ["a//b", "A context has no empty segments (//)."],
    ["/a/../b", 'A context has no "." or ".." segments.'],
    ["/a/.", 'A context has no "." or ".." segments.'],
    ["/v{version}", "{version} must be a segment of its own, for example /pizzashack/{version}."],
    ["/{version}/{version}", "{version} may stand in a context only once."],
    ["/pizza shack", `A context must not contain spaces. ${allowed}`],
    ["/pizza?", `A context must not contain "?". ${allowed}`],
    ["/pizza#", `A context must not contain "#". ${allowed}`],
    ["/{id}", `A context must not contain "{". ${allowed}`],
    ["/%41", `A context must not contain "%". ${allowed}`],
    ["/ü", `A context must not contain "ü". ${allowed}`],
    [`/${"a".repeat(200)}`, "A context has at most 200 characters; this one has 201."],
  ] as const) {
    test(`${JSON.stringify(context)?.slice(0, 30)} is refused: ${message}`, () =>
      expect(messageOf(ApiContext, context)).toBe(message));
  }

  test("a context of very many slashes is read at once", () => {
    // It took a minute and a half; the test's own limit is what fails.
    expect(messageOf(ApiContext, `${"/".repeat(200_000)}x`)).toBe(
      "A context has at most 200 characters; this one has 200001.",
    );
  });
});

test.describe("version", () => {
  for (const version of ["1", "1.0.0", "v2", "2024-01-31", "1.0.0-rc.1+build", "1".repeat(30)]) {
    test(`${version} is fine`, () => expect(messageOf(ApiVersion, version)).toBe(""));
  }
  const allowedInVersion = "Letters, digits and . _ ~ + - are allowed.";
  for (const [version, message] of [
    ["", "Enter a version, for example 1.0.0."],
    [undefined, "Enter a version, for example 1.0.0."],
    ["1 0", `A version must not contain spaces. ${allowedInVersion}`],
    [" 1", `A version must not contain spaces. ${allowedInVersion}`],
    ["1/0", `A version must not contain "/". ${allowedInVersion}`],
    ["..", 'A version cannot be "." or "..".'],
    [".", 'A version cannot be "." or "..".'],
    ["1".repeat(31), "A version has at most 30 characters; this one has 31."],
    ["1?", `A version must not contain "?". ${allowedInVersion}`],
    ["{version}", `A version must not contain "{". ${allowedInVersion}`],
  ] as const) {
    test(`${JSON.stringify(version)} is refused: ${message}`, () =>
      expect(messageOf(ApiVersion, version)).toBe(message));
  }
});

test.describe("base path", () => {
  for (const [context, version, path] of [
    ["/pizza", "1.0.0", "/pizza/1.0.0"],
    ["pizza/", "1.0.0", "/pizza/1.0.0"],
    ["/{version}/pizza", "1.0.0", "/1.0.0/pizza"],
    ["/pizza/{version}", "2", "/pizza/2"],
  ] as const) {
    test(`${context} in version ${version} is ${path}`, () =>
      expect(basePath({ context, version })).toBe(path));
  }
});

test.describe("endpoint URL", () => {
  for (const url of [
    "http://appserver/resource",
    "https://example.com",
    "HTTP://Example.COM:8080/A/b%20c",
    "http://a",
    "http://a/b",
    "http://localhost:1",
    "http://localhost:65535/",
    "http://127.0.0.1:8080",
    "http://[::1]",
    "http://[::1]:8080/path",
    "https://[2001:db8::7]/",
    "http://my_service.internal",
    "http://münchen.example/ä",
    "  http://padded.example  ",
    `http://long.example/${"a".repeat(1970)}`,
  ]) {
    test(`${url.slice(0, 40)} is fine`, () => expect(parseEndpointUrl(url)).toMatchObject({ ok: true }));
  }
  const form = "Use the form http://host:port/path.";
  const scheme = `A URL starts with http:// or https://. ${form}`;
  const port = "The port must be a number from 1 to 65535.";
  const user = "A URL must not contain a user name or password. Set them under Endpoint security.";
  const query = "A URL must not contain a query (?…); the caller's query is used.";
  for (const [url, message] of [
    ["", `Enter a URL. ${form}`],
    ["   ", `Enter a URL. ${form}`],
    ["example.com", scheme],
    ["example.com:8080/x", scheme],
    ["//example.com", scheme],
    ["/path", scheme],
    ["http:/example.com", scheme],
    ["http:example.com", scheme],
    ["ftp://example.com", '"ftp" is not supported. A URL starts with http:// or https://.'],
    ["javascript://x", '"javascript" is not supported. A URL starts with http:// or https://.'],
    ["file:///etc/passwd", '"file" is not supported. A URL starts with http:// or https://.'],
    ["http://", `The host is missing. ${form}`],
    ["http:///path", `The host is missing. ${form}`],
    ["http://?x", `The host is missing. ${form}`],
    ["http://:8080", `This is not a valid URL. ${form}`],
    ["http://host:0", port],
    ["http://host:65536", port],
    ["http://host:999999999999", port],
    ["http://host:", port],
    ["http://[::1]:0/x", port],
    ["http://host:80a", `This is not a valid URL. ${form}`],
    ["http://host:-1", `This is not a valid URL. ${form}`],
    ["http://::1", `This is not a valid URL. ${form}`],
    ["http://[::1", `This is not a valid URL. ${form}`],
    ["http://[::g]", `This is not a valid URL. ${form}`],
    ["http://user:secret@host", user],
    ["http://user@host/path", user],
    ["http://@host", user],
    ["http://host/path?x=1", query],
    ["http://host?", query],
    ["http://host/path#part", "A URL must not contain a fragment (#…)."],
    ["http://ho st", `A URL has no spaces or backslashes. ${form}`],
    ["http://host\\@evil", `A URL has no spaces or backslashes. ${form}`],
    ["http://host/a\nb", `A URL has no spaces or backslashes. ${form}`],
    ["http://host/\u0000", `A URL has no spaces or backslashes. ${form}`],
    [`http://long.example/${"a".repeat(2000)}`, "This URL is longer than 2000 characters."],
  ] as const) {
    test(`${JSON.stringify(url).slice(0, 40)} is refused: ${message.slice(0, 60)}`, () =>
      expect(parseEndpointUrl(url)).toEqual({ ok: false, message }));
  }

  test("whatever is typed gets an answer, and what is accepted is http or https with a host", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.webUrl({ withQueryParameters: true }));
    fc.assert(
      fc.property(text, (typed) => {
        const result = parseEndpointUrl(typed);
        if (!result.ok) return expect(result.message).toMatch(/\.$/);
        expect(result.url.protocol).toMatch(/^https?:$/);
        expect(result.url.hostname).not.toBe("");
        expect(result.url.username + result.url.password + result.url.search + result.url.hash).toBe("");
      }),
    );
  });

  test("two spellings of one backend are the same", () => {
    for (const [a, b] of [
      ["http://Host/a", "HTTP://host/a"],
      ["http://host", "http://host/"],
      ["http://host:80/a", "http://host/a/"],
      ["https://host:443", " https://host "],
    ] as const)
      expect(endpointUrlKey(a)).toBe(endpointUrlKey(b));
    expect(endpointUrlKey("http://host/a")).not.toBe(endpointUrlKey("http://host/b"));
    expect(endpointUrlKey("http://host")).not.toBe(endpointUrlKey("https://host"));
  });

  test("a label is the URL without its scheme", () => {
    expect(endpointLabel("https://host:8080/a")).toBe("host:8080/a");
    expect(endpointLabel(" ")).toBe("empty endpoint");
  });
});

test.describe("defaults", () => {
  test("name, context and version are all that a document needs", () => {
    const definition = parsed(minimal);
    expect(definition.security).toMatchObject({ kind: "jwt", header: "Authorization", forwardToken: false });
    expect(definition.endpoints).toMatchObject({
      production: { enabled: false, endpoints: [], routing: "single", failover: true },
      sandbox: { enabled: false },
      sandboxSeparate: false,
    });
    expect(definition.endpoints.production.algorithm).toMatchObject({ name: "roundRobin", className: "" });
    expect(definition.endpoints.production.session).toMatchObject({ kind: "none", timeoutMs: 600_000 });
  });

  test("a new API has GET POST PUT DELETE PATCH on /*", () => {
    expect(parsed(minimal).resources.map((r) => `${r.method} ${r.path}`)).toEqual([
      "GET /*",
      "POST /*",
      "PUT /*",
      "DELETE /*",
      "PATCH /*",
    ]);
  });

  test("two documents do not share their defaults", () => {
    parsed(minimal).resources.pop();
    expect(parsed(minimal).resources).toHaveLength(5);
  });

  test("an endpoint has weight 1 and is on", () => {
    const { endpoints } = parsed(withProduction({ endpoints: [endpoint("aaaa")] })).endpoints.production;
    expect(endpoints[0]).toMatchObject({ weight: 1, backup: false, state: "on" });
    expect(endpoints[0]!.settings).toEqual({
      suspension: { errorCodes: [], initialMs: null, maxMs: null, factor: null },
      timeout: { errorCodes: [], retriesBeforeSuspension: null, retryDelayMs: null },
      action: null,
      responseTimeoutMs: null,
      verifyTls: true,
      http2: false,
    });
  });

  test("checks, slow start, status retries and circuit breakers are off", () => {
    const group = EndpointGroup.parse({});
    expect(group.healthCheck).toMatchObject({
      enabled: false,
      intervalMs: 10_000,
      timeoutMs: 2_000,
      unhealthyAfter: 2,
      healthyAfter: 2,
    });
    expect(group).toMatchObject({
      slowStartMs: 0,
      failureStatuses: [],
      retryOnStatus: { count: 0, statusCodes: [] },
      circuitBreakers: {
        maxConnections: null,
        maxRequests: null,
        maxPendingRequests: null,
        maxRetries: null,
      },
    });
  });

  test("reading what was written changes nothing", () => {
    const once = parsed(withProduction({ endpoints: [endpoint("aaaa"), endpoint("bbbb")] }));
    const twice = parsed(JSON.parse(JSON.stringify(once)));
    expect(twice).toEqual(once);
    expect(sameDefinition(once, twice)).toBe(true);
    expect(sameDefinition(once, parsed(minimal))).toBe(false);
  });

  test("fields that the present choice does not use are kept", () => {
    const production = {
      endpoints: [endpoint("aaaa", "http://a", { weight: 7, backup: true }), endpoint("bbbb")],
      routing: "single",
      algorithm: {
        name: "random",
        className: "com.example.X",
        settings: { hash: { source: "header", header: "X" } },
      },
      session: { kind: "none", timeoutMs: 5 },
      failover: false,
    };
    expect(parsed(withProduction(production)).endpoints.production).toMatchObject(production);
  });
});

test.describe("fields of an endpoint and its group", () => {
  const suspension = (value: object): unknown => ({ suspension: value });
  for (const [what, schema, input, message] of [
    [
      "a negative initial duration",
      EndpointSettings,
      suspension({ initialMs: -1 }),
      "Enter a whole number of milliseconds from 0 to 86400000.",
    ],
    [
      "half a millisecond",
      EndpointSettings,
      suspension({ initialMs: 0.5 }),
      "Enter a whole number of milliseconds from 0 to 86400000.",
    ],
    [
      "more than a day",
      EndpointSettings,
      suspension({ maxMs: 86_400_001 }),
      "Enter a whole number of milliseconds from 0 to 86400000.",
    ],
    [
      "a factor below 1",
      EndpointSettings,
      suspension({ factor: 0.5 }),
      "Enter a number from 1 to 100, decimals allowed.",
    ],
    [
      "a factor that is text",
      EndpointSettings,
      suspension({ factor: "2" }),
      "Enter a number from 1 to 100, decimals allowed.",
    ],
    [
      "an error class that is no number",
      EndpointSettings,
      suspension({ errorCodes: ["timeout"] }),
      "An error code is a number such as 101504.",
    ],
    [
      "1001 retries before suspension",
      EndpointSettings,
      { timeout: { retriesBeforeSuspension: 1001 } },
      "Enter a whole number from 0 to 1000.",
    ],
    [
      "a response timeout of 0",
      EndpointSettings,
      { responseTimeoutMs: 0 },
      "Enter a whole number of milliseconds from 1 to 86400000.",
    ],
    [
      "a weight below 0",
      EndpointGroup,
      { endpoints: [endpoint("aaaa", "http://a", { weight: -1 })] },
      "Enter a whole number from 0 to 1000.",
    ],
    [
      "a weight of 1.5",
      EndpointGroup,
      { endpoints: [endpoint("aaaa", "http://a", { weight: 1.5 })] },
      "Enter a whole number from 0 to 1000.",
    ],
    [
      "a weight of 1001",
      EndpointGroup,
      { endpoints: [endpoint("aaaa", "http://a", { weight: 1001 })] },
      "Enter a whole number from 0 to 1000.",
    ],
    [
      "a malformed URL",
      EndpointGroup,
      { endpoints: [endpoint("aaaa", "nonsense")] },
      "A URL starts with http:// or https://. Use the form http://host:port/path.",
    ],
    [
      "a status of 99",
      EndpointGroup,
      { failureStatuses: [99] },
      "Write statuses from 100 to 599, such as 502, 503.",
    ],
    [
      "a status of 600",
      EndpointGroup,
      { retryOnStatus: { statusCodes: [600] } },
      "Write statuses from 100 to 599, such as 502, 503.",
    ],
    [
      "11 status retries",
      EndpointGroup,
      { retryOnStatus: { count: 11 } },
      "Enter a whole number from 0 to 10.",
    ],
    [
      "a header name with a space",
      EndpointGroup,
      { session: { header: "Client ID" } },
      "A header name has letters, digits and hyphens only.",
    ],
    [
      "a hash header with a colon",
      EndpointGroup,
      { algorithm: { settings: { hash: { header: "X:" } } } },
      "A header name has letters, digits and hyphens only.",
    ],
    [
      "a check path without a slash",
      HealthCheck,
      { path: "health" },
      "A path starts with / and has no spaces.",
    ],
    ["expected statuses in words", HealthCheck, { expected: "ok" }, "Write statuses such as 200-399, 404."],
    [
      "101 endpoints",
      EndpointGroup,
      { endpoints: Array.from({ length: 101 }, (_, i) => endpoint(`id-${i}`)) },
      "At most 100 endpoints in one list.",
    ],
  ] as const) {
    test(`${what}: ${message}`, () => expect(messageOf(schema, input)).toContain(message));
  }

  test("expected statuses may be numbers and ranges", () => {
    for (const expected of ["200", "200-399", "200-299, 404 ,500-501"])
      expect(messageOf(HealthCheck, { expected })).toBe("");
  });

  test("an empty URL may be saved: work may be unfinished", () => {
    expect(problemsOf(withProduction({ endpoints: [endpoint("aaaa", "")] }))).toEqual([]);
  });

  test("a maximum below the initial duration is refused beside the field", () => {
    const settings = { suspension: { initialMs: 5_000, maxMs: 4_999 } };
    expect(problemsOf(withProduction({ endpoints: [endpoint("aaaa", "http://a", { settings })] }))).toEqual([
      {
        path: ["endpoints", "production", "endpoints", 0, "settings", "suspension", "maxMs"],
        message: "Max Duration must be at least the Initial Duration (5000 ms).",
      },
    ]);
  });

  test("a maximum is compared with the default when no initial duration is given", () => {
    const group = (maxMs: number) =>
      withProduction({ endpoints: [endpoint("aaaa", "http://a", { settings: { suspension: { maxMs } } })] });
    expect(problemsOf(group(30_000))).toEqual([]);
    expect(problemsOf(group(29_999))[0]?.message).toContain("30000 ms");
  });

  test("Other needs a class name", () => {
    for (const className of ["", "  "]) {
      expect(problemsOf(withProduction({ algorithm: { name: "other", className } }))).toEqual([
        {
          path: ["endpoints", "production", "algorithm", "className"],
          message: "Enter the class name of the algorithm.",
        },
      ]);
    }
    expect(problemsOf(withProduction({ algorithm: { name: "other", className: "com.example.X" } }))).toEqual(
      [],
    );
  });

  test("an endpoint id is used once, over all groups and resources", () => {
    const twice = withProduction(
      { endpoints: [endpoint("aaaa")] },
      { sandbox: { enabled: true, endpoints: [endpoint("aaaa")] } },
    );
    expect(problemsOf(twice)).toEqual([
      {
        path: ["endpoints", "sandbox", "endpoints", 0, "id"],
        message: "The endpoint id aaaa is used twice.",
      },
    ]);
  });

  test("a resource is declared once", () => {
    const resources = [
      { method: "GET", path: "/a" },
      { method: "POST", path: "/a" },
      { method: "GET", path: "/a" },
    ];
    expect(problemsOf({ ...minimal, resources })).toEqual([
      { path: ["resources", 2], message: "GET /a is declared twice." },
    ]);
  });

  test("a resource path starts with a slash and has no query", () => {
    for (const path of ["a", "/a b", "/a?x", "/a#x", ""])
      expect(problemsOf({ ...minimal, resources: [{ method: "GET", path }] })).toEqual([
        {
          path: ["resources", 0, "path"],
          message: "A resource path starts with / and has no spaces, ? or #.",
        },
      ]);
  });

  test("an endpoint named twice is a warning that stops nothing", () => {
    const group = EndpointGroup.parse({
      endpoints: [endpoint("aaaa", "http://a"), endpoint("bbbb"), endpoint("cccc", "HTTP://A:80/")],
    });
    expect(warnings(group)).toEqual([
      { id: "cccc", message: "Same URL as endpoint 1: it gets both shares." },
    ]);
    expect(warnings({ ...group, routing: "failover" })[0]?.message).toBe(
      "Same URL as endpoint 1: it is tried again.",
    );
    expect(
      warnings(EndpointGroup.parse({ endpoints: [endpoint("aaaa", ""), endpoint("bbbb", "")] })),
    ).toEqual([]);
  });

  test("weights that give all traffic to the backups, at each endpoint that gets none for it", () => {
    const told = (weights: [number, number, number], more: object = {}, group: object = {}) =>
      warnings(
        EndpointGroup.parse({
          routing: "loadBalanced",
          algorithm: { name: "weightedRoundRobin" },
          endpoints: [
            endpoint("aaaa", "http://a", { weight: weights[0] }),
            endpoint("bbbb", "http://b", { weight: weights[1], ...more }),
            endpoint("cccc", "http://c", { weight: weights[2], backup: true }),
          ],
          ...group,
        }),
      ).map(({ id, message }) => `${id}: ${message}`);
    const words = "All weights but those of backups are 0, so the backups get all traffic.";
    expect(told([0, 0, 1])).toEqual([`aaaa: ${words}`, `bbbb: ${words}`]);
    expect(told([0, 5, 1], { state: "off" })).toEqual([`aaaa: ${words}`]);
    expect(told([0, 1, 1])).toEqual([]);
    // Another sentence says that nobody would get any, and others do not look at weights.
    expect(told([0, 0, 0])).toEqual([]);
    expect(told([0, 0, 1], {}, { algorithm: { name: "roundRobin" } })).toEqual([]);
    expect(told([0, 0, 1], {}, { routing: "failover" })).toEqual([]);
  });
});

test.describe("the Create form", () => {
  const ids = { production: "ep-prod", sandbox: "ep-sand" };
  const form = { name: "Pizza", context: "pizza", version: "1.0.0" };

  test("one URL becomes production and sandbox", () => {
    const { endpoints } = parsed(newDefinition({ ...form, endpoint: " http://a " }, ids));
    expect(endpoints.production).toMatchObject({
      enabled: true,
      endpoints: [{ id: "ep-prod", url: "http://a" }],
    });
    expect(endpoints.sandbox).toMatchObject({
      enabled: true,
      endpoints: [{ id: "ep-sand", url: "http://a" }],
    });
  });

  test("without a URL production is ticked and empty", () => {
    const { endpoints } = parsed(newDefinition({ ...form, endpoint: "" }, ids));
    expect(endpoints.production).toMatchObject({ enabled: true, endpoints: [] });
    expect(endpoints.sandbox).toMatchObject({ enabled: false, endpoints: [] });
  });

  test("a malformed URL is refused beside the field", () => {
    expect(
      problemsOf(newDefinition({ ...form, endpoint: "nonsense" }, ids)).map((p) => p.path.join(".")),
    ).toContain("endpoints.production.endpoints.0.url");
  });
});

test.describe("what may be deployed", () => {
  const deployable = (input: unknown) => deployProblems(parsed(input));

  test("an API with one good endpoint", () => {
    expect(deployable(withProduction({ endpoints: [endpoint("aaaa")] }))).toEqual([]);
  });

  test("a sandbox alone", () => {
    const sandbox = { enabled: true, endpoints: [endpoint("aaaa")] };
    expect(deployable({ ...minimal, endpoints: { sandbox } })).toEqual([]);
  });

  test("not without any endpoint", () => {
    expect(deployable(minimal)).toEqual([
      {
        path: ["endpoints"],
        message: "Add a production or a sandbox endpoint: without one there is nothing to send traffic to.",
      },
    ]);
  });

  test("not with a ticked but empty key type", () => {
    expect(deployable(withProduction({}))).toEqual([
      {
        path: ["endpoints", "production", "endpoints"],
        message: "Enter a production endpoint, or untick Production Endpoint.",
      },
    ]);
  });

  test("not with an empty URL in use", () => {
    const endpoints = [endpoint("aaaa"), endpoint("bbbb", "")];
    expect(deployable(withProduction({ routing: "failover", endpoints }))).toEqual([
      {
        path: ["endpoints", "production", "endpoints", 1, "url"],
        message: "Enter a URL. Use the form http://host:port/path.",
      },
    ]);
  });

  test("an empty URL that the routing does not use is no obstacle", () => {
    expect(deployable(withProduction({ endpoints: [endpoint("aaaa"), endpoint("bbbb", "")] }))).toEqual([]);
  });

  test("not when all weights are 0 and weights steer", () => {
    const group = (name: string) => ({
      routing: "loadBalanced",
      algorithm: { name, className: "com.example.X" },
      endpoints: [endpoint("aaaa", "http://a", { weight: 0 }), endpoint("bbbb", "http://b", { weight: 0 })],
    });
    for (const name of [
      "weightedRoundRobin",
      "leastConnections",
      "fastestResponse",
      "random",
      "hash",
      "other",
    ]) {
      expect(deployable(withProduction(group(name))), name).toEqual([
        {
          path: ["endpoints", "production", "endpoints"],
          message: "Production: all weights are 0, so no endpoint would get traffic.",
        },
      ]);
    }
    expect(deployable(withProduction(group("roundRobin")))).toEqual([]);
    expect(deployable(withProduction({ ...group("random"), routing: "failover" }))).toEqual([]);
  });

  test("a sandbox that follows production is judged by production's algorithm", () => {
    const input = withProduction(
      { routing: "loadBalanced", algorithm: { name: "weightedRoundRobin" }, endpoints: [endpoint("aaaa")] },
      { sandbox: { enabled: true, endpoints: [endpoint("bbbb", "http://b", { weight: 0 })] } },
    );
    expect(deployable(input).map((p) => p.message)).toEqual([
      "Sandbox: all weights are 0, so no endpoint would get traffic.",
    ]);
  });

  test("not without a resource", () => {
    const input = { ...withProduction({ endpoints: [endpoint("aaaa")] }), resources: [] };
    expect(deployable(input).map((p) => p.message)).toEqual([
      "Add a resource: without one every request is answered 404.",
    ]);
  });

  test("not without a transport", () => {
    const input = {
      ...withProduction({ endpoints: [endpoint("aaaa")] }),
      transports: { http: false, https: false },
    };
    expect(deployable(input).map((p) => p.message)).toEqual(["Choose HTTP, HTTPS or both."]);
  });

  test("problems of a resource's own endpoints name the resource", () => {
    const own = { method: "GET", path: "/a", endpoints: { production: { enabled: true } } };
    const input = { ...withProduction({ endpoints: [endpoint("aaaa")] }), resources: [own] };
    expect(deployable(input).map((p) => p.path)).toEqual([
      ["resources", 0, "endpoints", "production", "endpoints"],
    ]);
  });
});

test.describe("documents from anywhere", () => {
  for (const [what, input] of [
    ["nothing", undefined],
    ["null", null],
    ["a number", 7],
    ["a text", "{}"],
    ["a list", []],
    ["a function", () => minimal],
    ["an empty object", {}],
  ] as const) {
    test(`${what} is refused with a sentence`, () => {
      const problems = problemsOf(input);
      expect(problems.length).toBeGreaterThan(0);
      for (const { message } of problems) expect(message.length).toBeGreaterThan(5);
    });
  }

  test("each missing field is named", () => {
    expect(problemsOf({})).toEqual([
      { path: ["name"], message: "Enter a name." },
      { path: ["context"], message: "Enter a context, for example /pizzashack." },
      { path: ["version"], message: "Enter a version, for example 1.0.0." },
    ]);
  });

  test("keys such as __proto__ reach no prototype and do not stay", () => {
    const text = `{"name":"P","context":"/p","version":"1","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},
      "extras":{"__proto__":{"polluted":1},"kept":1},
      "endpoints":{"__proto__":{"polluted":1},"production":{"algorithm":{"settings":{"__proto__":{"polluted":1}}}}}}`;
    const definition = parsed(JSON.parse(text));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((definition as unknown as Record<string, unknown>).polluted).toBeUndefined();
    expect(definition.extras.kept).toBe(1);
    expect(definition.extras.polluted).toBeUndefined();
    expect(JSON.stringify(definition)).not.toContain("polluted");
  });

  test("lists without end are one problem", () => {
    const many = Array(200_000).fill({});
    expect(problemsOf(withProduction({ endpoints: many }))).toEqual([
      { path: ["endpoints", "production", "endpoints"], message: "At most 100 endpoints in one list." },
    ]);
    expect(problemsOf({ ...minimal, resources: many })).toEqual([
      { path: ["resources"], message: "At most 10000 resources." },
    ]);
  });

  test("texts without end are refused", () => {
    const endless = "a".repeat(3_000_000);
    expect(problemsOf({ ...minimal, name: endless }).map((p) => p.message)).toEqual([
      "A name has at most 60 characters; this one has 3000000.",
    ]);
    expect(problemsOf({ ...minimal, description: endless }).map((p) => p.path)).toEqual([["description"]]);
  });

  test("extras nested too deeply to be stored are refused", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = { deep };
    expect(problemsOf({ ...minimal, extras: { deep } })).toEqual([
      {
        path: ["extras"],
        message: "What an import brought along is too large or nested too deeply to be kept.",
      },
    ]);
  });

  test("every wrong type has a problem at its place", () => {
    const places = problemsOf({
      ...minimal,
      description: 1,
      isDefaultVersion: "yes",
      limits: [],
      resources: { GET: "/a" },
      endpoints: {
        production: { endpoints: "http://a", routing: "roundRobin", session: { kind: "cookie" } },
      },
    }).map((p) => p.path.join("."));
    expect(places.sort()).toEqual([
      "description",
      "endpoints.production.endpoints",
      "endpoints.production.routing",
      "endpoints.production.session.kind",
      "isDefaultVersion",
      "limits",
      "resources",
    ]);
  });

  test("any JSON at all is answered, never thrown at", () => {
    const keys = [
      "name",
      "context",
      "version",
      "endpoints",
      "resources",
      "limits",
      "extras",
      "__proto__",
      "x",
    ];
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()),
      fc.record({
        name: fc.constant("P"),
        context: fc.constant("/p"),
        version: fc.constant("1"),
        endpoints: fc.record({ production: fc.jsonValue(), sandbox: fc.jsonValue() }),
        resources: fc.jsonValue(),
      }),
    );
    fc.assert(
      fc.property(anything, (input) => {
        const result = parseDefinition(input);
        if (result.ok) {
          expect(Array.isArray(deployProblems(result.definition))).toBe(true);
          expect(parsed(JSON.parse(JSON.stringify(result.definition)))).toEqual(result.definition);
        } else expect(result.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});

test("no rule speaks to people in the words of a program", () => {
  const given = { name: "Pizza", context: "/pizza", version: "1.0.0" };
  const wrong = [Number.NaN, -1, 1.5, 1e30];
  const tried: object[] = wrong.flatMap((value) => [
    ...Object.keys(Limits.shape).map((key) => ({ limits: { [key]: value } })),
    ...["slowStartMs", "responseTimeoutMs"].map((key) => ({ endpoints: { production: { [key]: value } } })),
    ...["maxConnections", "maxRequests", "maxPendingRequests", "maxRetries"].map((key) => ({
      endpoints: { production: { circuitBreakers: { [key]: value } } },
    })),
  ]);
  tried.push(
    { description: "x".repeat(20_001) },
    { security: { audiences: Array(51).fill("a") } },
    { cors: { allowOrigins: ["x".repeat(501)] } },
  );
  for (const part of tried) {
    const issues = Stored.safeParse({ ...given, ...part }).error?.issues ?? [];
    for (const { message } of issues) {
      expect(message, JSON.stringify(part)?.slice(0, 100)).not.toMatch(
        /expected|Invalid|Too (big|small)|NaN/,
      );
    }
  }
  expect(Stored.safeParse({ ...given, limits: { retryBudgetPercent: 150 } }).error?.issues[0]?.message).toBe(
    "Enter a number from 0 to 100.",
  );
});

test.describe("parameters of a resource path", () => {
  for (const path of ["/menu/{id}", "/{a}/{b}", "/{name}.json", "/{from}-{to}", "/*", "/menu/*"]) {
    test(`${path} is fine`, () => expect(bracesProblem(path)).toBeUndefined());
  }
  for (const path of ["/{id", "/a}b", "/{}", "/{a/b}", "/{{id}}"]) {
    test(`${path} makes no sense`, () => expect(bracesProblem(path)).toContain("a name in braces"));
  }
});

test("a scope that no token can name is told before it is deployed", () => {
  const endpoints = { production: { enabled: true, endpoints: [{ id: "ep-e", url: "http://a" }] } };
  const problemsOf = (scopes: string[]) =>
    deployProblems(
      Stored.parse({
        ...{ name: "Pizza", context: "/pizza", version: "1.0.0", endpoints },
        resources: [{ method: "GET", path: "/menu", scopes }],
      }),
    );
  expect(problemsOf(["read", "orders:write", "https://example.com/a!"])).toEqual([]);
  expect(problemsOf(["read", '"x"'])).toMatchObject([{ path: ["resources", 0, "scopes"] }]);
  expect(problemsOf(["grün"])[0]?.message).toContain("The scope grün cannot be asked for");
});
