import { expect, test } from "@playwright/test";
import {
  CountHistory,
  LATENCY_BOUNDS,
  percentileOf,
  SLOT_MS,
  SLOTS,
  slotNumbers,
  slotOf,
} from "#lib/traffic/countHistory";

const hour = SLOT_MS * SLOTS;

test("counts go to the slot in which they began to be counted, and leave after an hour", () => {
  const start = 1_000_000 * SLOT_MS;
  const history = new CountHistory([100, 7], start);
  history.read([103, 7], start + 5_000);
  history.read([104, 9], start + 10_000);
  history.read([104, 9], start + SLOT_MS);
  history.read([110, 9], start + SLOT_MS + 5_000);
  const at = start + SLOT_MS + 5_000;
  expect([...history.since(at)]).toEqual([
    [slotOf(start), [4, 2]],
    [slotOf(start) + 1, [6, 0]],
  ]);
  expect([...history.since(start + hour)]).toEqual([[slotOf(start) + 1, [6, 0]]]);
  history.read([110, 9], start + hour + SLOT_MS);
  history.read([111, 9], start + hour + 2 * SLOT_MS);
  expect([...history.since(start + hour + 2 * SLOT_MS)].map(([, counts]) => counts)).toEqual([[1, 0]]);
});

test("counters that begin anew are not counted backwards", () => {
  const history = new CountHistory([50], 0);
  history.read([3], 1_000);
  history.read([5], 2_000);
  expect([...history.since(2_000)]).toEqual([[0, [5]]]);
});

test("an hour has all its slots, the one under way last", () => {
  const now = 5_000 * SLOT_MS + 1;
  const numbers = slotNumbers(now);
  expect(numbers).toHaveLength(SLOTS);
  expect(numbers.at(-1)).toBe(5_000);
  expect(numbers[0]).toBe(5_000 - SLOTS + 1);
});

test("percentiles are found inside their bucket", () => {
  const buckets = new Array<number>(LATENCY_BOUNDS.length + 1).fill(0);
  expect(percentileOf(buckets, 0.5)).toBeNull();
  buckets[3] = 10; // 5 to 10 ms
  expect(percentileOf(buckets, 0.5)).toBeCloseTo(7.5);
  expect(percentileOf(buckets, 1)).toBeCloseTo(10);
  buckets[LATENCY_BOUNDS.length] = 10; // above the last bound there is no upper end
  expect(percentileOf(buckets, 0.99)).toBe(60_000);
});
