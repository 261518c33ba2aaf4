import { expect, test } from "@playwright/test";
import { deployProblems, servingProblems } from "#lib/edit/api";
import { ApiDefinition } from "#lib/schemas/definition";
import { Matcher } from "#lib/traffic/matcher";
import { workOf } from "../work";

function matcher(...templates: string[]): Matcher<string> {
  const made = new Matcher<string>();
  for (const template of templates) made.add("GET", template, template);
  return made;
}
const all = [
  "/*",
  "/menu/*",
  "/menu",
  "/menu/{id}",
  "/menu/today",
  "/menu/{id}/toppings/{topping}",
  "/menu/today/{part}",
  "/files/{name}.json",
  "/files/{name}",
  "/files/menu.json",
  "/jobs/{id}:cancel",
  "/range/{from}-{to}",
  "/prefix*",
  "/a%20b/{x}",
];

for (const [path, template] of [
  ["", "/*"],
  ["/", "/*"],
  ["/nothing/here", "/*"],
  ["/menu", "/menu"],
  ["/menu/", "/menu"],
  ["/menu/today", "/menu/today"],
  ["/menu/7", "/menu/{id}"],
  ["/menu/today/toppings/ham", "/menu/{id}/toppings/{topping}"],
  ["/menu/today/soup", "/menu/today/{part}"],
  ["/menu/7/else", "/menu/*"],
  ["/menu//", "/menu/*"],
  ["/menus", "/*"],
  ["/files/menu.json", "/files/menu.json"],
  ["/files/a.json", "/files/{name}.json"],
  ["/files/.json", "/files/{name}"],
  ["/files/a.xml", "/files/{name}"],
  ["/files/a%2Fb", "/files/{name}"],
  ["/files/caf%e9", "/files/{name}"],
  ["/jobs/7:cancel", "/jobs/{id}:cancel"],
  ["/jobs/7:start", "/*"],
  ["/range/1-9", "/range/{from}-{to}"],
  ["/range/-9", "/*"],
  ["/range/1-2-3", "/range/{from}-{to}"],
  ["/prefixed", "/prefix*"],
  ["/prefix/and/more", "/prefix*"],
  ["/a%20b/1", "/a%20b/{x}"],
  ["/__proto__", "/*"],
] as const) {
  test(`${path || "nothing"} is served by ${template}, in whatever order they were declared`, () => {
    expect(matcher(...all).find("GET", path)).toBe(template);
    expect(matcher(...all.toReversed()).find("GET", path)).toBe(template);
  });
}

test("a more general operation serves where the more specific one has no such verb", () => {
  const made = matcher("/menu/{id}");
  made.add("POST", "/menu/today", "post");
  expect(made.find("GET", "/menu/today")).toBe("/menu/{id}");
  expect(made.find("POST", "/menu/7")).toBeNull();
  expect(made.find("BREW", "/menu/7")).toBeNull();
});

test("of two templates of one shape the first one declared serves", () => {
  expect(matcher("/a/{x}", "/a/{y}").find("GET", "/a/1")).toBe("/a/{x}");
});

test("an operation that never gets a call stops deploying if it says something else than the one that does", () => {
  const endpoints = { production: { enabled: true, endpoints: [{ id: "ep-a", url: "http://a" }] } };
  const problemsOf = (...resources: { path: string; method?: "GET" | "POST"; secured?: boolean }[]) => {
    const all = resources.map((r) => ({ method: "GET", ...r }));
    const api = ApiDefinition.parse({ name: "P", context: "/p", version: "1", endpoints, resources: all });
    expect(servingProblems(api)).toEqual([]);
    return deployProblems(api);
  };
  expect(problemsOf({ path: "/a/{id}" }, { path: "/a/{name}", secured: false })).toEqual([
    {
      path: ["resources", 1, "path"],
      message:
        "GET /a/{name} never gets a call: GET /a/{id} stands before it and takes the same ones, with other settings. Remove one of them.",
    },
  ]);
  expect(problemsOf({ path: "/a", secured: false }, { path: "/a/" })).toHaveLength(1);
  expect(problemsOf({ path: "/v{x}", secured: false }, { path: "/v{y}" })).toHaveLength(1);
  expect(problemsOf({ path: "/a/{id}" }, { path: "/a/{name}" })).toEqual([]);
  expect(problemsOf({ path: "/a/{id}", secured: false }, { path: "/a/{name}", method: "POST" })).toEqual([]);
  expect(problemsOf({ path: "/a/{id}", secured: false }, { path: "/a/b" }, { path: "/a/*" })).toEqual([]);
});

test("a * anywhere but at the end stops deploying, with the reason", () => {
  const endpoints = { production: { enabled: true, endpoints: [{ id: "ep-a", url: "http://a" }] } };
  for (const path of ["/a/*/b", "/a*b", "/**", "/{x}*"]) {
    const resources = [{ method: "GET", path }];
    const api = ApiDefinition.parse({ name: "P", context: "/p", version: "1", endpoints, resources });
    expect(deployProblems(api)).toEqual([
      { path: ["resources", 0, "path"], message: `${path}: a * stands at the end only, as in /menu/*.` },
    ]);
    expect(() => matcher(path)).toThrow("a * stands at the end only");
  }
});

test("a caller cannot make matching slow", () => {
  const made = matcher(
    "/{a}-{b}-{c}-{d}-{e}!",
    ...Array.from({ length: 12 }, (_, i) => `/{x}${"/{y}".repeat(i)}/z`),
  );
  const asking = (length: number) => () => {
    for (let i = 0; i < 100; i++) {
      made.find("GET", `/${"-".repeat(length)}`);
      made.find("GET", "/y".repeat(length / 2));
    }
  };
  const short = workOf(asking(2000));
  expect(workOf(asking(8000))).toBeLessThan(10 * short);
});

test("finding among ten thousand operations costs about what it costs among ten", () => {
  const templates = Array.from({ length: 10_000 }, (_, i) =>
    i % 2 ? `/items${i}/{id}/parts/{part}` : `/group${i % 97}/thing${i}`,
  );
  const [few, many] = [matcher(...templates.slice(0, 10)), matcher(...templates)];
  const paths = templates.slice(0, 10).map((t) => t.replaceAll(/\{\w+\}/g, "42"));
  const round = (made: Matcher<string>) => {
    const start = performance.now();
    for (let i = 0; i < 20_000; i++) if (!made.find("GET", paths[i % 10]!)) throw new Error("not found");
    return performance.now() - start;
  };
  // The best of many rounds in turn: what else the machine does meanwhile slows some of them, not all.
  const best = { few: Number.POSITIVE_INFINITY, many: Number.POSITIVE_INFINITY };
  for (let i = 0; i < 20; i++) {
    best.few = Math.min(best.few, round(few));
    best.many = Math.min(best.many, round(many));
  }
  expect(best.many / best.few).toBeLessThan(3);
});
