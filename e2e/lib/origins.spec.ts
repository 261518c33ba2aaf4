import { expect, test } from "@playwright/test";
import { originProblem, originsIn } from "#lib/traffic/origins";

test("an origin is in a list by itself, or as a subdomain", () => {
  const allowed = originsIn(["https://a.example", "https://*.example.com", "http://*.test:8080"]);
  for (const [origin, expected] of [
    ["https://a.example", true],
    ["https://app.example.com", true],
    ["https://one.two.example.com", true],
    ["http://x.test:8080", true],
    ["https://example.com", false],
    ["http://app.example.com", false],
    ["https://app.example.com:8443", false],
    ["https://appexample.com", false],
    ["https://app.example.com.evil", false],
    ["https://evil/.example.com", false],
    ["https://evil#x.example.com", false],
    ["https://user@x.example.com", false],
    ["https://.example.com", false],
    ["https://a..example.com", false],
    ["http://x.test", false],
    ["", false],
    ["null", false],
  ] as const) {
    expect(allowed(origin), origin).toBe(expected);
  }
});

test("a * that stands for nothing is told", () => {
  for (const entry of ["*", "https://*.example.com", "https://a.example", "http://*.localhost:3000", "null"])
    expect(originProblem(entry), entry).toBeUndefined();
  for (const entry of [
    "*.example.com",
    "https://*",
    "https://a.*.com",
    "http://localhost:*",
    "https://*example.com",
  ])
    expect(originProblem(entry), entry).toContain("https://*.example.com");
});
