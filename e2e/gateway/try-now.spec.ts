import type { EndpointStatus, TryResult } from "#lib/status";
import { expect, type Gateway, test } from "../fixtures";
import { pizza } from "./client";
import { endpoint, hit, sequence, stateOf } from "./traffic";

const balanced = { routing: "loadBalanced" } as const;
const suspendedFor = (initialMs: number) => ({ each: { settings: { suspension: { initialMs } } } });
const long = suspendedFor(600_000);

const ask = (g: Gateway, body: unknown, method = "POST") =>
  fetch(`${g.adminUrl}/try`, { method, body: method === "POST" ? JSON.stringify(body) : undefined });

async function tryNow(g: Gateway, apiId: string, endpointId = "ep-1"): Promise<TryResult> {
  const answer = await ask(g, { apiId, endpointId });
  expect(answer.status).toBe(200);
  return (await answer.json()) as TryResult;
}

/** Status times are rounded to the millisecond. */
function expectSameTimes(a: EndpointStatus, b: EndpointStatus): void {
  for (const time of ["since", "until"] as const)
    expect(Math.abs(Date.parse(a[time]!) - Date.parse(b[time]!)), time).toBeLessThan(5);
}

test("an endpoint whose suspension has run out without traffic was down, and is not counted as down", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const { id } = await g.deploy(pizza([one], suspendedFor(300)));
  await one.kill();
  await hit(g);
  const suspended = (await g.status()).apis[0]!;
  await expect.poll(() => stateOf(g, "ep-1")).toBe("halfOpen");
  const after = await endpoint(g, "ep-1");
  expectSameTimes(after, suspended.endpoints[0]!);
  expect(after.lastError?.words).toBe("connection refused");
  expect((await g.status()).apis[0]).toMatchObject({ down: [], closed: [] });

  await one.restart();
  expect(await tryNow(g, id)).toEqual({
    url: one.url,
    state: "up",
    message: expect.stringMatching(/^200 OK in \d+ ms$/),
    open: true,
  });
  expect(one.requests.map((r) => r.method)).toEqual(["HEAD"]);
  expect(await endpoint(g, "ep-1")).toMatchObject({ state: "up", until: null });
});

test("Try it now ends a suspension at once when the endpoint answers, and only then", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const { id } = await g.deploy(pizza([one, two], { ...balanced, ...long, failureStatuses: [404] }));
  await one.kill();
  expect(await sequence(g, 2)).toEqual(["two", "two"]);
  const before = await endpoint(g, "ep-1");
  expect(before.state).toBe("suspended");

  expect(await tryNow(g, id)).toMatchObject({ state: "down", message: "Connection refused", open: false });
  await one.restart();
  // Answers that traffic would count as failures, and those of a server in trouble.
  for (const status of [404, 503]) {
    one.answer((_request, response) => response.writeHead(status).end());
    const met = await tryNow(g, id);
    expect(met).toMatchObject({ state: "answers", open: false });
    expect(met.message).toContain(String(status));
  }
  const after = await endpoint(g, "ep-1");
  expect(after.state).toBe("suspended");
  expectSameTimes(after, before);
  expect(await sequence(g, 2)).toEqual(["two", "two"]);

  one.answer();
  expect((await tryNow(g, id)).open).toBe(true);
  expect(await stateOf(g, "ep-1")).toBe("up");
  expect((await sequence(g, 4)).filter((name) => name === "one")).toHaveLength(2);
});

test.describe(() => {
  test.use({ installation: "own" });

  test("Try it now asks no host that may not be checked, and nothing that does not serve", async ({
    backend,
    gateway,
  }) => {
    const one = await backend("one");
    const g = await gateway({ CHECK_DENY_HOSTS: "127.0.0.1" });
    const { id } = await g.deploy(pizza([one], long));
    await one.kill();
    await hit(g);
    await one.restart();
    const taken = one.requests.length;
    expect(await tryNow(g, id)).toMatchObject({
      message: "Not checked: this host may not be checked from the gateway.",
      open: false,
    });
    expect(one.requests).toHaveLength(taken);
    expect(await stateOf(g, "ep-1")).toBe("suspended");

    expect((await ask(g, { apiId: id, endpointId: "ep-9" })).status).toBe(404);
    expect((await ask(g, { apiId: "nothing", endpointId: "ep-1" })).status).toBe(404);
    expect((await ask(g, { url: one.url })).status).toBe(400);
    expect((await ask(g, null, "GET")).headers.get("allow")).toBe("POST");
  });
});

test("what one list meets at a host is told in the others that have not asked since", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const own = {
    production: { enabled: true, endpoints: [{ id: "own-1", url: `${one.url}/menu`, ...long.each }] },
  };
  const { id } = await g.deploy(
    pizza([one], long, {
      resources: [
        { method: "GET", path: "/menu", endpoints: own },
        { method: "GET", path: "/" },
      ],
    }),
  );
  const other = await g.deploy(pizza([one], long, { name: "Pasta", context: "/pasta" }));
  const call = (path: string) => fetch(g.url + path);
  const told = async (apiId: string, endpointId: string) =>
    (await g.status()).apis.find((a) => a.apiId === apiId)?.endpoints.find((e) => e.id === endpointId);
  expect((await call("/pizza/1.0.0/")).status).toBe(200);
  for (const e of ["ep-1", "own-1"]) expect((await told(id, e))?.elsewhere).toBeNull();

  await one.kill();
  await call("/pizza/1.0.0/menu");
  const news = {
    apiId: id,
    name: "Pizza",
    list: "production GET /menu",
    state: "down",
    words: "connection refused",
  };
  expect(await told(id, "ep-1")).toMatchObject({ state: "up", elsewhere: news });
  expect(await told(other.id, "ep-1")).toMatchObject({ state: "notChecked", elsewhere: news });
  expect(await told(id, "own-1")).toMatchObject({ state: "suspended", elsewhere: null });

  // It decides nothing: the others ask by themselves, and know better then.
  await one.restart();
  expect((await call("/pasta/1.0.0/")).status).toBe(200);
  expect(await told(other.id, "ep-1")).toMatchObject({ state: "up", elsewhere: null });
  expect(await told(id, "own-1")).toMatchObject({
    state: "suspended",
    elsewhere: { apiId: other.id, name: "Pasta", list: "production", state: "answers", words: null },
  });
});
