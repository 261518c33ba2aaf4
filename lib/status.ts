import * as z from "zod";
import { keyTypes } from "./edit/endpoints";

/**
 * What the gateway's admin interface answers, read by the publisher's server. Times are ISO 8601,
 * durations milliseconds.
 */

export const EndpointState = z.enum([
  "up",
  "notChecked",
  "failing",
  "suspended",
  // Its suspension has run out, and no request came since: it was down, and the next one tries it.
  "halfOpen",
  "draining",
  "off",
  "checkFailing",
]);
export type EndpointState = z.infer<typeof EndpointState>;

/** What another list of endpoints met at the same host, later than this one met anything, and to the contrary. */
export const Elsewhere = z.object({
  /** Of the API whose list it is. */
  apiId: z.string(),
  name: z.string(),
  version: z.string(),
  /** "production" or "sandbox GET /menu". */
  list: z.string(),
  /** Down now, down until the next request, or answering. */
  state: z.enum(["down", "halfOpen", "answers"]),
  at: z.string(),
  /** What was met there; null while it answers. */
  words: z.string().nullable(),
});
export type Elsewhere = z.infer<typeof Elsewhere>;

export const EndpointStatus = z.object({
  id: z.string(),
  url: z.string(),
  state: EndpointState,
  /** When the state began; null while nothing has happened yet. */
  since: z.string().nullable(),
  /** When a suspension or a pause ends. */
  until: z.string().nullable(),
  /** Of a failing endpoint: failures in a row, and how many of them suspend it. */
  strikes: z.object({ count: z.number(), of: z.number() }).nullable().default(null),
  inFlight: z.number(),
  requests: z.number(),
  failures: z.number(),
  /** Attempts in the last 60 s. */
  lastMinute: z.number(),
  /** Those of them that failed. */
  lastMinuteFailures: z.number().default(0),
  lastError: z.object({ words: z.string(), at: z.string() }).nullable(),
  p50: z.number().nullable(),
  p99: z.number().nullable(),
  elsewhere: Elsewhere.nullable().default(null),
  /** Of several gateways, where this is its state, if not at all of them. */
  at: z.array(z.string()).default([]),
});
export type EndpointStatus = z.infer<typeof EndpointStatus>;

export const ApiStatus = z.object({
  apiId: z.string(),
  name: z.string(),
  version: z.string(),
  basePath: z.string(),
  /** The revision that serves; null when none of this API's could be read. */
  revision: z.number().nullable(),
  /** Why the newest live revision does not serve; null when it does. */
  error: z.string().nullable(),
  /** That it does not answer at a path that it asks for beside its own; null when it does. */
  notice: z.string().nullable().default(null),
  endpoints: z.array(EndpointStatus),
  /** Lists of endpoints, "production" or "sandbox GET /menu", of which none is on: their callers get 503. */
  closed: z.array(z.string()).default([]),
  /** Lists, named alike, of which every endpoint that is on is suspended or fails its check: their callers get errors. */
  down: z.array(z.string()).default([]),
});
export type ApiStatus = z.infer<typeof ApiStatus>;

/** Another issuer whose tokens are accepted, and how its keys are. */
export const IssuerStatus = z.object({
  issuer: z.string(),
  jwksUrl: z.string(),
  /** Keys that tokens are verified with. */
  keys: z.number(),
  /** Why the last fetch of the keys failed, so that these are old ones or none; null when it did not. */
  problem: z.string().nullable(),
});
export type IssuerStatus = z.infer<typeof IssuerStatus>;

export const GatewayStatus = z.object({
  /** By what it is known among several; "" of one that does not say. */
  id: z.string().default(""),
  /** Of its machine; "" of one that does not say. */
  name: z.string().default(""),
  version: z.string().default(""),
  /** Why it does not stand in the database among the gateways, though it should; null when it does. */
  unannounced: z.string().nullable().default(null),
  /** In the last minute, those included that were refused. */
  requestsPerSecond: z.number().nullable().default(null),
  /** Of its process, resident, bytes. */
  memory: z.number().nullable().default(null),
  generation: z.number(),
  startedAt: z.string(),
  /** What keeps the gateway from seeing new deployments; null when all is well. */
  databaseError: z.string().nullable(),
  /** The gateway's own copy, from which it serves since it started without a database: of when, and what it refuses. */
  copy: z.object({ confirmedAt: z.string(), refusesTokens: z.boolean() }).nullable().default(null),
  /** Base URLs at which callers reach this gateway. */
  urls: z.object({ http: z.string().nullable(), https: z.string().nullable() }),
  /** The certificate of the HTTPS listener; null when that is off. */
  tls: z
    .object({
      expiresAt: z.string(),
      /** Made by the gateway itself: callers have to be told to trust it. */
      selfSigned: z.boolean(),
      /** Why newer files are not in use, or that this one has expired. */
      problem: z.string().nullable(),
    })
    .nullable()
    .default(null),
  /** Files and sockets that its process has open, and may have; null where the system does not say. */
  descriptors: z.object({ open: z.number(), limit: z.number() }).nullable().default(null),
  /** Other issuers that are switched on. */
  issuers: z.array(IssuerStatus).default([]),
  apis: z.array(ApiStatus),
  /** Class names of the installed custom algorithms. */
  customAlgorithms: z.array(z.string()).default([]),
  /** Those that failed since the start: how often round robin picked in their place, and why the last time. */
  algorithmFaults: z
    .array(z.object({ className: z.string(), count: z.number(), reason: z.string() }))
    .default([]),
});
export type GatewayStatus = z.infer<typeof GatewayStatus>;

/** One slot of an API's last hour. */
const HistoryPoint = z.object({
  /** Its beginning. */
  at: z.string(),
  /** Requests by class of the answer; `gone` = the caller left before one. */
  answers: z.object({
    "2xx": z.number(),
    "3xx": z.number(),
    "4xx": z.number(),
    "5xx": z.number(),
    gone: z.number(),
  }),
  /** Requests that were refused before an endpoint was chosen, which are not among the answers. */
  refused: z.number().default(0),
  /** Attempts after the first of a request. */
  retries: z.number(),
  /** Time to the end of the answer, ms; null without requests. */
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p99: z.number().nullable(),
});

/** Answer of `GET /history?api=<id>&keyType=production|sandbox`: the last hour, oldest first, the slot under way last. */
export const ApiHistory = z.object({
  /** Length of a slot, ms. */
  slotMs: z.number(),
  points: z.array(HistoryPoint),
  /** Counts by slot, as many as there are points. */
  endpoints: z.array(
    z.object({
      id: z.string(),
      url: z.string(),
      keyType: z.enum(keyTypes).default("production"),
      /** False for one that was taken away within the hour. */
      live: z.boolean().default(true),
      attempts: z.array(z.number()),
      failures: z.array(z.number()),
    }),
  ),
});
export type ApiHistory = z.infer<typeof ApiHistory>;

/** Body of `POST /check`. */
export const CheckRequest = z.object({
  url: z.string().max(2000),
  /** False where the person has switched verification off for this endpoint. */
  verifyTls: z.boolean().default(true),
  /** In HTTP/2, as the endpoint's requests are sent. */
  http2: z.boolean().default(false),
});
export type CheckRequest = z.infer<typeof CheckRequest>;

/** Its answer: a state and the sentence to show. Colour: up green, answers amber, down red. */
export const CheckResult = z.object({ state: z.enum(["up", "answers", "down"]), message: z.string() });
export type CheckResult = z.infer<typeof CheckResult>;

/** What the gateway answers: `status` is that of the server's answer, null without one. */
export const Checked = CheckResult.extend({ status: z.int().nullable().default(null) });
export type Checked = z.infer<typeof Checked>;

/** Body of `POST /try`: an endpoint that serves. */
export const TryRequest = z.object({ apiId: z.string().max(64), endpointId: z.string().max(64) });
export type TryRequest = z.infer<typeof TryRequest>;

/** Its answer: what the check met, and whether the endpoint takes requests now, as far as its health decides. */
export const TryResult = CheckResult.extend({ url: z.string(), open: z.boolean() });
export type TryResult = z.infer<typeof TryResult>;
