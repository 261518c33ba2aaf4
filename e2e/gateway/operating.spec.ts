import { ApiHistory, GatewayStatus } from "#lib/status";
import { expect, type Gateway, test } from "../fixtures";
import { endpoint, pizza, send } from "./client";

const menu = (g: Gateway) => `${g.url}/pizza/1.0.0/menu`;
const names = async (g: Gateway, count: number) => {
  const answered = [];
  for (let i = 0; i < count; i++) answered.push((await send(menu(g))).body);
  return answered.map((body) => body.match(/one|two|three/)?.[0]);
};

test("an operator's switch takes effect at once, holds over deploys and restarts, and can be taken back", async ({
  backend,
  database,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const api = pizza([one, two], { routing: "loadBalanced" });
  const g = await gateway();
  const { id } = await g.deploy(api);
  expect(await names(g, 4)).toEqual(["one", "two", "one", "two"]);
  const failuresBefore = (await endpoint(g)).requests;

  await g.reaches(await database.switch(id, "ep-1", "off"));
  expect(await names(g, 3)).toEqual(["two", "two", "two"]);
  // Its counters are still there: the switch is not a new endpoint.
  expect(await endpoint(g)).toMatchObject({ state: "off", requests: failuresBefore });

  await g.deploy({ ...api, description: "Another revision." });
  expect(await names(g, 2)).toEqual(["two", "two"]);
  const again = await gateway();
  expect((await endpoint(again)).state).toBe("off");

  await g.reaches(await database.switch(id, "ep-1", "draining"));
  expect((await endpoint(g)).state).toBe("draining");
  await g.reaches(await database.switch(id, "ep-1", "on"));
  expect((await names(g, 4)).sort()).toEqual(["one", "one", "two", "two"]);
  expect(await database.sql("SELECT * FROM EndpointSwitch")).toEqual([]);
  const audit = await database.sql<{ text: string }>(
    "SELECT text FROM AuditEntry WHERE action = 'endpoint.switch'",
  );
  expect(audit.map(({ text }) => text.replace(/localhost:\d+|127[\d.:]+/, "host"))).toEqual([
    "Switched off: host of Pizza 1.0.0",
    "Draining: host of Pizza 1.0.0",
    "Switched on: host of Pizza 1.0.0",
  ]);
});

test("an operator may switch on what the revision has off", async ({ backend, database, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const api = pizza([one, two]);
  api.endpoints!.production!.endpoints![0]!.state = "off";
  const g = await gateway();
  const { id } = await g.deploy(api);
  expect(await names(g, 1)).toEqual(["two"]);
  await g.reaches(await database.switch(id, "ep-1", "on"));
  expect(await names(g, 1)).toEqual(["one"]);
  await g.reaches(await database.switch(id, "ep-1", "off"));
  expect(await names(g, 1)).toEqual(["two"]);
});

test("/history has the last hour of an API: answers, retries, latency, and attempts by endpoint", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const { id } = await g.deploy(pizza([one, two], { routing: "loadBalanced" }));
  const history = async (query = "") => {
    const answer = await fetch(`${g.adminUrl}/history?api=${id}${query}`);
    return ApiHistory.parse(await answer.json());
  };
  const totals = ({ points, endpoints }: ApiHistory) => ({
    ok: points.reduce((sum, p) => sum + p.answers["2xx"], 0),
    retries: points.reduce((sum, p) => sum + p.retries, 0),
    attempts: endpoints.map((e) => e.attempts.reduce((a, b) => a + b, 0)),
    failures: endpoints.map((e) => e.failures.reduce((a, b) => a + b, 0)),
  });
  await names(g, 4);
  expect(totals(await history())).toEqual({ ok: 4, retries: 0, attempts: [2, 2], failures: [0, 0] });
  await one.kill();
  await names(g, 4);
  const now = await history("&keyType=production");
  expect(totals(now)).toEqual({ ok: 8, retries: 1, attempts: [3, 6], failures: [1, 0] });
  expect(now.points).toHaveLength(120);
  const { p50, p90, p99 } = now.points.findLast((p) => p.p50 !== null)!;
  expect(p50).toBeGreaterThan(0);
  expect(p90!).toBeGreaterThanOrEqual(p50!);
  expect(p99!).toBeGreaterThanOrEqual(p90!);
  expect(totals(await history("&keyType=sandbox"))).toMatchObject({ ok: 0, attempts: [] });

  // What an endpoint did stays told when it is taken away, and goes on when it comes back. With another URL it is
  // another one, although it kept its id: the second backend is at the first one's place here.
  await g.deploy(pizza([two]));
  await names(g, 2);
  const without = await history();
  const rows = without.endpoints.map(({ id: of, url, live, keyType }) => [of, url, live, keyType]);
  expect(rows).toEqual([
    ["ep-1", two.url, true, "production"],
    ["ep-1", one.url, false, "production"],
    ["ep-2", two.url, false, "production"],
  ]);
  expect(totals(without).attempts).toEqual([2, 3, 6]);
  await one.restart();
  await g.deploy(pizza([one, two], { routing: "loadBalanced" }));
  await names(g, 2);
  const again = await history();
  expect(again.endpoints.map((e) => e.live)).toEqual([true, true, false]);
  expect(totals(again)).toMatchObject({ ok: 12 });
  expect(totals(again).attempts).toEqual([4, 7, 2]);

  expect((await fetch(`${g.adminUrl}/history?api=none`)).status).toBe(404);
  expect((await fetch(`${g.adminUrl}/history?api=${id}&keyType=other`)).status).toBe(400);
});

test("/status tells of the APIs that are asked for, or of all", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  const { id } = await g.deploy(pizza([one]));
  await g.deploy(pizza([one], {}, { name: "Other", context: "/other" }));
  const names = async (query: string) => {
    const answer = await fetch(`${g.adminUrl}/status${query}`);
    return GatewayStatus.parse(await answer.json()).apis.map((api) => api.name);
  };
  expect((await names("")).sort()).toEqual(["Other", "Pizza"]);
  expect(await names(`?api=${id}&api=none`)).toEqual(["Pizza"]);
  expect(await names("?api=")).toEqual([]);
});

test("the header that asks for a trace is the publisher's alone, and no backend sees it", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const headers = { "X-Sluice-Trace": "v1.bm90aGluZyB0aGF0IHdhcyBzZWFsZWQgaGVyZSBldmVyIGFueXdoZXJl" };
  expect((await send(menu(g), { headers })).status).toBe(200);
  expect(Object.keys(one.requests[0]!.headers)).not.toContain("x-sluice-trace");
  expect((await fetch(`${g.adminUrl}/trace?id=anything`)).status).toBe(404);
});
