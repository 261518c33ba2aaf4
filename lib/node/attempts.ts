import { type AttemptRule, attempt } from "../access/attemptRule";

/**
 * Who may try how often, counted by keys such as a name and an address. The one implementation keeps its counts in
 * the process; behind the interface, so that several publishers can share theirs.
 */

/** What each key allows. */
export type AttemptRules = Readonly<Record<string, AttemptRule>>;

/** `limited`: so many have failed. `busy`: so many are under way or waiting already; none of these has failed. */
export type Tried<T> = { kind: "done"; value: T } | { kind: "limited"; waitMs: number } | { kind: "busy" };

export interface Attempts {
  /** Counts one for every key, or for none and tells how long to wait, ms. For what costs something each time. */
  take(rules: AttemptRules): Promise<{ ok: true } | { ok: false; waitMs: number }>;
  /**
   * Runs `check`, and counts one for every key if it `failed`; if it throws nothing is known, so nothing counts.
   * At no time are there more checks under way than may still fail, so that guesses sent at once get no further
   * than guesses one by one; the others wait their turn, in the order in which they came.
   */
  guess<T>(rules: AttemptRules, check: () => Promise<T>, failed: (value: T) => boolean): Promise<Tried<T>>;
}

/** Most keys that are remembered; beyond it the oldest are forgotten, so that made-up names cannot fill the memory. */
const MAX_KEYS = 10_000;
/** Most that wait for one key, and for all: what comes then is told to come again. */
const MAX_WAITING = 100;
const MAX_WAITING_IN_ALL = 1_000;

interface Waiting {
  rules: AttemptRules;
  /** Called when it may go on, or must not. */
  decide(verdict: "go" | { waitMs: number }): void;
}

export class MemoryAttempts implements Attempts {
  /** Times of what counts, ms, by key. */
  private readonly times = new Map<string, number[]>();
  /** Checks under way, by key. */
  private readonly running = new Map<string, number>();
  private waiting: Waiting[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  async take(rules: AttemptRules): Promise<{ ok: true } | { ok: false; waitMs: number }> {
    const waitMs = this.waitMs(rules);
    if (waitMs > 0) return { ok: false, waitMs };
    this.count(rules);
    return { ok: true };
  }

  async guess<T>(
    rules: AttemptRules,
    check: () => Promise<T>,
    failed: (value: T) => boolean,
  ): Promise<Tried<T>> {
    const verdict = await this.turn(rules);
    if (verdict === "busy") return { kind: "busy" };
    if (verdict !== "go") return { kind: "limited", ...verdict };
    try {
      const value = await check();
      if (failed(value)) this.count(rules);
      return { kind: "done", value };
    } finally {
      for (const key of Object.keys(rules)) this.run(key, -1);
      this.goOn();
    }
  }

  private turn(rules: AttemptRules): "busy" | "go" | { waitMs: number } | Promise<"go" | { waitMs: number }> {
    const waitMs = this.waitMs(rules);
    if (waitMs > 0) return { waitMs };
    if (this.mayGo(rules, keysOf(this.waiting))) return this.go(rules);
    const before = this.waiting.flatMap((other) => Object.keys(other.rules));
    const most = Math.max(...Object.keys(rules).map((key) => before.filter((one) => one === key).length));
    if (most >= MAX_WAITING || this.waiting.length >= MAX_WAITING_IN_ALL) return "busy";
    return new Promise((decide) => this.waiting.push({ rules, decide }));
  }

  /** Looks at those that wait after something has ended. None is overtaken by a later one of the same key. */
  private goOn(): void {
    const still: Waiting[] = [];
    const ahead = new Set<string>();
    for (const one of this.waiting) {
      const waitMs = this.waitMs(one.rules);
      if (waitMs > 0) one.decide({ waitMs });
      else if (this.mayGo(one.rules, ahead)) one.decide(this.go(one.rules));
      else {
        still.push(one);
        for (const key of Object.keys(one.rules)) ahead.add(key);
      }
    }
    this.waiting = still;
  }

  private mayGo(rules: AttemptRules, ahead: ReadonlySet<string>): boolean {
    const now = this.now();
    return Object.entries(rules).every(([key, rule]) => {
      const failures = (this.times.get(key) ?? []).filter((time) => time > now - rule.windowMs).length;
      return !ahead.has(key) && failures + (this.running.get(key) ?? 0) < rule.limit;
    });
  }

  private go(rules: AttemptRules): "go" {
    for (const key of Object.keys(rules)) this.run(key, 1);
    return "go";
  }

  private run(key: string, more: 1 | -1): void {
    const count = (this.running.get(key) ?? 0) + more;
    if (count > 0) this.running.set(key, count);
    else this.running.delete(key);
  }

  /** How long until every key allows one more, ms; 0 when they do now. */
  private waitMs(rules: AttemptRules): number {
    const now = this.now();
    const waits = Object.entries(rules).map(([key, rule]) => {
      const next = attempt(this.times.get(key) ?? [], now, rule);
      return next.ok ? 0 : next.waitMs;
    });
    return Math.max(0, ...waits);
  }

  private count(rules: AttemptRules): void {
    const now = this.now();
    for (const [key, rule] of Object.entries(rules)) {
      const next = attempt(this.times.get(key) ?? [], now, rule);
      if (!next.ok) continue;
      // Again at the end: those longest without one are forgotten first.
      this.times.delete(key);
      this.times.set(key, next.times);
    }
    for (const key of this.times.keys()) {
      if (this.times.size <= MAX_KEYS) break;
      this.times.delete(key);
    }
  }
}

function keysOf(waiting: readonly Waiting[]): Set<string> {
  return new Set(waiting.flatMap(({ rules }) => Object.keys(rules)));
}
