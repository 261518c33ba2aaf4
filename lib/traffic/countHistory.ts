/**
 * What was counted over the last hour, made from counters that only grow: whoever serves traffic increments plain
 * numbers, and this reads them now and then. Times are ms since the epoch and given by the caller.
 */

/** Length of one slot, ms. */
export const SLOT_MS = 30_000;
/** Slots that are kept: an hour. */
export const SLOTS = 120;

/** Upper bounds of the latency histogram, seconds; above the last is one more bucket. */
export const LATENCY_BOUNDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/** Some counters over time. Slots in which nothing was counted take no room. */
export class CountHistory {
  private readonly slots: { number: number; counts: number[] }[] = [];
  private totals: readonly number[];
  private readAt: number;

  /** @param totals what the counters say at `now`; what they counted before is not part of it */
  constructor(totals: readonly number[], now: number) {
    this.totals = [...totals];
    this.readAt = now;
  }

  /**
   * Takes what was counted since the last time, for the slot of that time: read often. Counters that went back
   * have begun anew (an endpoint that left and came back).
   */
  read(totals: readonly number[], now: number): void {
    const before = this.totals;
    const anew = totals.some((total, i) => total < (before[i] ?? 0));
    const grown = totals.map((total, i) => total - (anew ? 0 : (before[i] ?? 0)));
    const number = slotOf(this.readAt);
    this.readAt = now;
    const none = grown.every((count) => count === 0);
    if (anew || !none) this.totals = [...totals];
    if (none) return;
    const last = this.slots.at(-1);
    if (last && last.number >= number) addTo(last.counts, grown);
    else this.slots.push({ number, counts: grown });
    while (this.slots[0] && this.slots[0].number <= slotOf(now) - SLOTS) this.slots.shift();
  }

  /** What is counted is gone: when it comes back it counts from zero. */
  ended(now: number): void {
    this.read(
      this.totals.map(() => 0),
      now,
    );
  }

  /** Counts by slot number, of the last hour only. */
  since(now: number): Map<number, readonly number[]> {
    const kept = this.slots.filter((slot) => slot.number > slotOf(now) - SLOTS);
    return new Map(kept.map((slot) => [slot.number, slot.counts]));
  }
}

/** Adds counts to others, place by place. */
export function addTo(sums: number[], counts: readonly number[]): void {
  for (const [i, count] of counts.entries()) sums[i] = (sums[i] ?? 0) + count;
}

/** The number of the slot that a time lies in. */
export function slotOf(time: number): number {
  return Math.floor(time / SLOT_MS);
}

/** The numbers of the slots that the last hour has, oldest first; the newest is the one under way. */
export function slotNumbers(now: number): number[] {
  return Array.from({ length: SLOTS }, (_, i) => slotOf(now) - SLOTS + 1 + i);
}

/**
 * The latency that a share (0..1) of requests stayed below, ms, from counts per bucket of `LATENCY_BOUNDS`; evenly
 * spread inside a bucket, and the last bound for what lies above it. Null without requests.
 */
export function percentileOf(buckets: readonly number[], share: number): number | null {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let rest = share * total;
  for (const [i, count] of buckets.entries()) {
    const lower = LATENCY_BOUNDS[i - 1] ?? 0;
    const upper = LATENCY_BOUNDS[i];
    if (upper === undefined) return lower * 1000;
    if (count > 0 && rest <= count) return (lower + (upper - lower) * (rest / count)) * 1000;
    rest -= count;
  }
  return null;
}
