import type * as z from "zod";
import type { EndpointGroup } from "#lib/edit/endpoints";
import { type ApiInput, type Backend, expect, type Gateway, test } from "../fixtures";
import { endpoint, expectOwnAnswer, pizza, send } from "./client";

/** An operation's own endpoints: everything that a group decides is decided by it alone. */

type Group = z.input<typeof EndpointGroup>;
type ResourceInput = NonNullable<ApiInput["resources"]>[number];

/** `/own` with a group of these backends (`own-1`, `own-2` ...), and everything else at the API's. */
function withOwn(
  api: readonly Backend[],
  own: readonly Backend[],
  group: Group,
  apiGroup: Group = {},
): ApiInput {
  const endpoints = own.map(({ url }, i) => ({ id: `own-${i + 1}`, url, ...group.endpoints?.[i] }));
  const production = {
    enabled: true,
    ...group,
    endpoints: endpoints.map((e, i) => ({ ...e, url: own[i]!.url })),
  };
  const resources: ResourceInput[] = [
    { method: "GET", path: "/own", endpoints: { production } },
    { method: "GET", path: "/*" },
  ];
  return pizza(api, apiGroup, { resources });
}

const call = (g: Gateway, path: string, headers: Record<string, string> = {}) =>
  send(`${g.url}/pizza/1.0.0${path}`, { headers });
const backendOf = async (g: Gateway, path: string, headers: Record<string, string> = {}) =>
  (JSON.parse((await call(g, path, headers)).body) as { backend: string }).backend;

test("an operation balances by its own algorithm and cursor", async ({ backend, gateway }) => {
  const api = [await backend("a1"), await backend("a2")];
  const own = [await backend("o1"), await backend("o2")];
  const g = await gateway();
  const weighted = { name: "weightedRoundRobin" } as const;
  const endpoints = [{ weight: 2 }, { weight: 1 }] as Group["endpoints"];
  await g.deploy(
    withOwn(
      api,
      own,
      { routing: "loadBalanced", algorithm: weighted, endpoints },
      { routing: "loadBalanced" },
    ),
  );
  const seen: string[] = [];
  for (let i = 0; i < 6; i++) seen.push(await backendOf(g, "/own"), await backendOf(g, "/menu"));
  expect(seen.filter((_, i) => i % 2 === 0)).toEqual(["o1", "o2", "o1", "o1", "o2", "o1"]);
  expect(seen.filter((_, i) => i % 2 === 1)).toEqual(["a1", "a2", "a1", "a2", "a1", "a2"]);
});

test("an operation keeps sessions of its own, whose cookie says nothing to the API's group", async ({
  backend,
  gateway,
}) => {
  const api = [await backend("a1"), await backend("a2")];
  const own = [await backend("o1"), await backend("o2")];
  const g = await gateway();
  const sticky = { routing: "loadBalanced", session: { kind: "transport" } } as const;
  await g.deploy(withOwn(api, own, sticky, { routing: "loadBalanced" }));
  const first = await call(g, "/own");
  const cookie = first.headers["set-cookie"]![0]!.split(";")[0]!;
  const pinned = (JSON.parse(first.body) as { backend: string }).backend;
  for (let i = 0; i < 3; i++) expect(await backendOf(g, "/own", { cookie })).toBe(pinned);
  expect((await call(g, "/menu")).headers["set-cookie"]).toBeUndefined();
  const others = [await backendOf(g, "/menu", { cookie }), await backendOf(g, "/menu", { cookie })];
  expect(new Set(others)).toEqual(new Set(["a1", "a2"]));
});

test("an operation fails over among its own endpoints, and never to the API's", async ({
  backend,
  gateway,
}) => {
  const api = await backend("api");
  const own = [await backend("o1"), await backend("o2")];
  const g = await gateway();
  await g.deploy(withOwn([api], own, { routing: "failover" }));
  await own[0]!.kill();
  expect(await backendOf(g, "/own")).toBe("o2");
  expect((await endpoint(g, "own-1")).state).toBe("suspended");
  await own[1]!.kill();
  await call(g, "/own");
  expectOwnAnswer(await call(g, "/own"), 502, "101503");
  expect((await endpoint(g, "ep-1")).state).not.toBe("suspended");
  expect(await backendOf(g, "/menu")).toBe("api");
  expect(api.requests.map((r) => r.url)).toEqual(["/menu"]);
});

test("one backend under an API and an operation is suspended for each by itself", async ({
  backend,
  gateway,
}) => {
  const shared = await backend("shared");
  const g = await gateway();
  await g.deploy(withOwn([shared], [shared], {}));
  shared.answer((request, response) => {
    if (request.url === "/own") request.socket.destroy();
    else response.end('{"backend":"shared"}');
  });
  for (let i = 0; i < 5; i++) await call(g, "/own");
  expect((await endpoint(g, "own-1")).state).toBe("suspended");
  expect(await backendOf(g, "/menu")).toBe("shared");
  expect((await endpoint(g, "ep-1")).state).toBe("up");
});

test("an operation has limits, timeouts and statuses to try again on of its own", async ({
  backend,
  gateway,
}) => {
  const api = await backend("api");
  const slow = await backend("slow");
  const g = await gateway();
  const endpoints = [{ settings: { suspension: { initialMs: 0 } } }] as Group["endpoints"];
  await g.deploy(withOwn([api], [slow], { circuitBreakers: { maxRequests: 1 }, endpoints }));
  slow.hang();
  api.hang();
  const waiting = call(g, "/own");
  await expect.poll(() => slow.requests.length).toBe(1);
  expectOwnAnswer(await call(g, "/own"), 503, "102505");
  await slow.kill();
  expect((await waiting).status).toBe(502);
  await slow.restart();
  slow.hang();
  await g.deploy(withOwn([api], [slow], { responseTimeoutMs: 150, endpoints }));
  expectOwnAnswer(await call(g, "/own"), 504, "101504");
  // The API's own have neither: both wait.
  const both = [call(g, "/menu"), call(g, "/menu")];
  await expect.poll(() => api.requests.length).toBe(2);
  await api.kill();
  for (const answer of await Promise.all(both)) expect(answer.status).toBe(502);

  const flaky = await backend("flaky", { handler: (_, response) => response.writeHead(503).end() });
  const good = await backend("good");
  const again: Group = { routing: "failover", retryOnStatus: { count: 1, statusCodes: [503] } };
  await api.restart();
  api.answer((_, response) => response.writeHead(503).end());
  await g.deploy(withOwn([api], [flaky, good], again));
  expect(await backendOf(g, "/own")).toBe("good");
  expect((await call(g, "/menu")).status).toBe(503);
});

const basic = (username: string, password: string) => ({
  security: { kind: "basic" as const, basic: { username, password: { plain: password } } },
});
const basicHeader = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

test("an operation's credentials go to its own endpoints only, and the API's not to them", async ({
  backend,
  gateway,
}) => {
  const [api, own, bare] = [await backend("api"), await backend("own"), await backend("bare")];
  const g = await gateway();
  const definition = withOwn([api], [own], basic("olga", "own secret"), basic("anna", "api secret"));
  definition.resources!.push({
    method: "GET",
    path: "/bare",
    endpoints: { production: { enabled: true, endpoints: [{ id: "bare-1", url: bare.url }] } },
  });
  await g.deploy(definition);
  for (const path of ["/own", "/menu", "/bare"]) expect((await call(g, path)).status).toBe(200);
  expect(own.requests[0]!.headers.authorization).toBe(basicHeader("olga", "own secret"));
  expect(api.requests[0]!.headers.authorization).toBe(basicHeader("anna", "api secret"));
  expect(bare.requests[0]!.headers.authorization).toBeUndefined();

  // A new password of the operation leaves the API's alone.
  const next = withOwn([api], [own], basic("olga", "newer"), basic("anna", "api secret"));
  await g.deploy(next);
  for (const path of ["/own", "/menu"]) await call(g, path);
  expect(own.requests[1]!.headers.authorization).toBe(basicHeader("olga", "newer"));
  expect(api.requests[1]!.headers.authorization).toBe(basicHeader("anna", "api secret"));
});

test("a deploy that changes one operation's endpoints leaves the state of all others", async ({
  backend,
  gateway,
}) => {
  const [api, first, second] = [await backend("api"), await backend("first"), await backend("second")];
  const g = await gateway();
  const definition = withOwn([api], [first], {});
  await g.deploy(definition);
  await api.kill();
  await call(g, "/menu");
  expect((await endpoint(g, "ep-1")).state).toBe("suspended");
  await g.deploy(withOwn([api], [second], {}));
  expect(await backendOf(g, "/own")).toBe("second");
  expect((await endpoint(g, "ep-1")).state).toBe("suspended");
});

test("an open operation of a closed API has its own endpoints without a token", async ({
  backend,
  gateway,
}) => {
  const [api, own] = [await backend("api"), await backend("own")];
  const g = await gateway();
  const definition = withOwn([api], [own], {});
  definition.security = { kind: "jwt", header: "X-Token" };
  definition.resources![0] = { ...definition.resources![0]!, secured: false };
  await g.deploy(definition);
  expect(await backendOf(g, "/own", { "X-Token": "not for us", Authorization: "Bearer backend" })).toBe(
    "own",
  );
  expect(own.requests[0]!.headers).toMatchObject({
    "x-token": "not for us",
    authorization: "Bearer backend",
  });
  expectOwnAnswer(await call(g, "/menu"), 401, "900902");
  expectOwnAnswer(await call(g, "/menu", { Authorization: "Bearer x" }), 401, "900902");
});
