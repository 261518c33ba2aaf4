import { LATENCY_BOUNDS as BOUNDS } from "#lib/traffic/countHistory";
import type { Metrics } from "../counts/metrics";
import type { RuntimeEndpoint } from "../routes/group";
import type { Snapshot } from "../routes/table";
import type { AdminContext } from "./adminContext";
import type { Descriptors } from "./descriptorShares";

type Family = (name: string, type: string, help: string, samples: string[]) => void;

/** `GET /metrics`: the counters and the state of the moment, in the text format of Prometheus. */
export function prometheusText(
  {
    metrics,
    watcher,
    descriptors,
    identity,
  }: Pick<AdminContext, "metrics" | "watcher" | "descriptors" | "identity">,
  now: number,
): string {
  const { snapshot } = watcher;
  const lines: string[] = [];
  const family: Family = (name, type, help, samples) => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples);
  };
  renderRequests(metrics, family);
  renderEndpoints(snapshot, now, family);
  renderProcess(snapshot, family);
  renderDescriptors(descriptors, family);
  if (identity) {
    const name = "sluice_tls_certificate_not_after_timestamp_seconds";
    const seconds = identity.current.expiresAt.getTime() / 1000;
    family(name, "gauge", "End of the certificate that callers are shown.", [`${name} ${seconds}`]);
  }
  return `${lines.join("\n")}\n`;
}

function renderRequests(metrics: Metrics, family: Family): void {
  const requests: string[] = [];
  const durations: string[] = [];
  const retries: string[] = [];
  for (const { name, version, keyType, counters } of metrics.apis.values()) {
    const api = labels({ api: name, version, key_type: keyType });
    counters.byClass.forEach((count, i) => {
      if (count > 0)
        requests.push(`sluice_requests_total{${api},code="${i === 0 ? "gone" : `${i}xx`}"} ${count}`);
    });
    let sum = 0;
    counters.buckets.forEach((count, i) => {
      sum += count;
      durations.push(`sluice_request_duration_seconds_bucket{${api},le="${BOUNDS[i] ?? "+Inf"}"} ${sum}`);
    });
    durations.push(`sluice_request_duration_seconds_sum{${api}} ${counters.seconds}`);
    durations.push(`sluice_request_duration_seconds_count{${api}} ${sum}`);
    retries.push(`sluice_retries_total{${api}} ${counters.retries}`);
  }
  for (const [status, count] of metrics.unrouted)
    requests.push(`sluice_requests_total{api="",version="",key_type="",code="${status}"} ${count}`);
  family("sluice_requests_total", "counter", "Requests by API, key type and class of the answer.", requests);
  family(
    "sluice_request_duration_seconds",
    "histogram",
    "Time from request head to the end of the answer.",
    durations,
  );
  family("sluice_retries_total", "counter", "Attempts after the first of a request.", retries);
}

function renderProcess(snapshot: Snapshot, family: Family): void {
  family("sluice_generation", "gauge", "Newest change that is in effect.", [
    `sluice_generation ${snapshot.generation}`,
  ]);
  family("process_resident_memory_bytes", "gauge", "Resident memory.", [
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
  ]);
  family(
    "nodejs_external_memory_bytes",
    "gauge",
    "Buffers: bodies on their way, and what is to be collected.",
    [`nodejs_external_memory_bytes ${process.memoryUsage().arrayBuffers}`],
  );
  const resources = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) resources.set(type, (resources.get(type) ?? 0) + 1);
  family(
    "nodejs_active_resources",
    "gauge",
    "Sockets, timers and the like that are open.",
    [...resources].map(([type, count]) => `nodejs_active_resources{type="${type}"} ${count}`),
  );
}

function renderDescriptors({ counts, callers }: Descriptors, family: Family): void {
  if (counts) {
    const { open, limit } = counts;
    family("process_open_fds", "gauge", "Open descriptors.", [`process_open_fds ${open}`]);
    family("process_max_fds", "gauge", "Most descriptors that may be open.", [`process_max_fds ${limit}`]);
  }
  family("sluice_caller_connections", "gauge", "Open connections of callers.", [
    `sluice_caller_connections ${callers.open}`,
  ]);
  family(
    "sluice_caller_connections_refused_total",
    "counter",
    "Connections of callers that were refused for want of descriptors.",
    [`sluice_caller_connections_refused_total ${callers.refused}`],
  );
}

function renderEndpoints(snapshot: Snapshot, now: number, family: Family): void {
  const up: string[] = [];
  const inFlight: string[] = [];
  const attempts: string[] = [];
  const failures: string[] = [];
  const suspensions: string[] = [];
  const seen = new Set<RuntimeEndpoint["live"]>();
  for (const api of snapshot.byId.values()) {
    for (const [, group] of api.allGroups()) {
      for (const { config, live } of group.endpoints) {
        if (seen.has(live)) continue;
        seen.add(live);
        const { name, version } = api.definition;
        const of = labels({ api: name, version, endpoint: config.id, url: config.url });
        up.push(`sluice_endpoint_up{${of}} ${config.state === "on" && live.isOpen(now) ? 1 : 0}`);
        inFlight.push(`sluice_endpoint_in_flight{${of}} ${live.inFlight}`);
        attempts.push(`sluice_endpoint_attempts_total{${of}} ${live.requests}`);
        failures.push(`sluice_endpoint_failures_total{${of}} ${live.failures}`);
        suspensions.push(`sluice_endpoint_suspensions_total{${of}} ${live.suspensions}`);
      }
    }
  }
  family("sluice_endpoint_up", "gauge", "1 while new traffic may go to the endpoint.", up);
  family("sluice_endpoint_in_flight", "gauge", "Attempts under way.", inFlight);
  family("sluice_endpoint_attempts_total", "counter", "Attempts at the endpoint.", attempts);
  family("sluice_endpoint_failures_total", "counter", "Failed attempts.", failures);
  family("sluice_endpoint_suspensions_total", "counter", "Suspensions.", suspensions);
}

function labels(values: Record<string, string>): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        `${name}="${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`,
    )
    .join(",");
}
