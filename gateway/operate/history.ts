import { type KeyType, keyTypes } from "#lib/edit/endpoints";
import type { ApiHistory } from "#lib/status";
import { addTo, CountHistory, percentileOf, SLOT_MS, slotNumbers } from "#lib/traffic/countHistory";
import type { ApiCounters } from "../counts/metrics";
import type { RuntimeApi } from "../routes/runtimeApi";
import type { Snapshot } from "../routes/table";

/** How often counters are read, ms: a request may be shown in a slot that began this much after it. */
const READ_MS = 5_000;

/** Where the parts of an API's counters lie in one list. */
const CLASSES = 6;
const BUCKETS_END = CLASSES + 16;

/** The last hour of every live API. Costs requests nothing: it reads the counters that they increment anyway. */
export class History {
  private readonly apis = new Map<string, CountHistory>();
  /** Those that were taken away too, until their hour is over: a removed endpoint took its part of the traffic. */
  private readonly endpoints = new Map<string, Counted>();
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
    // Whether those were meant for production or for sandbox, nobody knows.
    const refusals = keyType === null ? this.apis.get(`${apiId} `)?.since(now) : undefined;
    const refusalsAt = (number: number) => {
      const [, , , , callerError = 0, serverError = 0] = refusals?.get(number) ?? [];
      return callerError + serverError;
    };
    const points = numbers.map((number) => {
      const counts = new Array<number>(BUCKETS_END + 1).fill(0);
      for (const slots of counted) addTo(counts, slots?.get(number) ?? []);
      const buckets = counts.slice(CLASSES, BUCKETS_END);
      const [gone = 0, , success = 0, redirect = 0, callerError = 0, serverError = 0] = counts;
      return {
        at: new Date(number * SLOT_MS).toISOString(),
        answers: { "2xx": success, "3xx": redirect, "4xx": callerError, "5xx": serverError, gone },
        refused: refusalsAt(number),
        retries: counts[BUCKETS_END] ?? 0,
        p50: percentileOf(buckets, 0.5),
        p90: percentileOf(buckets, 0.9),
        p99: percentileOf(buckets, 0.99),
      };
    });
    const here = endpointsOf(api, wanted);
    const gone = [...this.endpoints.values()].filter(
      (e) =>
        e.apiId === apiId &&
        wanted.includes(e.keyType) &&
        here.get(e.id)?.url !== e.url &&
        e.counts.since(now).size > 0,
    );
    const all = [
      ...[...here].map(([id, e]) => ({ id, ...e, live: true })),
      ...gone.map((e) => ({ ...e, live: false })),
    ];
    const endpoints = all.map(({ id, url, keyType, live }) => {
      const slots = this.endpoints.get(keyOf(apiId, id, url))?.counts.since(now);
      const series = (i: number) => numbers.map((number) => slots?.get(number)?.[i] ?? 0);
      return { id, url, keyType, live, attempts: series(0), failures: series(1) };
    });
    return { slotMs: SLOT_MS, points, endpoints };
  }

  /** Takes what was counted since the last time; returns when. */
  private read(): number {
    // Wall clock that never goes back.
    const now = performance.timeOrigin + performance.now();
    const seen = new Set<string>();
    const fresh = (totals: readonly number[]) => new CountHistory(totals.map(zero), now);
    for (const api of this.snapshot().byId.values()) {
      const { apiId } = api;
      for (const k of [...keyTypes, ""] as const) {
        const totals = listed(k === "" ? api.refusals : api.counters[k]);
        const kept = this.apis.get(`${apiId} ${k}`) ?? fresh(totals);
        this.apis.set(`${apiId} ${k}`, kept);
        kept.read(totals, now);
      }
      for (const [id, { url, keyType, totals }] of endpointsOf(api, keyTypes)) {
        const key = keyOf(apiId, id, url);
        const counts = this.endpoints.get(key)?.counts ?? fresh(totals);
        this.endpoints.set(key, { apiId, id, url, keyType, counts });
        counts.read(totals, now);
        seen.add(key);
      }
    }
    for (const [key, { counts }] of this.endpoints) {
      if (seen.has(key)) continue;
      if (counts.since(now).size === 0) this.endpoints.delete(key);
      else counts.ended(now);
    }
    return now;
  }
}

interface Counted {
  apiId: string;
  id: string;
  url: string;
  keyType: KeyType;
  counts: CountHistory;
}

/** What one URL has done is not to the credit of the next, although the endpoint keeps its id. */
const keyOf = (apiId: string, id: string, url: string) => `${apiId} ${id} ${url}`;

const zero = () => 0;

function listed({ byClass, buckets, retries }: ApiCounters): number[] {
  return [...byClass, ...buckets, retries];
}

/** The endpoints that an API uses, those of resources included, by id. */
function endpointsOf(
  api: RuntimeApi,
  wanted: readonly KeyType[],
): Map<string, { url: string; keyType: KeyType; totals: number[] }> {
  const found = new Map<string, { url: string; keyType: KeyType; totals: number[] }>();
  for (const [key, group] of api.allGroups()) {
    const keyType = wanted.find((k) => key.startsWith(`${api.apiId} ${k}`));
    if (!keyType) continue;
    for (const { config, live } of group.endpoints) {
      found.set(config.id, { url: config.url, keyType, totals: [live.requests, live.failures] });
    }
  }
  return found;
}
