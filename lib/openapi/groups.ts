import { type EndpointSecurity, type SecretRef, secretsOf } from "../edit/endpointSecurity";
import { type KeyType, keyTypes } from "../edit/endpoints";
import { endpointUrlKey } from "../model/url";
import { Endpoint, EndpointGroup, EndpointGroups } from "../schemas/endpointGroup";
import { isPlainMap, type Path, type Plain, type PlainMap, short } from "../text/source";
import { type EndpointObject, type NamedEndpoints, readEndpointObject } from "./endpointObject";
import type { Notes } from "./notes";
import { type EndpointSource, SECRET_IS_SET } from "./openapiReading";
import { over } from "./overlay";

/** A place that may name endpoints: an operation, its path, or the root. */
export interface Level {
  map: PlainMap;
  path: Path;
  /** What `servers` (or `host`) say there. */
  servers: string[];
}

export interface GroupsContext {
  notes: Notes;
  named: NamedEndpoints;
  newId(): string;
  /** The groups of the same place in the definition that is read into: ids and secrets stay. */
  present: EndpointGroups | null | undefined;
  /** Whether what is not named stays as it is in `present`, too. */
  keep: boolean;
}

export const wsoKey = (keyType: KeyType) => `x-wso2-${keyType}-endpoints`;
/** What WSO2's key cannot say of a group stands under ours, beside it. */
export const ownKey = (keyType: KeyType) => `x-sluice-${keyType}-endpoints`;
export const SEPARATE_KEY = "x-sluice-sandbox-separate";
/** `inherit`: the operation has no endpoints of its own although its path names some. */
export const INHERIT_KEY = "x-sluice-endpoints";

export const emptyGroup: EndpointGroup = EndpointGroup.parse({});

/** The URLs that another gateway is to use: without the ones that the routing leaves out or that are off. */
export function spokenUrls(routing: string, list: readonly { url: string; state: unknown }[]): string[] {
  const used = routing === "single" ? list.slice(0, 1) : list;
  return used.filter((e) => e.url.trim() !== "" && e.state !== "off").map((e) => e.url.trim());
}

/** Which of the root's servers are endpoints: none as soon as an extension there names those of either key type. */
export function serversInUse(root: PlainMap, servers: string[], notes: Notes): string[] {
  const named = keyTypes.map(wsoKey).filter((key) => root[key] !== undefined && root[key] !== null);
  if (named.length === 0 || servers.length === 0) return servers;
  const own = root[ownKey("production")];
  const saysProduction =
    named.includes(wsoKey("production")) || (isPlainMap(own) && own.enabled !== undefined);
  if (!saysProduction) {
    const place = root.swagger === undefined ? "servers" : "host";
    notes.warn([place], `${place} gives no endpoints beside ${named[0]}, so production has none here.`);
  }
  return [];
}

/** The groups that the most specific level names; null when none names any. */
export function readGroups(
  levels: readonly Level[],
  context: GroupsContext,
): { groups: EndpointGroups | null; from: Record<KeyType, EndpointSource> } {
  const { notes, present, keep } = context;
  const from: Record<KeyType, EndpointSource> = { production: null, sandbox: null };
  if (levels[0]?.map[INHERIT_KEY] === "inherit") return { groups: null, from };
  const production = find(levels, "production", context);
  const sandbox = find(levels, "sandbox", context);
  const flagged = levels.find((level) => level.map[SEPARATE_KEY] !== undefined);
  const flag = flagged && notes.boolean(flagged.map[SEPARATE_KEY], [...flagged.path, SEPARATE_KEY]);
  if (!production && !sandbox && flag === undefined) {
    return { groups: (keep && present) || null, from };
  }
  const before = EndpointGroups.parse(keep && present ? present : {});
  from.production = production?.from ?? null;
  from.sandbox = sandbox?.from ?? null;
  const first = production ? build(production, "production", null, context) : before.production;
  const separate =
    flag ??
    (before.sandboxSeparate ||
      (sandbox?.object !== undefined && differs(production?.object ?? objectOf(first), sandbox.object)));
  const second = sandbox
    ? build(sandbox, "sandbox", separate ? null : first.routing, context)
    : before.sandbox;
  return { groups: { production: first, sandbox: second, sandboxSeparate: separate }, from };
}

interface Found {
  level: Level;
  object: EndpointObject | undefined;
  own: PlainMap;
  from: EndpointSource;
}

function find(
  levels: readonly Level[],
  keyType: KeyType,
  { notes, named }: GroupsContext,
): Found | undefined {
  for (const level of levels) {
    const wso = level.map[wsoKey(keyType)];
    const given = level.map[ownKey(keyType)];
    const place = [...level.path, wsoKey(keyType)];
    if (wso === null) notes.warn(place, `${wsoKey(keyType)} is empty and has no effect.`);
    const own = notes.map(given, [...level.path, ownKey(keyType)]);
    if (wso !== undefined && wso !== null) {
      const object = readEndpointObject(wso, place, named, notes);
      return { level, object, own: own ?? {}, from: "extension" };
    }
    if (own?.enabled !== undefined) return { level, object: undefined, own, from: "extension" };
    if (keyType === "production" && level.servers.length > 0) {
      const routing = level.servers.length > 1 ? "loadBalanced" : "single";
      return { level, object: { urls: level.servers, routing }, own: own ?? {}, from: "servers" };
    }
    if (own) return { level, object: undefined, own, from: null };
  }
}

/** Whether a sandbox needs a policy of its own to behave as its object says. */
export function differs(production: EndpointObject, sandbox: EndpointObject): boolean {
  if (sandbox.urls.length > 1 && sandbox.routing !== production.routing) return true;
  const policy = ({ responseTimeoutMs, retryOnStatus, circuitBreakers }: EndpointObject) =>
    JSON.stringify([
      responseTimeoutMs ?? null,
      retryOnStatus ?? emptyGroup.retryOnStatus,
      { ...emptyGroup.circuitBreakers, ...circuitBreakers },
    ]);
  return policy(production) !== policy(sandbox);
}

/** A group as WSO2 could say it. */
export function objectOf(group: EndpointGroup): EndpointObject {
  const { routing, retryOnStatus, circuitBreakers } = group;
  return {
    urls: spokenUrls(routing, group.endpoints),
    routing,
    responseTimeoutMs: group.responseTimeoutMs ?? undefined,
    retryOnStatus,
    circuitBreakers,
  } as EndpointObject;
}

/** The group that an endpoint object makes of `before`, without its list. */
export function applied(
  before: EndpointGroup,
  object: EndpointObject,
  withPolicy: boolean,
  presentSecurity: EndpointSecurity | undefined,
  keep: boolean,
): EndpointGroup {
  const group: EndpointGroup = { ...before, enabled: true, endpoints: [] };
  if (withPolicy) {
    const balanced = object.routing !== "failover" && before.routing === "loadBalanced";
    group.routing = balanced ? "loadBalanced" : object.routing;
    group.responseTimeoutMs = object.responseTimeoutMs ?? before.responseTimeoutMs;
    group.retryOnStatus = object.retryOnStatus ?? before.retryOnStatus;
    group.circuitBreakers = { ...before.circuitBreakers, ...object.circuitBreakers };
  }
  const { security } = object;
  if (security?.kind === "none") group.security = { ...before.security, kind: "none" };
  if (security?.kind === "basic" || security?.kind === "digest") {
    const { kind, username, password } = security;
    const known = presentSecurity?.[kind];
    const stays = password === SECRET_IS_SET || (password === null && keep && known?.username === username);
    const ref: SecretRef = stays ? (known?.password ?? null) : password === null ? null : { plain: password };
    group.security = { ...before.security, kind, [kind]: { username, password: ref } };
  }
  return group;
}

/** `follows`: the routing of the group whose policy is in effect; null when that is the group's own. */
function build(
  found: Found,
  keyType: KeyType,
  follows: string | null,
  context: GroupsContext,
): EndpointGroup {
  const { notes, keep } = context;
  const present = context.present?.[keyType];
  const before = keep && present ? present : emptyGroup;
  const { level, object, own } = found;
  const path = [...level.path, ownKey(keyType)];
  const base = object
    ? applied(before, object, follows === null, present?.security, keep)
    : { ...before, enabled: false, endpoints: [] };
  const { endpoints: list, security, ...said } = own;
  if (object) delete said.enabled;
  const merged = over(base, said, path, notes) as EndpointGroup;
  if (isPlainMap(security)) {
    const place = [...path, "security"];
    merged.security = over(
      base.security,
      withRefs(security, present?.security),
      place,
      notes,
    ) as EndpointSecurity;
  }
  const entries = readEntries(list, [...path, "endpoints"], notes);
  const urls = object?.urls;
  const told = urls === undefined || agrees(follows ?? merged.routing, entries, urls);
  const wanted = told ? entries : attributed(entries, urls);
  const result = EndpointGroup.safeParse({ ...merged, endpoints: withIds(wanted, present, context) });
  if (result.success) {
    missingSecrets(result.data, found, keyType, notes);
    return result.data;
  }
  for (const issue of result.error.issues)
    notes.refuse([...path, ...issue.path.map((p) => p as string | number)], issue.message);
  return emptyGroup;
}

interface Entry {
  url: string;
  said: PlainMap;
  path: Path;
}

function readEntries(list: Plain | undefined, path: Path, notes: Notes): Entry[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    notes.refuse(path, "endpoints must be a list.");
    return [];
  }
  return list.slice(0, 1000).flatMap((item, i) => {
    if (isPlainMap(item) && typeof item.url === "string") {
      const { url, id: _id, ...said } = item;
      return [{ url, said, path: [...path, i] }];
    }
    notes.refuse([...path, i], "Each endpoint must be a map with a url.");
    return [];
  });
}

/** Whether our list describes WSO2's: then it also says what WSO2's cannot, unused and switched off ones. */
function agrees(routing: string, entries: readonly Entry[], urls: readonly string[]): boolean {
  const list = entries.map((e) => ({ url: e.url, state: e.said.state }));
  return JSON.stringify(spokenUrls(routing, list)) === JSON.stringify(urls);
}

/** WSO2's list, with what ours says of the same URLs. */
function attributed(entries: readonly Entry[], urls: readonly string[]): Entry[] {
  const left = [...entries];
  return urls.map((url) => {
    const at = left.findIndex((e) => endpointUrlKey(e.url) === endpointUrlKey(url));
    const [entry] = at < 0 ? [] : left.splice(at, 1);
    return { url, said: entry?.said ?? {}, path: entry?.path ?? [] };
  });
}

/** An endpoint whose URL is there already stays that one: health and sessions are kept by its id. */
function withIds(entries: readonly Entry[], present: EndpointGroup | undefined, context: GroupsContext) {
  const left = [...(present?.endpoints ?? [])];
  return entries.map(({ url, said, path }) => {
    const at = left.findIndex((e) => endpointUrlKey(e.url) === endpointUrlKey(url));
    const [known] = at < 0 ? [] : left.splice(at, 1);
    const id = known?.id ?? context.newId();
    const base = context.keep && known ? { ...known, url } : { ...plainEndpoint, id, url };
    return over(base, said, path, context.notes);
  });
}

export const plainEndpoint: Endpoint = Endpoint.parse({ id: "none", url: "" });

/** Texts in the places of secrets as references. */
function withRefs(security: PlainMap, present: EndpointSecurity | undefined): PlainMap {
  const result = { ...security };
  for (const { path, ref } of secretsOf(present ?? emptyGroup.security)) {
    const [kind, field] = path;
    const part = result[kind];
    const value = isPlainMap(part) ? part[field] : undefined;
    if (!isPlainMap(part) || typeof value !== "string") continue;
    const stays = value === SECRET_IS_SET || value === "";
    result[kind] = { ...part, [field]: stays ? (ref as PlainMap | null) : { plain: value } };
  }
  return result;
}

/** A text never holds our secrets, so in a new API they have to be entered again. */
function missingSecrets(group: EndpointGroup, found: Found, keyType: KeyType, notes: Notes): void {
  const { kind } = group.security;
  const missing = secretsOf(group.security).some(({ path, ref }) => path[0] === kind && ref === null);
  const needed =
    kind !== "none" && missing && !(kind === "oauth2" && group.security.oauth2.clientSecret !== null);
  if (!needed) return;
  const place = found.object?.security ? wsoKey(keyType) : ownKey(keyType);
  notes.warn(
    [...found.level.path, place],
    `Enter the ${keyType} endpoint's credentials (${short(kind)}): the text does not hold them.`,
  );
}
