import type { Limits } from "../edit/api";
import type { Failure } from "./outcome";

/** Methods whose repetition changes nothing (RFC 9110, 9.2.2). */
const idempotentMethods = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** Whether a request may reach a backend twice: by its method, or because the caller says so with a key. */
export function isIdempotent(method: string, hasIdempotencyKey: boolean): boolean {
  return idempotentMethods.has(method) || hasIdempotencyKey;
}

/**
 * Whether a failed attempt may be followed by one at another endpoint (docs/rules/gateway.md section 5): any
 * method while nothing was written, later only what may be repeated, never once the caller has the head.
 */
export function mayTryAgain(failure: Failure, idempotent: boolean): boolean {
  if (failure.answered) return false;
  return !failure.written || idempotent;
}

/** Retries that may be under way at once in a group with `active` requests: the budget that stops retry storms. */
export function retryBudget(
  active: number,
  limits: Pick<Limits, "retryBudgetPercent" | "retryBudgetMin">,
): number {
  return Math.max(limits.retryBudgetMin, Math.floor((active * limits.retryBudgetPercent) / 100));
}
