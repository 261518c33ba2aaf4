import * as z from "zod";
import {
  DEFAULT_SESSION_TIMEOUT_MS,
  MAX_ENDPOINTS,
  MAX_WEIGHT,
  routings,
  sessionKinds,
  suspensionConflict,
} from "../model/endpointTerms";
import { parseEndpointUrl } from "../model/url";
import { AlgorithmChoice } from "./algorithmChoice";
import { EndpointSecurity } from "./security";
import "./sentences";

/** A day: no wait of a gateway is meant to be longer. */
const MAX_MS = 86_400_000;

/** Whole milliseconds from `min` to a day. */
const ms = (min: number) =>
  z
    .int(`Enter a whole number of milliseconds from ${min} to ${MAX_MS}.`)
    .min(min, `Enter a whole number of milliseconds from ${min} to ${MAX_MS}.`)
    .max(MAX_MS, `Enter a whole number of milliseconds from ${min} to ${MAX_MS}.`);
export const whole = (min: number, max: number) =>
  z
    .int(`Enter a whole number from ${min} to ${max}.`)
    .min(min, `Enter a whole number from ${min} to ${max}.`)
    .max(max, `Enter a whole number from ${min} to ${max}.`);
const oneStatus = "Write statuses from 100 to 599, such as 502, 503.";
const statusCode = z.int(oneStatus).min(100, oneStatus).max(599, oneStatus);
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

/** Settings of one endpoint; null means the default of docs/rules/gateway.md section 6. */
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
  weight: whole(0, MAX_WEIGHT).default(1),
  /** Used only when no other endpoint is eligible (load balanced). */
  backup: z.boolean().default(false),
  /** Draining finishes what is pinned, off gets nothing. */
  state: z.enum(["on", "draining", "off"]).default("on"),
  settings: EndpointSettings.prefault({}),
});
export type Endpoint = z.infer<typeof Endpoint>;

export const Routing = z.enum(routings);
export type Routing = z.infer<typeof Routing>;

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
 * loses nothing (docs/design.md section 4.1).
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

/** Both groups, of an API or of one resource. */
export const EndpointGroups = z.object({
  production: EndpointGroup.prefault({}),
  sandbox: EndpointGroup.prefault({}),
  /** Off: the sandbox list is used with production's routing, session and limits. */
  sandboxSeparate: z.boolean().default(false),
});
export type EndpointGroups = z.infer<typeof EndpointGroups>;
