import type { Outcome } from "./outcome";
import { mayTryAgain } from "./retry";

/** What decides how a request, or a handshake, goes on after an attempt. */
export interface Standing {
  /** It may reach a backend twice, by its method or because the caller says so. */
  readonly idempotent: boolean;
  /** What it sends is still there whole. */
  readonly replayable: boolean;
  /** Its list moves on to other endpoints. */
  readonly failsOver: boolean;
  /** There may be more attempts. */
  readonly more: boolean;
  /** Another attempt would have time. */
  readonly timeLeft: boolean;
  /** The attempt had a new connection, because the one before it was stale. */
  readonly fresh: boolean;
  /** The endpoint's callers get no reply when time runs out. */
  readonly discards: boolean;
  /** The endpoint refused credentials, and there are newer ones. */
  readonly provesAgain: boolean;
  /** The caller has the head of an answer. */
  readonly passedOn: boolean;
}

/** How it goes on. */
export type Step =
  /** The caller has the answer. */
  | "done"
  /** The caller is why it ended. */
  | "leave"
  /** The caller is answered with why nobody could be asked. */
  | "refuse"
  /** The caller's connection ends without a reply. */
  | "cut"
  /** The caller is answered with the failure. */
  | "fail"
  /** The same endpoint on a new connection; not counted. */
  | "anew"
  /** The same endpoint with other credentials; not counted. */
  | "prove"
  /** Another endpoint, or the failure where there is none. */
  | "elsewhere"
  /** The same, where the retry budget has room: the work is repeated. */
  | "elsewhereInBudget"
  /** The status is one to ask again for: another endpoint, or the same where there is none. */
  | "askAgain";

/** What follows an attempt (docs/rules/gateway.md section 5). */
export function nextStep(outcome: Outcome, standing: Standing): Step {
  switch (outcome.kind) {
    case "clientGone":
      return "leave";
    case "noDescriptors":
      return "refuse";
    case "response":
      if (standing.passedOn) return "done";
      return standing.provesAgain ? "prove" : "askAgain";
    case "failure": {
      const { cause, written, answered, stale } = outcome;
      if (answered) return "cut";
      const timedOut = cause === "responseTimeout" || cause === "connectTimeout";
      if (timedOut && standing.discards) return "cut";
      const { more, failsOver, timeLeft, replayable, idempotent, fresh } = standing;
      const mayRepeat = replayable && mayTryAgain(outcome, idempotent);
      // The endpoint hung up on an idle connection, or takes no more on this one.
      if (stale && mayRepeat && !fresh) return "anew";
      if (!mayRepeat || !more || !failsOver || !timeLeft) return "fail";
      // What never reached a backend multiplies no load.
      return written ? "elsewhereInBudget" : "elsewhere";
    }
  }
}
