import { expect, test } from "@playwright/test";
import { algorithms } from "#lib/algorithms";
import { reachable } from "#lib/eligibility";
import { EndpointGroup } from "#lib/endpoints";
import { plannedShares } from "#lib/simulate";

type GroupInput = Parameters<typeof EndpointGroup.parse>[0] & object;

const group = (input: object): EndpointGroup =>
  EndpointGroup.parse({ enabled: true, ...input } as GroupInput);
const endpoint = (id: string, more: object = {}) => ({ id, url: `http://${id}`, ...more });

/** Shares in whole percent by id. */
function percent(of: EndpointGroup, ...out: string[]): Record<string, number> | null {
  const shares = plannedShares(of, new Set(out));
  return shares && Object.fromEntries([...shares].map(([id, share]) => [id, Math.round(share * 100)]));
}

const weighted = (name: string) =>
  group({
    routing: "loadBalanced",
    algorithm: { name },
    endpoints: [
      endpoint("aaaa", { weight: 5 }),
      endpoint("bbbb", { weight: 3 }),
      endpoint("cccc", { weight: 2 }),
    ],
  });

for (const { name, label, usesWeights } of algorithms) {
  test(`${label}: the shares are those of the weights`, () => {
    const shares = percent(weighted(name))!;
    const due = usesWeights ? { aaaa: 50, bbbb: 30, cccc: 20 } : { aaaa: 33, bbbb: 33, cccc: 33 };
    for (const [id, share] of Object.entries(due))
      expect(Math.abs(shares[id]! - share)).toBeLessThanOrEqual(2);
    expect([...plannedShares(weighted(name))!.values()].reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  });

  test(`${label}: what if one is down, the others share in proportion`, () => {
    const shares = percent(weighted(name), "aaaa")!;
    const due = usesWeights ? { bbbb: 60, cccc: 40 } : { bbbb: 50, cccc: 50 };
    expect(shares.aaaa).toBe(0);
    for (const [id, share] of Object.entries(due))
      expect(Math.abs(shares[id]! - share)).toBeLessThanOrEqual(2);
  });

  test(`${label}: the preview is the same every time`, () => {
    expect(plannedShares(weighted(name))).toEqual(plannedShares(weighted(name)));
  });
}

test("single: everything goes to the first endpoint, whatever is below it", () => {
  const single = group({ endpoints: [endpoint("aaaa"), endpoint("bbbb")] });
  expect(percent(single)).toEqual({ aaaa: 100, bbbb: 0 });
  expect(percent(single, "aaaa")).toEqual({ aaaa: 0, bbbb: 0 });
});

test("failover: everything goes to the first that is not down", () => {
  const failover = group({
    routing: "failover",
    endpoints: [endpoint("aaaa"), endpoint("bbbb"), endpoint("cccc")],
  });
  expect(percent(failover)).toEqual({ aaaa: 100, bbbb: 0, cccc: 0 });
  expect(percent(failover, "aaaa")).toEqual({ aaaa: 0, bbbb: 100, cccc: 0 });
  expect(percent(failover, "aaaa", "bbbb")).toEqual({ aaaa: 0, bbbb: 0, cccc: 100 });
});

test("failover does not look at weights or backups", () => {
  const endpoints = [endpoint("aaaa", { weight: 0, backup: true }), endpoint("bbbb")];
  expect(percent(group({ routing: "failover", endpoints }))).toEqual({ aaaa: 100, bbbb: 0 });
});

test("backups get traffic only when no other endpoint can", () => {
  const endpoints = [
    endpoint("aaaa"),
    endpoint("bbbb", { backup: true }),
    endpoint("cccc", { backup: true }),
  ];
  const balanced = group({ routing: "loadBalanced", endpoints });
  expect(percent(balanced)).toEqual({ aaaa: 100, bbbb: 0, cccc: 0 });
  expect(percent(balanced, "aaaa")).toEqual({ aaaa: 0, bbbb: 50, cccc: 50 });
});

test("weight 0 means no new traffic, where weights steer", () => {
  const endpoints = [endpoint("aaaa", { weight: 0 }), endpoint("bbbb")];
  const of = (name: string) => group({ routing: "loadBalanced", algorithm: { name }, endpoints });
  expect(percent(of("weightedRoundRobin"))).toEqual({ aaaa: 0, bbbb: 100 });
  expect(percent(of("roundRobin"))).toEqual({ aaaa: 50, bbbb: 50 });
});

test("draining and off endpoints get no new traffic", () => {
  const endpoints = [
    endpoint("aaaa", { state: "draining" }),
    endpoint("bbbb", { state: "off" }),
    endpoint("cccc"),
  ];
  expect(percent(group({ routing: "loadBalanced", endpoints }))).toEqual({ aaaa: 0, bbbb: 0, cccc: 100 });
  expect(reachable(group({ routing: "loadBalanced", endpoints })).map((e) => e.id)).toEqual(["cccc"]);
});

test("with everything down nobody gets anything", () => {
  const balanced = group({ routing: "loadBalanced", endpoints: [endpoint("aaaa"), endpoint("bbbb")] });
  expect(percent(balanced, "aaaa", "bbbb")).toEqual({ aaaa: 0, bbbb: 0 });
  expect(percent(group({ routing: "loadBalanced" }))).toEqual({});
});

test("a custom algorithm has no preview: it runs in the gateway only", () => {
  const endpoints = [endpoint("aaaa"), endpoint("bbbb")];
  const other = group({
    routing: "loadBalanced",
    algorithm: { name: "other", className: "com.example.X" },
    endpoints,
  });
  expect(plannedShares(other)).toBeNull();
});

test("a Synapse class name is previewed as the algorithm that it means", () => {
  const className = "org.apache.synapse.endpoints.algorithms.WeightedRoundRobin";
  const endpoints = [endpoint("aaaa", { weight: 3 }), endpoint("bbbb")];
  const other = group({ routing: "loadBalanced", algorithm: { name: "other", className }, endpoints });
  expect(percent(other)).toEqual({ aaaa: 75, bbbb: 25 });
});
