import { expiryOf } from "./trustedCertificates";

const A_DAY_MS = 86_400_000;

/**
 * What is to be said of the certificate that callers are shown, at `now`, ms since 1970, as a sentence: that its time
 * is over, or that it is within 30 days. Null before.
 */
export function endWords(expiresAt: Date, now: number): string | null {
  const day = expiresAt.toISOString().slice(0, 10);
  const state = expiryOf(expiresAt.toISOString(), now);
  if (state === "fine") return null;
  if (state === "expired") return `The TLS certificate expired on ${day}.`;
  const days = Math.floor((expiresAt.getTime() - now) / A_DAY_MS);
  const left = days === 0 ? "within a day" : days === 1 ? "in a day" : `in ${days} days`;
  return `The TLS certificate ends on ${day}, ${left}.`;
}

/** Whether `words` are to be said at `now`, after they or others like them were at `saidAt`: once a day. */
export function isToBeSaid(words: string | null, saidAt: number, now: number): words is string {
  // A clock that was set back must not silence it for longer.
  return words !== null && Math.abs(now - saidAt) >= A_DAY_MS;
}
