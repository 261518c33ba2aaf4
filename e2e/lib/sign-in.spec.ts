import { expect, test } from "@playwright/test";
import fc from "fast-check";
import { attempt, waitWords } from "#lib/access/attemptRule";
import { can, permissions, roles, whyNot } from "#lib/access/roles";
import { NewUser, safeTarget, Username } from "#lib/access/users";

test("a role may all that a weaker one may, and an administrator everything", () => {
  for (const permission of permissions) {
    const allowed = roles.map((role) => can(role, permission));
    expect(allowed, permission).toEqual([...allowed].sort((a, b) => Number(b) - Number(a)));
    expect(can("admin", permission), permission).toBe(true);
  }
  expect(permissions.filter((p) => can("viewer", p))).toEqual(["api.read", "application.read"]);
  expect(whyNot("viewer", "api.deploy")).toBe(
    "Your role (viewer) may not deploy APIs; admin or publisher may.",
  );
  expect(whyNot("creator", "users.manage")).toBe("Your role (creator) may not manage users; admin may.");
});

test("no window of time ever holds more attempts than allowed, and waiting as told always helps", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 5 }), (steps, limit) => {
      const rule = { limit, windowMs: 1_000 };
      let times: number[] = [];
      let now = 0;
      for (const step of steps) {
        now += step;
        const answer = attempt(times, now, rule);
        if (answer.ok) {
          times = answer.times;
          expect(times.filter((t) => t > now - 1_000).length).toBeLessThanOrEqual(limit);
        } else {
          expect(answer.waitMs).toBeGreaterThan(0);
          expect(answer.waitMs).toBeLessThanOrEqual(1_000);
          expect(attempt(times, now + answer.waitMs, rule).ok).toBe(true);
          expect(attempt(times, now + answer.waitMs - 1, rule).ok).toBe(false);
        }
      }
    }),
  );
});

test("waiting times are rounded up", () => {
  expect([1, 1_000, 1_001, 59_999, 60_000, 61_000, 300_000].map(waitWords)).toEqual([
    "1 second",
    "1 second",
    "2 seconds",
    "1 minute",
    "1 minute",
    "2 minutes",
    "5 minutes",
  ]);
});

test("after signing in only paths of this origin are gone to", () => {
  for (const path of ["/apis", "/apis/x/endpoints?a=b#c", "/settings/users", "/sign-in-help"])
    expect(safeTarget(path)).toBe(path);
  for (const target of [
    undefined,
    "",
    "apis",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/a\\b",
    "/sign-in?to=/apis",
    "/setup",
    `/${"x".repeat(3_000)}`,
  ])
    expect(safeTarget(target), String(target)).toBe("/apis");
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(new URL(safeTarget(`/${text}`), "http://here.example").origin).toBe("http://here.example");
    }),
  );
});

test("user names are stored in one spelling", () => {
  expect(Username.parse("  Dana@Example.com ")).toBe("dana@example.com");
  for (const name of ["", " ", "a b", "-a", "ä", "a/b", "x".repeat(65)])
    expect(Username.safeParse(name).success, name).toBe(false);
  const problems = NewUser.safeParse({ username: "", password: "short", role: "owner" });
  expect(problems.error?.issues.map((i) => i.message)).toEqual([
    "Enter a user name.",
    "A user name has letters, digits and . _ @ + - and starts with a letter or digit.",
    "A password has at least 10 characters.",
    "Choose a role.",
  ]);
});
