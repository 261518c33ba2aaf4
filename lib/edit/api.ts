import {
  allGroups,
  type HttpMethod,
  normalizeContext,
  type Problem,
  plainResource,
  usualResources,
} from "../model/apiTerms";
import { parseEndpointUrl } from "../model/url";
import type { ApiDefinition, Resource } from "../schemas/definition";
import { builtInOf } from "../traffic/algorithms";
import { templateProblem, templateShape } from "../traffic/matcher";
import { originProblem } from "../traffic/origins";
import { mapSecrets, type SecretRef, securityProblems } from "./endpointSecurity";
import {
  type Endpoint,
  type EndpointGroup,
  type EndpointGroups,
  effectiveGroup,
  endpointsInUse,
  type KeyType,
  keyTypes,
} from "./endpoints";

export {
  allGroups,
  type HttpMethod,
  httpMethods,
  normalizeContext,
  type Problem,
  resourcePathProblem,
} from "../model/apiTerms";
export type { ApiDefinition, Limits, ParseResult, Resource } from "../schemas/definition";

/** What people call an operation: "GET /menu". */
export const operationName = ({ method, path }: Pick<Resource, "method" | "path">) => `${method} ${path}`;

/** Whether an operation sends any key type elsewhere than its API does. */
export const hasOwnEndpoints = ({ endpoints }: Pick<Resource, "endpoints">) =>
  endpoints !== null && keyTypes.some((k) => endpoints[k].enabled);

/** Why a template's parameters make no sense; undefined when they do. What was deployed with such a one goes on. */
export function bracesProblem(path: string): string | undefined {
  const rest = path.replace(/\{[^{}/]+\}/g, "");
  if (/[{}]/.test(rest))
    return `${path}: a parameter is a name in braces within one segment, as in /menu/{id}.`;
}

/**
 * The operations that never get a call, by their places, each with the one that takes its calls: the first of those
 * whose paths differ in nothing but the names of parameters.
 */
export function shadowedResources(
  resources: readonly Pick<Resource, "method" | "path">[],
): Map<number, number> {
  const first = new Map<string, number>();
  const shadowed = new Map<number, number>();
  resources.forEach(({ method, path }, i) => {
    const calls = `${method} ${templateShape(path)}`;
    const taker = first.get(calls);
    if (taker === undefined) first.set(calls, i);
    else shadowed.set(i, taker);
  });
  return shadowed;
}

/** A new operation with every default. */
export const newResource: (method: HttpMethod, path: string) => Resource = plainResource;

/** What a new API has (docs/rules/publisher.md section 1). */
export const defaultResources: readonly Resource[] = usualResources;

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

/** Why the API cannot be deployed as it is; empty when it can. The sentences are shown beside Deploy. */
export function deployProblems(definition: ApiDefinition): Problem[] {
  const problems = servingProblems(definition);
  // One that is the same in all else does no harm; one that is not would say what is not so.
  for (const [i, by] of shadowedResources(definition.resources)) {
    const [dead, taker] = [definition.resources[i]!, definition.resources[by]!];
    const same = { method: dead.method, path: dead.path };
    if (sameValue(dead, { ...taker, ...same })) continue;
    problems.push({
      path: ["resources", i, "path"],
      message: `${operationName(dead)} never gets a call: ${operationName(taker)} stands before it and takes the same ones, with other settings. Remove one of them.`,
    });
  }
  return problems;
}

/** Why a gateway cannot serve it; empty when it can. What was deployed before a rule came goes on. */
export function servingProblems(definition: ApiDefinition): Problem[] {
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
  definition.resources.forEach(({ path, scopes }, i) => {
    const message = templateProblem(path) ?? bracesProblem(path);
    if (message) problems.push({ path: ["resources", i, "path"], message });
    const scope = scopes.flat().find((s) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(s));
    if (scope !== undefined) {
      problems.push({
        path: ["resources", i, "scopes"],
        message: `The scope ${scope} cannot be asked for: no quotes, backslashes, spaces or letters beyond ASCII (RFC 6749, section 3.3).`,
      });
    }
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
  for (const entry of cors.enabled ? cors.allowOrigins : []) {
    const message = originProblem(entry);
    if (message) problems.push({ path: ["cors", "allowOrigins"], message });
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
    mapAddresses: true,
    endpoints: {
      // Ticked even while empty: it is what nearly everybody fills in next.
      production: { enabled: true, ...group(ids.production) },
      sandbox: group(ids.sandbox),
    },
  };
}

/** Same content, whatever the key order: both sides come from the parser, which fixes the order. */
export function sameDefinition(a: ApiDefinition, b: ApiDefinition): boolean {
  return sameValue(a, b);
}

/** As JSON, in which a number that is none (what a field holds with "10MB" in it) is the same as null. It is not here. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (JSON.stringify(a) !== JSON.stringify(b)) return false;
  return JSON.stringify(a, noNumber) === JSON.stringify(b, noNumber);
}

const noNumber = (_key: string, value: unknown) => (Number.isNaN(value) ? "NaN" : value);
