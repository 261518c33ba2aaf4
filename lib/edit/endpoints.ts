import { DEFAULT_SESSION_TIMEOUT_MS, type KeyType } from "../model/endpointTerms";
import type {
  Endpoint,
  EndpointGroup,
  EndpointGroups,
  EndpointSettings,
  Routing,
} from "../schemas/endpointGroup";
import { newAlgorithmChoice } from "../traffic/algorithms";
import { noSecurity } from "./endpointSecurity";

export {
  DEFAULT_INITIAL_MS,
  DEFAULT_SESSION_TIMEOUT_MS,
  type KeyType,
  keyTypes,
  MAX_ENDPOINTS,
  MAX_WEIGHT,
  routings,
  sessionKinds,
  suspensionConflict,
} from "../model/endpointTerms";
export type {
  Endpoint,
  EndpointGroup,
  EndpointGroups,
  EndpointSettings,
  HealthCheck,
  Routing,
  Session,
} from "../schemas/endpointGroup";

/** The group as it takes effect: a sandbox that is not configured separately follows production. */
export function effectiveGroup(groups: EndpointGroups, keyType: KeyType): EndpointGroup {
  if (keyType === "production" || groups.sandboxSeparate) return groups[keyType];
  const { enabled, endpoints, security } = groups.sandbox;
  return { ...groups.production, enabled, endpoints, security };
}

/** The endpoints that the routing uses: `single` only the first. */
export function endpointsInUse(group: EndpointGroup): readonly Endpoint[] {
  return group.routing === "single" ? group.endpoints.slice(0, 1) : group.endpoints;
}

// The pure edits. Each returns a new value and leaves alone what it is not about. An edit that does not
// apply (unknown id, the first row moved up) or changes nothing returns the very same value, so "nothing
// changed" is `===`.

/** `value` with the fields of `change`; the very same value when it has them all already. */
function changed<T extends object>(value: T, change: Partial<T>): T {
  const differs = (Object.keys(change) as (keyof T)[]).some(
    (key) => change[key] !== value[key] && JSON.stringify(change[key]) !== JSON.stringify(value[key]),
  );
  return differs ? { ...value, ...change } : value;
}

/** A group with every default: no endpoint, not ticked. */
export function newGroup(): EndpointGroup {
  return {
    enabled: false,
    endpoints: [],
    routing: "single",
    algorithm: newAlgorithmChoice(),
    session: { kind: "none", timeoutMs: DEFAULT_SESSION_TIMEOUT_MS, header: "ClientID" },
    failover: true,
    healthCheck: {
      enabled: false,
      kind: "http",
      path: "/",
      expected: "200-399",
      intervalMs: 10_000,
      timeoutMs: 2_000,
      unhealthyAfter: 2,
      healthyAfter: 2,
    },
    slowStartMs: 0,
    responseTimeoutMs: null,
    retryOnStatus: { count: 0, statusCodes: [] },
    failureStatuses: [],
    circuitBreakers: { maxConnections: null, maxRequests: null, maxPendingRequests: null, maxRetries: null },
    security: noSecurity,
  };
}

/** Both groups with every default. */
export function newGroups(): EndpointGroups {
  return { production: newGroup(), sandbox: newGroup(), sandboxSeparate: false };
}

/** A new endpoint with every default. `id` is given, because lib has no randomness of its own. */
export function newEndpoint(id: string, url: string): Endpoint {
  const settings: EndpointSettings = {
    suspension: { errorCodes: [], initialMs: null, maxMs: null, factor: null },
    timeout: { errorCodes: [], retriesBeforeSuspension: null, retryDelayMs: null },
    action: null,
    responseTimeoutMs: null,
    verifyTls: true,
    http2: false,
  };
  return { id, url: url.trim(), weight: 1, backup: false, state: "on", settings };
}

export function addEndpoint(group: EndpointGroup, endpoint: Endpoint): EndpointGroup {
  return { ...group, endpoints: [...group.endpoints, endpoint] };
}

export function removeEndpoint(group: EndpointGroup, id: string): EndpointGroup {
  const endpoints = group.endpoints.filter((e) => e.id !== id);
  return endpoints.length === group.endpoints.length ? group : { ...group, endpoints };
}

/** Changes fields of one endpoint. */
export function editEndpoint(
  group: EndpointGroup,
  id: string,
  change: Partial<Omit<Endpoint, "id">>,
): EndpointGroup {
  const index = group.endpoints.findIndex((e) => e.id === id);
  const before = group.endpoints[index];
  if (!before) return group;
  const after = changed<Endpoint>(before, change);
  return after === before ? group : { ...group, endpoints: group.endpoints.with(index, after) };
}

/** Puts the endpoint at position `to` (0-based, clamped). */
export function moveEndpoint(group: EndpointGroup, id: string, to: number): EndpointGroup {
  const from = group.endpoints.findIndex((e) => e.id === id);
  const target = Math.max(0, Math.min(group.endpoints.length - 1, to));
  if (from < 0 || from === target) return group;
  const endpoints = [...group.endpoints];
  const [moved] = endpoints.splice(from, 1);
  endpoints.splice(target, 0, moved!);
  return { ...group, endpoints };
}

/** A copy right below the original, under its own id. */
export function duplicateEndpoint(group: EndpointGroup, id: string, copyId: string): EndpointGroup {
  const index = group.endpoints.findIndex((e) => e.id === id);
  const original = group.endpoints[index];
  if (!original) return group;
  return { ...group, endpoints: group.endpoints.toSpliced(index + 1, 0, { ...original, id: copyId }) };
}

/** The URL field at the top of the page: the first endpoint, made when there is none yet. */
export function setFirstUrl(group: EndpointGroup, url: string, newId: string): EndpointGroup {
  const first = group.endpoints[0];
  if (first) return editEndpoint(group, first.id, { url });
  return url === "" ? group : addEndpoint(group, { ...newEndpoint(newId, ""), url });
}

/** Everything in a group that is not the list, its checkbox or its credentials. */
export type GroupPolicy = Partial<Omit<EndpointGroup, "enabled" | "endpoints" | "security">>;

/** Changes the policy of a key type; while the sandbox is not separate there is only production's. */
export function editPolicy(groups: EndpointGroups, keyType: KeyType, change: GroupPolicy): EndpointGroups {
  const owner = groups.sandboxSeparate ? keyType : "production";
  const policy = changed(groups[owner], change);
  return policy === groups[owner] ? groups : { ...groups, [owner]: policy };
}

/** Switches the type. Nothing else changes: no member, no setting. */
export function setRouting(groups: EndpointGroups, keyType: KeyType, routing: Routing): EndpointGroups {
  return editPolicy(groups, keyType, { routing });
}

/**
 * "Configure sandbox separately". The first time it starts from what is in effect, so that the switch alone
 * changes no traffic; later the sandbox has its own settings back.
 */
export function setSandboxSeparate(groups: EndpointGroups, separate: boolean): EndpointGroups {
  if (separate === groups.sandboxSeparate) return groups;
  const { enabled, security } = groups.sandbox;
  const own = { ...groups.sandbox, endpoints: [] };
  const configured = JSON.stringify(own) !== JSON.stringify({ ...newGroup(), enabled, security });
  const sandbox = separate && !configured ? effectiveGroup(groups, "sandbox") : groups.sandbox;
  return { ...groups, sandboxSeparate: separate, sandbox };
}
