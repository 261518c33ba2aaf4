import { DEFAULT_INITIAL_MS, type EndpointSettings } from "../edit/endpoints";
import { causes, defaultTimeoutCodes, type FailureCause } from "./outcome";

/**
 * Passive health of one endpoint in one gateway: active -> timeout -> suspended -> active, as pure
 * functions over (state, event, now). All times are milliseconds of one monotonic clock. Rules:
 * docs/rules/gateway.md section 6, which follows Synapse's endpoint suspension.
 */
export type Health =
  | { readonly kind: "active"; readonly since: number }
  /** "Marked for suspension": failed, but tolerated; not eligible until `until`. */
  | {
      readonly kind: "timeout";
      readonly since: number;
      readonly until: number;
      readonly failures: number;
      readonly cause: FailureCause | "status";
    }
  | {
      readonly kind: "suspended";
      readonly since: number;
      readonly until: number;
      readonly durationMs: number;
      readonly cause: FailureCause | "status";
    };

/** The state before anything happened. */
export const fresh: Health = { kind: "active", since: Number.NEGATIVE_INFINITY };

/** An endpoint's suspension settings with every default filled in. */
export interface SuspensionRule {
  initialMs: number;
  maxMs: number;
  factor: number;
  retriesBeforeSuspension: number;
  retryDelayMs: number;
  /** What a failure of this cause does. */
  effect(cause: FailureCause | "status"): "suspend" | "mark" | "nothing";
}

/** Failures of exchanges, without an answer between, that are a run: it counts against its endpoint. */
const RUN = 5;

/**
 * What a request says of the endpoints at which it failed within the exchange (docs/rules/gateway.md section 6).
 * `failures` is what each had behind it since its last answer; `elsewhere` whether others failed the request as well.
 * In their order: how many each has now, and whether this one counts against it.
 */
export function afterRequest(
  failures: readonly number[],
  { answered, elsewhere }: { answered: boolean; elsewhere: boolean },
): { failures: number; counts: boolean }[] {
  if (answered && failures.length === 1 && !elsewhere) return [{ failures: failures[0]! + 1, counts: true }];
  // What no endpoint could answer may be the request's own fault. Then it says no more of one than of another: the one
  // that answers other requests vouches for those that get none.
  const shared = answered ? Number.POSITIVE_INFINITY : Math.min(...failures) + 1;
  return failures.map((before) => {
    const after = Math.max(before, Math.min(before + 1, shared));
    return { failures: after, counts: after > before && after >= RUN };
  });
}

const A_DAY_MS = 86_400_000;
/** WSO2's way to write "never" into a list of error codes. */
const NEVER = "-1";

/** Resolves the settings of one endpoint. */
export function suspensionRule(settings: Pick<EndpointSettings, "suspension" | "timeout">): SuspensionRule {
  const { suspension, timeout } = settings;
  const initialMs = suspension.initialMs ?? DEFAULT_INITIAL_MS;
  const never = initialMs === 0 || suspension.errorCodes.includes(NEVER);
  const marks = timeout.errorCodes.length > 0 ? timeout.errorCodes : defaultTimeoutCodes;
  return {
    initialMs,
    maxMs: suspension.maxMs ?? A_DAY_MS,
    factor: suspension.factor ?? 1,
    retriesBeforeSuspension: timeout.retriesBeforeSuspension ?? 0,
    retryDelayMs: timeout.retryDelayMs ?? 0,
    effect(cause) {
      if (never) return "nothing";
      if (cause === "status") return "suspend";
      const { code } = causes[cause];
      // A list names the only classes that suspend; without one every class does that is not marked first.
      if (suspension.errorCodes.includes(code)) return "suspend";
      if (marks.includes(code)) return "mark";
      if (suspension.errorCodes.length > 0) return "nothing";
      return marks.includes(NEVER) && defaultTimeoutCodes.includes(code) ? "nothing" : "suspend";
    },
  };
}

/**
 * The endpoint answered an attempt that began at `startedAt`. It is active at once and the series of
 * suspensions is over. An answer to an attempt from before the present state began proves nothing about it.
 */
export function onSuccess(health: Health, startedAt: number, now: number): Health {
  if (health.kind === "active" || startedAt < health.since) return health;
  return { kind: "active", since: now };
}

/**
 * An attempt that began at `startedAt` failed. Attempts that were under way together when the state changed
 * are one step of the series, not many, and so is a trial during a suspension: it does not prolong it.
 */
export function onFailure(
  health: Health,
  rule: SuspensionRule,
  cause: FailureCause | "status",
  startedAt: number,
  now: number,
): Health {
  if (startedAt < health.since) return health;
  const effect = rule.effect(cause);
  if (effect === "nothing") return health;
  if (health.kind === "suspended") {
    if (startedAt < health.until) return health;
    return suspend(Math.min(health.durationMs * rule.factor, rule.maxMs), cause, now);
  }
  if (effect === "mark") {
    const failures = (health.kind === "timeout" ? health.failures : 0) + 1;
    if (failures <= rule.retriesBeforeSuspension) {
      return { kind: "timeout", since: now, until: now + rule.retryDelayMs, failures, cause };
    }
  }
  return suspend(Math.min(rule.initialMs, rule.maxMs), cause, now);
}

function suspend(durationMs: number, cause: FailureCause | "status", now: number): Health {
  return { kind: "suspended", since: now, until: now + durationMs, durationMs, cause };
}

/** Whether the state lets a request through at `now`. A suspension that has ended is half open: one at a time. */
export function isOpen(health: Health, now: number, trialUnderWay: boolean): boolean {
  if (health.kind === "active") return true;
  return now >= health.until && (health.kind === "timeout" || !trialUnderWay);
}

/** A suspension that has ended, and nobody has asked since: the endpoint was down, and the next request tries it. */
export function isHalfOpen(health: Health, now: number): boolean {
  return health.kind === "suspended" && now >= health.until;
}

/**
 * Whether an answer to a check is good enough to end a suspension. Stricter than traffic, in which an answer of any
 * status that is not named among the group's failures is a success: who tries by hand wants to see it work.
 */
export function isWell(status: number, failureStatuses: readonly number[]): boolean {
  return status < 500 && !failureStatuses.includes(status);
}
