/** At most `limit` attempts within any `windowMs`. */
export interface AttemptRule {
  limit: number;
  windowMs: number;
}

export type AttemptAnswer = { ok: true; times: number[] } | { ok: false; waitMs: number };

/**
 * Whether one more attempt is allowed at `now`, given the times (ms) of those before. A sliding window: no
 * burst at the turn of a minute. What was refused does not count, so that waiting as told always helps.
 */
export function attempt(before: readonly number[], now: number, rule: AttemptRule): AttemptAnswer {
  const recent = before.filter((time) => time > now - rule.windowMs);
  if (recent.length < rule.limit) return { ok: true, times: [...recent, now] };
  return { ok: false, waitMs: recent[recent.length - rule.limit]! + rule.windowMs - now };
}

/** "45 seconds", "3 minutes": rounded up, so that trying after it is never too early. */
export function waitWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  const [count, unit] = seconds < 60 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** The same for machines: the value of Retry-After, s. */
export const retryAfterSeconds = (ms: number) => String(Math.max(1, Math.ceil(ms / 1_000)));
