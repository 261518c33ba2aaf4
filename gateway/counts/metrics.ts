import type { KeyType } from "#lib/edit/endpoints";
import { LATENCY_BOUNDS as BOUNDS } from "#lib/traffic/countHistory";

/** Counts of one API and key type. Plain numbers, so that a request only increments. */
export class ApiCounters {
  /** By status class, 0 = the caller left before an answer. */
  readonly byClass = new Float64Array(6);
  readonly buckets = new Float64Array(BOUNDS.length + 1);
  seconds = 0;
  retries = 0;

  record(status: number, ms: number, retries: number): void {
    this.byClass[Math.min(5, Math.floor(status / 100))]!++;
    const seconds = ms / 1000;
    let i = 0;
    while (i < BOUNDS.length && seconds > BOUNDS[i]!) i++;
    this.buckets[i]!++;
    this.seconds += seconds;
    this.retries += retries;
  }
}

/** Counters of all APIs since the start. They outlive revisions and undeployments, as counters must. */
export class Metrics {
  readonly apis = new Map<
    string,
    { name: string; version: string; keyType: KeyType | ""; counters: ApiCounters }
  >();
  /** Requests that no API took, by status. */
  readonly unrouted = new Map<number, number>();

  /** The counters of an API, "" for what it refuses; asked once per snapshot, not per request. */
  countersOf(apiId: string, name: string, version: string, keyType: KeyType | ""): ApiCounters {
    const key = `${apiId} ${keyType}`;
    let entry = this.apis.get(key);
    if (!entry) {
      entry = { name, version, keyType, counters: new ApiCounters() };
      this.apis.set(key, entry);
    }
    return entry.counters;
  }

  recordUnrouted(status: number): void {
    this.unrouted.set(status, (this.unrouted.get(status) ?? 0) + 1);
  }
}
