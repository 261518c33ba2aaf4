import { expect, test } from "@playwright/test";
import fc from "fast-check";
import { defaultResources } from "#lib/edit/api";
import {
  addEndpoint,
  duplicateEndpoint,
  type Endpoint,
  editEndpoint,
  editPolicy,
  effectiveGroup,
  endpointsInUse,
  type KeyType,
  moveEndpoint,
  newEndpoint,
  newGroups,
  type Routing,
  removeEndpoint,
  routings,
  setFirstUrl,
  setRouting,
  setSandboxSeparate,
} from "#lib/edit/endpoints";
import { parseDefinition, Resource } from "#lib/schemas/definition";
import { EndpointGroup, EndpointGroups, Endpoint as EndpointSchema } from "#lib/schemas/endpointGroup";

const [a, b, c] = ["aaaa", "bbbb", "cccc"].map((id) => newEndpoint(id, `http://${id}`)) as [
  Endpoint,
  Endpoint,
  Endpoint,
];

function group(...endpoints: Endpoint[]): EndpointGroup {
  return { ...EndpointGroup.parse({ enabled: true }), endpoints };
}

/** A pair of groups in which nothing has its default. */
function rich(): EndpointGroups {
  const settings = {
    suspension: { errorCodes: ["101503"], initialMs: 7, maxMs: 70, factor: 1.5 },
    timeout: { errorCodes: ["101504"], retriesBeforeSuspension: 2, retryDelayMs: 3 },
    action: "discard",
    responseTimeoutMs: 9,
    verifyTls: false,
  };
  return EndpointGroups.parse({
    production: {
      enabled: true,
      endpoints: [
        { id: "aaaa", url: "http://a", weight: 5, settings },
        { id: "bbbb", url: "http://b", weight: 0, backup: true, state: "draining" },
        { id: "cccc", url: "http://c", state: "off" },
      ],
      routing: "loadBalanced",
      algorithm: {
        name: "hash",
        className: "com.example.X",
        settings: { hash: { source: "header", header: "X-T" } },
      },
      session: { kind: "transport", timeoutMs: 1234, header: "X-Client" },
      failover: false,
      healthCheck: { enabled: true, path: "/health" },
      slowStartMs: 11,
      responseTimeoutMs: 12,
      retryOnStatus: { count: 2, statusCodes: [503] },
      failureStatuses: [500],
      circuitBreakers: { maxRequests: 9 },
    },
    sandbox: { enabled: true, endpoints: [{ id: "dddd", url: "http://d", weight: 4 }] },
  });
}

const ids = (of: EndpointGroup) => of.endpoints.map((e) => e.id);

test("Load Balanced → Failover → None → Load Balanced loses no member and no setting", () => {
  const before = rich();
  let groups = before;
  for (const routing of ["failover", "single", "loadBalanced"] as const) {
    groups = setRouting(groups, "production", routing);
    expect(groups.production.routing).toBe(routing);
    expect(groups.production.endpoints).toBe(before.production.endpoints);
    expect({ ...groups, production: { ...groups.production, routing: "loadBalanced" } }).toEqual(before);
  }
  expect(groups).toEqual(before);
});

test("whatever it passes through, a stored document comes back with everything in it", () => {
  for (const routing of routings) {
    const endpoints = setRouting(rich(), "production", routing);
    const result = parseDefinition(
      JSON.parse(JSON.stringify({ name: "P", context: "p", version: "1", endpoints })),
    );
    expect(result.ok && result.definition.endpoints).toEqual(endpoints);
  }
});

test("only the routing decides how many endpoints are in use", () => {
  const balanced = group(a, b, c);
  expect(endpointsInUse(balanced)).toEqual([a]);
  expect(endpointsInUse({ ...balanced, routing: "loadBalanced" })).toEqual([a, b, c]);
  expect(endpointsInUse({ ...balanced, routing: "failover" })).toEqual([a, b, c]);
  expect(endpointsInUse(group())).toEqual([]);
});

test("clearing the first URL keeps its row and all other members", () => {
  const cleared = setFirstUrl(group(a, b, c), "", "unused");
  expect(cleared.endpoints).toEqual([{ ...a, url: "" }, b, c]);
});

test("typing the first URL again brings back the same endpoint with its settings", () => {
  const before = { ...group({ ...a, weight: 9 }, b) };
  expect(setFirstUrl(setFirstUrl(before, "", "new1"), a.url, "new2")).toEqual(before);
});

test("the first URL makes the first endpoint when there is none", () => {
  expect(setFirstUrl(group(), "http://n", "nnnn").endpoints).toEqual([newEndpoint("nnnn", "http://n")]);
});

test("a half-typed first URL is kept as typed", () => {
  for (const typed of ["h", "http:/", "http://a b"])
    expect(setFirstUrl(group(), typed, "nnnn").endpoints[0]?.url).toBe(typed);
});

test("a new endpoint has every default and a trimmed URL", () => {
  expect(newEndpoint("nnnn", "  http://n ")).toMatchObject({
    id: "nnnn",
    url: "http://n",
    weight: 1,
    state: "on",
  });
});

test("an endpoint is added at the end", () => {
  expect(ids(addEndpoint(group(a, b), c))).toEqual(["aaaa", "bbbb", "cccc"]);
});

test("an endpoint is removed by its id, the others stay as they are", () => {
  expect(removeEndpoint(group(a, b, c), "bbbb").endpoints).toEqual([a, c]);
});

test("an edit changes the named fields of one endpoint", () => {
  expect(editEndpoint(group(a, b), "bbbb", { weight: 3, backup: true }).endpoints).toEqual([
    a,
    { ...b, weight: 3, backup: true },
  ]);
});

test("an endpoint moves to a position, which is limited to the list", () => {
  for (const [id, to, order] of [
    ["cccc", 0, "cccc aaaa bbbb"],
    ["aaaa", 1, "bbbb aaaa cccc"],
    ["aaaa", 2, "bbbb cccc aaaa"],
    ["aaaa", 99, "bbbb cccc aaaa"],
    ["bbbb", -5, "bbbb aaaa cccc"],
  ] as const) {
    expect(ids(moveEndpoint(group(a, b, c), id, to)).join(" "), `${id} to ${to}`).toBe(order);
  }
});

test("a copy stands right below its original, under its own id", () => {
  const copied = duplicateEndpoint(group({ ...a, weight: 5 }, b), "aaaa", "copy");
  expect(copied.endpoints).toEqual([{ ...a, weight: 5 }, { ...a, weight: 5, id: "copy" }, b]);
});

test("an edit that changes nothing returns the very same value", () => {
  const some = group(a, b, c);
  const groups = rich();
  expect(removeEndpoint(some, "none")).toBe(some);
  expect(editEndpoint(some, "none", { weight: 2 })).toBe(some);
  expect(editEndpoint(some, "aaaa", {})).toBe(some);
  expect(editEndpoint(some, "aaaa", { weight: 1, settings: structuredClone(a.settings) })).toBe(some);
  expect(moveEndpoint(some, "none", 0)).toBe(some);
  expect(moveEndpoint(some, "aaaa", 0)).toBe(some);
  expect(moveEndpoint(some, "aaaa", -1)).toBe(some);
  expect(moveEndpoint(some, "cccc", 7)).toBe(some);
  expect(duplicateEndpoint(some, "none", "copy")).toBe(some);
  expect(setFirstUrl(some, a.url, "nnnn")).toBe(some);
  const empty = group();
  expect(setFirstUrl(empty, "", "nnnn")).toBe(empty);
  expect(setRouting(groups, "production", "loadBalanced")).toBe(groups);
  expect(editPolicy(groups, "sandbox", { session: structuredClone(groups.production.session) })).toBe(groups);
  expect(setSandboxSeparate(groups, false)).toBe(groups);
});

test.describe("sandbox", () => {
  test("follows production in everything but its list and its checkbox", () => {
    const groups = rich();
    const { enabled, endpoints } = groups.sandbox;
    expect(effectiveGroup(groups, "sandbox")).toEqual({ ...groups.production, enabled, endpoints });
    expect(effectiveGroup(groups, "production")).toBe(groups.production);
  });

  test("an edit of its policy is one of production's while it follows", () => {
    const edited = setRouting(rich(), "sandbox", "failover");
    expect(edited.production.routing).toBe("failover");
    expect(effectiveGroup(edited, "sandbox").routing).toBe("failover");
  });

  test("configured separately, it starts from what is in effect", () => {
    const groups = rich();
    const separate = setSandboxSeparate(groups, true);
    for (const keyType of ["production", "sandbox"] as const)
      expect(effectiveGroup(separate, keyType)).toEqual(effectiveGroup(groups, keyType));
  });

  test("configured separately, neither side's policy touches the other's", () => {
    const separate = setSandboxSeparate(rich(), true);
    const edited = setRouting(separate, "sandbox", "single");
    expect(edited.production).toBe(separate.production);
    expect(edited.sandbox.routing).toBe("single");
    expect(setRouting(edited, "production", "failover").sandbox).toBe(edited.sandbox);
  });

  test("configured separately again, the sandbox has its own settings back", () => {
    const own = setRouting(setSandboxSeparate(rich(), true), "sandbox", "single");
    expect(setSandboxSeparate(setSandboxSeparate(own, false), true)).toEqual(own);
  });

  test("following again keeps its list, and what it had of its own is kept out of use", () => {
    const own = setRouting(setSandboxSeparate(rich(), true), "sandbox", "single");
    const following = setSandboxSeparate(own, false);
    expect(following.sandbox).toBe(own.sandbox);
    expect(effectiveGroup(following, "sandbox").routing).toBe("loadBalanced");
    expect(effectiveGroup(following, "sandbox").endpoints).toBe(own.sandbox.endpoints);
  });
});

/** An edit as a person makes it, on either list. */
type Edit = (groups: EndpointGroups, serial: number) => EndpointGroups;

const inList =
  (keyType: KeyType, edit: (group: EndpointGroup, serial: number) => EndpointGroup): Edit =>
  (groups, serial) => ({ ...groups, [keyType]: edit(groups[keyType], serial) });
const pickId = (of: EndpointGroup, n: number) =>
  of.endpoints[n % Math.max(1, of.endpoints.length)]?.id ?? "none";
const keyType = fc.constantFrom<KeyType>("production", "sandbox");
const n = fc.nat({ max: 8 });
const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  keyType.map((k) => inList(k, (g, i) => addEndpoint(g, newEndpoint(`new-${i}`, "http://n")))),
  fc.tuple(keyType, n).map(([k, x]) => inList(k, (g) => removeEndpoint(g, pickId(g, x)))),
  fc.tuple(keyType, n, n).map(([k, x, to]) => inList(k, (g) => moveEndpoint(g, pickId(g, x), to - 2))),
  fc.tuple(keyType, n).map(([k, x]) => inList(k, (g, i) => duplicateEndpoint(g, pickId(g, x), `copy-${i}`))),
  fc
    .tuple(
      keyType,
      n,
      fc.record({ weight: fc.nat({ max: 1000 }), backup: fc.boolean() }, { requiredKeys: [] }),
    )
    .map(([k, x, change]) => inList(k, (g) => editEndpoint(g, pickId(g, x), change))),
  fc
    .tuple(keyType, fc.constantFrom("", "http://typed"))
    .map(([k, url]) => inList(k, (g, i) => setFirstUrl(g, url, `first-${i}`))),
  fc.tuple(keyType, fc.constantFrom<Routing>(...routings)).map(
    ([k, routing]): Edit =>
      (groups) =>
        setRouting(groups, k, routing),
  ),
  fc.boolean().map(
    (separate): Edit =>
      (groups) =>
        setSandboxSeparate(groups, separate),
  ),
  keyType.map(
    (k): Edit =>
      (groups) =>
        editPolicy(groups, k, { failover: !groups.production.failover }),
  ),
);

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

test("whatever is edited, in whatever order, can be saved and is never changed in place", () => {
  fc.assert(
    fc.property(fc.array(anyEdit, { maxLength: 25 }), (edits) => {
      let groups = deepFreeze(rich());
      edits.forEach((edit, serial) => {
        groups = deepFreeze(edit(groups, serial));
      });
      const document = { name: "P", context: "p", version: "1", endpoints: groups };
      const result = parseDefinition(JSON.parse(JSON.stringify(document)));
      expect(result.ok ? result.definition.endpoints : result.problems).toEqual(groups);
    }),
  );
});

test("only adding, copying and removing change which endpoints there are", () => {
  const keeping: fc.Arbitrary<Edit> = fc.oneof(
    fc.tuple(keyType, n, n).map(([k, x, to]) => inList(k, (g) => moveEndpoint(g, pickId(g, x), to - 2))),
    fc.tuple(keyType, fc.constantFrom<Routing>(...routings)).map(
      ([k, routing]): Edit =>
        (groups) =>
          setRouting(groups, k, routing),
    ),
    fc.boolean().map(
      (separate): Edit =>
        (groups) =>
          setSandboxSeparate(groups, separate),
    ),
    fc
      .constantFrom("", "http://typed")
      .map((url) => inList("production", (g) => setFirstUrl(g, url, "first"))),
  );
  const members = (groups: EndpointGroups) =>
    (["production", "sandbox"] as const).map((k) =>
      // The first URL's field edits a URL; everything else of a member stays.
      groups[k].endpoints.map(({ url: _, ...rest }) => JSON.stringify(rest)).sort(),
    );
  fc.assert(
    fc.property(fc.array(keeping, { maxLength: 20 }), (edits) => {
      const after = edits.reduce((groups, edit, serial) => edit(groups, serial), rich());
      expect(members(after)).toEqual(members(rich()));
    }),
  );
});

test("moving there and back restores the order", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 }), fc.integer({ min: -3, max: 5 }), (from, to) => {
      const some = group(a, b, c);
      const id = some.endpoints[from]!.id;
      expect(moveEndpoint(moveEndpoint(some, id, to), id, from)).toEqual(some);
    }),
  );
});

test("what is made without the schemas is what the schemas make of nothing", () => {
  expect(newGroups()).toEqual(EndpointGroups.parse({}));
  expect(newEndpoint("aaaa", " http://a ")).toEqual(EndpointSchema.parse({ id: "aaaa", url: "http://a" }));
  for (const resource of defaultResources) {
    const { method, path } = resource;
    expect(resource).toEqual(Resource.parse({ method, path }));
  }
});
