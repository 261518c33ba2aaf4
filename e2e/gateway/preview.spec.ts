import { EndpointGroup } from "#lib/endpoints";
import { nextRequests, plannedShares } from "#lib/simulate";
import { type Backend, expect, test } from "../fixtures";
import { pizza } from "./client";

/** What the pages promise of a group is what callers of the real gateway get. */

/** The same numbers in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Input = Parameters<typeof pizza>[1];

/** A group with whatever may be in one: weights, backups, endpoints that are off or drained. */
function randomGroup(backends: Backend[], algorithm: string, next: (below: number) => number) {
  const used = backends.slice(0, 2 + next(backends.length - 1));
  const endpoints = used.map(({ url }, i) => ({
    id: `ep-${i + 1}`,
    url,
    weight: next(6),
    backup: next(5) === 0,
    state: (["on", "on", "on", "on", "off", "draining"] as const)[next(6)]!,
  }));
  // One that surely takes traffic.
  Object.assign(endpoints[0]!, { weight: 1 + next(5), backup: false, state: "on" });
  const routing = algorithm === "failover" ? "failover" : "loadBalanced";
  const policy: Input = routing === "failover" ? { routing } : { routing, algorithm: { name: algorithm } };
  return EndpointGroup.parse({ enabled: true, endpoints, ...policy });
}

test("sequences that can be told in advance come exactly as told", async ({ backend, gateway }) => {
  test.slow();
  const backends = await Promise.all(["a", "b", "c", "d", "e"].map((name) => backend(name)));
  const names = new Map(backends.map((b, i) => [b.url, "abcde"[i]!]));
  const g = await gateway();
  const next = seeded(20_261_123);
  for (const algorithm of ["roundRobin", "weightedRoundRobin", "leastConnections", "failover"]) {
    for (let n = 0; n < 4; n++) {
      const group = randomGroup(backends, algorithm, next);
      const context = `/${algorithm.toLowerCase()}-${n}`;
      await g.deploy({ ...pizza([]), name: context.slice(1), context, endpoints: { production: group } });
      const told = nextRequests(group, 20)!;
      expect(told.example).toBe(false);
      const byId = new Map(group.endpoints.map((e) => [e.id, names.get(e.url)]));
      const seen: (string | undefined)[] = [];
      for (let i = 0; i < 20; i++) {
        const answer = await fetch(`${g.url}${context}/1.0.0/`);
        seen.push(((await answer.json()) as { backend: string }).backend);
      }
      expect(seen, JSON.stringify(group.endpoints)).toEqual(told.steps.map((id) => byId.get(id ?? "")));
    }
  }
});

test("shares come as planned: by chance, with one down, and for clients that stick", async ({
  backend,
  gateway,
}) => {
  test.slow();
  const backends = await Promise.all(["a", "b", "c"].map((name) => backend(name)));
  const [, second] = backends;
  const g = await gateway();
  const call = async (context: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${g.url}${context}/1.0.0/`, { headers });
    return ((await answer.json()) as { backend: string }).backend;
  };
  const deploy = async (context: string, policy: Input, weights: number[]) => {
    const list = backends.map(({ url }, i) => ({ id: `ep-${i + 1}`, url, weight: weights[i]! }));
    const group = EndpointGroup.parse({ enabled: true, routing: "loadBalanced", ...policy, endpoints: list });
    await g.deploy({ ...pizza([]), name: context.slice(1), context, endpoints: { production: group } });
    return group;
  };
  const count = async (context: string, requests: number) => {
    const counts = { a: 0, b: 0, c: 0 } as Record<string, number>;
    for (let i = 0; i < requests; i++) {
      const by = await call(context, { "x-client": `client ${i}` });
      counts[by] = (counts[by] ?? 0) + 1;
    }
    return counts;
  };
  /** Six standard deviations of a binomial count: chance alone leaves them once in half a billion runs. */
  const within = (counts: Record<string, number>, shares: Map<string, number>, requests: number) => {
    [...shares.values()].forEach((share, i) => {
      const sigma = Math.sqrt(requests * share * (1 - share));
      expect(Math.abs(counts["abc"[i]!]! - share * requests)).toBeLessThanOrEqual(6 * sigma + 1);
    });
  };

  const chance = await deploy("/random", { algorithm: { name: "random" } }, [5, 3, 1]);
  within(await count("/random", 400), plannedShares(chance)!, 400);
  const hashed = await deploy(
    "/hash",
    { algorithm: { name: "hash", settings: { hash: { source: "header", header: "x-client" } } } },
    [1, 1, 1],
  );
  within(await count("/hash", 400), plannedShares(hashed)!, 400);

  const sticky = await deploy("/sticky", { session: { kind: "clientId" } }, [1, 1, 1]);
  const told = nextRequests(sticky, 3)!.steps.map((id) => "abc"[Number(id?.slice(3)) - 1]);
  for (let round = 0; round < 3; round++) {
    for (const [i, expected] of told.entries()) {
      expect(await call("/sticky", { ClientID: `client-${i}` })).toBe(expected);
    }
  }

  const broken = await deploy("/broken", { algorithm: { name: "weightedRoundRobin" } }, [3, 2, 1]);
  await second!.kill();
  // The first requests find out; from then on it is as the page says of "If this one is down".
  await count("/broken", 12);
  const counts = await count("/broken", 40);
  const shares = plannedShares(broken, new Set(["ep-2"]))!;
  expect([...shares.values()]).toEqual([expect.closeTo(0.75, 5), 0, expect.closeTo(0.25, 5)]);
  expect(counts.b).toBe(0);
  // The round that the failure interrupted may be one off.
  expect(Math.abs(counts.a! - 30)).toBeLessThanOrEqual(1);
});
