import {
  type ApiDefinition,
  allGroups,
  basePath,
  type Resource,
  servingProblems,
  unversionedPath,
} from "#lib/edit/api";
import type { SecretRef } from "#lib/edit/endpointSecurity";
import {
  type Endpoint,
  type EndpointGroup,
  effectiveGroup,
  type KeyType,
  keyTypes,
} from "#lib/edit/endpoints";
import { parseEndpointUrl } from "#lib/model/url";
import type { OutgoingRules } from "#lib/node/outgoing";
import { BackendTrust, type TlsRules } from "#lib/node/trust";
import { Matcher } from "#lib/traffic/matcher";
import { suspensionRule } from "#lib/traffic/suspension";
import type { EndpointStates } from "#prisma/liveRevisions";
import { credentialsFor } from "../backends/credentials";
import { Live } from "../backends/live";
import { Backend } from "../backends/pool";
import { aboutRoute } from "../counts/log";
import type { ApiCounters, Metrics } from "../counts/metrics";
import { AffinityCookie } from "../http/cookies";
import { Cors } from "../http/cors";
import { loopId } from "../http/loop";
import type { CustomAlgorithms } from "./custom";
import { Group } from "./group";
import type { Probes } from "./probes";

/** The parsed, immutable routing table for all live revisions. One reference, swapped whole. */
export interface Snapshot {
  readonly generation: number;
  /** By base path, those of default versions without the version included. */
  readonly apis: ReadonlyMap<string, RuntimeApi>;
  readonly byId: ReadonlyMap<string, RuntimeApi>;
  /** Why the newest live revision of an API does not serve, by API id. */
  readonly errors: ReadonlyMap<string, ApiError>;
  /** Most segments of any base path: how far a match has to look. */
  readonly maxDepth: number;
}

export interface ApiError {
  revision: number;
  message: string;
}

export const emptySnapshot: Snapshot = {
  generation: -1,
  apis: new Map(),
  byId: new Map(),
  errors: new Map(),
  maxDepth: 0,
};

/** Live state by endpoint id + URL, shared by all snapshots. */
export class LiveRegistry {
  private readonly lives = new Map<string, Live>();
  private trust = new BackendTrust();

  /** Takes the certificates that people added, for what is live and for what comes. */
  trustThese(trusted: ReadonlyMap<string, readonly string[]>): void {
    this.trust = new BackendTrust(trusted, this.trust);
    for (const live of this.lives.values()) this.secure(live, live.tls.rejectUnauthorized);
  }

  /** How the certificate at a URL is checked. */
  tlsOf(url: string, verify = true): TlsRules {
    return { rejectUnauthorized: verify, secureContext: this.trust.for(new URL(url).origin) };
  }

  private secure(live: Live, verify: boolean): void {
    const rules = this.tlsOf(live.backend.origin, verify);
    const same = live.tls.rejectUnauthorized === verify && live.tls.secureContext === rules.secureContext;
    if (same) return;
    live.tls = rules;
    live.backend.trust(rules);
  }

  /**
   * The live state of an API's endpoint, new or the one it already has, with this revision's settings. The
   * API is part of the key because a copied API has endpoints of the same ids, with settings of its own.
   */
  acquire(apiId: string, endpoint: Endpoint, connectTimeoutMs: number): Live {
    const { url, settings } = endpoint;
    const key = `${apiId} ${endpoint.id} ${url}`;
    let live = this.lives.get(key);
    if (!live) {
      live = new Live(key, new Backend(new URL(url).origin), suspensionRule(settings));
      this.lives.set(key, live);
    }
    live.users++;
    live.rule = suspensionRule(settings);
    live.backend.configure({ tls: live.tls, http2: settings.http2 }, connectTimeoutMs);
    this.secure(live, settings.verifyTls);
    return live;
  }

  release(live: Live): void {
    live.users--;
    if (live.users > 0) return;
    this.lives.delete(live.key);
    live.closeWhenUnused();
  }
}

/** What outlives snapshots and is used to build them. */
export interface Tools {
  readonly registry: LiveRegistry;
  readonly cookieKey: Buffer;
  readonly probes: Probes;
  readonly custom: CustomAlgorithms;
  readonly metrics: Metrics;
  /** The installation's, which stored credentials are sealed with. */
  readonly secret: Buffer;
  /** What holds for requests to a URL that are no caller's: of token servers, of key sets. */
  outgoing(url: string): OutgoingRules;
}

/** Where a request goes inside an API. */
export type ResourceMatch =
  | { kind: "found"; route: Route }
  | { kind: "otherMethod"; allow: string[] }
  | { kind: "none" };

/** One operation with the groups that serve it; null where the key type has none. */
export interface Route {
  readonly resource: Resource;
  readonly groups: Readonly<Record<KeyType, Group | null>>;
  /** What the access log says of it, by key type. */
  readonly about: Readonly<Record<KeyType, string>>;
}

/** One live revision, ready to serve. */
export class RuntimeApi {
  readonly apiId: string;
  readonly revisionId: string;
  readonly revision: number;
  /** The revision's, with the operators' switches applied. */
  readonly definition: ApiDefinition;
  private readonly switches: EndpointStates;
  readonly basePath: string;
  /** Where a default version answers too; null when this is none. */
  readonly defaultPath: string | null;
  /** By what a request is known that came through this API before; see `loop.ts`. */
  readonly loopId: string;
  /** Null while the API leaves CORS to its backends. */
  readonly cors: Cors | null;
  /** All groups by their scope key, the API's and those of resources. */
  private readonly groups = new Map<string, Group>();
  private readonly lives: Live[] = [];
  readonly counters: Readonly<Record<KeyType, ApiCounters>>;
  /** Requests that no endpoint was asked for: those refused before, and preflights answered here. */
  readonly refusals: ApiCounters;
  /** What the access log says of them. */
  readonly aboutRefusals: string;
  private readonly match: (method: string, path: string) => ResourceMatch;

  constructor(row: LiveRow & { definition: ApiDefinition }, tools: Tools, previous: RuntimeApi | undefined) {
    const { apiId, revision, definition, secrets = new Map<string, string>() } = row;
    const { registry, cookieKey, probes, custom, outgoing } = tools;
    this.apiId = apiId;
    this.revisionId = row.revisionId;
    this.revision = revision;
    this.definition = definition;
    this.switches = row.switches;
    this.basePath = basePath(definition);
    this.defaultPath = definition.isDefaultVersion ? unversionedPath(definition) : null;
    this.loopId = loopId(tools.secret, apiId);
    this.cors = definition.cors.enabled ? new Cors(definition.cors) : null;
    const { name, version } = definition;
    this.counters = {
      production: tools.metrics.countersOf(apiId, name, version, "production"),
      sandbox: tools.metrics.countersOf(apiId, name, version, "sandbox"),
    };
    this.refusals = tools.metrics.countersOf(apiId, name, version, "");
    this.aboutRefusals = aboutRoute({ api: name, version, revision, keyType: "", resource: "" });
    const groupFor = (scope: string, config: EndpointGroup): Group => {
      const key = `${apiId} ${scope}`;
      const existing = this.groups.get(key);
      if (existing) return existing;
      const lives = new Map<string, Live>();
      const live = (endpoint: Endpoint): Live => {
        const found = registry.acquire(apiId, normalized(endpoint), definition.limits.connectTimeoutMs);
        this.lives.push(found);
        lives.set(endpoint.id, found);
        return found;
      };
      const before = previous?.unchangedGroup(key, config, definition);
      // An unchanged group keeps its cursor; its endpoints are counted as used by this revision too.
      if (before) for (const endpoint of before.endpoints) live(endpoint.config);
      const cookie = new AffinityCookie(cookieKey, key, this.cookiePath);
      const make = () => {
        const secretOf = (ref: SecretRef) => (ref && "id" in ref ? secrets.get(ref.id) : undefined);
        const credentials = credentialsFor(config.security, secretOf, outgoing);
        return new Group(config, definition.limits, live, cookie, key, custom, credentials);
      };
      const group = before ?? make();
      probes.watch(group, config.healthCheck);
      this.groups.set(key, group);
      return group;
    };
    const apiGroups = Object.fromEntries(
      keyTypes.map((k) => {
        const config = effectiveGroup(definition.endpoints, k);
        return [k, config.enabled ? groupFor(k, config) : null];
      }),
    ) as Record<KeyType, Group | null>;
    const routes = definition.resources.map((resource): Route => {
      const own = resource.endpoints;
      const about = (keyType: KeyType) =>
        aboutRoute({ api: name, version, revision, keyType, resource: resource.path });
      const common = { resource, about: { production: about("production"), sandbox: about("sandbox") } };
      if (!own) return { ...common, groups: apiGroups };
      const groups = { ...apiGroups };
      for (const k of keyTypes) {
        const config = effectiveGroup(own, k);
        if (config.enabled) groups[k] = groupFor(`${k} ${resource.method} ${resource.path}`, config);
      }
      return { ...common, groups };
    });
    try {
      this.match = matcherFor(routes);
    } catch (error) {
      this.dispose(tools);
      throw error;
    }
  }

  /** Whether this is what the row asks for: the same revision under the same switches. */
  serves({ revisionId, switches }: Pick<LiveRow, "revisionId" | "switches">): boolean {
    if (this.revisionId !== revisionId || this.switches.size !== switches.size) return false;
    return [...switches].every(([id, state]) => this.switches.get(id) === state);
  }

  /** What of a path is this API's: its base path, or the one without the version when that was asked for. */
  prefixOf(path: string): string {
    const { basePath, defaultPath } = this;
    return defaultPath === null || isBelow(path, basePath) ? basePath : defaultPath;
  }

  /** A path that covers all paths at which this API answers. */
  private get cookiePath(): string {
    if (this.defaultPath === null) return this.basePath;
    return isBelow(this.basePath, this.defaultPath) ? this.defaultPath : "/";
  }

  /** The operation for a method and the path after the base path ("" or starting with "/"). */
  find(method: string, path: string): ResourceMatch {
    return this.match(method, path);
  }

  allGroups(): Iterable<[string, Group]> {
    return this.groups;
  }

  /** Gives up the live state that only this revision used. Requests under way keep theirs until they end. */
  dispose(tools: Tools): void {
    for (const live of this.lives) tools.registry.release(live);
  }

  private unchangedGroup(key: string, config: EndpointGroup, definition: ApiDefinition): Group | undefined {
    const group = this.groups.get(key);
    if (!group || this.basePath !== basePath(definition)) return undefined;
    if (this.definition.isDefaultVersion !== definition.isDefaultVersion) return undefined;
    const same =
      JSON.stringify([group.config, this.definition.limits]) === JSON.stringify([config, definition.limits]);
    return same ? group : undefined;
  }
}

/** The URL as the parser writes it, so that two spellings share live state. */
function normalized(endpoint: Endpoint): Endpoint {
  const parsed = parseEndpointUrl(endpoint.url);
  return parsed.ok ? { ...endpoint, url: parsed.url.href } : endpoint;
}

/** The operations of an API, ready to be found. */
function matcherFor(routes: readonly Route[]): (method: string, path: string) => ResourceMatch {
  const matcher = new Matcher<ResourceMatch>();
  for (const route of routes) {
    matcher.add(route.resource.method, route.resource.path, { kind: "found", route });
  }
  const { methods } = matcher;
  return (method, path) => {
    const found = matcher.find(method, path);
    if (found) return found;
    const allow = methods.filter((m) => m !== method && matcher.find(m, path));
    return allow.length > 0 ? { kind: "otherMethod", allow } : { kind: "none" };
  };
}

/** Whether `path` is `base` or goes on below it. */
function isBelow(path: string, base: string): boolean {
  return path.startsWith(base) && (path.length === base.length || path[base.length] === "/");
}

/** Finds the API whose base path is the longest prefix of `path` that ends at a segment boundary. */
export function findApi(snapshot: Snapshot, path: string): RuntimeApi | undefined {
  let found: RuntimeApi | undefined;
  let from = 1;
  for (let depth = 0; depth < snapshot.maxDepth; depth++) {
    const slash = path.indexOf("/", from);
    const prefix = slash < 0 ? path : path.slice(0, slash);
    found = snapshot.apis.get(prefix) ?? found;
    if (slash < 0) break;
    from = slash + 1;
  }
  return found;
}

/** One live row as read: the parsed document, or why it cannot be read. */
export interface LiveRow {
  apiId: string;
  revisionId: string;
  revision: number;
  /** What operators said of its endpoints. */
  switches: EndpointStates;
  definition: ApiDefinition | null;
  /** Plain texts of the stored credentials that it names, by id. */
  secrets?: ReadonlyMap<string, string>;
  error: string | null;
}

/**
 * Builds the next snapshot. An API whose row is bad keeps what it serves and carries the error (docs/design.md
 * section 4.7); an unchanged revision keeps its very object. `standIns` are what such APIs ran before, a list for
 * each: the first one that can be used serves, at a path that no live revision has. What is no longer used is
 * disposed of by the caller after the swap.
 */
export function buildSnapshot(
  generation: number,
  rows: readonly LiveRow[],
  previous: Snapshot,
  tools: Tools,
  standIns: readonly (readonly LiveRow[])[] = [],
): Snapshot {
  const apis = new Map<string, RuntimeApi>();
  const byId = new Map<string, RuntimeApi>();
  const errors = new Map<string, ApiError>();
  const put = (api: RuntimeApi): string | null => {
    const owner = apis.get(api.basePath);
    if (owner && owner.apiId !== api.apiId) {
      const { name, version } = owner.definition;
      return `${api.basePath} is already served by another API: ${name} ${version}, r${owner.revision}.`;
    }
    apis.set(api.basePath, api);
    byId.set(api.apiId, api);
    return null;
  };
  /** Why it cannot serve; null when it does now. */
  const serve = (row: LiveRow): string | null => {
    const before = previous.byId.get(row.apiId);
    if (before?.serves(row)) return put(before);
    const { definition } = row;
    if (row.error !== null || !definition) return row.error ?? "The revision has no definition.";
    const problem = whyNotServable(definition, tools.custom);
    if (problem !== null) return problem;
    let next: RuntimeApi;
    try {
      next = new RuntimeApi({ ...row, definition }, tools, before);
    } catch (error) {
      // A document that passes every check and still cannot be used concerns its own API only.
      return `The revision cannot be used: ${error instanceof Error ? error.message : String(error)}`;
    }
    const conflict = put(next);
    if (conflict !== null) next.dispose(tools);
    return conflict;
  };
  // Who has a path keeps it: what goes on as it is comes before what is new.
  const goesOn = (row: LiveRow) => previous.byId.get(row.apiId)?.serves(row) ?? false;
  for (const row of [...rows.filter(goesOn), ...rows.filter((row) => !goesOn(row))]) {
    const problem = serve(row);
    if (problem === null) continue;
    errors.set(row.apiId, { revision: row.revision, message: problem });
    const before = previous.byId.get(row.apiId);
    if (before) put(before);
  }
  for (const earlier of standIns) {
    for (const row of earlier) {
      const old = byId.get(row.apiId);
      if (serve(row) !== null) continue;
      if (old && old.basePath !== byId.get(row.apiId)?.basePath) apis.delete(old.basePath);
      break;
    }
  }
  // What was asked for by its full path comes first.
  const steady = [...byId.values()].sort((a, b) => (a.apiId < b.apiId ? -1 : 1));
  for (const api of steady) {
    const path = api.defaultPath;
    if (path !== null && !apis.has(path)) apis.set(path, api);
  }
  const maxDepth = Math.max(0, ...[...apis.keys()].map((path) => path.split("/").length - 1));
  return { generation, apis, byId, errors, maxDepth };
}

function whyNotServable(definition: ApiDefinition, custom: CustomAlgorithms): string | null {
  const problems = new Set(servingProblems(definition).map((p) => p.message));
  for (const { groups } of allGroups(definition)) {
    for (const keyType of keyTypes) {
      for (const problem of custom.problems(effectiveGroup(groups, keyType))) problems.add(problem);
    }
  }
  return problems.size > 0 ? [...problems].join(" ") : null;
}
