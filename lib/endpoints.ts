import { z } from "zod";
import { AlgorithmChoice } from "./algorithms";
import { EndpointSecurity } from "./endpointSecurity";
import { parseEndpointUrl } from "./url";

/** Largest number of endpoints in one group: beyond it a list is a mistake of an import, and every pick pays. */
export const MAX_ENDPOINTS = 100;
/** A day: no wait of a gateway is meant to be longer. */
const MAX_MS = 86_400_000;

/** First suspension of an endpoint that does not say otherwise, ms: WSO2's default. */
export const DEFAULT_INITIAL_MS = 30_000;

/** Whole milliseconds from `min` to a day. */
const ms = (min: number) =>
  z
    .int(`Enter a whole number of milliseconds from ${min} to ${MAX_MS}.`)
    .min(min, `Enter a whole number of milliseconds from ${min} to ${MAX_MS}.`)
    .max(MAX_MS, `Enter a whole number of milliseconds from ${min} to ${MAX_MS}.`);
const whole = (min: number, max: number) =>
  z
    .int(`Enter a whole number from ${min} to ${max}.`)
    .min(min, `Enter a whole number from ${min} to ${max}.`)
    .max(max, `Enter a whole number from ${min} to ${max}.`);
const statusCode = whole(100, 599);
/** WSO2 error codes; "-1" in a list means never. */
const errorCodes = z
  .array(z.string().regex(/^-?\d{1,6}$/, "An error code is a number such as 101504."))
  .max(50);

/** An empty URL may be saved (work in progress) but not deployed; a malformed one may not even be saved. */
export const EndpointUrl = z.string().superRefine((text, context) => {
  if (text.trim() === "") return;
  const parsed = parseEndpointUrl(text);
  if (!parsed.ok) context.addIssue({ code: "custom", message: parsed.message });
});

/** Settings of one endpoint; null means the default of spec/gateway.md section 6. */
export const EndpointSettings = z.object({
  suspension: z
    .object({
      /** Only these classes suspend; empty means every class that is not in the timeout list. */
      errorCodes: errorCodes.default([]),
      /** First suspension, ms; 0 = never suspend. Default 30000. */
      initialMs: ms(0).nullable().default(null),
      /** Longest suspension, ms. Default: no limit beyond a day. */
      maxMs: ms(0).nullable().default(null),
      /** Each suspension lasts this many times the one before. Default 1. */
      factor: z
        .number("Enter a number from 1 to 100, decimals allowed.")
        .min(1, "Enter a number from 1 to 100, decimals allowed.")
        .max(100, "Enter a number from 1 to 100, decimals allowed.")
        .nullable()
        .default(null),
    })
    .prefault({}),
  timeout: z
    .object({
      /** Classes that mark for suspension; empty means response timeout and connection closed. */
      errorCodes: errorCodes.default([]),
      /** Failures tolerated before suspension. Default 0. */
      retriesBeforeSuspension: whole(0, 1000).nullable().default(null),
      /** Pause before the endpoint is eligible again, ms. Default 0. */
      retryDelayMs: ms(0).nullable().default(null),
    })
    .prefault({}),
  /** What the caller gets when time runs out: the error, or a closed connection without reply. Default fault. */
  action: z.enum(["fault", "discard"]).nullable().default(null),
  /** Time to the response head, ms. Default: that of the group, else of the API. */
  responseTimeoutMs: ms(1).nullable().default(null),
  /** Verify the backend's TLS certificate. */
  verifyTls: z.boolean().default(true),
  /** Speak HTTP/2 to the backend. */
  http2: z.boolean().default(false),
});
export type EndpointSettings = z.infer<typeof EndpointSettings>;

/** What is wrong between two suspension settings, each fine by itself; undefined when nothing is. */
export function suspensionConflict({ suspension }: EndpointSettings): string | undefined {
  const initialMs = suspension.initialMs ?? DEFAULT_INITIAL_MS;
  if (suspension.maxMs === null || suspension.maxMs >= initialMs) return undefined;
  return `Max Duration must be at least the Initial Duration (${initialMs} ms).`;
}

/** Everything wrong with an endpoint's settings: message by path ("suspension/maxMs"). */
export function settingsProblems(settings: EndpointSettings): Map<string, string> {
  const parsed = EndpointSettings.safeParse(settings);
  const issues = parsed.error?.issues ?? [];
  const problems = new Map(issues.map((issue) => [issue.path.join("/"), issue.message]));
  const conflict = suspensionConflict(settings);
  if (conflict && problems.size === 0) problems.set("suspension/maxMs", conflict);
  return problems;
}

/** One backend. The id is random and stays for life: live state, sessions and diffs are keyed by it. */
export const Endpoint = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{4,40}$/, "An endpoint id has 4 to 40 letters, digits, - or _."),
  url: EndpointUrl,
  /** Relative share; 0 = no new traffic. */
  weight: whole(0, 1000).default(1),
  /** Used only when no other endpoint is eligible (load balanced). */
  backup: z.boolean().default(false),
  /** Draining finishes what is pinned, off gets nothing. */
  state: z.enum(["on", "draining", "off"]).default("on"),
  settings: EndpointSettings.prefault({}),
});
export type Endpoint = z.infer<typeof Endpoint>;

export const routings = ["single", "loadBalanced", "failover"] as const;
export const Routing = z.enum(routings);
export type Routing = z.infer<typeof Routing>;

export const sessionKinds = ["none", "transport", "soap", "clientId"] as const;
/** WSO2's default session timeout: 10 minutes. */
export const DEFAULT_SESSION_TIMEOUT_MS = 600_000;

export const Session = z.object({
  kind: z.enum(sessionKinds).default("none"),
  /** Ends this long after the last use, ms; kept while the kind is none. */
  timeoutMs: z
    .int("Enter a whole number of milliseconds, 1 or more.")
    .min(1, "Enter a whole number of milliseconds, 1 or more.")
    .max(31_536_000_000, "The longest session timeout is one year (31536000000).")
    .default(DEFAULT_SESSION_TIMEOUT_MS),
  /** HTTP header that names the client, for client ID sessions of REST callers. */
  header: z
    .string()
    .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "A header name has letters, digits and hyphens only.")
    .default("ClientID"),
});
export type Session = z.infer<typeof Session>;

export const HealthCheck = z.object({
  enabled: z.boolean().default(false),
  kind: z.enum(["http", "tcp"]).default("http"),
  path: z
    .string()
    .max(1000)
    .regex(/^\/[^\s#]*$/, "A path starts with / and has no spaces.")
    .default("/"),
  /** Statuses that count as healthy: numbers and ranges. */
  expected: z
    .string()
    .max(200)
    .regex(
      /^\s*[1-5]\d\d(-[1-5]\d\d)?(\s*,\s*[1-5]\d\d(-[1-5]\d\d)?)*\s*$/,
      "Write statuses such as 200-399, 404.",
    )
    .default("200-399"),
  intervalMs: ms(100).default(10_000),
  timeoutMs: ms(10).default(2_000),
  unhealthyAfter: whole(1, 100).default(2),
  healthyAfter: whole(1, 100).default(2),
});
export type HealthCheck = z.infer<typeof HealthCheck>;

const breaker = whole(1, 1_000_000).nullable().default(null);

/**
 * The endpoints for one key type, with everything that decides how they are used. Routing, algorithm and
 * session stand beside the list and keep their values whatever the routing is: switching back and forth
 * loses nothing (DESIGN.md rule 1).
 */
export const EndpointGroup = z.object({
  /** The checkbox. An unticked group keeps its content. On a resource: off means inherited from the API. */
  enabled: z.boolean().default(false),
  endpoints: z
    .array(Endpoint)
    .max(MAX_ENDPOINTS, `At most ${MAX_ENDPOINTS} endpoints in one list.`)
    .default([]),
  routing: Routing.default("single"),
  algorithm: AlgorithmChoice.prefault({}),
  session: Session.prefault({}),
  /** Enable Failover: whether a failed attempt may move on to another endpoint. */
  failover: z.boolean().default(true),
  healthCheck: HealthCheck.prefault({}),
  /** A returning endpoint's weight grows over this time, ms; 0 = off. */
  slowStartMs: ms(0).default(0),
  /** Time to the response head for the whole group, ms; null = that of the API. */
  responseTimeoutMs: ms(1).nullable().default(null),
  /** Further tries on these answers; the last answer passes through. */
  retryOnStatus: z
    .object({ count: whole(0, 10).default(0), statusCodes: z.array(statusCode).max(50).default([]) })
    .prefault({}),
  /** Answers with these statuses count as failures of the endpoint. */
  failureStatuses: z.array(statusCode).max(50).default([]),
  /** Limits after which requests get 503 at once; null = no limit. */
  circuitBreakers: z
    .object({
      maxConnections: breaker,
      maxRequests: breaker,
      maxPendingRequests: breaker,
      maxRetries: breaker,
    })
    .prefault({}),
  /** How the gateway proves itself to these endpoints. Each key type's own: its credentials go nowhere else. */
  security: EndpointSecurity.prefault({}),
});
export type EndpointGroup = z.infer<typeof EndpointGroup>;

export const keyTypes = ["production", "sandbox"] as const;
export type KeyType = (typeof keyTypes)[number];

/** Both groups, of an API or of one resource. */
export const EndpointGroups = z.object({
  production: EndpointGroup.prefault({}),
  sandbox: EndpointGroup.prefault({}),
  /** Off: the sandbox list is used with production's routing, session and limits. */
  sandboxSeparate: z.boolean().default(false),
});
export type EndpointGroups = z.infer<typeof EndpointGroups>;

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

/** A new endpoint with every default. `id` is given, because lib has no randomness of its own. */
export function newEndpoint(id: string, url: string): Endpoint {
  return Endpoint.parse({ id, url: url.trim() });
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
  const configured = JSON.stringify(own) !== JSON.stringify(EndpointGroup.parse({ enabled, security }));
  const sandbox = separate && !configured ? effectiveGroup(groups, "sandbox") : groups.sandbox;
  return { ...groups, sandboxSeparate: separate, sandbox };
}
