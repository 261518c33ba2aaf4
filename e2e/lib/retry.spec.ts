import { expect, test } from "@playwright/test";
import { Limits } from "#lib/schemas/definition";
import { causes, type Failure } from "#lib/traffic/outcome";
import { isIdempotent, mayTryAgain, retryBudget } from "#lib/traffic/retry";

const failure = (facts: Partial<Failure>): Failure => ({
  kind: "failure",
  cause: "closed",
  written: true,
  answered: false,
  stale: false,
  ...facts,
});

test("GET, HEAD, OPTIONS, TRACE, PUT and DELETE may be repeated; POST and PATCH may not", () => {
  for (const method of ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"])
    expect(isIdempotent(method, false), method).toBe(true);
  for (const method of ["POST", "PATCH", "get", "PROPFIND"])
    expect(isIdempotent(method, false), method).toBe(false);
});

test("an Idempotency-Key makes any request repeatable", () => {
  for (const method of ["POST", "PATCH"]) expect(isIdempotent(method, true), method).toBe(true);
});

test("while nothing was written any method is tried again", () => {
  for (const cause of ["refused", "dns", "unreachable", "tls", "connectTimeout"] as const) {
    expect(mayTryAgain(failure({ cause, written: false }), false), cause).toBe(true);
  }
});

test("after bytes were written only what is idempotent is tried again", () => {
  for (const cause of ["responseTimeout", "closed", "protocol"] as const) {
    expect(mayTryAgain(failure({ cause }), true), cause).toBe(true);
    expect(mayTryAgain(failure({ cause }), false), cause).toBe(false);
  }
});

test("nothing is tried again once the caller has the response head", () => {
  expect(mayTryAgain(failure({ answered: true }), true)).toBe(false);
  expect(mayTryAgain(failure({ answered: true, written: false }), true)).toBe(false);
});

test("the retry budget is 20 % of the active requests and at least 3", () => {
  const limits = Limits.parse({});
  for (const [active, budget] of [
    [0, 3],
    [1, 3],
    [15, 3],
    [19, 3],
    [20, 4],
    [100, 20],
    [1_000, 200],
  ] as const) {
    expect(retryBudget(active, limits), `${active} active`).toBe(budget);
  }
});

test("a budget of 0 % and at least 0 allows no retry", () => {
  expect(retryBudget(1_000, { retryBudgetPercent: 0, retryBudgetMin: 0 })).toBe(0);
});

test("limits have the defaults of the spec", () => {
  expect(Limits.parse({})).toMatchObject({
    connectTimeoutMs: 3_000,
    responseTimeoutMs: 30_000,
    idleTimeoutMs: 60_000,
    deadlineMs: 60_000,
    maxAttempts: 3,
    replayBytes: 1024 * 1024,
    maxBodyBytes: null,
  });
});

test("each cause has the status and code of the spec's table", () => {
  const table = Object.fromEntries(
    Object.entries(causes).map(([cause, { status, code }]) => [cause, `${status} ${code}`]),
  );
  expect(table).toEqual({
    refused: "502 101503",
    dns: "502 101503",
    unreachable: "502 101503",
    tls: "502 101503",
    connectTimeout: "504 101508",
    responseTimeout: "504 101504",
    closed: "502 101505",
    protocol: "502 101506",
  });
});
