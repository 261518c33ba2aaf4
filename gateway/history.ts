import { type KeyType, keyTypes } from "#lib/endpoints";
import { addTo, CountHistory, percentileOf, SLOT_MS, slotNumbers } from "#lib/history";
import type { ApiHistory } from "#lib/status";
import type { ApiCounters } from "./metrics";
import type { RuntimeApi, Snapshot } from "./snapshot";

/** How often counters are read, ms: a request may be shown in a slot that began this much after it. */
const READ_MS = 5_000;

/** Where the parts of an API's counters lie in one list. */
const CLASSES = 6;
const BUCKETS_END = CLASSES + 16;

/** The last hour of every live API. Costs requests nothing: it reads the counters that they increment anyway. */
export class History {
  private readonly apis = new Map<string, CountHistory>();
  private readonly endpoints = new Map<string, CountHistory>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly snapshot: () => Snapshot) {
    this.timer = setInterval(() => this.read(), READ_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The last hour of an API, for one key type or both together; null when it is not live. */
  of(apiId: string, keyType: KeyType | null): ApiHistory | null {
    const api = this.snapshot().byId.get(apiId);
    if (!api) return null;
    const now = this.read();
    const numbers = slotNumbers(now);
    const wanted = keyType === null ? keyTypes : [keyType];
    const counted = wanted.map((k) => this.apis.get(`${apiId} ${k}`)?.since(now));
    const points = numbers.map((number) => {
      const counts = new Array<number>(BUCKETS_END + 1).fill(0);
      for (const slots of counted) addTo(counts, slots?.get(number) ?? []);
      const buckets = counts.slice(CLASSES, BUCKETS_END);
      const [gone = 0, , success = 0, redirect = 0, callerError = 0, serverError = 0] = counts;
      return {
        at: new Date(number * SLOT_MS).toISOString(),
        answers: { "2xx": success, "3xx": redirect, "4xx": callerError, "5xx": serverError, gone },
        retries: counts[BUCKETS_END] ?? 0,
        p50: percentileOf(buckets, 0.5),
        p90: percentileOf(buckets, 0.9),
        p99: percentileOf(buckets, 0.99),
      };
    });
    const endpoints = [...endpointsOf(api, wanted)].map(([id, { url }]) => {
      const slots = this.endpoints.get(`${apiId} ${id}`)?.since(now);
      const series = (i: number) => numbers.map((number) => slots?.get(number)?.[i] ?? 0);
      return { id, url, attempts: series(0), failures: series(1) };
    });
    return { slotMs: SLOT_MS, points, endpoints };
  }

  /** Takes what was counted since the last time; returns when. */
  private read(): number {
    // Wall clock that never goes back.
    const now = performance.timeOrigin + performance.now();
    const seen = new Set<string>();
    const take = (kept: Map<string, CountHistory>, key: string, totals: readonly number[]) => {
      seen.add(key);
      let history = kept.get(key);
      if (!history) {
        history = new CountHistory(totals.map(zero), now);
        kept.set(key, history);
      }
      history.read(totals, now);
    };
    for (const api of this.snapshot().byId.values()) {
      for (const k of keyTypes) take(this.apis, `${api.apiId} ${k}`, listed(api.counters[k]));
      for (const [id, { totals }] of endpointsOf(api, keyTypes)) {
        take(this.endpoints, `${api.apiId} ${id}`, totals);
      }
    }
    // An endpoint that comes back counts from zero; the counters of APIs outlive their undeployment.
    for (const key of this.endpoints.keys()) {
      if (!seen.has(key)) this.endpoints.delete(key);
    }
    return now;
  }
}

const zero = () => 0;

function listed({ byClass, buckets, retries }: ApiCounters): number[] {
  return [...byClass, ...buckets, retries];
}

/** The endpoints that an API uses, those of resources included, by id. */
function endpointsOf(
  api: RuntimeApi,
  wanted: readonly KeyType[],
): Map<string, { url: string; totals: number[] }> {
  const found = new Map<string, { url: string; totals: number[] }>();
  for (const [key, group] of api.allGroups()) {
    if (!wanted.some((k) => key.startsWith(`${api.apiId} ${k}`))) continue;
    for (const { config, live } of group.endpoints) {
      found.set(config.id, { url: config.url, totals: [live.requests, live.failures] });
    }
  }
  return found;
}
