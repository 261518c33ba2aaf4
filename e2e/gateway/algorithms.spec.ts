import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ApiInput, type Backend, expect, outputFolder, test } from "../fixtures";
import { run } from "../processes";
import { pizza } from "./client";
import { first, hit, hold, met, sequence, spread, untilAnsweredBy } from "./traffic";

type Group = NonNullable<Parameters<typeof pizza>[1]>;
const long = { suspension: { initialMs: 600_000 } };

/** A load-balanced API whose endpoints have these weights. */
function balanced(
  backends: Backend[],
  algorithm: Group["algorithm"],
  weights: number[] = [],
  group: Group = {},
) {
  const definition: ApiInput = pizza(backends, { routing: "loadBalanced", algorithm, ...group });
  definition.endpoints!.production!.endpoints!.forEach((e, i) => {
    e.weight = weights[i] ?? 1;
  });
  return definition;
}

test("Round Robin goes 1,2,3,1,2,3 over all callers, not per connection", async ({ backend, gateway }) => {
  const backends = [await backend("1"), await backend("2"), await backend("3")];
  const g = await gateway();
  await g.deploy(balanced(backends, { name: "roundRobin" }, [9, 1, 1]));
  expect((await sequence(g, 6)).join()).toBe("1,2,3,1,2,3");
});

test("Round Robin goes 2,3,2,3 while 1 is out", async ({ backend, gateway }) => {
  const backends = [await backend("1"), await backend("2"), await backend("3")] as const;
  const g = await gateway();
  await g.deploy(balanced([...backends], { name: "roundRobin" }, [], { each: { settings: long } }));
  await backends[0].kill();
  expect((await sequence(g, 6)).join()).toBe("2,3,2,3,2,3");
});

test("Round Robin gives three backends 100 of 300 requests each at concurrency 20", async ({
  backend,
  gateway,
}) => {
  const backends = [await backend("1"), await backend("2"), await backend("3")];
  const g = await gateway();
  await g.deploy(balanced(backends, { name: "roundRobin" }));
  let left = 300;
  const caller = async () => {
    while (left-- > 0) expect((await hit(g)).status).toBe(200);
  };
  await Promise.all(Array.from({ length: 20 }, caller));
  expect(backends.map((b) => b.requests.length)).toEqual([100, 100, 100]);
});

test("Weighted Round Robin goes a a b a c a a for 5,1,1", async ({ backend, gateway }) => {
  const backends = [await backend("a"), await backend("b"), await backend("c")];
  const g = await gateway();
  await g.deploy(balanced(backends, { name: "weightedRoundRobin" }, [5, 1, 1]));
  expect((await sequence(g, 7)).join(" ")).toBe("a a b a c a a");
});

test("Weighted Round Robin: the others keep their proportions when one is out", async ({
  backend,
  gateway,
}) => {
  const backends = [await backend("a"), await backend("b"), await backend("c")];
  const g = await gateway();
  await g.deploy(first(balanced(backends, { name: "weightedRoundRobin" }, [1, 9, 1]), { state: "off" }));
  expect(await spread(g, 20)).toEqual({ b: 18, c: 2 });
});

test("weight 0 means no new traffic, not even when all others are down", async ({ backend, gateway }) => {
  const [a, b] = [await backend("a"), await backend("b")];
  const g = await gateway();
  await g.deploy(balanced([a, b], { name: "weightedRoundRobin" }, [0, 1]));
  expect(await spread(g, 6)).toEqual({ b: 6 });
  await b.kill();
  expect((await hit(g)).code).toBe("101503");
  expect(a.requests).toEqual([]);
});

test("an endpoint of weight 0 keeps its sessions", async ({ backend, gateway }) => {
  const [a, b] = [await backend("a"), await backend("b")];
  const g = await gateway();
  const session = { kind: "transport" } as const;
  await g.deploy(balanced([a, b], { name: "weightedRoundRobin" }, [1, 1], { session }));
  const start = await hit(g);
  expect(start.by).toBe("a");
  await g.deploy(balanced([a, b], { name: "weightedRoundRobin" }, [0, 1], { session }));
  expect(await spread(g, 3, { headers: { Cookie: start.cookie } })).toEqual({ a: 3 });
  expect(await spread(g, 3)).toEqual({ b: 3 });
});

test("Least Connections avoids the endpoint that is busy", async ({ backend, gateway }) => {
  const [a, b] = [await backend("a"), await backend("b")];
  const g = await gateway();
  await g.deploy(balanced([a, b], { name: "leastConnections" }));
  const held = hold(a);
  const waiting = hit(g);
  await met(a, 1);
  expect(await spread(g, 6)).toEqual({ b: 6 });
  held.release();
  await waiting;
  expect(await spread(g, 6)).toEqual({ a: 3, b: 3 });
});

test("Least Connections counts per weight", async ({ backend, gateway }) => {
  const [a, b] = [await backend("a"), await backend("b")];
  const g = await gateway();
  await g.deploy(balanced([a, b], { name: "leastConnections" }, [3, 1]));
  const held = [hold(a), hold(b)];
  const waiting = Array.from({ length: 8 }, () => hit(g));
  await met(a, 6);
  await met(b, 2);
  for (const h of held) h.release();
  expect((await Promise.all(waiting)).map((w) => w.status)).toEqual(Array(8).fill(200));
});

test("Fastest Response prefers the endpoint that answers sooner", async ({ backend, gateway }) => {
  const slow = await backend("slow", {
    handler: (_request, response) => {
      response.setHeader("content-type", "application/json");
      setTimeout(() => response.end('{"backend":"slow"}'), 400);
    },
  });
  const fast = await backend("fast");
  const g = await gateway();
  await g.deploy(balanced([slow, fast], { name: "fastestResponse" }));
  // Until both are measured it has to try them.
  await untilAnsweredBy(g, slow);
  await untilAnsweredBy(g, fast);
  const counts = await spread(g, 40);
  // Three of four pairs hold the fast one; an even split would be 20.
  expect(counts.fast).toBeGreaterThanOrEqual(22);
});

test("Random picks in proportion to the weights", async ({ backend, gateway }) => {
  const backends = [await backend("a"), await backend("b"), await backend("c")];
  const g = await gateway();
  await g.deploy(balanced(backends, { name: "random" }, [8, 2, 0]));
  await Promise.all(Array.from({ length: 10 }, () => spread(g, 20)));
  const [a, b, c] = backends.map((x) => x.requests.length) as [number, number, number];
  expect(a + b).toBe(200);
  expect(c).toBe(0);
  // 40 of 200 on average, with a standard deviation of 6.
  expect(b).toBeGreaterThan(5);
  expect(b).toBeLessThan(85);
});

test("Hash by client address keeps one client on one endpoint", async ({ backend, gateway }) => {
  const backends = [await backend("a"), await backend("b"), await backend("c")];
  const g = await gateway();
  await g.deploy(balanced(backends, { name: "hash" }));
  expect(Object.values(await spread(g, 10))).toEqual([10]);
});

test.describe(() => {
  test.use({ installation: "own" });

  test("Hash by client address goes by the caller that a trusted proxy names", async ({
    backend,
    gateway,
  }) => {
    const backends = [await backend("a"), await backend("b"), await backend("c")];
    const g = await gateway({ GATEWAY_TRUSTED_PROXIES: "127.0.0.1" });
    await g.deploy(balanced(backends, { name: "hash" }));
    const seen = new Set<string>();
    for (let i = 0; i < 40; i++)
      seen.add((await hit(g, { headers: { "X-Forwarded-For": `192.0.2.${i}` } })).by);
    expect(seen.size).toBe(3);
  });
});

for (const header of ["X-Tenant", "Cookie", "Host"]) {
  test(`Hash by the header ${header}: one value, one endpoint; a lost endpoint moves only its own`, async ({
    backend,
    gateway,
  }) => {
    const backends = [await backend("a"), await backend("b"), await backend("c")];
    const g = await gateway();
    const algorithm = { name: "hash", settings: { hash: { source: "header", header } } };
    await g.deploy(balanced(backends, algorithm, [], { each: { settings: long } }));
    const placed = async () => {
      const names: string[] = [];
      for (let i = 0; i < 24; i++) names.push((await hit(g, { headers: { [header]: `tenant${i}` } })).by);
      return names;
    };
    const before = await placed();
    expect(new Set(before).size).toBe(3);
    expect(await placed()).toEqual(before);
    await backends[1]!.kill();
    const after = await placed();
    expect(after.filter((name, i) => before[i] !== "b" && name !== before[i])).toEqual([]);
    expect(after).not.toContain("b");
  });
}

test("backups serve only when no other endpoint is eligible", async ({ backend, gateway }) => {
  const [a, spare] = [await backend("a"), await backend("spare")];
  const g = await gateway();
  const definition = balanced([spare, a], { name: "roundRobin" }, [], {
    each: { settings: { suspension: { initialMs: 300 } } },
  });
  await g.deploy(first(definition, { backup: true }));
  expect(await spread(g, 6)).toEqual({ a: 6 });
  await a.kill();
  expect(await spread(g, 2)).toEqual({ spare: 2 });
  await a.restart();
  await untilAnsweredBy(g, a);
  expect(await spread(g, 6)).toEqual({ a: 6 });
});

test("several backups share by the same algorithm", async ({ backend, gateway }) => {
  const backends = [await backend("a"), await backend("b")];
  const g = await gateway();
  await g.deploy(balanced(backends, { name: "roundRobin" }, [], { each: { backup: true } }));
  expect(await spread(g, 6)).toEqual({ a: 3, b: 3 });
});

for (const [className, order] of [
  ["RoundRobin", "a b a b a b"],
  ["WeightedRoundRobin", "a a b a a b"],
] as const) {
  test(`Synapse's class ${className} is served by the built-in algorithm`, async ({ backend, gateway }) => {
    const backends = [await backend("a"), await backend("b")];
    const g = await gateway();
    const name = `org.apache.synapse.endpoints.algorithms.${className}`;
    await g.deploy(balanced(backends, { name: "other", className: name }, [2, 1]));
    const counts = (await sequence(g, 6)).sort().join(" ");
    expect(counts).toBe(order.split(" ").sort().join(" "));
  });
}

test("an unchanged group keeps its cursor over a deploy", async ({ backend, gateway }) => {
  const backends = [await backend("1"), await backend("2"), await backend("3")];
  const g = await gateway();
  await g.deploy(balanced(backends, { name: "roundRobin" }));
  expect(await sequence(g, 1)).toEqual(["1"]);
  await g.deploy({ ...balanced(backends, { name: "roundRobin" }), description: "Changed" });
  expect(await sequence(g, 2)).toEqual(["2", "3"]);
});

// Custom algorithms.

/** Writes algorithm files into a folder of the test; returns what makes the gateway load them. */
async function installed(files: Record<string, string>) {
  const folder = outputFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return { GATEWAY_ALGORITHMS_DIR: folder };
}

const other = (className: string) => ({ name: "other", className });

test.describe(() => {
  test.use({ installation: "own" });

  test("a custom algorithm picks, seeing the candidates and the request", async ({ backend, gateway }) => {
    const backends = [await backend("a"), await backend("b"), await backend("c")];
    const env = await installed({
      "com.example.ByHeader.mjs": `export default {
      pick(candidates, context) {
        const wanted = context.header("x-want");
        return candidates.find((c) => c.id === wanted) ?? candidates.find((c) => c.weight === 7);
      },
    };`,
    });
    const g = await gateway(env);
    expect((await g.status()).customAlgorithms).toEqual(["com.example.ByHeader"]);
    await g.deploy(
      balanced(backends, other(" com.example.ByHeader "), [1, 1, 7], { each: { settings: long } }),
    );
    expect(await sequence(g, 2, { headers: { "X-Want": "ep-2" } })).toEqual(["b", "b"]);
    expect(await sequence(g, 2)).toEqual(["c", "c"]);
    // Only eligible endpoints are candidates.
    await backends[1]!.kill();
    expect(await sequence(g, 2, { headers: { "X-Want": "ep-2" } })).toEqual(["c", "c"]);
  });

  test("a custom algorithm that is broken is replaced by round robin for that request, and reported", async ({
    backend,
    gateway,
  }) => {
    const broken = [
      ["Throws", `throw new Error("out of ideas");`, "out of ideas"],
      ["ThrowsWhatIsNoError", `throw null;`, "null"],
      ["ReturnsNothing", "", "not a candidate"],
      ["ReturnsItsOwn", `return { ...candidates[0] };`, "not a candidate"],
      ["ReturnsAPromise", `return Promise.resolve(candidates[0]);`, "not a candidate"],
      ["ReturnsAPromiseThatFails", `return Promise.reject(new Error("later"));`, "not a candidate"],
      ["EmptiesTheList", `candidates.length = 0;`, "not a candidate"],
      ["TurnsTheListAround", `candidates.reverse();`, "not a candidate"],
    ] as const;
    const files = broken.map(([name, body]) => [
      `${name}.mjs`,
      `export default { pick(candidates) { ${body} } };`,
    ]);
    const backends = [await backend("1"), await backend("2"), await backend("3")];
    const g = await gateway(await installed(Object.fromEntries(files)));
    for (const [name, , reason] of broken) {
      await g.deploy(balanced(backends, other(name)));
      // Deployed anew, the turn begins where the one before ended.
      const turns = (await sequence(g, 6)).join();
      expect("1,2,3,1,2,3,1,2,3", name).toContain(turns);
      const reports = g.output().match(new RegExp(`Custom algorithm ${name} failed.*`, "g")) ?? [];
      expect(reports[0], name).toContain(reason);
      // Once is enough for the log, however many requests there are.
      expect(reports.length, name).toBeLessThan(6);
      const fault = { className: name, count: 6, reason: expect.stringContaining(reason) };
      expect((await g.status()).algorithmFaults).toContainEqual(fault);
    }
  });

  test("an endpoint that was already tried is no candidate of a custom algorithm", async ({
    backend,
    gateway,
  }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const env = await installed({
      "First.mjs": "export default { pick: (candidates) => candidates[0] };",
    });
    const g = await gateway(env);
    await g.deploy(
      balanced([a, b], other("First"), [], { each: { settings: { suspension: { initialMs: 0 } } } }),
    );
    await a.kill();
    expect(await spread(g, 3)).toEqual({ b: 3 });
  });

  test("files that are no algorithm are reported and skipped; the others are installed", async ({
    gateway,
  }) => {
    const good = "export default { pick: (candidates) => candidates[0] };";
    const env = await installed({
      "Good.mjs": good,
      "AlsoGood.js": good,
      "Syntax.mjs": "export default {",
      "Nothing.mjs": "export const pick = 1;",
      "Throws.mjs": "throw new Error('at once');",
      "notes.txt": "not a module",
    });
    const g = await gateway(env);
    expect((await g.status()).customAlgorithms.sort()).toEqual(["AlsoGood", "Good"]);
    for (const file of ["Syntax.mjs", "Nothing.mjs", "Throws.mjs"])
      expect(g.output()).toContain(`Custom algorithm ${file} is not used`);
    expect(g.output()).not.toContain("notes.txt");
  });
});

test("a folder of algorithms that does not exist stops the start with a sentence", async ({
  database,
  processes,
}) => {
  const running = run("gateway", {
    DATABASE_URL: database.url,
    GATEWAY_ALGORITHMS_DIR: join(outputFolder(), "nowhere"),
  });
  processes.push(running);
  expect(await running.exited).toBe(1);
  expect(running.output()).toMatch(/^Gateway: GATEWAY_ALGORITHMS_DIR cannot be read: .*nowhere.*$/m);
});

test.describe(() => {
  test.use({ installation: "own" });

  test("an unknown class name: the revision does not serve, the error names what is installed, the one before serves on", async ({
    backend,
    gateway,
  }) => {
    const backends = [await backend("a"), await backend("b")];
    const env = await installed({
      "Known.mjs": "export default { pick: (candidates) => candidates[0] };",
      "AlsoKnown.mjs": "export default { pick: (candidates) => candidates[0] };",
    });
    const g = await gateway(env);
    await g.deploy(balanced(backends, other("Known")));
    await g.deploy(balanced(backends, other("com.example.Unknown")));
    const [api] = (await g.status()).apis;
    expect(api?.revision).toBe(1);
    expect(api?.error).toBe(
      "The gateway has no algorithm named com.example.Unknown. Installed: AlsoKnown, Known.",
    );
    expect(await sequence(g, 3)).toEqual(["a", "a", "a"]);

    await g.deploy(balanced(backends, { name: "roundRobin" }));
    const [repaired] = (await g.status()).apis;
    expect([repaired?.revision, repaired?.error]).toEqual([3, null]);
    expect(await spread(g, 4)).toEqual({ a: 2, b: 2 });
  });
});

test("an unknown class name with nothing before it: the API is not there, other APIs are", async ({
  backend,
  gateway,
}) => {
  const [a, b] = [await backend("a"), await backend("b")];
  const g = await gateway();
  await g.deploy({ ...balanced([a, b], other("Unknown")), name: "Broken", context: "/broken" });
  await g.deploy(pizza([a]));
  expect((await hit(g)).by).toBe("a");
  expect((await hit(g, { path: "/broken/1.0.0/menu" })).code).toBe("404");
  const errors = (await g.status()).apis.map((api) => api.error);
  expect(errors).toContain("The gateway has no algorithm named Unknown. None is installed.");
});

test("a class name that is not in use stops nothing", async ({ backend, gateway }) => {
  const [a, b] = [await backend("a"), await backend("b")];
  const g = await gateway();
  await g.deploy(pizza([a, b], { routing: "failover", algorithm: other("Unknown") }));
  expect((await hit(g)).by).toBe("a");
});
