import { type TlsRules, usualTls } from "#lib/node/trust";
import type { Known } from "#lib/traffic/elsewhere";
import type { FailureCause } from "#lib/traffic/outcome";
import {
  fresh,
  type Health,
  isOpen,
  onFailure,
  onSuccess,
  type SuspensionRule,
} from "#lib/traffic/suspension";
import type { Backend } from "./pool";

/** Weight of a new sample once the one before is this old, ms: the time constant of the latency average. */
const EWMA_TAU_MS = 10_000;
/** Latencies and counts are kept in this many slots of one slot length: together the last minute. */
const SLOTS = 6;
const SLOT_MS = 10_000;
/** Latency buckets: four per doubling from 0.25 ms to about 2 minutes. */
const BUCKETS = 80;

/**
 * Everything about one endpoint that changes while it serves: health, counters, connections. Keyed by
 * endpoint id + URL and kept across snapshots, so that a deploy does not reset what it does not change
 * (docs/design.md section 4.5). All clocks here are `performance.now()`.
 */
export class Live {
  health: Health = fresh;
  /** The half-open or last-resort request under way; 0 = none. */
  trial = 0;
  inFlight = 0;
  requests = 0;
  failures = 0;
  /** Peak EWMA of the time to the response head, ms. */
  latencyMs = 0;
  lastError: { words: string; at: Date } | null = null;
  /** Snapshots that use it; at 0 it closes its connections once idle. */
  users = 0;
  /** What active checks found; null while none has run or they are off. */
  check: "passing" | "failing" | null = null;
  /** When it last answered a request or a check; -Infinity = never. */
  answeredAt = Number.NEGATIVE_INFINITY;
  /** When active checks last found that it fails. */
  private failingAt = 0;
  /** When it came back from a suspension or a failed check; 0 = it never left, or long ago. */
  returnedAt = 0;
  /** Failures of exchanges since its last answer. */
  run = 0;
  /** Suspensions so far. */
  suspensions = 0;
  /** How its certificate is checked; may change with a deploy or with the certificates that people add. */
  tls: TlsRules = usualTls;

  private trials = 0;
  private measuredAt = 0;
  private readonly counts = new Uint32Array(SLOTS);
  private readonly failureCounts = new Uint32Array(SLOTS);
  private readonly histograms = new Uint32Array(SLOTS * BUCKETS);
  private slot = 0;
  private slotNumber = 0;

  constructor(
    readonly key: string,
    readonly backend: Backend,
    public rule: SuspensionRule,
  ) {}

  /** Whether new traffic may go here now, as far as health decides. */
  isOpen(now: number): boolean {
    if (this.check === "failing") return false;
    return this.health.kind === "active" || isOpen(this.health, now, this.trial !== 0);
  }

  /**
   * An attempt begins. Returns its number if it is a trial, else 0: a suspended endpoint, or one that pauses
   * after a timeout, is let through one request at a time.
   */
  begin(): number {
    this.inFlight++;
    this.requests++;
    const { health } = this;
    if (health.kind === "active" || (health.kind === "timeout" && performance.now() >= health.until))
      return 0;
    this.trial = ++this.trials;
    return this.trial;
  }

  /** An attempt is over, however it ended, its body included. */
  end(trial: number): void {
    this.inFlight--;
    // A trial that succeeded may outlast the next one's beginning: its body still streams.
    if (trial !== 0 && this.trial === trial) this.trial = 0;
    this.closeWhenUnused();
  }

  /** Closes the connections once no snapshot and no request uses this endpoint any more. */
  closeWhenUnused(): void {
    if (this.inFlight === 0 && this.users === 0) this.backend.close();
  }

  /** The head of an answer came at `now` to an attempt that began at `startedAt`. */
  succeeded(startedAt: number, now: number): void {
    this.answered(startedAt, now);
    this.measure(startedAt, now);
  }

  /** It answered what was asked at `startedAt`, by a request or by somebody who tries it: no suspension goes on. */
  answered(startedAt: number, now: number): void {
    this.answeredAt = now;
    this.run = 0;
    if (this.health.kind === "active") return;
    this.health = onSuccess(this.health, startedAt, now);
    if (this.health.kind !== "active") return;
    this.trial = 0;
    this.returnedAt = now;
  }

  /** What is known of its health, and since when. */
  get known(): Known {
    if (this.check === "failing") return { down: true, at: this.failingAt };
    if (this.health.kind === "suspended") return { down: true, at: this.health.since };
    return { down: false, at: this.answeredAt };
  }

  /** Enough active checks in a row said so. A passing endpoint is active at once, whatever requests met before. */
  checked(result: "passing" | "failing", now: number): void {
    const returns = result === "passing" && (this.check === "failing" || this.health.kind !== "active");
    this.check = result;
    if (result === "failing") this.failingAt = now;
    else {
      this.answeredAt = now;
      this.run = 0;
    }
    if (!returns) return;
    this.health = { kind: "active", since: now };
    this.trial = 0;
    this.returnedAt = now;
  }

  /** Something went wrong that is not the endpoint's fault, and that whoever looks at it should know. */
  note(words: string): void {
    this.lastError = { words, at: new Date() };
  }

  /** It answered an attempt that began at `startedAt` with a status that counts as failure. */
  refused(status: number, startedAt: number, now: number): void {
    this.lost(`answered ${status}`, now);
    this.run = 0;
    this.blame("status", startedAt, now);
  }

  /** The failure of an attempt that began at `startedAt` counts against the endpoint. */
  blame(cause: FailureCause | "status", startedAt: number, now: number): void {
    const before = this.health;
    this.health = onFailure(before, this.rule, cause, startedAt, now);
    if (this.health.kind === "suspended" && this.health !== before) this.suspensions++;
  }

  /** An attempt failed that says nothing about the endpoint's health, as on a connection that it had closed. */
  lost(words: string, now: number): void {
    this.failures++;
    this.lastError = { words, at: new Date() };
    this.advance(now);
    this.counts[this.slot]!++;
    this.failureCounts[this.slot]!++;
  }

  private measure(startedAt: number, now: number): void {
    const sample = now - startedAt;
    // Peak sensitive: a slower answer counts at once, recovery is gradual.
    if (sample > this.latencyMs) this.latencyMs = sample;
    else {
      const keep = Math.exp(-(now - this.measuredAt) / EWMA_TAU_MS);
      this.latencyMs = this.latencyMs * keep + sample * (1 - keep);
    }
    this.measuredAt = now;
    this.advance(now);
    this.counts[this.slot]!++;
    this.histograms[this.slot * BUCKETS + bucketOf(sample)]!++;
  }

  /** Attempts in the last minute. */
  lastMinute(now: number): number {
    this.advance(now);
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Those of them that failed. */
  lastMinuteFailures(now: number): number {
    this.advance(now);
    return this.failureCounts.reduce((sum, count) => sum + count, 0);
  }

  /** Latency of which `share` (0..1) of the last minute's answers were faster, ms; null without any. */
  percentile(share: number, now: number): number | null {
    this.advance(now);
    const merged = new Uint32Array(BUCKETS);
    let total = 0;
    for (let i = 0; i < this.histograms.length; i++) {
      merged[i % BUCKETS]! += this.histograms[i]!;
      total += this.histograms[i]!;
    }
    if (total === 0) return null;
    let rest = share * total;
    for (let i = 0; i < BUCKETS; i++) {
      rest -= merged[i]!;
      if (rest <= 0) return upperBound(i);
    }
    return upperBound(BUCKETS - 1);
  }

  /** Clears the slots that time has passed since the last call. */
  private advance(now: number): void {
    const number = Math.floor(now / SLOT_MS);
    if (number === this.slotNumber) return;
    const passed = Math.min(number - this.slotNumber, SLOTS);
    for (let i = 0; i < passed; i++) {
      this.slot = (this.slot + 1) % SLOTS;
      this.counts[this.slot] = 0;
      this.failureCounts[this.slot] = 0;
      this.histograms.fill(0, this.slot * BUCKETS, (this.slot + 1) * BUCKETS);
    }
    this.slotNumber = number;
  }
}

function bucketOf(ms: number): number {
  if (ms <= 0.25) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log2(ms * 4) * 4));
}

function upperBound(bucket: number): number {
  return Math.round(100 * 0.25 * 2 ** (bucket / 4)) / 100;
}
