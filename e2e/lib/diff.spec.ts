import { expect, test } from "@playwright/test";
import { deployProblems, sameDefinition } from "#lib/edit/api";
import { ApiDefinition } from "#lib/schemas/definition";
import { diff } from "#lib/tell/diff";

const api = (more: object = {}) =>
  ApiDefinition.parse({ name: "Pizza", context: "/pizza", version: "1.0.0", ...more });

test("settings of the Runtime page are told under the words of that page", () => {
  const to = api({
    isDefaultVersion: true,
    transports: { http: false },
    security: { kind: "none", header: "X-Token", forwardToken: true, audiences: ["a", "b"] },
    preserveHost: true,
    mapAddresses: true,
    cors: { enabled: true, allowOrigins: ["https://a.example"], allowCredentials: true },
  });
  expect(diff(api(), to)).toEqual([
    "Security JWT → None",
    "Token header Authorization → X-Token",
    "Pass the token on off → on",
    "Audiences none → a, b",
    "HTTP on → off",
    "Default version off → on",
    "Keep the caller's Host header off → on",
    "Correct the backend's addresses off → on",
    "CORS off → on",
    "CORS origins * → https://a.example",
    "CORS credentials off → on",
  ]);
});

test("another text of the definition is told as such, not recited", () => {
  const text = "openapi: 3.0.3\ninfo: {title: Pizza, version: 1.0.0}\n";
  expect(diff(api(), api({ openapi: text }))).toEqual(["The text of the definition"]);
});

test("a changed operation is told by what changed in it", () => {
  const resources = (more: object = {}) => [{ method: "GET", path: "/menu", ...more }];
  const from = api({ resources: resources() });
  expect(diff(from, api({ resources: resources({ secured: false, scopes: ["read", "write"] }) }))).toEqual([
    "GET /menu security on → off",
    "GET /menu scopes none → read, write",
  ]);
  const own = { production: { enabled: true, endpoints: [{ id: "ep-e", url: "http://a" }] } };
  const to = api({ resources: resources({ endpoints: own }) });
  expect(diff(from, to)).toEqual(["GET /menu: Production Endpoint ticked", "GET /menu: Added a"]);
  expect(diff(to, from)).toEqual(["GET /menu: the API's endpoints again"]);
  const balanced = { production: { ...own.production, routing: "loadBalanced" } };
  expect(diff(to, api({ resources: resources({ endpoints: balanced }) }))).toEqual([
    "GET /menu: Endpoint Type None → Load Balanced",
  ]);
});

test("what is unusual about something new is told with it", () => {
  const own = {
    production: { enabled: true, endpoints: [{ id: "ep-o", url: "http://other:8080" }] },
    sandbox: { enabled: true, endpoints: [{ id: "ep-s", url: "http://b" }] },
  };
  const menu = { method: "GET", path: "/menu" };
  const open = { method: "GET", path: "/open", secured: false, scopes: ["read"], endpoints: own };
  expect(
    diff(api({ resources: [] }), api({ resources: [menu, open] })),
    "that it is open to everybody is no detail",
  ).toEqual([
    "Added resource GET /menu",
    "Added resource GET /open, security off, scopes read, production endpoints of its own: other:8080, sandbox endpoints of its own: b",
  ]);
  const endpoints = (list: object[]) => ({ production: { enabled: true, endpoints: list } });
  const one = { id: "ep-e", url: "http://a" };
  const two = { id: "ep-f", url: "http://b", weight: 3, backup: true, settings: { verifyTls: false } };
  expect(diff(api({ endpoints: endpoints([one]) }), api({ endpoints: endpoints([one, two]) }))).toEqual([
    "Added b, weight 3, backup on, Verify the certificate off",
  ]);
});

test("a URL of which only the scheme changed is told whole", () => {
  const at = (url: string) =>
    api({ endpoints: { production: { enabled: true, endpoints: [{ id: "ep-e", url }] } } });
  expect(diff(at("http://a"), at("https://a"))).toEqual(["http://a → https://a"]);
  expect(diff(at("http://a"), at("https://b"))).toEqual(["a → b"]);
});

test("what is no number is a change, also where nothing would be the default", () => {
  const from = api();
  const to = { ...from, limits: { ...from.limits, maxBodyBytes: Number.NaN } };
  expect(sameDefinition(from, to)).toBe(false);
  expect(sameDefinition(to, { ...to, limits: { ...to.limits } })).toBe(true);
  expect(diff(from, to)).toEqual(["Largest request body (bytes) default → not a number"]);
});

test("credentials with any origin cannot be deployed, and may be saved", () => {
  const endpoints = { production: { enabled: true, endpoints: [{ id: "ep-e", url: "http://a" }] } };
  const cors = { enabled: true, allowCredentials: true };
  const message = "CORS: credentials need origins by name, because browsers refuse them together with *.";
  expect(deployProblems(api({ endpoints, cors }))).toEqual([{ path: ["cors", "allowOrigins"], message }]);
  expect(deployProblems(api({ endpoints, cors: { ...cors, allowOrigins: ["https://a.example"] } }))).toEqual(
    [],
  );
  expect(deployProblems(api({ endpoints, cors: { ...cors, enabled: false } }))).toEqual([]);
});

test("limits, checks and settings of endpoints are told under the words of their fields", () => {
  const endpoints = (policy: object, settings: object) => ({
    production: { enabled: true, ...policy, endpoints: [{ id: "ep-e", url: "http://a", settings }] },
  });
  const from = api({ endpoints: endpoints({}, {}) });
  const policy = { healthCheck: { enabled: true, intervalMs: 5_000 }, circuitBreakers: { maxRequests: 7 } };
  const settings = { suspension: { initialMs: 5_000, factor: 2 }, verifyTls: false };
  const to = api({ endpoints: endpoints(policy, settings), limits: { responseTimeoutMs: 5_000 } });
  expect(diff(from, to).sort()).toEqual(
    [
      "Check actively off → on",
      "Interval of the check 10000 ms → 5000 ms",
      "Most requests under way default → 7",
      "Response timeout 30000 ms → 5000 ms",
      "a Factor default → 2",
      "a Initial Duration default → 5000 ms",
      "a Verify the certificate on → off",
    ].sort(),
  );
});
