import { expect, test } from "@playwright/test";
import fc from "fast-check";
import type { ApiDefinition } from "#lib/edit/api";
import { merge } from "#lib/edit/draftMerge";
import { addEndpoint, editEndpoint, moveEndpoint, newEndpoint, removeEndpoint } from "#lib/edit/endpoints";
import { ApiDefinition as Schema } from "#lib/schemas/definition";
import { diff } from "#lib/tell/diff";

type Production = ApiDefinition["endpoints"]["production"];

const endpoint = (id: string) => newEndpoint(`ep-${id}`, `http://${id}:8080`);
const base = Schema.parse({
  name: "Orders",
  context: "/orders",
  version: "1.0.0",
  endpoints: { production: { enabled: true, endpoints: ["a", "b", "c"].map(endpoint) } },
});
const production = (change: (group: Production) => Production, of = base): ApiDefinition => ({
  ...of,
  endpoints: { ...of.endpoints, production: change(of.endpoints.production) },
});
const weight = (id: string, to: number) => (group: Production) => editEndpoint(group, id, { weight: to });
const urls = (definition: ApiDefinition) =>
  definition.endpoints.production.endpoints.map((e) => e.url.slice(7, 8)).join("");

/** Merges with both preferences, which must not matter. */
function agreed(mine: ApiDefinition, theirs: ApiDefinition): ApiDefinition {
  const merged = merge(base, mine, theirs, "mine");
  expect(merge(base, mine, theirs, "theirs")).toEqual(merged);
  return merged;
}

test("changes of different settings are all kept", () => {
  const mine = production(weight("ep-a", 5), { ...base, description: "Mine" });
  const theirs = production(weight("ep-b", 7), { ...base, isDefaultVersion: true });
  expect(diff(base, agreed(mine, theirs))).toEqual([
    "a:8080 weight 1 → 5",
    "b:8080 weight 1 → 7",
    "description default → Mine",
    "Default version off → on",
  ]);
});

test("where both changed the same the preferred side wins, and only there", () => {
  const mine = production((g) => weight("ep-b", 3)(weight("ep-a", 5)(g)));
  const theirs = production((g) => weight("ep-c", 9)(weight("ep-a", 7)(g)));
  const [asMine, asTheirs] = [merge(base, mine, theirs, "mine"), merge(base, mine, theirs, "theirs")];
  expect(asMine.endpoints.production.endpoints.map((e) => e.weight)).toEqual([5, 3, 9]);
  expect(diff(asTheirs, asMine)).toEqual(["a:8080 weight 7 → 5"]);
});

test("endpoints that each side added, removed or moved come together in one list", () => {
  const added = production((g) => moveEndpoint(addEndpoint(g, endpoint("d")), "ep-d", 1));
  expect(
    urls(
      agreed(
        added,
        production((g) => removeEndpoint(g, "ep-c")),
      ),
    ),
  ).toBe("adb");
  expect(
    urls(
      agreed(
        production((g) => moveEndpoint(g, "ep-c", 0)),
        added,
      ),
    ),
  ).toBe("cadb");
  expect(
    urls(
      agreed(
        added,
        production((g) => moveEndpoint(g, "ep-a", 2)),
      ),
    ),
  ).toBe("bcad");
});

test("endpoints that both added at the end are no disagreement: theirs was there first", () => {
  const add = (id: string) => production((g) => addEndpoint(g, endpoint(id)));
  expect(urls(agreed(add("d"), add("e")))).toBe("abced");
});

test("two orders are disagreed about", () => {
  const move = (id: string, to: number) => production((g) => moveEndpoint(g, id, to));
  expect(urls(merge(base, move("ep-c", 0), move("ep-a", 2), "mine"))).toBe("cab");
  expect(urls(merge(base, move("ep-c", 0), move("ep-a", 2), "theirs"))).toBe("bca");
});

test("what one changed and the other removed is disagreed about", () => {
  const mine = production(weight("ep-a", 5));
  const theirs = production((g) => removeEndpoint(g, "ep-a"));
  expect(urls(merge(base, mine, theirs, "mine"))).toBe("abc");
  expect(urls(merge(base, mine, theirs, "theirs"))).toBe("bc");
});

test("operations are matched by method and path", () => {
  const resource = (method: string, path: string, more = {}) => ({ method, path, ...more });
  const of = (...resources: object[]) => Schema.parse({ ...base, resources });
  const start = of(resource("GET", "/menu"), resource("POST", "/order"));
  const mine = of(resource("GET", "/menu", { secured: false }), resource("POST", "/order"));
  const theirs = of(resource("GET", "/menu", { scopes: ["read"] }), resource("PUT", "/order"));
  const merged = merge(start, mine, theirs, "mine").resources;
  expect(merged.map((r) => `${r.method} ${r.path} ${r.secured} ${r.scopes}`)).toEqual([
    "GET /menu false read",
    "PUT /order true ",
  ]);
});

test("a list without names is one value", () => {
  const statuses = (...codes: number[]) => production((g) => ({ ...g, failureStatuses: codes }));
  const [mine, theirs] = [statuses(502), statuses(503, 504)];
  expect(merge(base, mine, theirs, "mine").endpoints.production.failureStatuses).toEqual([502]);
  expect(merge(base, mine, theirs, "theirs").endpoints.production.failureStatuses).toEqual([503, 504]);
});

const edit = fc.oneof(
  fc
    .record({ id: fc.constantFrom("ep-a", "ep-b", "ep-c"), to: fc.nat(9) })
    .map(({ id, to }) => weight(id, to)),
  fc.record({ id: fc.constantFrom("ep-a", "ep-b", "ep-c"), to: fc.nat(3) }).map(
    ({ id, to }) =>
      (g: Production) =>
        moveEndpoint(g, id, to),
  ),
  fc.constantFrom("ep-a", "ep-b", "ep-c").map((id) => (g: Production) => removeEndpoint(g, id)),
  fc
    .constantFrom("d", "e")
    .map(
      (name) => (g: Production) =>
        g.endpoints.some((e) => e.id === `ep-${name}`) ? g : addEndpoint(g, endpoint(name)),
    ),
  fc.boolean().map((failover) => (g: Production) => ({ ...g, failover })),
);
const version = fc
  .array(edit, { maxLength: 6 })
  .map((edits) => production((g) => edits.reduce((x, e) => e(x), g)));

test("a side that changed nothing takes the other's version whole, and equal versions are themselves", () => {
  fc.assert(
    fc.property(version, fc.constantFrom("mine" as const, "theirs" as const), (changed, prefer) => {
      expect(merge(base, changed, base, prefer)).toEqual(changed);
      expect(merge(base, base, changed, prefer)).toEqual(changed);
      expect(merge(base, changed, changed, prefer)).toEqual(changed);
    }),
  );
});

test("whatever two sides did, the merged definition can be read", () => {
  fc.assert(
    fc.property(
      version,
      version,
      fc.constantFrom("mine" as const, "theirs" as const),
      (mine, theirs, prefer) => {
        const merged = merge(base, mine, theirs, prefer);
        expect(Schema.parse(merged)).toEqual(merged);
      },
    ),
  );
});
