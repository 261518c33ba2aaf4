import { expect, test } from "../fixtures";
import { expectOwnAnswer, pizza } from "./client";
import {
  endpoint,
  first,
  hit,
  hold,
  met,
  pauseOf,
  sequence,
  spread,
  stateOf,
  untilAnsweredBy,
} from "./traffic";

const long = { suspension: { initialMs: 600_000 } };
const balanced = { routing: "loadBalanced" } as const;

test("a suspended endpoint gets nothing until its time", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { ...balanced, each: { settings: { suspension: { initialMs: 700 } } } }));
  await one.kill();
  expect(await sequence(g, 2)).toEqual(["two", "two"]);
  const { state, until, lastError } = await endpoint(g, "ep-1");
  expect(state).toBe("suspended");
  expect(lastError?.words).toBe("connection refused");

  let back = 0;
  await one.restart();
  one.answer((_request, response) => {
    back ||= Date.now();
    response.setHeader("content-type", "application/json").end('{"backend":"one"}');
  });
  await untilAnsweredBy(g, one);
  // Status times are rounded to the millisecond.
  expect(back).toBeGreaterThanOrEqual(Date.parse(until!) - 5);
  expect(await stateOf(g, "ep-1")).toBe("up");
  expect(await spread(g, 10)).toEqual({ one: 5, two: 5 });
});

test("initial 200, factor 2, max 800, failing at every return: 200, 400, 800, 800", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const settings = { suspension: { initialMs: 200, factor: 2, maxMs: 800 } };
  await g.deploy(pizza([one, two], { ...balanced, each: { settings } }));
  await one.kill();
  const pauses = new Map<string, number>();
  await expect
    .poll(
      async () => {
        expect((await hit(g)).by).toBe("two");
        const status = await endpoint(g, "ep-1");
        // The beginning of one suspension is told to the millisecond, give or take one.
        const known = [...pauses.keys()].some(
          (s) => Math.abs(Date.parse(s) - Date.parse(status.since!)) < 50,
        );
        if (status.state === "suspended" && !known) pauses.set(status.since!, pauseOf(status));
        return pauses.size;
      },
      { intervals: [10] },
    )
    .toBe(4);
  const rounded = [...pauses.values()].map((ms) => Math.round(ms / 10) * 10);
  expect(rounded).toEqual([200, 400, 800, 800]);
});

test("retries 3, delay 50: the fourth timeout suspends", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const settings = {
    ...long,
    timeout: { retriesBeforeSuspension: 3, retryDelayMs: 50 },
    responseTimeoutMs: 60,
  };
  await g.deploy(first(pizza([one, two], balanced), { settings }));
  one.hang();
  await expect
    .poll(
      async () => {
        await hit(g);
        return stateOf(g, "ep-1");
      },
      { intervals: [10] },
    )
    .toBe("suspended");
  expect(one.requests).toHaveLength(4);
  expect(two.requests.length).toBeGreaterThanOrEqual(4);
});

test("after a timeout the endpoint is marked, and left alone for the retry delay", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const timeout = { retriesBeforeSuspension: 3, retryDelayMs: 600_000 };
  await g.deploy(first(pizza([one, two], balanced), { settings: { timeout, responseTimeoutMs: 250 } }));
  one.hang();
  expect((await hit(g)).by).toBe("two");
  const status = await endpoint(g, "ep-1");
  expect(status.state).toBe("failing");
  expect(status.lastError?.words).toBe("no response in time");
  expect(status.strikes).toEqual({ count: 1, of: 4 });
  expect((await endpoint(g, "ep-2")).strikes).toBeNull();
  expect(Math.round(pauseOf(status) / 100)).toBe(6_000);
  expect(await spread(g, 6)).toEqual({ two: 6 });
  expect(one.requests).toHaveLength(1);
});

test("without a retry delay a marked endpoint stays eligible, and a success clears the mark", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const settings = { ...long, timeout: { retriesBeforeSuspension: 1 }, responseTimeoutMs: 250 };
  await g.deploy(first(pizza([one, two], balanced), { settings }));
  for (let round = 0; round < 2; round++) {
    one.hang();
    expect((await hit(g)).by).toBe("two");
    expect(await stateOf(g, "ep-1")).toBe("failing");
    one.answer();
    expect((await hit(g)).by).toBe("one");
    expect(await stateOf(g, "ep-1")).toBe("up");
    expect((await hit(g)).by).toBe("two");
  }
});

test("one at a time is let through to a lone endpoint that pauses after a timeout", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const timeout = { retriesBeforeSuspension: 3, retryDelayMs: 600_000 };
  await g.deploy(pizza([one], { each: { settings: { timeout, responseTimeoutMs: 20_000 } } }));
  // A closed connection is of the timeout class too.
  one.answer((request) => void request.socket.destroy());
  for (let i = 0; i < 5; i++) expect((await hit(g)).code).toBe("101505");
  expect(await stateOf(g, "ep-1")).toBe("failing");
  const held = hold(one);
  const before = one.requests.length;
  const trial = hit(g);
  await met(one, before + 1);
  expect((await hit(g)).code).toBe("303001");
  held.release();
  expect((await trial).by).toBe("one");
  expect((await hit(g)).by).toBe("one");
});

test("half open: one request goes first, the others follow when it succeeds", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { ...balanced, each: { settings: { suspension: { initialMs: 300 } } } }));
  await one.kill();
  expect(await sequence(g, 2)).toEqual(["two", "two"]);
  await one.restart();
  const held = hold(one);
  const sent: Promise<unknown>[] = [];
  await expect
    .poll(
      () => {
        sent.push(hit(g));
        return one.requests.length;
      },
      { intervals: [20] },
    )
    .toBe(1);
  // While it is under way nobody else is sent there.
  expect(await spread(g, 20)).toEqual({ two: 20 });
  expect(one.requests).toHaveLength(1);
  held.release();
  await Promise.all(sent);
  expect(await spread(g, 10)).toEqual({ one: 5, two: 5 });
});

test("all suspended: one trial, and 503 303000 with Retry-After at once for those beside it", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { ...balanced, each: { settings: long } }));
  await Promise.all([one.kill(), two.kill()]);
  expectOwnAnswer(await hit(g), 502, "101503");
  expect([await stateOf(g, "ep-1"), await stateOf(g, "ep-2")]).toEqual(["suspended", "suspended"]);
  await Promise.all([one.restart(), two.restart()]);
  // The first was suspended first, so its suspension ends first.
  const held = hold(one);
  const trial = hit(g);
  await met(one, 1);
  for (const answer of await Promise.all([hit(g), hit(g, { method: "POST", body: "x" }), hit(g)])) {
    expectOwnAnswer(answer, 503, "303000");
    const wait = Number(answer.headers["retry-after"]);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(600);
    expect(JSON.parse(answer.body).description).toMatch(/no ready endpoints/i);
  }
  held.release();
  expect((await trial).by).toBe("one");
  expect(await stateOf(g, "ep-1")).toBe("up");
  // The second one's time has not come.
  expect(await spread(g, 6)).toEqual({ one: 6 });
  expect(two.requests).toEqual([]);
});

test("all suspended: a trial that fails is answered as that failure and prolongs nothing", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const settings = { suspension: { initialMs: 600_000, factor: 10 } };
  await g.deploy(pizza([one, two], { ...balanced, each: { settings } }));
  await Promise.all([one.kill(), two.kill()]);
  for (let i = 0; i < 4; i++) expectOwnAnswer(await hit(g), 502, "101503");
  for (const id of ["ep-1", "ep-2"]) expect(Math.round(pauseOf(await endpoint(g, id)) / 1000)).toBe(600);
});

test("a lone endpoint that hiccups is back within a request", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { each: { settings: long } }));
  await one.kill();
  expectOwnAnswer(await hit(g), 502, "101503");
  expect(await stateOf(g, "ep-1")).toBe("suspended");
  await one.restart();
  expect(await sequence(g, 5)).toEqual(["one", "one", "one", "one", "one"]);
  expect(await stateOf(g, "ep-1")).toBe("up");
});

test("beside the trial at a lone endpoint the answer is 503 303001", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { each: { settings: long } }));
  await one.kill();
  await hit(g);
  await one.restart();
  const held = hold(one);
  const trial = hit(g);
  await met(one, 1);
  const beside = await hit(g);
  expectOwnAnswer(beside, 503, "303001");
  expect(Number(beside.headers["retry-after"])).toBeGreaterThan(0);
  held.release();
  expect((await trial).status).toBe(200);
});

test("a trial that the caller gives up makes room for the next one", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { each: { settings: long } }));
  await one.kill();
  await hit(g);
  await one.restart();
  one.hang();
  const leaving = new AbortController();
  const gone = fetch(`${g.url}/pizza/1.0.0/menu`, { signal: leaving.signal }).catch(() => "gone");
  await met(one, 1);
  leaving.abort();
  expect(await gone).toBe("gone");
  one.answer();
  await untilAnsweredBy(g, one);
});

test("the body of a trial that still streams does not make the next one unwatched", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { each: { settings: long } }));
  await one.kill();
  await hit(g);
  await one.restart();
  // The first trial succeeds by its head and goes on streaming.
  let finish = () => {};
  one.answer((_request, response) => {
    response.setHeader("content-type", "application/json").write("{}");
    finish = () => response.end();
  });
  const streaming = hit(g);
  await expect.poll(() => stateOf(g, "ep-1")).toBe("up");
  // Suspended again, the next trial is under way when that body ends.
  one.answer((request) => void request.socket.destroy());
  for (let i = 0; i < 5; i++) expect((await hit(g)).code).toBe("101505");
  const held = hold(one);
  const before = one.requests.length;
  const trial = hit(g);
  await met(one, before + 1);
  finish();
  await streaming;
  expect((await hit(g)).code).toBe("303001");
  held.release();
  expect((await trial).by).toBe("one");
});

test("a request that failed once goes to an endpoint that is well, not to another trial", async ({
  backend,
  gateway,
}) => {
  const [a, b, c] = await Promise.all([backend("a"), backend("b"), backend("c")]);
  const g = await gateway();
  await g.deploy(pizza([a, b, c], { ...balanced, each: { settings: { suspension: { initialMs: 150 } } } }));
  await a.kill();
  await b.kill();
  // Ends with c in the rotation, so that the next request begins at the first endpoint.
  while ((await stateOf(g, "ep-1")) !== "suspended" || (await stateOf(g, "ep-2")) !== "suspended")
    await hit(g);
  const halfOpen = async (id: string) => Date.parse((await endpoint(g, id)).until ?? "") < Date.now();
  await expect.poll(async () => (await halfOpen("ep-1")) && (await halfOpen("ep-2"))).toBe(true);
  const failures = async () => [(await endpoint(g, "ep-1")).failures, (await endpoint(g, "ep-2")).failures];
  const [aBefore, bBefore] = await failures();
  expect((await hit(g)).by).toBe("c");
  expect(await failures()).toEqual([aBefore! + 1, bBefore]);
});

test("many requests in flight that fail together are one step of the series", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { each: { settings: { suspension: { initialMs: 60_000, factor: 3 } } } }));
  one.hang();
  const all = Array.from({ length: 10 }, () => hit(g));
  await met(one, 10);
  await one.kill();
  for (const answer of await Promise.all(all)) expectOwnAnswer(answer, 502, "101505");
  expect(Math.round(pauseOf(await endpoint(g, "ep-1")) / 1000)).toBe(60);
});

test("an initial duration of 0 means never suspended", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { each: { settings: { suspension: { initialMs: 0 } } } }));
  await one.kill();
  await hit(g);
  const answers = await Promise.all(Array.from({ length: 8 }, () => hit(g)));
  // Not one 503: everybody is let through.
  expect(answers.map((a) => a.code)).toEqual(Array(8).fill("101503"));
  expect(await stateOf(g, "ep-1")).not.toBe("suspended");
});

test("only the chosen error classes suspend", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  const settings = { suspension: { errorCodes: ["101504"], initialMs: 60_000 } };
  await g.deploy(pizza([one], { each: { settings: { ...settings, responseTimeoutMs: 250 } } }));
  await one.kill();
  await hit(g);
  expect(await stateOf(g, "ep-1")).not.toBe("suspended");
  await one.restart();
  one.hang();
  for (let i = 0; i < 5; i++) expectOwnAnswer(await hit(g), 504, "101504");
  expect(await stateOf(g, "ep-1")).toBe("suspended");
});

test("any HTTP response is a success", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (_request, response) => void response.writeHead(500).end(),
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  expect((await hit(g)).status).toBe(500);
  expect(await stateOf(g, "ep-1")).toBe("up");
});

test("listed statuses count as failures: the answer passes, the endpoint is suspended", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { ...balanced, failureStatuses: [500, 503], each: { settings: long } }));
  one.answer((_request, response) => void response.writeHead(503).end("broken"));
  const answer = await hit(g);
  expect([answer.status, answer.body]).toEqual([503, "broken"]);
  const status = await endpoint(g, "ep-1");
  expect(status.state).toBe("suspended");
  expect(status.lastError?.words).toBe("answered 503");
  expect(await spread(g, 6)).toEqual({ two: 6 });
});

test("draining: pinned sessions still go there, new ones do not; off: nobody does", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const api = (state: "on" | "draining" | "off") => {
    return first(pizza([one, two], { ...balanced, session: { kind: "transport" } }), { state });
  };
  await g.deploy(api("on"));
  const start = await hit(g);
  expect(start.by).toBe("one");
  const pinned = { headers: { Cookie: start.cookie } };

  await g.deploy(api("draining"));
  expect(await stateOf(g, "ep-1")).toBe("draining");
  expect(await spread(g, 5, pinned)).toEqual({ one: 5 });
  expect(await spread(g, 5)).toEqual({ two: 5 });

  await g.deploy(api("off"));
  expect(await stateOf(g, "ep-1")).toBe("off");
  const moved = await hit(g, pinned);
  expect(moved.by).toBe("two");
  expect(await spread(g, 5, { headers: { Cookie: moved.cookie } })).toEqual({ two: 5 });
  expect(await spread(g, 5)).toEqual({ two: 5 });
});

for (const state of ["off", "draining"] as const) {
  test(`a lone endpoint that is ${state} is never tried: 503 at once`, async ({ backend, gateway }) => {
    const one = await backend("one");
    const g = await gateway();
    await g.deploy(pizza([one], { each: { state } }));
    const answer = await hit(g);
    expectOwnAnswer(answer, 503, "303001");
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    expect(one.requests).toEqual([]);
  });
}

test("when the only one on is suspended, an endpoint that is off is still not used", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const definition = pizza([one, two], { ...balanced, each: { settings: long } });
  definition.endpoints!.production!.endpoints![1]!.state = "off";
  await g.deploy(definition);
  await one.kill();
  for (let i = 0; i < 3; i++) expectOwnAnswer(await hit(g), 502, "101503");
  expect(two.requests).toEqual([]);
});

test("a deploy that leaves an endpoint alone keeps its suspension; one that changes its URL ends it", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { ...balanced, each: { settings: long } }));
  await one.kill();
  await hit(g);
  await one.restart();
  await g.deploy(pizza([one, two], { ...balanced, slowStartMs: 0, each: { settings: long, weight: 5 } }));
  expect(await stateOf(g, "ep-1")).toBe("suspended");
  expect(await spread(g, 4)).toEqual({ two: 4 });
  await g.deploy(pizza([{ url: `${one.url}/` }, two], { ...balanced, each: { settings: long } }));
  expect(await stateOf(g, "ep-1"), "another spelling of the same URL").toBe("suspended");
  await g.deploy(pizza([{ url: `${one.url}/v2` }, two], { ...balanced, each: { settings: long } }));
  expect(await stateOf(g, "ep-1")).toBe("notChecked");
  expect(await spread(g, 4)).toEqual({ one: 2, two: 2 });
});

test("two APIs with endpoints of the same id and URL do not suspend each other's", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { each: { settings: long } }));
  const copy = { name: "Copy", context: "/copy" };
  await g.deploy(pizza([one], { each: { settings: { suspension: { initialMs: 0 } } } }, copy));
  await one.kill();
  await hit(g, { path: "/copy/1.0.0/menu" });
  const { apis } = await g.status();
  expect(apis.map((a) => `${a.name} ${a.endpoints[0]!.failures}`).sort()).toEqual(["Copy 1", "Pizza 0"]);
});
