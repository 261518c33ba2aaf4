import { expect, test } from "@playwright/test";
import { asksMore, decodedReadings, hasReadings, plainReading } from "#lib/traffic/pathReadings";
import { methodsInQuery } from "#lib/traffic/requestFields";

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
  for (const [path, reading] of [
    ["/items/1%2Fsecret", "/items/1/secret"],
    ["/items%5csecret%2f", "/items/secret"],
    ["/x%2F.%2Fadmin;a", "/x/admin"],
    ["/users/%40me", "/users/@me"],
    ["/items/1%3Acancel", "/items/1:cancel"],
    ["/items/a%5Cb%2Fsecret", "/items/a%5Cb/secret"],
    ["/items%2F;a%2Fsecret", "/items/;a/secret"],
    ["/items%2F.%2Fsecret", "/items/./secret"],
    ["//items/;a/secret", "/items/;a/secret"],
    ["/admin%2F;x", "/admin/;x"],
  ]) {
    expect(decodedReadings(path!), path).toContain(reading);
  }
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

test("methods that a query names are found however the parameter is spelled", () => {
  for (const query of [
    "?_method=DELETE",
    "?a=1&_method=DELETE",
    "?%5Fmethod=DELETE",
    "?_%6Dethod=DELETE",
    "?_METHOD=DELETE",
    "?_method[]=DELETE",
    "?_method%5B%5D=DELETE",
    "?a=1;_method=DELETE",
    "?.method=DELETE",
    "?+_method=DELETE",
    "?[method=DELETE",
    "?X-HTTP-Method-Override=DELETE",
    "?x-tunneled-method=DELETE",
  ]) {
    expect(methodsInQuery(query), query).toEqual(["DELETE"]);
  }
  for (const query of [
    "",
    "?",
    "?a=_method",
    "?payment_method=DELETE",
    "?methods=a",
    "?_method=",
    "?a%20b=1",
  ]) {
    expect(methodsInQuery(query), query).toEqual([]);
  }
});
