import { type Backend, expect, test } from "../fixtures";
import { expectOwnAnswer, pizza } from "./client";
import { endpoint, first, hit, spread, stateOf, untilAnsweredBy } from "./traffic";

/** As quick as checks may be, with room to answer on a busy machine. */
const quick = { enabled: true, path: "/health", intervalMs: 100, timeoutMs: 5_000 } as const;
const balanced = { routing: "loadBalanced" } as const;

/** Answers checks with what `status` says at the time, and everything else as usual. */
function withHealth(name: string, status: () => number) {
  return {
    name,
    options: {
      handler: ((request, response) => {
        const code = request.url === "/health" ? status() : 200;
        response.writeHead(code, { "content-type": "application/json" });
        response.end(JSON.stringify({ backend: name }));
      }) satisfies Parameters<Backend["answer"]>[0],
    },
  };
}

const checksOf = (backend: Backend) => backend.requests.filter((r) => r.url === "/health").length;

test("HTTP checks take an endpoint out and bring it in, while requests would find nothing wrong", async ({
  backend,
  gateway,
}) => {
  let health = 200;
  const sick = withHealth("one", () => health);
  const [one, two] = [await backend(sick.name, sick.options), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { ...balanced, healthCheck: quick }));
  await expect.poll(() => stateOf(g, "ep-1")).toBe("up");
  health = 503;
  await expect.poll(() => stateOf(g, "ep-1")).toBe("checkFailing");
  expect(await spread(g, 6)).toEqual({ two: 6 });
  health = 200;
  await expect.poll(() => stateOf(g, "ep-1")).toBe("up");
  expect(await spread(g, 6)).toEqual({ one: 3, two: 3 });
});

test("an HTTP check is a GET of the path alone, apart from the endpoint's own path", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(
    pizza([{ url: `${one.url}/v2/orders` }], { healthCheck: { ...quick, path: "/health?deep=1" } }),
  );
  await expect.poll(() => one.requests.length).toBeGreaterThan(0);
  expect(one.requests[0]).toMatchObject({ method: "GET", url: "/health?deep=1" });
  expect(one.requests[0]?.headers["user-agent"]).toBe("sluice-health-check");
});

test("why a check fails is what the check met, whatever a request met before", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { healthCheck: { ...quick, timeoutMs: 200 } }));
  const reason = async () => {
    const [endpoint] = (await g.status()).apis[0]?.endpoints ?? [];
    return endpoint?.state === "checkFailing" ? endpoint.lastError?.words : endpoint?.state;
  };
  await one.kill();
  await expect.poll(reason).toBe("connection refused");
  await one.restart();
  await expect.poll(reason).toBe("up");
  one.answer((_request, response) => void response.writeHead(500).end());
  await expect.poll(reason).toBe("answered 500, expected 200-399");
  one.hang();
  await expect.poll(reason).toBe("no answer to the check in 200 ms");
});

test("TCP checks take an endpoint out and bring it in without any request", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { ...balanced, healthCheck: { ...quick, kind: "tcp" } }));
  await expect.poll(() => stateOf(g, "ep-1")).toBe("up");
  await one.kill();
  await expect.poll(() => stateOf(g, "ep-1")).toBe("checkFailing");
  expect(await spread(g, 4)).toEqual({ two: 4 });
  await one.restart();
  await expect.poll(() => stateOf(g, "ep-1")).toBe("up");
  expect(await spread(g, 4)).toEqual({ one: 2, two: 2 });
  expect(one.requests).toHaveLength(2);
});

test("an endpoint that does not answer a check in time is out", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { healthCheck: { ...quick, timeoutMs: 50 } }));
  one.hang();
  await expect.poll(() => stateOf(g, "ep-1")).toBe("checkFailing");
});

test("only the expected statuses are healthy", async ({ backend, gateway }) => {
  let health = 200;
  const one = withHealth("one", () => health);
  const started = await backend(one.name, one.options);
  const g = await gateway();
  await g.deploy(pizza([started], { healthCheck: { ...quick, expected: "204, 301-302" } }));
  await expect.poll(() => stateOf(g, "ep-1")).toBe("checkFailing");
  health = 301;
  await expect.poll(() => stateOf(g, "ep-1")).toBe("up");
});

test("one failed check is not enough: 2 in a row take out, 2 in a row bring in", async ({
  backend,
  gateway,
}) => {
  let n = 0;
  let mode: "alternating" | "failing" = "alternating";
  const one = withHealth("one", () => (n++ % 2 === 0 || mode === "failing" ? 503 : 200));
  const started = await backend(one.name, one.options);
  const g = await gateway();
  await g.deploy(pizza([started], { healthCheck: quick }));
  await expect
    .poll(async () => {
      // Every second check fails, and it is never out.
      expect(await stateOf(g, "ep-1")).not.toBe("checkFailing");
      return checksOf(started);
    })
    .toBeGreaterThanOrEqual(8);
  mode = "failing";
  await expect.poll(() => stateOf(g, "ep-1")).toBe("checkFailing");
  mode = "alternating";
  const before = checksOf(started);
  await expect
    .poll(async () => {
      expect(await stateOf(g, "ep-1")).toBe("checkFailing");
      return checksOf(started);
    })
    .toBeGreaterThanOrEqual(before + 8);
});

test("a passing check ends a suspension early", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const each = { settings: { suspension: { initialMs: 600_000 } } };
  await g.deploy(pizza([one, two], { ...balanced, each, healthCheck: { ...quick, unhealthyAfter: 100 } }));
  await one.kill();
  expect((await hit(g)).by).toBe("two");
  expect(await stateOf(g, "ep-1")).toBe("suspended");
  await one.restart();
  await untilAnsweredBy(g, one);
  expect(await stateOf(g, "ep-1")).toBe("up");
});

test("checks that passed before a suspension do not end it: it takes three of three after it", async ({
  backend,
  gateway,
}) => {
  let n = 0;
  let alternating = false;
  const one = withHealth("one", () => (alternating && n++ % 2 === 1 ? 503 : 200));
  const [started, two] = [await backend(one.name, one.options), await backend("two")];
  const g = await gateway();
  const each = { settings: { suspension: { initialMs: 600_000 } } };
  await g.deploy(
    pizza([started, two], {
      ...balanced,
      each,
      failureStatuses: [500],
      healthCheck: { ...quick, healthyAfter: 3 },
    }),
  );
  await expect.poll(() => checksOf(started)).toBeGreaterThanOrEqual(4);
  // After the failure checks pass and fail in turn; one may have been under way.
  const health = one.options.handler;
  started.answer((request, response) => {
    if (request.url === "/health") return health(request, response);
    alternating = true;
    response.writeHead(500).end();
  });
  expect([(await hit(g)).status, (await hit(g)).status].sort()).toEqual([200, 500]);
  const before = checksOf(started);
  await expect
    .poll(async () => {
      expect(await stateOf(g, "ep-1")).toBe("suspended");
      return checksOf(started);
    })
    .toBeGreaterThanOrEqual(before + 6);
});

test("with every check failing the answer is 503 at once", async ({ backend, gateway }) => {
  const one = withHealth("one", () => 500);
  const started = await backend(one.name, one.options);
  const g = await gateway();
  await g.deploy(pizza([started], { healthCheck: quick }));
  await expect.poll(() => stateOf(g, "ep-1")).toBe("checkFailing");
  const answer = await hit(g);
  expectOwnAnswer(answer, 503, "303001");
  expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
  expect(started.requests).toHaveLength(checksOf(started));
});

test("checks are off by default, and a deploy switches them on and off", async ({ backend, gateway }) => {
  const one = withHealth("one", () => 500);
  const started = await backend(one.name, one.options);
  const g = await gateway();
  await g.deploy(pizza([started]));
  expect((await hit(g)).by).toBe("one");
  expect(checksOf(started)).toBe(0);
  await g.deploy(pizza([started], { healthCheck: quick }));
  await expect.poll(() => stateOf(g, "ep-1")).toBe("checkFailing");
  await g.deploy(pizza([started], { healthCheck: { ...quick, enabled: false } }));
  expect(await stateOf(g, "ep-1")).toBe("up");
  expect((await hit(g)).by).toBe("one");
});

test("an endpoint that is off is not checked", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(first(pizza([one, two], { ...balanced, healthCheck: quick }), { state: "off" }));
  await expect.poll(() => checksOf(two)).toBeGreaterThanOrEqual(3);
  expect(one.requests).toEqual([]);
});

test("removed endpoints are not checked any more", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([two, one], { ...balanced, healthCheck: quick }));
  await expect.poll(() => checksOf(one)).toBeGreaterThan(0);
  await g.deploy(pizza([two], { ...balanced, healthCheck: quick }));
  const [gone, stays] = [checksOf(one), checksOf(two)];
  await expect.poll(() => checksOf(two)).toBeGreaterThanOrEqual(stays + 4);
  // One may have been on its way.
  expect(checksOf(one)).toBeLessThanOrEqual(gone + 1);
});

test("the state of checks survives a deploy that does not concern them", async ({ backend, gateway }) => {
  const one = withHealth("one", () => 500);
  const [started, two] = [await backend(one.name, one.options), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([started, two], { ...balanced, healthCheck: quick }));
  await expect.poll(() => stateOf(g, "ep-1")).toBe("checkFailing");
  await g.deploy(pizza([started, two], { ...balanced, healthCheck: quick, each: { weight: 2 } }));
  expect(await stateOf(g, "ep-1")).toBe("checkFailing");
});

test.describe("slow start", () => {
  const group = {
    ...balanced,
    algorithm: { name: "weightedRoundRobin" },
    each: { settings: { suspension: { initialMs: 200 } } },
  };

  test("a returning endpoint begins with a part of its weight", async ({ backend, gateway }) => {
    const [one, two] = [await backend("one"), await backend("two")];
    const g = await gateway();
    await g.deploy(pizza([one, two], { ...group, slowStartMs: 600_000 }));
    expect(await spread(g, 10)).toEqual({ one: 5, two: 5 });
    await one.kill();
    await untilAnsweredBy(g, two);
    await expect
      .poll(async () => {
        await hit(g);
        return stateOf(g, "ep-1");
      })
      .toBe("suspended");
    await one.restart();
    await untilAnsweredBy(g, one);
    const { one: share = 0 } = await spread(g, 66);
    // A tenth of its weight at first: 6 of 66.
    expect(share).toBeGreaterThanOrEqual(3);
    expect(share).toBeLessThanOrEqual(12);
  });

  test("it grows to the whole of it", async ({ backend, gateway }) => {
    const [one, two] = [await backend("one"), await backend("two")];
    const g = await gateway();
    await g.deploy(pizza([one, two], { ...group, slowStartMs: 2_000 }));
    await one.kill();
    expect((await hit(g)).by).toBe("two");
    await one.restart();
    await untilAnsweredBy(g, one);
    await expect.poll(async () => (await spread(g, 10)).one ?? 0).toBe(5);
  });

  test("off, a returning endpoint has its whole weight at once", async ({ backend, gateway }) => {
    const [one, two] = [await backend("one"), await backend("two")];
    const g = await gateway();
    await g.deploy(pizza([one, two], group));
    await one.kill();
    expect((await hit(g)).by).toBe("two");
    await one.restart();
    await untilAnsweredBy(g, one);
    expect((await spread(g, 20)).one).toBeGreaterThanOrEqual(9);
    expect((await endpoint(g, "ep-1")).state).toBe("up");
  });
});
