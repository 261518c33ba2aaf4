import type { ApiStatus, Elsewhere, EndpointStatus, GatewayStatus } from "#lib/status";
import { shortPathWords } from "#lib/tell/pathOwner";
import { reachable } from "#lib/traffic/eligibility";
import { isHalfOpen } from "#lib/traffic/suspension";
import { ownerOf } from "../routes/build";
import type { RuntimeEndpoint } from "../routes/group";
import type { RuntimeApi } from "../routes/runtimeApi";
import type { Snapshot } from "../routes/table";
import type { AdminContext } from "./adminContext";
import { News } from "./news";

/** `?api=<id>`, as often as needed, asks for these APIs only: whoever looks at one does not pay for a thousand. */
export function wantedApis(url: string): ReadonlySet<string> | null {
  const ids = new URLSearchParams(url.split("?")[1]).getAll("api");
  return ids.length > 0 ? new Set(ids) : null;
}

/** What `GET /status` answers. */
export function gatewayStatus(
  context: AdminContext,
  startedAt: string,
  wanted: ReadonlySet<string> | null,
): GatewayStatus {
  const { id, name, version, watcher, auth, urls, custom, identity, descriptors } = context;
  const { snapshot, databaseError } = watcher;
  const now = performance.now();
  const isWanted = (apiId: string) => wanted === null || wanted.has(apiId);
  const news = new News(snapshot);
  const live = [...snapshot.byId.values()].filter((api) => isWanted(api.apiId));
  const apis: ApiStatus[] = live.map((api) => ({
    apiId: api.apiId,
    name: api.definition.name,
    version: api.definition.version,
    basePath: api.basePath,
    revision: api.revision,
    error: snapshot.errors.get(api.apiId)?.message ?? null,
    notice: noticeOf(api, snapshot),
    endpoints: endpointsOf(api, now, news),
    ...unserved(api, now),
  }));
  const broken = [...snapshot.errors].filter(([apiId]) => isWanted(apiId) && !snapshot.byId.has(apiId));
  for (const [apiId, { message }] of broken) {
    apis.push({
      apiId,
      name: "",
      version: "",
      basePath: "",
      revision: null,
      error: message,
      notice: null,
      endpoints: [],
      closed: [],
      down: [],
    });
  }
  return {
    ...{ id, name, version },
    unannounced: context.announcer.problem,
    requestsPerSecond: context.rate.perSecond,
    memory: process.memoryUsage.rss(),
    generation: snapshot.generation,
    startedAt,
    databaseError,
    copy: snapshot.copy && {
      confirmedAt: snapshot.copy.confirmedAt.toISOString(),
      refusesTokens: snapshot.copy.refusesTokens,
    },
    urls,
    tls: identity?.status() ?? null,
    descriptors: descriptors.counts,
    issuers: auth.status(),
    apis,
    customAlgorithms: custom.names,
    algorithmFaults: custom.faults,
  };
}

/** That a default version does not answer without its version, since another API has that path. */
function noticeOf(api: RuntimeApi, { apis }: Snapshot): string | null {
  const { basePath, defaultPath } = api;
  if (defaultPath === null || apis.get(defaultPath) === api) return null;
  const owner = apis.get(defaultPath);
  return shortPathWords(defaultPath, basePath, owner ? ownerOf(owner) : null);
}

/**
 * The lists that no endpoint serves: whatever its health, since all are switched off, draining or without weight
 * (`closed`), or since those that are left are suspended or fail their checks (`down`).
 */
function unserved(api: RuntimeApi, now: number): Pick<ApiStatus, "closed" | "down"> {
  const closed: string[] = [];
  const down: string[] = [];
  for (const [key, { config, endpoints }] of api.allGroups()) {
    const list = key.slice(api.apiId.length + 1);
    const isDown = new Set(endpoints.filter((e) => DOWN.has(stateOf(e, now))).map((e) => e.id));
    if (reachable(config).length === 0) closed.push(list);
    else if (reachable(config, isDown).length === 0) down.push(list);
  }
  return { closed, down };
}

const DOWN: ReadonlySet<EndpointStatus["state"]> = new Set(["suspended", "checkFailing"]);

function endpointsOf(api: RuntimeApi, now: number, news: News): EndpointStatus[] {
  const seen = new Map<string, EndpointStatus>();
  for (const [, group] of api.allGroups()) {
    for (const endpoint of group.endpoints) {
      if (!seen.has(endpoint.id)) seen.set(endpoint.id, endpointStatus(endpoint, now, news));
    }
  }
  return [...seen.values()];
}

function endpointStatus(endpoint: RuntimeEndpoint, now: number, news: News): EndpointStatus {
  const { config, live } = endpoint;
  const { health } = live;
  // Read once: between two of its times must lie what lies between them.
  const wallNow = Date.now();
  const wallClock = (time: number) => new Date(wallNow + (time - now)).toISOString();
  return {
    id: config.id,
    url: config.url,
    state: stateOf(endpoint, now),
    since: Number.isFinite(health.since) ? wallClock(health.since) : null,
    until: health.kind === "active" ? null : wallClock(health.until),
    strikes:
      health.kind === "timeout"
        ? { count: health.failures, of: live.rule.retriesBeforeSuspension + 1 }
        : null,
    inFlight: live.inFlight,
    requests: live.requests,
    failures: live.failures,
    lastMinute: live.lastMinute(now),
    lastMinuteFailures: live.lastMinuteFailures(now),
    lastError: live.lastError && { words: live.lastError.words, at: live.lastError.at.toISOString() },
    p50: live.percentile(0.5, now),
    p99: live.percentile(0.99, now),
    elsewhere: elsewhere(endpoint, now, news, wallClock),
    at: [],
  };
}

/** Null for one that is off or draining: how it is, is not the question then. */
function elsewhere(
  endpoint: RuntimeEndpoint,
  now: number,
  news: News,
  wallClock: (time: number) => string,
): Elsewhere | null {
  const found = endpoint.config.state === "on" ? news.about(endpoint) : null;
  if (!found) return null;
  const { api, list, down, at, endpoint: other } = found;
  return {
    apiId: api.apiId,
    name: api.definition.name,
    version: api.definition.version,
    list,
    state: !down ? "answers" : stateOf(other, now) === "halfOpen" ? "halfOpen" : "down",
    at: wallClock(at),
    words: down ? (other.live.lastError?.words ?? null) : null,
  };
}

function stateOf({ config, live }: RuntimeEndpoint, now: number): EndpointStatus["state"] {
  if (config.state !== "on") return config.state;
  if (live.check === "failing") return "checkFailing";
  if (live.health.kind === "suspended") return isHalfOpen(live.health, now) ? "halfOpen" : "suspended";
  if (live.health.kind === "timeout") return "failing";
  // Never "up" on faith: only an answer makes it so.
  return live.answeredAt > Number.NEGATIVE_INFINITY ? "up" : "notChecked";
}
