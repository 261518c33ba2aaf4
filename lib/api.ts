import { z } from "zod";
import { builtInOf, OTHER } from "./algorithms";
import { mapSecrets, type SecretRef, securityProblems } from "./endpointSecurity";
import {
  type Endpoint,
  type EndpointGroup,
  EndpointGroups,
  effectiveGroup,
  endpointsInUse,
  type KeyType,
  keyTypes,
  suspensionConflict,
} from "./endpoints";
import { templateProblem } from "./matcher";
import { endpointUrlKey, parseEndpointUrl } from "./url";

/** Name: shown to people and used in exports. Rule and limits: spec/publisher.md section 1. */
export const ApiName = z.string("Enter a name.").superRefine((name, context) => {
  const message = nameProblem(name);
  if (message) context.addIssue({ code: "custom", message });
});

function nameProblem(name: string): string | undefined {
  if (name.trim() === "") return "Enter a name.";
  if (name !== name.trim()) return "A name has no spaces at its start or end.";
  if (name.length > 60) return `A name has at most 60 characters; this one has ${name.length}.`;
  if (/ {2}/.test(name)) return "A name has no double spaces.";
  const bad = /[~!@#;:%^*()+={}|\\<>"',&$[\]/\p{Cc}]/u.exec(name)?.[0];
  if (bad) return `A name must not contain ${printable(bad)}. Letters, digits, spaces, - _ . ? are allowed.`;
}

/** Context: begins with "/" once parsed, no slash at the end. */
export const ApiContext = z
  .string("Enter a context, for example /pizzashack.")
  .transform((text) => normalizeContext(text))
  .superRefine((path, context) => {
    const message = contextProblem(path);
    if (message) context.addIssue({ code: "custom", message });
  });

/** `pizza/` and `/pizza` mean `/pizza`. */
export function normalizeContext(text: string): string {
  const trimmed = text.trim();
  // Not a regular expression: /\/+$/ takes quadratic time on many slashes.
  let end = trimmed.length;
  while (trimmed[end - 1] === "/") end--;
  const path = trimmed.slice(0, end);
  return path === "" || path.startsWith("/") ? path : `/${path}`;
}

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
  if (/\s/.test(version)) return "A version has no spaces.";
  if (version.includes("/")) return "A version has no /.";
  if (version === "." || version === "..") return 'A version cannot be "." or "..".';
  // It becomes a path segment, so only characters that need no escaping in one.
  const bad = /[^A-Za-z0-9._~+-]/.exec(version)?.[0];
  if (bad) return `A version must not contain ${printable(bad)}. Letters, digits and . _ ~ + - are allowed.`;
}

function printable(character: string): string {
  return character === " " ? "spaces" : /\p{C}/u.test(character) ? "control characters" : character;
}

export const httpMethods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;
export type HttpMethod = (typeof httpMethods)[number];

/** One operation: a verb on an OpenAPI path template, or on "/*" (the rest, and the bare prefix). */
export const Resource = z.object({
  method: z.enum(httpMethods),
  path: z
    .string()
    .max(1000, "A resource path has at most 1000 characters.")
    .regex(/^\/[^\s?#]*$/, "A resource path starts with / and has no spaces, ? or #."),
  /** Off: callers need no token here, whatever the API says. */
  secured: z.boolean().default(true),
  scopes: z.array(z.string().max(200)).max(100).default([]),
  /** Endpoints of its own; a key type that is not enabled here inherits the API's. */
  endpoints: EndpointGroups.nullable().default(null),
});
export type Resource = z.infer<typeof Resource>;

/** What people call an operation: "GET /menu". */
export const operationName = ({ method, path }: Pick<Resource, "method" | "path">) => `${method} ${path}`;

/** Whether an operation sends any key type elsewhere than its API does. */
export const hasOwnEndpoints = ({ endpoints }: Pick<Resource, "endpoints">) =>
  endpoints !== null && keyTypes.some((k) => endpoints[k].enabled);

/** A new API answers every usual verb on every path (spec/publisher.md section 1). */
export const defaultResources: readonly Resource[] = (["GET", "POST", "PUT", "DELETE", "PATCH"] as const).map(
  (method) => Resource.parse({ method, path: "/*" }),
);

const MIB = 1024 * 1024;
const limitMs = (fallback: number) =>
  z
    .int("Enter a whole number of milliseconds from 1 to 3600000.")
    .min(1, "Enter a whole number of milliseconds from 1 to 3600000.")
    .max(3_600_000, "Enter a whole number of milliseconds from 1 to 3600000.")
    .default(fallback);

/** Bounds of one request and its attempts. Defaults: spec/gateway.md section 5. */
export const Limits = z.object({
  /** To an open connection, ms. */
  connectTimeoutMs: limitMs(3_000),
  /** From there to the response head, ms. */
  responseTimeoutMs: limitMs(30_000),
  /** Between two pieces of a body, ms. */
  idleTimeoutMs: limitMs(60_000),
  /** All attempts up to the response head together, ms. */
  deadlineMs: limitMs(60_000),
  /** Attempts per request at most. */
  maxAttempts: z
    .int("Enter a whole number from 1 to 10.")
    .min(1, "Enter a whole number from 1 to 10.")
    .max(10, "Enter a whole number from 1 to 10.")
    .default(3),
  /** Retries at once, as a share of the requests in flight of a group, percent. */
  retryBudgetPercent: z.number().min(0).max(100).default(20),
  /** Retries at once that are always allowed. */
  retryBudgetMin: z.int().min(0).max(1000).default(3),
  /** Body bytes kept for a replay. */
  replayBytes: z
    .int()
    .min(0)
    .max(16 * MIB)
    .default(MIB),
  /** Largest request body, bytes; null = any. */
  maxBodyBytes: z.int().min(0).nullable().default(null),
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
 * work may be unfinished. What may be *deployed* adds `deployProblems` (DESIGN.md rule 2). Every field but
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
  cors: Cors.prefault({}),
  limits: Limits.prefault({}),
  endpoints: EndpointGroups.prefault({}),
  resources: z
    .array(Resource)
    .max(10_000, "At most 10000 resources.")
    .default([...defaultResources]),
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

/** Whether a value of unknown shape fits into a stored document. */
function canBeWritten(value: unknown): boolean {
  try {
    return JSON.stringify(value).length <= 10 * MIB;
  } catch {
    return false;
  }
}

/** One thing that is wrong, with the place of it, for inline errors and for machine answers alike. */
export interface Problem {
  path: (string | number)[];
  message: string;
}

export type ParseResult = { ok: true; definition: ApiDefinition } | { ok: false; problems: Problem[] };

/** Reads an untrusted document at the savable level, with the checks that concern several fields. */
export function parseDefinition(input: unknown): ParseResult {
  const parsed = ApiDefinition.safeParse(input);
  if (!parsed.success) return { ok: false, problems: zodProblems(parsed.error) };
  const problems = crossChecks(parsed.data);
  return problems.length === 0 ? { ok: true, definition: parsed.data } : { ok: false, problems };
}

/** zod's issues in our shape. */
export function zodProblems(error: z.ZodError): Problem[] {
  return error.issues.map(({ path, message }) => ({
    path: path.map((p) => (typeof p === "number" ? p : String(p))),
    message,
  }));
}

/** Every pair of endpoint groups in a definition, with its place. */
export function allGroups(
  definition: ApiDefinition,
): { path: (string | number)[]; groups: EndpointGroups }[] {
  const own = definition.resources.flatMap((r, i) =>
    r.endpoints ? [{ path: ["resources", i, "endpoints"], groups: r.endpoints }] : [],
  );
  return [{ path: ["endpoints"], groups: definition.endpoints }, ...own];
}

/** The same definition with every secret of every group as `change` says; the very same value if none changes. */
export function mapAllSecrets(
  definition: ApiDefinition,
  change: (ref: NonNullable<SecretRef>) => SecretRef,
): ApiDefinition {
  const group = (g: EndpointGroup): EndpointGroup => {
    const security = mapSecrets(g.security, change);
    return security === g.security ? g : { ...g, security };
  };
  const both = (groups: EndpointGroups): EndpointGroups => {
    const [production, sandbox] = [group(groups.production), group(groups.sandbox)];
    const same = production === groups.production && sandbox === groups.sandbox;
    return same ? groups : { ...groups, production, sandbox };
  };
  const endpoints = both(definition.endpoints);
  const resources = definition.resources.map((r) => {
    const own = r.endpoints && both(r.endpoints);
    return own === r.endpoints ? r : { ...r, endpoints: own };
  });
  const same = resources.every((r, i) => r === definition.resources[i]);
  if (same && endpoints === definition.endpoints) return definition;
  return { ...definition, endpoints, resources: same ? definition.resources : resources };
}

/**
 * What forms edit. The text of the OpenAPI document and what imports brought along may be megabytes, which no form
 * shows: they stay on the server, and `fromForms` puts them back.
 */
export function forForms(definition: ApiDefinition): ApiDefinition {
  return { ...definition, openapi: "", extras: {} };
}

/** What forms made of a stored definition, whole again. */
export function fromForms(edited: ApiDefinition, stored: ApiDefinition): ApiDefinition {
  return { ...edited, openapi: stored.openapi, extras: stored.extras };
}

/** A definition with the states that operators gave endpoints; whoever is not named keeps the revision's. */
export function withSwitches(
  definition: ApiDefinition,
  states: ReadonlyMap<string, Endpoint["state"]>,
): ApiDefinition {
  if (states.size === 0) return definition;
  const group = (g: EndpointGroup): EndpointGroup => ({
    ...g,
    endpoints: g.endpoints.map((e) => ({ ...e, state: states.get(e.id) ?? e.state })),
  });
  const both = (g: EndpointGroups) => ({ ...g, production: group(g.production), sandbox: group(g.sandbox) });
  return {
    ...definition,
    endpoints: both(definition.endpoints),
    resources: definition.resources.map((r) => (r.endpoints ? { ...r, endpoints: both(r.endpoints) } : r)),
  };
}

/** The ids of the stored secrets that a definition names. */
export function secretIds(definition: ApiDefinition): string[] {
  const ids = new Set<string>();
  mapAllSecrets(definition, (ref) => {
    if ("id" in ref) ids.add(ref.id);
    return ref;
  });
  return [...ids];
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

/** Why the API cannot be deployed as it is; empty when it can. The sentences are shown beside Deploy. */
export function deployProblems(definition: ApiDefinition): Problem[] {
  const problems: Problem[] = [];
  for (const { path, groups } of allGroups(definition)) {
    const operation = definition.resources[path[0] === "resources" ? Number(path[1]) : -1];
    for (const keyType of keyTypes) {
      if (!groups[keyType].enabled) continue;
      const found = groupProblems([...path, keyType], keyType, effectiveGroup(groups, keyType));
      if (!operation) problems.push(...found);
      else
        problems.push(...found.map((p) => ({ ...p, message: `${operationName(operation)}: ${p.message}` })));
    }
  }
  const reachable = allGroups(definition).some(({ groups }) => keyTypes.some((k) => groups[k].enabled));
  if (!reachable) {
    problems.push({
      path: ["endpoints"],
      message: "Add a production or a sandbox endpoint: without one there is nothing to send traffic to.",
    });
  }
  if (definition.resources.length === 0) {
    problems.push({
      path: ["resources"],
      message: "Add a resource: without one every request is answered 404.",
    });
  }
  definition.resources.forEach(({ path }, i) => {
    const message = templateProblem(path);
    if (message) problems.push({ path: ["resources", i, "path"], message });
  });
  if (!definition.transports.http && !definition.transports.https) {
    problems.push({ path: ["transports"], message: "Choose HTTP, HTTPS or both." });
  }
  const { cors } = definition;
  if (cors.enabled && cors.allowCredentials && cors.allowOrigins.includes("*")) {
    problems.push({
      path: ["cors", "allowOrigins"],
      message: "CORS: credentials need origins by name, because browsers refuse them together with *.",
    });
  }
  return problems;
}

function groupProblems(path: (string | number)[], keyType: KeyType, group: EndpointGroup): Problem[] {
  const title = keyType === "production" ? "Production" : "Sandbox";
  const problems: Problem[] = [];
  const used = endpointsInUse(group);
  if (used.length === 0) {
    return [
      {
        path: [...path, "endpoints"],
        message: `Enter a ${title.toLowerCase()} endpoint, or untick ${title} Endpoint.`,
      },
    ];
  }
  used.forEach((endpoint, i) => {
    const parsed = parseEndpointUrl(endpoint.url);
    if (!parsed.ok) problems.push({ path: [...path, "endpoints", i, "url"], message: parsed.message });
  });
  for (const { path: place, message } of securityProblems(group.security)) {
    problems.push({
      path: [...path, "security", ...place],
      message: `${title} endpoint security: ${message}`,
    });
  }
  if (group.routing === "loadBalanced" && weightsMatter(group) && used.every((e) => e.weight === 0)) {
    problems.push({
      path: [...path, "endpoints"],
      message: `${title}: all weights are 0, so no endpoint would get traffic.`,
    });
  }
  return problems;
}

/** Whether weight steers the group's algorithm. A custom one sees weights, so they matter to it. */
export function weightsMatter(group: EndpointGroup): boolean {
  return builtInOf(group.algorithm)?.usesWeights ?? true;
}

/** Things worth saying that stop nothing: endpoints named twice in one list. */
export function warnings(group: EndpointGroup): { id: string; message: string }[] {
  const first = new Map<string, number>();
  return group.endpoints.flatMap((endpoint, i) => {
    if (endpoint.url.trim() === "") return [];
    const key = endpointUrlKey(endpoint.url);
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, i);
      return [];
    }
    return [{ id: endpoint.id, message: `Same URL as endpoint ${earlier + 1}: it gets both shares.` }];
  });
}

/** Where the gateway answers: the version replaces `{version}`, else it is appended. */
export function basePath(api: Pick<ApiDefinition, "context" | "version">): string {
  const context = normalizeContext(api.context);
  return context.includes("{version}")
    ? context.replace("{version}", api.version)
    : `${context}/${api.version}`;
}

/** Where a default version answers too: the same without the version; null when nothing would be left. */
export function unversionedPath(api: Pick<ApiDefinition, "context">): string | null {
  return normalizeContext(api.context).replace(/\/\{version\}(?=\/|$)/, "") || null;
}

/** A new API from the Create form: one URL becomes both production and sandbox. Ids are given. */
export function newDefinition(
  input: { name: string; context: string; version: string; endpoint: string },
  ids: { production: string; sandbox: string },
): unknown {
  const url = input.endpoint.trim();
  const group = (id: string) => (url === "" ? {} : { enabled: true, endpoints: [{ id, url }] });
  return {
    name: input.name,
    context: input.context,
    version: input.version,
    endpoints: {
      // Ticked even while empty: it is what nearly everybody fills in next.
      production: { enabled: true, ...group(ids.production) },
      sandbox: group(ids.sandbox),
    },
  };
}

/** Same content, whatever the key order: both sides come from the parser, which fixes the order. */
export function sameDefinition(a: ApiDefinition, b: ApiDefinition): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
