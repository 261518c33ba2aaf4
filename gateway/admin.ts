import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { reachable } from "#lib/eligibility";
import { keyTypes } from "#lib/endpoints";
import type { HostRules } from "#lib/node/outgoing";
import type { TlsRules } from "#lib/node/trust";
import { type ApiStatus, CheckRequest, type EndpointStatus, type GatewayStatus } from "#lib/status";
import type { AdminAccess } from "./adminAccess";
import type { Authenticator } from "./auth";
import { checkEndpoint } from "./check";
import type { CustomAlgorithms } from "./custom";
import type { RuntimeEndpoint } from "./group";
import type { History } from "./history";
import type { IdentityFiles } from "./identity";
import type { Metrics } from "./metrics";
import type { RuntimeApi } from "./snapshot";
import type { Traces } from "./traces";
import type { Watcher } from "./watch";

/** Largest body of an admin request, bytes. */
const MAX_BODY = 64 * 1024;

export interface AdminContext {
  access: AdminAccess;
  watcher: Watcher;
  auth: Authenticator;
  urls: GatewayStatus["urls"];
  check: HostRules;
  metrics: Metrics;
  history: History;
  traces: Traces;
  custom: CustomAlgorithms;
  /** Null while HTTPS is off. */
  identity: IdentityFiles | null;
  /** How the certificate at a URL is checked. */
  tlsOf(url: string, verify: boolean): TlsRules;
  /** A stopping gateway is not ready. */
  stopping(): boolean;
}

/** The interface for the publisher and for operators: health, status, endpoint checks. */
export function adminServer(context: AdminContext): Server {
  const startedAt = new Date().toISOString();
  return createServer((req, res) => {
    route(context, startedAt, req, res).catch((error: unknown) => {
      console.error("Admin request:", error);
      if (!res.headersSent) json(res, 500, { message: "Internal error." });
    });
  });
}

async function route(
  context: AdminContext,
  startedAt: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const path = (req.url ?? "").split("?")[0] ?? "";
  const refusal = context.access(req, path);
  if (refusal) return json(res, refusal.status, { message: refusal.message });
  const wanted = path === "/check" ? "POST" : "GET";
  const known = ["/healthz", "/readyz", "/status", "/history", "/trace", "/metrics", "/check"].includes(path);
  if (!known)
    return json(res, 404, {
      message: "Unknown path. There are /healthz, /readyz, /status, /history, /trace, /metrics and /check.",
    });
  if (req.method !== wanted && !(wanted === "GET" && req.method === "HEAD")) {
    res.setHeader("Allow", wanted);
    return json(res, 405, { message: `${path} answers ${wanted} only.` });
  }
  if (path === "/healthz") return json(res, 200, { ok: true });
  if (path === "/readyz") return ready(context, res);
  if (path === "/status") return json(res, 200, status(context, startedAt, wantedApis(req.url ?? "")));
  if (path === "/trace") return trace(context, new URLSearchParams(req.url?.split("?")[1]), res);
  if (path === "/metrics") return metricsText(context, res);
  if (path === "/history") return history(context, new URLSearchParams(req.url?.split("?")[1]), res);
  const body = CheckRequest.safeParse(await readJson(req));
  if (!body.success) return json(res, 400, { message: 'Send {"url": "http://..."} as JSON.' });
  const { url, verifyTls } = body.data;
  const tlsOf = (href: string) => context.tlsOf(href, verifyTls);
  json(res, 200, await checkEndpoint(url, context.check, tlsOf));
}

/** Ready = has a routing table and accepts requests. Trouble with the database is said, but old routes serve. */
function ready({ watcher, stopping }: AdminContext, res: ServerResponse): void {
  const ok = watcher.snapshot.generation >= 0 && !stopping();
  json(res, ok ? 200 : 503, { ready: ok, stopping: stopping(), databaseError: watcher.databaseError });
}

function history(context: AdminContext, query: URLSearchParams, res: ServerResponse): void {
  const text = query.get("keyType");
  const keyType = keyTypes.find((k) => k === text) ?? null;
  const unknown = text !== null && keyType === null;
  const found = unknown ? null : context.history.of(query.get("api") ?? "", keyType);
  if (unknown) json(res, 400, { message: "keyType is production or sandbox; without it both count." });
  else if (!found) json(res, 404, { message: "Name a live API by its id: /history?api=<id>." });
  else json(res, 200, found);
}

function trace({ traces }: AdminContext, query: URLSearchParams, res: ServerResponse): void {
  const found = traces.get(query.get("id") ?? "");
  json(res, found ? 200 : 404, found ?? { message: "There is no such trace." });
}

function metricsText({ watcher, metrics }: AdminContext, res: ServerResponse): void {
  res.writeHead(200, {
    "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
    "Cache-Control": "no-store",
  });
  res.end(metrics.render(watcher.snapshot, performance.now()));
}

/** `?api=<id>`, as often as needed, asks for these APIs only: whoever looks at one does not pay for a thousand. */
function wantedApis(url: string): ReadonlySet<string> | null {
  const ids = new URLSearchParams(url.split("?")[1]).getAll("api");
  return ids.length > 0 ? new Set(ids) : null;
}

function status(
  { watcher, auth, urls, custom, identity }: AdminContext,
  startedAt: string,
  wanted: ReadonlySet<string> | null,
): GatewayStatus {
  const { snapshot, databaseError } = watcher;
  const now = performance.now();
  const isWanted = (apiId: string) => wanted === null || wanted.has(apiId);
  const live = [...snapshot.byId.values()].filter((api) => isWanted(api.apiId));
  const apis = live.map((api) => ({
    apiId: api.apiId,
    name: api.definition.name,
    version: api.definition.version,
    basePath: api.basePath,
    revision: api.revision,
    error: snapshot.errors.get(api.apiId)?.message ?? null,
    endpoints: endpointsOf(api, now),
    ...unserved(api),
  }));
  const broken = [...snapshot.errors].filter(([apiId]) => isWanted(apiId) && !snapshot.byId.has(apiId));
  for (const [apiId, { message }] of broken) {
    apis.push({
      apiId,
      name: "",
      version: "",
      basePath: "",
      revision: null as never,
      error: message,
      endpoints: [],
      closed: [],
      down: [],
    });
  }
  return {
    generation: snapshot.generation,
    startedAt,
    databaseError,
    urls,
    tls: identity?.status() ?? null,
    issuers: auth.status(),
    apis,
    customAlgorithms: custom.names,
    algorithmFaults: custom.faults,
  };
}

/**
 * The lists that no endpoint serves: whatever its health, since all are switched off, draining or without weight
 * (`closed`), or since those that are left are suspended or fail their checks (`down`).
 */
function unserved(api: RuntimeApi): Pick<ApiStatus, "closed" | "down"> {
  const closed: string[] = [];
  const down: string[] = [];
  for (const [key, { config, endpoints }] of api.allGroups()) {
    const list = key.slice(api.apiId.length + 1);
    const isDown = new Set(endpoints.filter((e) => DOWN.has(stateOf(e))).map((e) => e.id));
    if (reachable(config).length === 0) closed.push(list);
    else if (reachable(config, isDown).length === 0) down.push(list);
  }
  return { closed, down };
}

const DOWN: ReadonlySet<EndpointStatus["state"]> = new Set(["suspended", "checkFailing"]);

function endpointsOf(api: RuntimeApi, now: number): EndpointStatus[] {
  const seen = new Map<string, EndpointStatus>();
  for (const [, group] of api.allGroups()) {
    for (const endpoint of group.endpoints) {
      if (!seen.has(endpoint.id)) seen.set(endpoint.id, endpointStatus(endpoint, now));
    }
  }
  return [...seen.values()];
}

function endpointStatus(endpoint: RuntimeEndpoint, now: number): EndpointStatus {
  const { config, live } = endpoint;
  const { health } = live;
  // Read once: between two of its times must lie what lies between them.
  const wallNow = Date.now();
  const wallClock = (time: number) => new Date(wallNow + (time - now)).toISOString();
  return {
    id: config.id,
    url: config.url,
    state: stateOf(endpoint),
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
  };
}

function stateOf({ config, live }: RuntimeEndpoint): EndpointStatus["state"] {
  if (config.state !== "on") return config.state;
  if (live.check === "failing") return "checkFailing";
  if (live.health.kind === "suspended") return "suspended";
  if (live.health.kind === "timeout") return "failing";
  // Never "up" on faith: only an answer makes it so.
  return live.check === "passing" || live.latencyMs > 0 ? "up" : "notChecked";
}

async function readJson(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

function json(res: ServerResponse, code: number, value: unknown): void {
  res.writeHead(code, { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" });
  res.end(JSON.stringify(value));
}
