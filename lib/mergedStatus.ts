import type {
  ApiHistory,
  ApiStatus,
  EndpointState,
  EndpointStatus,
  GatewayStatus,
  IssuerStatus,
} from "./status";

/**
 * What several gateways tell as if it were one: counts are added up, of states the worst counts and says where it is. Who
 * did not answer is not among them.
 */

/** What a gateway told. */
export interface Told<T> {
  /** Of the gateway. */
  id: string;
  value: T;
}

/** Null where nobody told anything; what one alone told is left as it is. */
export function mergedStatus(told: readonly Told<GatewayStatus>[]): GatewayStatus | null {
  const [first] = told;
  if (!first || told.length === 1) return first?.value ?? null;
  const all = told.map(({ value }) => value);
  const troubled = told.find(({ value }) => value.databaseError !== null);
  const oldest = Math.min(...all.map(({ generation }) => generation));
  return {
    ...first.value,
    ...{ id: "", name: "", version: "", unannounced: null, memory: null, descriptors: null },
    generation: oldest,
    // What all of them have counted, they have counted since then.
    startedAt: all
      .map(({ startedAt }) => startedAt)
      .sort()
      .at(-1)!,
    databaseError: troubled ? `${troubled.id}: ${troubled.value.databaseError}` : null,
    requestsPerSecond: all.reduce((sum, one) => sum + (one.requestsPerSecond ?? 0), 0),
    issuers: issuersOf(all),
    apis: apisOf(told),
    customAlgorithms: first.value.customAlgorithms.filter((name) =>
      all.every(({ customAlgorithms }) => customAlgorithms.includes(name)),
    ),
    algorithmFaults: told.flatMap(({ id, value }) =>
      value.algorithmFaults.map((fault) => ({ ...fault, reason: `${fault.reason} (at ${id})` })),
    ),
  };
}

/** The first trouble that one has with an issuer's keys is told. */
function issuersOf(all: readonly GatewayStatus[]): IssuerStatus[] {
  const found = new Map<string, IssuerStatus>();
  for (const issuer of all.flatMap(({ issuers }) => issuers)) {
    if (!found.get(issuer.issuer)?.problem) found.set(issuer.issuer, issuer);
  }
  return [...found.values()];
}

type At<T> = Told<T> & { generation: number };

function apisOf(told: readonly Told<GatewayStatus>[]): ApiStatus[] {
  const byApi = new Map<string, At<ApiStatus>[]>();
  for (const { id, value } of told) {
    for (const api of value.apis) {
      const at = { id, value: api, generation: value.generation };
      byApi.set(api.apiId, [...(byApi.get(api.apiId) ?? []), at]);
    }
  }
  return [...byApi.values()].map((ones) => oneApi(ones, told.length));
}

function oneApi(ones: readonly At<ApiStatus>[], gateways: number): ApiStatus {
  const newest = ones.reduce((best, one) => (one.generation > best.generation ? one : best));
  const failing = ones.filter(({ value }) => value.error !== null);
  const { value } = failing[0] ?? newest;
  const isSame =
    ones.length === gateways && ones.every((one) => one.value.revision === newest.value.revision);
  const where = (some: readonly Told<unknown>[]) =>
    some.length === gateways ? "" : ` (at ${some.map(({ id }) => id).join(", ")})`;
  const lists = (of: (api: ApiStatus) => readonly string[]) =>
    [...new Set(ones.flatMap((one) => of(one.value)))].map(
      (list) => list + where(ones.filter((one) => of(one.value).includes(list))),
    );
  return {
    ...value,
    revision: value.error !== null || isSame ? value.revision : null,
    error: value.error && value.error + where(failing),
    notice: ones.find((one) => one.value.notice !== null)?.value.notice ?? null,
    endpoints: newest.value.endpoints.map((endpoint) => oneEndpoint(endpoint, ones)),
    closed: lists((api) => api.closed),
    down: lists((api) => api.down),
  };
}

/** Worst first; an endpoint that answered one of them is up. */
const ranks: readonly EndpointState[] = [
  ...(["suspended", "checkFailing", "halfOpen", "failing"] as const),
  ...(["draining", "off", "up", "notChecked"] as const),
];
const ILL = 4;

function oneEndpoint({ id, url }: EndpointStatus, ones: readonly At<ApiStatus>[]): EndpointStatus {
  const same = ones.flatMap((one) => {
    const found = one.value.endpoints.find((e) => e.id === id && e.url === url);
    return found ? [{ id: one.id, value: found }] : [];
  });
  const all = same.map(({ value }) => value);
  const rank = Math.min(...all.map(({ state }) => ranks.indexOf(state)));
  const there = same.filter(({ value }) => value.state === ranks[rank]);
  const sum = (of: (e: EndpointStatus) => number) => all.reduce((total, e) => total + of(e), 0);
  const known = all.filter((e) => e.p50 !== null);
  const errors = all.flatMap(({ lastError }) => (lastError ? [lastError] : []));
  return {
    ...there[0]!.value,
    at: rank < ILL && there.length < ones.length ? there.map((one) => one.id) : [],
    inFlight: sum((e) => e.inFlight),
    requests: sum((e) => e.requests),
    failures: sum((e) => e.failures),
    lastMinute: sum((e) => e.lastMinute),
    lastMinuteFailures: sum((e) => e.lastMinuteFailures),
    lastError: errors.sort((a, b) => a.at.localeCompare(b.at)).at(-1) ?? null,
    p50: average(known.map((e) => [e.p50 ?? 0, e.lastMinute])),
    p99: known.length === 0 ? null : Math.max(...known.map((e) => e.p99 ?? 0)),
  };
}

/** By weight: near the median of all, which nobody can tell from medians. Null without any. */
function average(values: readonly (readonly [value: number, weight: number])[]): number | null {
  const weight = values.reduce((sum, [, w]) => sum + w, 0);
  return weight === 0 ? (values[0]?.[0] ?? null) : values.reduce((sum, [v, w]) => sum + v * w, 0) / weight;
}

/** The last hour of them all, slot by slot; null where nobody tells. */
export function mergedHistory(told: readonly ApiHistory[]): ApiHistory | null {
  const [first] = told;
  if (!first || told.length === 1) return first ?? null;
  // Slots begin at the same times everywhere, but one may be ahead of another.
  const times = [...new Set(told.flatMap(({ points }) => points.map(({ at }) => at)))].sort();
  const slots = times.slice(-first.points.length);
  const placed = told.map(({ points }) => new Map(points.map((point, i) => [point.at, { point, i }])));
  const points = slots.map((at) =>
    onePoint(
      at,
      placed.flatMap((by) => by.get(at)?.point ?? []),
    ),
  );
  const endpoints = new Map<string, ApiHistory["endpoints"][number]>();
  for (const [n, { endpoints: some }] of told.entries()) {
    for (const endpoint of some) {
      const key = `${endpoint.id} ${endpoint.url}`;
      const before = endpoints.get(key);
      const series = (of: "attempts" | "failures") =>
        slots.map((at, i) => (before?.[of][i] ?? 0) + (endpoint[of][placed[n]!.get(at)?.i ?? -1] ?? 0));
      const live = endpoint.live || (before?.live ?? false);
      endpoints.set(key, { ...endpoint, live, attempts: series("attempts"), failures: series("failures") });
    }
  }
  return { slotMs: first.slotMs, points, endpoints: [...endpoints.values()] };
}

type Point = ApiHistory["points"][number];

function onePoint(at: string, points: readonly Point[]): Point {
  const sum = (of: (point: Point) => number) => points.reduce((total, point) => total + of(point), 0);
  const requests = ({ answers }: Point) => Object.values(answers).reduce((total, n) => total + n, 0);
  const known = points.filter(({ p50 }) => p50 !== null);
  const highest = (of: (point: Point) => number | null) =>
    known.length === 0 ? null : Math.max(...known.map((point) => of(point) ?? 0));
  return {
    at,
    answers: {
      "2xx": sum(({ answers }) => answers["2xx"]),
      "3xx": sum(({ answers }) => answers["3xx"]),
      "4xx": sum(({ answers }) => answers["4xx"]),
      "5xx": sum(({ answers }) => answers["5xx"]),
      gone: sum(({ answers }) => answers.gone),
    },
    refused: sum(({ refused }) => refused),
    retries: sum(({ retries }) => retries),
    p50: average(known.map((point) => [point.p50 ?? 0, requests(point)])),
    p90: highest(({ p90 }) => p90),
    p99: highest(({ p99 }) => p99),
  };
}
