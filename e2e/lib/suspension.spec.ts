import { expect, test } from "@playwright/test";
import { Endpoint } from "#lib/schemas/endpointGroup";
import { defaultTimeoutCodes, errorClasses, type FailureCause } from "#lib/traffic/outcome";
import {
  afterRequest,
  fresh,
  type Health,
  isHalfOpen,
  isOpen,
  isWell,
  onFailure,
  onSuccess,
  type SuspensionRule,
  suspensionRule,
} from "#lib/traffic/suspension";

type Settings = NonNullable<NonNullable<Parameters<typeof Endpoint.parse>[0]>>;

function rule(settings: { suspension?: object; timeout?: object } = {}): SuspensionRule {
  const input: Settings = { id: "aaaa", url: "http://a", settings };
  return suspensionRule(Endpoint.parse(input).settings);
}

/** One endpoint under a clock that only the test moves. */
class Clock {
  now = 0;
  health: Health = fresh;

  constructor(readonly rule: SuspensionRule) {}

  /** An attempt that fails at once, or began at `startedAt`. */
  fail(cause: FailureCause | "status" = "refused", startedAt = this.now): Health {
    this.health = onFailure(this.health, this.rule, cause, startedAt, this.now);
    return this.health;
  }

  succeed(startedAt = this.now): Health {
    this.health = onSuccess(this.health, startedAt, this.now);
    return this.health;
  }

  /** To the moment when the endpoint may be tried again. */
  untilItReturns(): void {
    if (this.health.kind !== "active") this.now = this.health.until;
  }

  open(trialUnderWay = false): boolean {
    return isOpen(this.health, this.now, trialUnderWay);
  }

  /** How long the present pause lasts, from its beginning. */
  get pause(): number | null {
    return this.health.kind === "active" ? null : this.health.until - this.health.since;
  }
}

/** Length of each suspension when the endpoint fails at every return. */
function series(under: SuspensionRule, times: number): (number | null)[] {
  const clock = new Clock(under);
  return Array.from({ length: times }, () => {
    clock.untilItReturns();
    clock.fail();
    return clock.pause;
  });
}

test("initial 1000, factor 2, max 10000: 1000, 2000, 4000, 8000, 10000, 10000", () => {
  const under = rule({ suspension: { initialMs: 1000, factor: 2, maxMs: 10_000 } });
  expect(series(under, 6)).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test("without settings every suspension lasts 30000", () => {
  expect(series(rule(), 4)).toEqual([30_000, 30_000, 30_000, 30_000]);
});

test("a factor may have decimals", () => {
  const under = rule({ suspension: { initialMs: 1000, factor: 1.5 } });
  expect(series(under, 4)).toEqual([1000, 1500, 2250, 3375]);
});

test("no suspension is longer than a day, however long the series", () => {
  const under = rule({ suspension: { initialMs: 1000, factor: 100 } });
  expect(Math.max(...series(under, 12).map(Number))).toBe(86_400_000);
});

test("suspended means not eligible until the very end", () => {
  const clock = new Clock(rule({ suspension: { initialMs: 1000 } }));
  expect(clock.open()).toBe(true);
  expect(clock.fail().kind).toBe("suspended");
  for (const [now, open] of [
    [0, false],
    [999, false],
    [1000, true],
  ] as const) {
    clock.now = now;
    expect(clock.open(), `at ${now} ms`).toBe(open);
  }
});

test("retries 3, delay 500: the fourth timeout suspends", () => {
  const clock = new Clock(rule({ timeout: { retriesBeforeSuspension: 3, retryDelayMs: 500 } }));
  for (const nth of [1, 2, 3]) {
    clock.untilItReturns();
    expect(clock.fail("responseTimeout").kind, `timeout ${nth}`).toBe("timeout");
    expect(clock.pause).toBe(500);
    expect(clock.open(), "during the delay").toBe(false);
    clock.untilItReturns();
    expect(clock.open(), "after the delay").toBe(true);
  }
  clock.untilItReturns();
  expect(clock.fail("responseTimeout").kind).toBe("suspended");
  expect(clock.pause).toBe(30_000);
});

test("retries 2, delay 0: it stays eligible all along until the third timeout", () => {
  const clock = new Clock(rule({ timeout: { retriesBeforeSuspension: 2 } }));
  for (const kind of ["timeout", "timeout", "suspended"] as const) {
    expect(clock.open()).toBe(true);
    clock.now += 10;
    expect(clock.fail("closed").kind).toBe(kind);
  }
});

test("by default a timeout suspends at once: no retries before suspension", () => {
  for (const cause of ["responseTimeout", "closed"] as const) {
    expect(new Clock(rule()).fail(cause).kind).toBe("suspended");
  }
});

test("a success between timeouts starts their count anew", () => {
  const clock = new Clock(rule({ timeout: { retriesBeforeSuspension: 1 } }));
  expect(clock.fail("responseTimeout").kind).toBe("timeout");
  clock.now += 1;
  expect(clock.succeed().kind).toBe("active");
  clock.now += 1;
  expect(clock.fail("responseTimeout").kind).toBe("timeout");
});

test("a suspending failure does not wait for the tolerated timeouts", () => {
  const clock = new Clock(rule({ timeout: { retriesBeforeSuspension: 5 } }));
  expect(clock.fail("refused").kind).toBe("suspended");
});

test("many requests in flight that fail together are one step of the series", () => {
  const clock = new Clock(rule({ suspension: { initialMs: 1000, factor: 2 } }));
  clock.now = 50;
  for (let i = 0; i < 100; i++) {
    clock.fail("responseTimeout", i % 50);
    clock.now += 0.01;
  }
  expect(clock.pause).toBe(1000);
});

test("many that time out together are one of the tolerated timeouts", () => {
  const clock = new Clock(rule({ timeout: { retriesBeforeSuspension: 3 } }));
  clock.now = 50;
  for (let i = 0; i < 100; i++) clock.fail("responseTimeout", 0);
  expect(clock.health).toMatchObject({ kind: "timeout", failures: 1 });
});

test("a failure of a request from before the suspension does not prolong it", () => {
  const clock = new Clock(rule({ suspension: { initialMs: 1000, factor: 2 } }));
  clock.now = 100;
  clock.fail("refused", 100);
  clock.now = 1_500;
  clock.fail("responseTimeout", 50);
  expect(clock.health).toMatchObject({ kind: "suspended", until: 1_100, durationMs: 1_000 });
});

test("a trial during the suspension that fails does not prolong it", () => {
  const clock = new Clock(rule({ suspension: { initialMs: 1000, factor: 2 } }));
  clock.fail();
  clock.now = 400;
  clock.fail("refused");
  expect(clock.health).toMatchObject({ kind: "suspended", until: 1_000, durationMs: 1_000 });
});

test("half open: when a suspension ends one request goes first, the others follow when it succeeds", () => {
  const clock = new Clock(rule({ suspension: { initialMs: 1000 } }));
  clock.fail();
  clock.untilItReturns();
  expect(clock.open()).toBe(true);
  expect(clock.open(true), "while the first is under way").toBe(false);
  clock.now += 5;
  clock.succeed(1_000);
  expect(clock.open(true)).toBe(true);
});

test("half open: its failure suspends for the next step", () => {
  const clock = new Clock(rule({ suspension: { initialMs: 1000, factor: 3 } }));
  clock.fail();
  clock.untilItReturns();
  clock.fail("responseTimeout");
  expect(clock.pause).toBe(3000);
});

test("a success makes it active and clears the series", () => {
  const clock = new Clock(rule({ suspension: { initialMs: 1000, factor: 2 } }));
  clock.fail();
  clock.untilItReturns();
  clock.fail();
  expect(clock.pause).toBe(2000);
  clock.untilItReturns();
  expect(clock.succeed().kind).toBe("active");
  clock.now += 1;
  clock.fail();
  expect(clock.pause).toBe(1000);
});

test("an answer to a request from before the suspension does not end it", () => {
  const clock = new Clock(rule());
  clock.now = 100;
  clock.fail();
  clock.now = 200;
  expect(clock.succeed(50).kind).toBe("suspended");
  expect(clock.succeed(150).kind).toBe("active");
});

const everyCause: (FailureCause | "status")[] = [
  "refused",
  "dns",
  "unreachable",
  "tls",
  "connectTimeout",
  "responseTimeout",
  "closed",
  "protocol",
  "status",
];

test("every failure suspends by default", () => {
  for (const cause of everyCause) expect(new Clock(rule()).fail(cause).kind, cause).toBe("suspended");
});

for (const [how, settings] of [
  ["an initial duration of 0", { suspension: { initialMs: 0 } }],
  ["-1 among the error classes", { suspension: { errorCodes: ["-1"] } }],
] as const) {
  test(`${how} means never suspend`, () => {
    const clock = new Clock(rule(settings));
    for (const cause of everyCause) expect(clock.fail(cause).kind, cause).toBe("active");
    expect(clock.open()).toBe(true);
  });
}

test("-1 among the timeout classes means that timeouts neither mark nor suspend", () => {
  const under = rule({ timeout: { errorCodes: ["-1"] } });
  expect(new Clock(under).fail("responseTimeout").kind).toBe("active");
  expect(new Clock(under).fail("closed").kind).toBe("active");
  expect(new Clock(under).fail("refused").kind).toBe("suspended");
});

test("only the chosen error classes suspend when a list is given", () => {
  const under = rule({ suspension: { errorCodes: ["101503"] }, timeout: { errorCodes: ["101508"] } });
  const effects = Object.fromEntries(everyCause.map((cause) => [cause, new Clock(under).fail(cause).kind]));
  expect(effects).toMatchObject({
    refused: "suspended",
    dns: "suspended",
    unreachable: "suspended",
    tls: "suspended",
    responseTimeout: "active",
    closed: "active",
    protocol: "active",
  });
});

test("the chosen timeout classes mark, in place of the default ones", () => {
  const under = rule({ timeout: { errorCodes: ["101506"], retriesBeforeSuspension: 1 } });
  expect(new Clock(under).fail("protocol").kind).toBe("timeout");
  expect(new Clock(under).fail("responseTimeout").kind).toBe("suspended");
});

test("response timeout and connection closed are the default timeout classes", () => {
  const labels = errorClasses.filter((c) => defaultTimeoutCodes.includes(c.code)).map((c) => c.label);
  expect(labels).toEqual(["Response timed out", "Connection closed"]);
});

test("a suspension that has run out is half open until somebody has asked", () => {
  const clock = new Clock(rule());
  expect(isHalfOpen(clock.health, 0)).toBe(false);
  const suspended = clock.fail();
  if (suspended.kind !== "suspended") throw new Error("It is not suspended.");
  expect(isHalfOpen(suspended, suspended.until - 1)).toBe(false);
  expect(isHalfOpen(suspended, suspended.until)).toBe(true);
  clock.untilItReturns();
  expect(isHalfOpen(clock.succeed(), clock.now)).toBe(false);
  expect(isHalfOpen({ kind: "timeout", since: 0, until: 1, failures: 1, cause: "status" }, 2)).toBe(false);
});

test("who tries by hand takes an endpoint back by an answer that is no failure", () => {
  for (const status of [200, 301, 401, 404, 405]) expect(isWell(status, []), String(status)).toBe(true);
  for (const status of [500, 501, 503]) expect(isWell(status, []), String(status)).toBe(false);
  expect(isWell(404, [404, 429])).toBe(false);
});

test("what a request says of the endpoints at which it failed", () => {
  const says = (failures: number[], answered: boolean, elsewhere = false) =>
    afterRequest(failures, { answered, elsewhere }).map((one) =>
      one.counts ? `${one.failures}!` : one.failures,
    );
  // Another one answered: exactly one could not.
  expect(says([0], true)).toEqual(["1!"]);
  expect(says([0], true, true)).toEqual([1]);
  expect(says([0, 0], true)).toEqual([1, 1]);
  expect(says([4, 2], true)).toEqual(["5!", 3]);
  // Nobody answered.
  expect(says([3], false)).toEqual([4]);
  expect(says([4], false)).toEqual(["5!"]);
  expect(says([7], false)).toEqual(["8!"]);
  expect(says([4, 4, 4], false)).toEqual(["5!", "5!", "5!"]);
  // The first one answers others.
  expect(says([0, 4, 4], false)).toEqual([1, 4, 4]);
  expect(says([0, 6, 1], false)).toEqual([1, 6, 1]);
});
