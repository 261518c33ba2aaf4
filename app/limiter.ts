import { type AttemptRule, attempt } from "#lib/attempts";

/** Most keys remembered; beyond it the oldest are forgotten, so that made-up names cannot fill the memory. */
const MAX_KEYS = 10_000;

// Next holds several copies of this module, one per kind of route. A restart forgets; nobody else can cause one.
const holder = globalThis as { sluiceAttempts?: Map<string, number[]> };

function attempts(): Map<string, number[]> {
  holder.sluiceAttempts ??= new Map();
  return holder.sluiceAttempts;
}

/** Takes one attempt from every key, or none and tells how long to wait, ms. */
export function takeAttempt(
  rules: Record<string, AttemptRule>,
  now = Date.now(),
): { ok: true } | { ok: false; waitMs: number } {
  const all = attempts();
  const answers = Object.entries(rules).map(
    ([key, rule]) => [key, attempt(all.get(key) ?? [], now, rule)] as const,
  );
  const waits = answers.flatMap(([, answer]) => (answer.ok ? [] : [answer.waitMs]));
  if (waits.length > 0) return { ok: false, waitMs: Math.max(...waits) };
  for (const [key, answer] of answers) {
    if (!answer.ok) continue;
    all.delete(key);
    all.set(key, answer.times);
  }
  for (const key of all.keys()) {
    if (all.size <= MAX_KEYS) break;
    all.delete(key);
  }
  return { ok: true };
}

/** Gives the newest attempt back: it turned out to be no guess. */
export function returnAttempt(keys: string[]): void {
  for (const key of keys) attempts().get(key)?.pop();
}
