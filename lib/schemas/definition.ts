import * as z from "zod";
import {
  allGroups,
  httpMethods,
  normalizeContext,
  type Problem,
  resourcePathProblem,
  usualResources,
} from "../model/apiTerms";
import { keyTypes, suspensionConflict } from "../model/endpointTerms";
import { NUL_WORDS, placeOfNul } from "../model/nul";
import { MAX_SCOPE, MAX_SCOPES, MAX_SETS, scopeCount, TOO_MANY_SCOPES } from "../model/scopeLimits";
import { OTHER } from "../traffic/algorithms";
import { EndpointGroups, whole } from "./endpointGroup";
import "./sentences";

/** Name: shown to people and used in exports. Rule and limits: docs/rules/publisher.md section 1. */
export const ApiName = z.string("Enter a name.").superRefine((name, context) => {
  const message = nameProblem(name);
  if (message) context.addIssue({ code: "custom", message });
});

function nameProblem(name: string): string | undefined {
  if (name.trim() === "") return "Enter a name.";
  if (name !== name.trim()) return "A name has no spaces at its start or end.";
  if (name.length > 60) return `A name has at most 60 characters; this one has ${name.length}.`;
  if (/ {2}/.test(name)) return "A name has no double spaces.";
  const bad = /[~!@#;:%^*()+={}|\\<>"',&$[\]/\p{Cc}\p{Cs}]/u.exec(name)?.[0];
  if (bad)
    return `A name must not contain ${printable(bad)}. Letters, digits, spaces and - _ . ? are allowed.`;
}

/** Context: begins with "/" once parsed, no slash at the end. */
export const ApiContext = z
  .string("Enter a context, for example /pizzashack.")
  .transform((text) => normalizeContext(text))
  .superRefine((path, context) => {
    const message = contextProblem(path);
    if (message) context.addIssue({ code: "custom", message });
  });

function contextProblem(path: string): string | undefined {
  if (path === "") return "Enter a context, for example /pizzashack.";
  if (path.length > 200) return `A context has at most 200 characters; this one has ${path.length}.`;
  const segments = path.slice(1).split("/");
  if (segments.includes("")) return "A context has no empty segments (//).";
  if (segments.some((s) => s === "." || s === "..")) return 'A context has no "." or ".." segments.';
  if (segments.some((s) => s !== "{version}" && s.includes("{version}"))) {
    return "{version} must be a segment of its own, for example /pizzashack/{version}.";
  }
  if (segments.filter((s) => s === "{version}").length > 1)
    return "{version} may stand in a context only once.";
  const bad = /[^A-Za-z0-9/_.~-]/.exec(path.replace("{version}", ""))?.[0];
  if (bad) return `A context must not contain ${printable(bad)}. Letters, digits and / _ . ~ - are allowed.`;
}

export const ApiVersion = z.string("Enter a version, for example 1.0.0.").superRefine((version, context) => {
  const message = versionProblem(version);
  if (message) context.addIssue({ code: "custom", message });
});

function versionProblem(version: string): string | undefined {
  if (version === "") return "Enter a version, for example 1.0.0.";
  if (version.length > 30) return `A version has at most 30 characters; this one has ${version.length}.`;
  if (version === "." || version === "..") return 'A version cannot be "." or "..".';
  // It becomes a path segment, so only characters that need no escaping in one.
  const bad = /[^A-Za-z0-9._~+-]/.exec(version)?.[0];
  if (bad) return `A version must not contain ${printable(bad)}. Letters, digits and . _ ~ + - are allowed.`;
}

function printable(character: string): string {
  if (/\p{Cs}/u.test(character)) return "half a character";
  if (/\p{C}/u.test(character)) return "control characters";
  if (/\s/.test(character)) return "spaces";
  return character === '"' ? "double quotes" : `"${character}"`;
}

/**
 * Of these sets a token holds one whole; none: any token will do. A text is a set of one: what was stored before there
 * were sets is a flat list, of which one is enough. A set of nothing would open what others of them close.
 */
export const Scopes = z
  .array(
    z.preprocess(
      (set) => (typeof set === "string" ? [set] : set),
      z
        .array(z.string().max(MAX_SCOPE, `A scope has at most ${MAX_SCOPE} characters.`))
        .min(1, "A set of scopes has at least one scope."),
    ),
  )
  .max(MAX_SETS, TOO_MANY_SCOPES)
  .refine((sets) => scopeCount(sets) <= MAX_SCOPES, TOO_MANY_SCOPES)
  .default([]);

/** One operation: a verb on an OpenAPI path template, or on "/*" (the rest, and the bare prefix). */
export const Resource = z.object({
  method: z.enum(httpMethods),
  path: z.string().superRefine((path, context) => {
    const message = resourcePathProblem(path);
    if (message) context.addIssue({ code: "custom", message });
  }),
  /** Off: callers need no token here, whatever the API says. */
  secured: z.boolean().default(true),
  scopes: Scopes,
  /** Endpoints of its own; a key type that is not enabled here inherits the API's. */
  endpoints: EndpointGroups.nullable().default(null),
});
export type Resource = z.infer<typeof Resource>;

const MIB = 1024 * 1024;
const limitMs = (fallback: number) =>
  z
    .int("Enter a whole number of milliseconds from 1 to 3600000.")
    .min(1, "Enter a whole number of milliseconds from 1 to 3600000.")
    .max(3_600_000, "Enter a whole number of milliseconds from 1 to 3600000.")
    .default(fallback);

/** Bounds of one request and its attempts. Defaults: docs/rules/gateway.md section 5. */
export const Limits = z.object({
  /** To an open connection, ms. */
  connectTimeoutMs: limitMs(3_000),
  /** From there to the response head, ms. */
  responseTimeoutMs: limitMs(30_000),
  /** Between two pieces of a body, ms. */
  idleTimeoutMs: limitMs(60_000),
  /** All attempts up to the response head together, ms. */
  deadlineMs: limitMs(60_000),
  /** How long a connection to a backend is used, ms. */
  connectionLifetimeMs: limitMs(60_000),
  /** Attempts per request at most. */
  maxAttempts: whole(1, 10).default(3),
  /** Retries at once, as a share of the requests in flight of a group, percent. */
  retryBudgetPercent: z
    .number("Enter a number from 0 to 100.")
    .min(0, "Enter a number from 0 to 100.")
    .max(100, "Enter a number from 0 to 100.")
    .default(20),
  /** Retries at once that are always allowed. */
  retryBudgetMin: whole(0, 1000).default(3),
  /** Body bytes kept for a replay. */
  replayBytes: whole(0, 16 * MIB).default(MIB),
  /** Largest request body, bytes; null = any. */
  maxBodyBytes: z
    .int("Enter a whole number of bytes, or nothing for no limit.")
    .min(0, "Enter a whole number of bytes, or nothing for no limit.")
    .nullable()
    .default(null),
});
export type Limits = z.infer<typeof Limits>;

export const Cors = z.object({
  enabled: z.boolean().default(false),
  allowOrigins: z.array(z.string().max(500)).max(100).default(["*"]),
  allowMethods: z
    .array(z.string().max(20))
    .max(20)
    .default(["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"]),
  allowHeaders: z.array(z.string().max(200)).max(100).default(["authorization", "Content-Type"]),
  exposeHeaders: z.array(z.string().max(200)).max(100).default([]),
  allowCredentials: z.boolean().default(false),
});

/**
 * Headers that frame a message, belong to one connection or are read by the gateway for something else: a token in
 * one of them would be taken for that, or its removal would break the message.
 */
const takenHeaders =
  /^(host|cookie|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-.*|accept.*|origin|forwarded|x-forwarded-.*|x-request-id|proxy-.*|sec-websocket-.*|http2-settings|idempotency-key|internal-key|soapaction)$/i;

/**
 * The one document that a draft and a revision hold. What may be *saved*: every field has its form, but
 * work may be unfinished. What may be *deployed* adds `deployProblems` (docs/design.md section 4.2). Every field but
 * name, context and version has a default, so documents written before a field existed still parse.
 */
export const ApiDefinition = z.object({
  name: ApiName,
  context: ApiContext,
  version: ApiVersion,
  description: z.string().max(20_000).default(""),
  /** Also answers without the version. */
  isDefaultVersion: z.boolean().default(false),
  transports: z.object({ http: z.boolean().default(true), https: z.boolean().default(true) }).prefault({}),
  /** Who may call: whoever has a token, or anybody. */
  security: z
    .object({
      kind: z.enum(["jwt", "none"]).default("jwt"),
      /** Header that carries the token. */
      header: z
        .string()
        .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "A header name has letters, digits and - only.")
        .refine((name) => !takenHeaders.test(name), "This header has a meaning of its own. Choose another.")
        .default("Authorization"),
      /** Pass that header on to the backend. */
      forwardToken: z.boolean().default(false),
      audiences: z.array(z.string().max(500)).max(50).default([]),
    })
    .prefault({}),
  /** Host header for the backend: its own, or the caller's. */
  preserveHost: z.boolean().default(false),
  /**
   * Whether redirects and cookie paths that name an endpoint name the API instead. On for new ones; what was stored
   * before there was a choice has it off.
   */
  mapAddresses: z.boolean().default(false),
  cors: Cors.prefault({}),
  limits: Limits.prefault({}),
  endpoints: EndpointGroups.prefault({}),
  resources: z
    .array(Resource)
    .max(10_000, "At most 10000 resources.")
    .default([...usualResources]),
  /** The OpenAPI document as imported or edited; "" when the API was made from scratch. */
  openapi: z
    .string()
    .max(10 * MIB)
    .default(""),
  /** What imports brought that Sluice does not model; written back on export. */
  extras: z
    .record(z.string(), z.unknown())
    .refine(canBeWritten, "What an import brought along is too large or nested too deeply to be kept.")
    .default({}),
});
export type ApiDefinition = z.infer<typeof ApiDefinition>;

/** Deepest nesting of extras; newer releases of Node write any depth, but walks over it run out of stack. */
const EXTRAS_DEPTH = 1000;

/** Whether a value of unknown shape fits into a stored document. */
function canBeWritten(value: unknown): boolean {
  try {
    return JSON.stringify(value).length <= 10 * MIB && nestedAtMost(value, EXTRAS_DEPTH);
  } catch {
    return false;
  }
}

function nestedAtMost(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => nestedAtMost(inner, depth - 1));
}

export type ParseResult = { ok: true; definition: ApiDefinition } | { ok: false; problems: Problem[] };

/** Reads an untrusted document at the savable level, with the checks that concern several fields. */
export function parseDefinition(input: unknown): ParseResult {
  const parsed = ApiDefinition.safeParse(input);
  if (!parsed.success) return { ok: false, problems: zodProblems(parsed.error) };
  const problems = crossChecks(parsed.data);
  return problems.length === 0 ? { ok: true, definition: parsed.data } : { ok: false, problems };
}

/** The same of what somebody gives, rather than of what is stored. */
export function parseGiven(input: unknown): ParseResult {
  const parsed = parseDefinition(input);
  const path = parsed.ok ? placeOfNul(parsed.definition) : null;
  return path ? { ok: false, problems: [{ path, message: NUL_WORDS }] } : parsed;
}

/** zod's issues in our shape. */
export function zodProblems(error: z.ZodError): Problem[] {
  return error.issues.map(({ path, message }) => ({
    path: path.map((p) => (typeof p === "number" ? p : String(p))),
    message,
  }));
}

function crossChecks(definition: ApiDefinition): Problem[] {
  const problems: Problem[] = [];
  const ids = new Set<string>();
  for (const { path, groups } of allGroups(definition)) {
    for (const keyType of keyTypes) {
      const group = groups[keyType];
      if (group.algorithm.name === OTHER && group.algorithm.className.trim() === "") {
        problems.push({
          path: [...path, keyType, "algorithm", "className"],
          message: "Enter the class name of the algorithm.",
        });
      }
      group.endpoints.forEach((endpoint, i) => {
        const place = [...path, keyType, "endpoints", i];
        if (ids.has(endpoint.id)) {
          problems.push({ path: [...place, "id"], message: `The endpoint id ${endpoint.id} is used twice.` });
        }
        ids.add(endpoint.id);
        const conflict = suspensionConflict(endpoint.settings);
        if (conflict) {
          problems.push({ path: [...place, "settings", "suspension", "maxMs"], message: conflict });
        }
      });
    }
  }
  const seen = new Set<string>();
  definition.resources.forEach((r, i) => {
    const key = `${r.method} ${r.path}`;
    if (seen.has(key)) problems.push({ path: ["resources", i], message: `${key} is declared twice.` });
    seen.add(key);
  });
  return problems;
}
