import { expect, test } from "../fixtures";
import { expectOwnAnswer, pizza } from "./client";
import { endpoint, first, hit, sequence, spread, stateOf, untilAnsweredBy } from "./traffic";

const long = { suspension: { initialMs: 600_000 } };

test("failover: everything goes to the first endpoint of the list", async ({ backend, gateway }) => {
  const [one, two, three] = [await backend("one"), await backend("two"), await backend("three")];
  const g = await gateway();
  await g.deploy(pizza([one, two, three], { routing: "failover" }));
  expect(await spread(g, 10)).toEqual({ one: 10 });
});

test("failover: the next in the list takes over, and nobody notices", async ({ backend, gateway }) => {
  const [one, two, three] = [await backend("one"), await backend("two"), await backend("three")];
  const g = await gateway();
  await g.deploy(pizza([one, two, three], { routing: "failover", each: { settings: long } }));
  await one.kill();
  expect(await spread(g, 4)).toEqual({ two: 4 });
  await two.kill();
  expect(await spread(g, 4)).toEqual({ three: 4 });
  // A known-dead endpoint is not asked again for every request.
  expect((await endpoint(g, "ep-1")).failures).toBe(1);
});

test("failover: traffic returns to the primary as soon as it is eligible again", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const each = { settings: { suspension: { initialMs: 300 } } };
  await g.deploy(pizza([one, two], { routing: "failover", each }));
  await one.kill();
  expect((await hit(g)).by).toBe("two");
  await one.restart();
  await untilAnsweredBy(g, one);
  expect(await spread(g, 10)).toEqual({ one: 10 });
});

test("failover: order is all that counts, neither weights nor backups", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(first(pizza([one, two], { routing: "failover" }), { weight: 0, backup: true }));
  expect(await spread(g, 4)).toEqual({ one: 4 });
});

test("failover: an endpoint that is off or draining is passed over", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  for (const state of ["off", "draining"]) {
    await g.deploy(first(pizza([one, two], { routing: "failover" }), { state }));
    expect(await spread(g, 3), state).toEqual({ two: 3 });
  }
  expect(one.requests).toEqual([]);
});

test("failover: the switch Enable Failover belongs to Load Balanced and changes nothing here", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { routing: "failover", failover: false }));
  await one.kill();
  expect(await sequence(g, 2)).toEqual(["two", "two"]);
});

test("failover: a POST that reached nobody is sent to the next endpoint, whole", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { routing: "failover" }));
  await one.kill();
  expect((await hit(g, { method: "POST", body: "margherita" })).by).toBe("two");
  expect(two.requests.map((r) => r.body)).toEqual(["margherita"]);
});

test("failover: when all are down the caller gets the last failure", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { routing: "failover", each: { settings: long } }));
  await Promise.all([one.kill(), two.kill()]);
  expectOwnAnswer(await hit(g), 502, "101503");
  expect([await stateOf(g, "ep-1"), await stateOf(g, "ep-2")]).toEqual(["suspended", "suspended"]);
});

test("load balanced, failover on: a dead endpoint costs no request", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { routing: "loadBalanced" }));
  await one.kill();
  expect(await spread(g, 10)).toEqual({ two: 10 });
});

test("load balanced, failover off: the error goes to the client and no other endpoint is tried", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { routing: "loadBalanced", failover: false, each: { settings: long } }));
  await one.kill();
  expectOwnAnswer(await hit(g), 502, "101503");
  expect(two.requests).toEqual([]);
  // Suspension is another matter: the next requests avoid the dead one.
  expect(await spread(g, 5)).toEqual({ two: 5 });
});

test("load balanced, failover off: a listed status is asked for again where it came from", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const retryOnStatus = { count: 2, statusCodes: [503] };
  await g.deploy(pizza([one, two], { routing: "loadBalanced", failover: false, retryOnStatus }));
  one.answer((_request, response) => void response.writeHead(503).end());
  expect((await hit(g)).status).toBe(503);
  expect([one.requests.length, two.requests.length]).toEqual([3, 0]);
});

test("a listed status is tried again as often as asked for, beyond the limit of attempts", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { retryOnStatus: { count: 5, statusCodes: [503] } }));
  one.answer((_request, response) => {
    const busy = one.requests.length <= 5;
    response.writeHead(busy ? 503 : 200, { "content-type": "application/json" }).end('{"backend":"one"}');
  });
  expect((await hit(g)).status).toBe(200);
  expect(one.requests).toHaveLength(6);
});

test("a success is never asked for again, whatever statuses a list names", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { retryOnStatus: { count: 2, statusCodes: [200, 204, 302] } }));
  expect((await hit(g)).status).toBe(200);
  expect(one.requests).toHaveLength(1);
  one.answer((_request, response) => void response.writeHead(204).end());
  expect((await hit(g)).status).toBe(204);
  expect(one.requests).toHaveLength(2);
  one.answer((_request, response) => void response.writeHead(302).end());
  expect((await hit(g)).status).toBe(302);
  expect(one.requests).toHaveLength(5);
});

test("None: only the first endpoint is used, whatever is below it in the list", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], { routing: "single" }));
  expect(await spread(g, 3)).toEqual({ one: 3 });
  await one.kill();
  expectOwnAnswer(await hit(g), 502, "101503");
  expect(two.requests).toEqual([]);
});
