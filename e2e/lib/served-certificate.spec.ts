import { expect, test } from "@playwright/test";
import { endWords, isToBeSaid } from "#lib/traffic/servedCertificate";

const end = new Date("2026-12-31T12:00:00Z");
const before = (days: number) => end.getTime() - days * 86_400_000;

for (const [days, words] of [
  [31, null],
  [30, null],
  [29.9, "The TLS certificate ends on 2026-12-31, in 29 days."],
  [1.5, "The TLS certificate ends on 2026-12-31, in a day."],
  [0.5, "The TLS certificate ends on 2026-12-31, within a day."],
  [0, "The TLS certificate expired on 2026-12-31."],
  [-400, "The TLS certificate expired on 2026-12-31."],
] as const) {
  test(`${days} days before its end: ${words ?? "nothing"}`, () => {
    expect(endWords(end, before(days))).toBe(words);
  });
}

test("the end of a certificate is said once a day, also by a clock that was set back", () => {
  const said = before(10);
  expect(isToBeSaid("It ends.", Number.NEGATIVE_INFINITY, said)).toBe(true);
  expect(isToBeSaid("It ends.", said, before(9.1))).toBe(false);
  expect(isToBeSaid("It ends.", said, before(9))).toBe(true);
  expect(isToBeSaid("It ends.", said, before(20))).toBe(true);
  expect(isToBeSaid(null, said, before(9))).toBe(false);
});
