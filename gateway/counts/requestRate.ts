import type { Metrics } from "./metrics";

/** How often it is counted, ms, and over how many such times. */
const SAMPLE_MS = 5_000;
const SAMPLES = 12;

/** How many requests a second came in the last minute, those that were refused included. Costs requests nothing. */
export class RequestRate {
  private readonly samples: { at: number; total: number }[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly metrics: Metrics) {
    this.sample();
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
    this.timer.unref();
  }

  /** Since the start, where that is less than a minute ago. */
  get perSecond(): number {
    const [first] = this.samples;
    const seconds = first ? (performance.now() - first.at) / 1000 : 0;
    return first && seconds > 0 ? (this.total() - first.total) / seconds : 0;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    this.samples.push({ at: performance.now(), total: this.total() });
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  private total(): number {
    let sum = 0;
    for (const { counters } of this.metrics.apis.values()) for (const count of counters.byClass) sum += count;
    for (const count of this.metrics.unrouted.values()) sum += count;
    return sum;
  }
}
