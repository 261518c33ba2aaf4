import { expect, test } from "@playwright/test";
import fc from "fast-check";
import { Session } from "#lib/schemas/endpointGroup";
import { formatPin, parsePin, pinHolds } from "#lib/traffic/pin";

test("a pin holds until the timeout after its last use has passed", () => {
  const pin = { endpointId: "aaaa", lastUsed: 1_000 };
  for (const [now, holds] of [
    [1_000, true],
    [1_500, true],
    [1_501, false],
    [900_000, false],
  ] as const) {
    expect(pinHolds(pin, 500, now), `at ${now}`).toBe(holds);
  }
});

test("each use starts the timeout anew", () => {
  let lastUsed = 0;
  for (let now = 0; now <= 10_000; now += 400) {
    expect(pinHolds({ endpointId: "aaaa", lastUsed }, 500, now)).toBe(true);
    lastUsed = now;
  }
});

test("a clock that was set back ends no session", () => {
  expect(pinHolds({ endpointId: "aaaa", lastUsed: 5_000 }, 500, 1_000)).toBe(true);
});

test("what is written into a cookie is read back", () => {
  const id = fc.stringMatching(/^[A-Za-z0-9_-]{4,40}$/);
  const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
  fc.assert(
    fc.property(id, time, (endpointId, lastUsed) => {
      expect(parsePin(formatPin({ endpointId, lastUsed }))).toEqual({ endpointId, lastUsed });
    }),
  );
});

test("anything else is no pin", () => {
  for (const text of [
    "",
    "aaaa",
    "aaaa.",
    ".abc",
    "aaa.1",
    "aaaa.-1",
    "aaaa.1.2",
    "aa aa.1",
    "aaaa.1\n",
    "aaaa.1e+21",
  ])
    expect(parsePin(text), JSON.stringify(text)).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const pin = parsePin(text);
      expect(pin === undefined || Number.isSafeInteger(pin.lastUsed)).toBe(true);
    }),
  );
});

test("sessions are off by default, with ten minutes and the header ClientID when switched on", () => {
  expect(Session.parse({})).toEqual({ kind: "none", timeoutMs: 600_000, header: "ClientID" });
});

for (const timeoutMs of [0, -1, 1.5, Number.NaN, "600000", null]) {
  test(`a session timeout of ${typeof timeoutMs} ${timeoutMs} is refused with what is allowed`, () => {
    const parsed = Session.safeParse({ timeoutMs });
    expect(parsed.error?.issues.map((i) => i.message)).toContain(
      "Enter a whole number of milliseconds, 1 or more.",
    );
  });
}

test("a session timeout is 1 ms to one year", () => {
  expect(Session.safeParse({ timeoutMs: 1 }).success).toBe(true);
  expect(Session.safeParse({ timeoutMs: 31_536_000_000 }).success).toBe(true);
  const parsed = Session.safeParse({ timeoutMs: 31_536_000_001 });
  expect(parsed.error?.issues[0]?.message).toBe("The longest session timeout is one year (31536000000).");
});
