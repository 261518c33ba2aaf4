import { expect, test } from "@playwright/test";
import { EndpointGroup } from "#lib/schemas/endpointGroup";
import { algorithms } from "#lib/traffic/algorithms";
import { reachable } from "#lib/traffic/eligibility";
import { nextRequests, PREVIEW_CLIENTS, plannedShares } from "#lib/traffic/simulate";

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

/** The next requests in short: ids, after the client where one is named, with * where it stays. */
const told = (of: EndpointGroup, count: number, ...out: string[]) =>
  nextRequests(of, count, new Set(out))?.steps.map(({ endpoint, client, pinned }) =>
    [client ?? "", endpoint, pinned ? "*" : ""].join(""),
  );

test("the next requests go round by weight, without those that are down", () => {
  const of = weighted("weightedRoundRobin");
  expect(told(of, 10)).toEqual("aaaa bbbb cccc aaaa aaaa bbbb aaaa cccc bbbb aaaa".split(" "));
  expect(told(of, 5, "aaaa")).toEqual("bbbb cccc bbbb cccc bbbb".split(" "));
  expect(nextRequests(of, 1)!.example).toBe(false);
});

test("the next requests of failover all go to the first that is up", () => {
  const of = group({ routing: "failover", endpoints: [endpoint("aaaa"), endpoint("bbbb")] });
  expect(told(of, 3)).toEqual(["aaaa", "aaaa", "aaaa"]);
  expect(told(of, 2, "aaaa")).toEqual(["bbbb", "bbbb"]);
  expect(told(of, 2, "aaaa", "bbbb")).toEqual(["", ""]);
});

test("with sessions each client is balanced once and then stays", () => {
  const endpoints = [endpoint("aaaa"), endpoint("bbbb"), endpoint("cccc")];
  const of = group({ routing: "loadBalanced", session: { kind: "transport" }, endpoints });
  expect(PREVIEW_CLIENTS).toBe(5);
  expect(told(of, 12)).toEqual(
    "0aaaa 1bbbb 2cccc 3aaaa 4bbbb 0aaaa* 1bbbb* 2cccc* 3aaaa* 4bbbb* 0aaaa* 1bbbb*".split(" "),
  );
  expect(told(of, 6, "aaaa")).toEqual("0bbbb 1cccc 2bbbb 3cccc 4bbbb 0bbbb*".split(" "));
});

test("hashing sends a client to the same endpoint without any session, and moves only those of a lost one", () => {
  const endpoints = [endpoint("aaaa"), endpoint("bbbb"), endpoint("cccc")];
  const of = group({ routing: "loadBalanced", algorithm: { name: "hash" }, endpoints });
  const all = nextRequests(of, 20)!;
  expect(all.example).toBe(true);
  expect(all.steps.slice(0, 5)).toEqual(all.steps.slice(5, 10));
  expect(all.steps.some((step) => step.pinned)).toBe(false);
  const lost = all.steps[0]!.endpoint!;
  nextRequests(of, 20, new Set([lost]))!.steps.forEach((step, i) => {
    if (all.steps[i]!.endpoint !== lost) expect(step).toEqual(all.steps[i]);
    else expect(step.endpoint).not.toBe(lost);
  });
});

for (const { name, label } of algorithms) {
  test(`${label}: the next requests are told the same every time, and as an example where chance decides`, () => {
    const of = weighted(name);
    expect(nextRequests(of, 20)).toEqual(nextRequests(of, 20));
    expect(nextRequests(of, 20)!.example).toBe(["fastestResponse", "random", "hash"].includes(name));
  });
}

test("a custom algorithm's next requests cannot be told", () => {
  const algorithm = { name: "other", className: "com.example.X" };
  const endpoints = [endpoint("aaaa"), endpoint("bbbb")];
  expect(nextRequests(group({ routing: "loadBalanced", algorithm, endpoints }), 20)).toBeNull();
});
