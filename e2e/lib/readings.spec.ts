import { expect, test } from "@playwright/test";
import { asksMore, decodedReading, hasReadings, plainReading } from "#lib/readings";

for (const [sent, plain] of [
  ["/admin", "/admin"],
  ["/./admin", "/admin"],
  ["/%2e/admin", "/admin"],
  ["/%2E/admin", "/admin"],
  ["//admin", "/admin"],
  ["/admin;x=1", "/admin"],
  ["/admin/.", "/admin"],
  ["/admin/%2e", "/admin"],
  ["/;/admin", "/admin"],
  ["/.;/admin", "/admin"],
  ["/%2e;a=b/admin", "/admin"],
  ["/;x/admin", "/admin"],
  ["/%61dmin", "/admin"],
  ["/%61%64%6D%69%6e//", "/admin"],
  ["/admin%2F", "/admin%2F"],
  ["/caf%C3%A9", "/caf%C3%A9"],
  ["/a%252e", "/a%252e"],
  ["/a%3Bb", "/a%3Bb"],
  ["", ""],
  ["/", ""],
] as const) {
  test(`${sent || "the bare path"} is plainly ${plain || "the bare path"}`, () => {
    expect(plainReading(sent)).toBe(plain);
    if (sent !== plain && sent !== "/") expect(hasReadings(sent)).toBe(true);
  });
}

test("encoded slashes and backslashes part segments in the decoded reading", () => {
  expect(decodedReading("/items/1%2Fsecret")).toBe("/items/1/secret");
  expect(decodedReading("/items%5csecret%2f")).toBe("/items/secret");
  expect(decodedReading("/x%2F.%2Fadmin;a")).toBe("/x/admin");
});

test("an ordinary path has no other readings", () => {
  for (const path of ["", "/", "/menu", "/menu/", "/a.b/c", "/a..b", "/a,b@c:d"]) {
    expect(hasReadings(path), path).toBe(false);
  }
});

test("an operation asks for more when somebody may call the other one and not it", () => {
  const open = { secured: false, scopes: [] };
  const token = { secured: true, scopes: [] };
  const scoped = (...scopes: (string | string[])[]) => ({
    secured: true,
    scopes: scopes.map((one) => [one].flat()),
  });
  for (const [other, own, more] of [
    [open, token, false],
    [open, scoped("a"), false],
    [token, open, true],
    [token, token, false],
    [token, scoped("a"), false],
    [scoped("a"), token, true],
    [scoped("a"), scoped("a"), false],
    [scoped("a", "b"), scoped("a"), false],
    [scoped("a"), scoped("a", "b"), true],
    [scoped(["a", "b"]), scoped("a"), true],
    [scoped("a"), scoped(["a", "b"]), false],
    [scoped("a"), scoped(["a", "b"], ["a", "c"]), false],
    [scoped(["b", "a"]), scoped(["a", "b"]), false],
    [scoped(["a", "b"], "c"), scoped(["c", "d"]), false],
  ] as const) {
    expect(asksMore(other, own), JSON.stringify({ other, own })).toBe(more);
  }
});
