import { type ApiDefinition, basePath, type Resource, unversionedPath } from "#lib/edit/api";
import type { SecretRef } from "#lib/edit/endpointSecurity";
import {
  type Endpoint,
  type EndpointGroup,
  effectiveGroup,
  type KeyType,
  keyTypes,
} from "#lib/edit/endpoints";
import type { EndpointStates } from "#lib/feed";
import { parseEndpointUrl } from "#lib/model/url";
import type { OutgoingRules } from "#lib/node/outgoing";
import { Matcher, templateShape, templateSlash } from "#lib/traffic/matcher";
import { credentialsFor } from "../backends/credentials";
import type { Live } from "../backends/live";
import { aboutRoute } from "../counts/log";
import type { ApiCounters, Metrics } from "../counts/metrics";
import { AffinityCookie } from "../http/cookies";
import { Cors } from "../http/cors";
import { loopId } from "../http/loop";
import { isBelow } from "../http/target";
import type { CustomAlgorithms } from "./custom";
import { Group } from "./group";
import type { Probes } from "./probes";
import type { LiveRegistry } from "./registry";

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

/** One live row as read: the parsed document, or why it cannot serve. */
export interface LiveRow {
  apiId: string;
  revisionId: string;
  revision: number;
  /** As `LiveRevision` has them. */
  paths: readonly string[] | null;
  /** What operators said of its endpoints. */
  switches: EndpointStates;
  definition: ApiDefinition | null;
  /** Plain texts of the stored credentials that it names, by id. */
  secrets?: ReadonlyMap<string, string>;
  /** Why it cannot serve, one sentence each. */
  problems: readonly string[];
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
  /** Whether its backends get paths with a slash at the end, whatever callers send; null: as sent. */
  readonly slash: boolean | null;
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
  /** Where a default version answers too, if that path is its own; null when this is none. */
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
    const { apiId, revision, definition } = row;
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
    const groupFor = (scope: string, config: EndpointGroup) =>
      this.groups.get(`${apiId} ${scope}`) ?? this.makeGroup(scope, config, row.secrets, tools, previous);
    const routes = this.makeRoutes(groupFor);
    try {
      this.match = matcherFor(routes);
    } catch (error) {
      this.dispose(tools);
      throw error;
    }
  }

  /** The group of one scope ("production", "sandbox GET /menu"): the one before, if nothing about it has changed. */
  private makeGroup(
    scope: string,
    config: EndpointGroup,
    secrets: LiveRow["secrets"],
    { registry, cookieKey, probes, custom, outgoing }: Tools,
    previous: RuntimeApi | undefined,
  ): Group {
    const { apiId, definition } = this;
    const { limits } = definition;
    const key = `${apiId} ${scope}`;
    const live = (endpoint: Endpoint): Live => {
      const found = registry.acquire(apiId, normalized(endpoint), limits);
      this.lives.push(found);
      return found;
    };
    const before = previous?.unchangedGroup(key, config, definition);
    // An unchanged group keeps its cursor; its endpoints are counted as used by this revision too.
    if (before) for (const endpoint of before.endpoints) live(endpoint.config);
    const make = () => {
      const cookie = new AffinityCookie(cookieKey, key, this.cookiePath);
      const secretOf = (ref: SecretRef) => (ref && "id" in ref ? secrets?.get(ref.id) : undefined);
      const credentials = credentialsFor(config.security, secretOf, outgoing);
      return new Group(config, limits, live, cookie, key, custom, credentials);
    };
    const group = before ?? make();
    probes.watch(group, config.healthCheck);
    this.groups.set(key, group);
    return group;
  }

  /** Every operation with the groups that serve it: the API's, or its own. */
  private makeRoutes(groupFor: (scope: string, config: EndpointGroup) => Group): Route[] {
    const { definition, revision } = this;
    const { name, version } = definition;
    const apiGroups = Object.fromEntries(
      keyTypes.map((k) => {
        const config = effectiveGroup(definition.endpoints, k);
        return [k, config.enabled ? groupFor(k, config) : null];
      }),
    ) as Record<KeyType, Group | null>;
    const slashes = slashesOf(definition.resources);
    return definition.resources.map((resource): Route => {
      const own = resource.endpoints;
      const about = (keyType: KeyType) =>
        aboutRoute({ api: name, version, revision, keyType, resource: resource.path });
      const slash = slashes.get(shapeOf(resource)) ?? null;
      const common = {
        resource,
        slash,
        about: { production: about("production"), sandbox: about("sandbox") },
      };
      if (!own) return { ...common, groups: apiGroups };
      const groups = { ...apiGroups };
      for (const k of keyTypes) {
        const config = effectiveGroup(own, k);
        if (config.enabled) groups[k] = groupFor(`${k} ${resource.method} ${resource.path}`, config);
      }
      return { ...common, groups };
    });
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

const shapeOf = ({ method, path }: Resource) => `${method} ${templateShape(path)}`;

/** How the paths of each shape end; null where templates of one shape differ in it. */
function slashesOf(resources: readonly Resource[]): Map<string, boolean | null> {
  const slashes = new Map<string, boolean | null>();
  for (const resource of resources) {
    const shape = shapeOf(resource);
    const slash = templateSlash(resource.path);
    slashes.set(shape, slashes.has(shape) && slashes.get(shape) !== slash ? null : slash);
  }
  return slashes;
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
