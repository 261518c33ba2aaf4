import { expect, test } from "@playwright/test";
import { type FleetMember, servedBy } from "#lib/gateways";
import { mergedHistory, mergedStatus } from "#lib/mergedStatus";
import { isForBody, isTicket, ticketFor } from "#lib/node/adminTicket";
import { ApiHistory, GatewayStatus } from "#lib/status";

/** Several gateways as one: docs/rules/publisher.md sections 3 and 4. */

const member = (id: string, generation: number, silentMs = 1_000): FleetMember => ({
  ...{ id, generation, silentMs, uncounted: null },
});

for (const [what, members, told] of [
  ["all serve it", [member("a", 7), member("b", 8)], { served: 2, total: 2, isLive: true, missing: "" }],
  [
    "one is late",
    [member("a", 7), member("b", 6)],
    { served: 1, total: 2, isLive: false, missing: "b has not taken it up" },
  ],
  [
    "one that is silent is not waited for, whatever it served",
    [member("a", 7), member("b", 6, 40_900), member("c", 7, 15_000), member("d", 7, 14_999)],
    {
      ...{ served: 2, total: 4, isLive: true },
      missing: "b has not answered for 40 s, c has not answered for 15 s",
    },
  ],
  [
    "nobody is there",
    [member("a", 7, 3_000_000)],
    { served: 0, total: 1, isLive: false, missing: "a has not answered for 50 min" },
  ],
  [
    "many are late",
    ["a", "b", "c", "d", "e"].map((id) => member(id, 1)),
    {
      ...{ served: 0, total: 5, isLive: false },
      missing: "a has not taken it up, b has not taken it up, c has not taken it up, and 2 more",
    },
  ],
] as const) {
  test(`served by gateways: ${what}`, () => {
    expect(servedBy(members, 7)).toEqual(told);
  });
}

/** What one gateway tells of an API with one endpoint. */
function statusOf(generation: number, endpoint: object, api: object = {}): GatewayStatus {
  const state = {
    ...{ id: "e1", url: "http://one", state: "up", since: null, until: null, inFlight: 1, requests: 10 },
    ...{ failures: 1, lastMinute: 4, lastMinuteFailures: 1, lastError: null, p50: 10, p99: 20 },
  };
  return GatewayStatus.parse({
    ...{ generation, startedAt: `2026-01-01T00:00:0${generation}.000Z`, databaseError: null },
    urls: { http: `http://gw-${generation}`, https: null },
    apis: [
      {
        ...{ apiId: "x", name: "X", version: "1", basePath: "/x/1", revision: 3, error: null },
        ...{ endpoints: [{ ...state, ...endpoint }], ...api },
      },
    ],
  });
}

test("counts of several gateways are added up, and the worst state says where it is", () => {
  const merged = mergedStatus([
    { id: "gw-a", value: statusOf(1, {}) },
    {
      id: "gw-b",
      value: statusOf(2, { state: "suspended", until: "2026-01-01", lastMinute: 12, p50: 30, p99: 90 }),
    },
  ]);
  expect(merged).toMatchObject({ generation: 1, startedAt: "2026-01-01T00:00:02.000Z" });
  expect(merged?.apis[0]?.endpoints).toMatchObject([
    {
      ...{ state: "suspended", at: ["gw-b"], until: "2026-01-01" },
      ...{ inFlight: 2, requests: 20, failures: 2, lastMinute: 16, lastMinuteFailures: 2 },
      ...{ p50: 25, p99: 90 },
    },
  ]);
  expect(merged?.apis[0]).toMatchObject({ revision: 3, error: null });
});

test("a revision counts as served where all serve it, and what fails at some is named", () => {
  const some = mergedStatus([
    { id: "gw-a", value: statusOf(1, {}, { revision: 2, down: ["production"] }) },
    { id: "gw-b", value: statusOf(2, {}) },
  ]);
  expect(some?.apis[0]).toMatchObject({ revision: null, down: ["production (at gw-a)"] });
  const failing = mergedStatus([
    { id: "gw-a", value: statusOf(2, {}) },
    { id: "gw-b", value: statusOf(2, {}, { revision: 1, error: "It has no algorithm Mine." }) },
  ]);
  expect(failing?.apis[0]).toMatchObject({ revision: 1, error: "It has no algorithm Mine. (at gw-b)" });
  expect(mergedStatus([])).toBe(null);
});

test("histories are added up slot by slot, also where one gateway is a slot ahead", () => {
  const history = (first: number, requests: number) =>
    ApiHistory.parse({
      slotMs: 30_000,
      points: [first, first + 1].map((slot) => ({
        at: new Date(slot * 30_000).toISOString(),
        answers: { "2xx": requests, "3xx": 0, "4xx": 0, "5xx": 1, gone: 0 },
        ...{ refused: 1, retries: 2, p50: requests, p90: requests, p99: requests },
      })),
      endpoints: [{ id: "e1", url: "http://one", attempts: [requests, requests], failures: [1, 1] }],
    });
  const merged = mergedHistory([history(10, 9), history(11, 19)]);
  expect(merged?.points).toMatchObject([
    { answers: { "2xx": 28, "5xx": 2 }, refused: 2, retries: 4, p50: (9 * 10 + 19 * 20) / 30, p99: 19 },
    { answers: { "2xx": 19, "5xx": 1 }, refused: 1, retries: 2, p50: 19, p99: 19 },
  ]);
  expect(merged?.endpoints).toMatchObject([{ attempts: [28, 19], failures: [2, 1], live: true }]);
});

test("a ticket is for one request at one gateway, its body included, and for a minute", () => {
  const secret = Buffer.from("the secret of this installation");
  const asked = { gateway: "gw-a", method: "POST", path: "/check?x=1" };
  const ticket = ticketFor(secret, asked, "{}", 1_000_000);
  expect(ticket).not.toContain("secret");
  const at = (now: number, other: object = {}, by = secret) =>
    isTicket(by, { ...asked, ...other }, ticket, now);
  expect(at(1_000_000)).toBe(true);
  expect([at(1_060_000), at(940_000)]).toEqual([true, true]);
  expect([at(1_060_001), at(939_999)]).toEqual([false, false]);
  for (const other of [{ gateway: "gw-b" }, { method: "GET" }, { path: "/check?x=2" }])
    expect(at(1_000_000, other), JSON.stringify(other)).toBe(false);
  expect(at(1_000_000, {}, Buffer.from("another"))).toBe(false);
  expect(isTicket(secret, asked, ticket.replace("1000000.", "1000001."), 1_000_000)).toBe(false);
  expect(isTicket(secret, asked, "Bearer x", 1_000_000)).toBe(false);
  expect([isForBody(ticket, Buffer.from("{}")), isForBody(ticket, Buffer.from("[]"))]).toEqual([true, false]);
  expect(isForBody("", Buffer.from("anything"))).toBe(true);
});
