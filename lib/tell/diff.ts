import { scopesText } from "../access/scopes";
import { type ApiDefinition, newResource, type Resource, sameDefinition, sameValue } from "../edit/api";
import { securityDiff } from "../edit/endpointSecurity";
import {
  type Endpoint,
  type EndpointGroup,
  type EndpointGroups,
  effectiveGroup,
  keyTypes,
  newEndpoint,
  newGroups,
} from "../edit/endpoints";
import { endpointLabel } from "../model/url";
import { algorithms, OTHER } from "../traffic/algorithms";
import { settingName } from "./diffWords";

/**
 * What leads from one definition to another, one plain sentence per change ("orders-a weight 1 → 3"). Empty
 * only when both are the same. Endpoints are matched by id, so a moved or renamed one is not "removed, added".
 */
export function diff(from: ApiDefinition, to: ApiDefinition): string[] {
  if (sameDefinition(from, to)) return [];
  const { endpoints: fromGroups, resources: fromResources, openapi: fromText, ...fromRest } = from;
  const { endpoints: toGroups, resources: toResources, openapi: toText, ...toRest } = to;
  const changes = [
    ...groupsDiff(fromGroups, toGroups),
    ...resourcesDiff(fromResources, toResources),
    ...leaves(inWords(fromRest), inWords(toRest)),
    ...(fromText === toText ? [] : ["The text of the definition"]),
  ];
  // What differs may be out of use, such as the sandbox's own settings while it follows production.
  return changes.length > 0 ? changes : ["Settings that are not in use"];
}

/** The settings of the Runtime page under the words that people see there. */
function inWords(definition: Omit<ApiDefinition, "endpoints" | "resources" | "openapi">) {
  const { isDefaultVersion, transports, security, preserveHost, mapAddresses, cors, ...rest } = definition;
  return {
    ...rest,
    Security: security.kind === "none" ? "None" : "JWT",
    "Token header": security.header,
    "Pass the token on": security.forwardToken,
    Audiences: listed(security.audiences),
    HTTP: transports.http,
    HTTPS: transports.https,
    "Default version": isDefaultVersion,
    "Keep the caller's Host header": preserveHost,
    "Correct the backend's addresses": mapAddresses,
    CORS: cors.enabled,
    "CORS origins": listed(cors.allowOrigins),
    "CORS methods": listed(cors.allowMethods),
    "CORS request headers": listed(cors.allowHeaders),
    "CORS readable headers": listed(cors.exposeHeaders),
    "CORS credentials": cors.allowCredentials,
  };
}

const listed = (words: readonly string[]) => words.join(", ") || "none";

const routingNames = { single: "None", loadBalanced: "Load Balanced", failover: "Failover" };
const sessionNames = { none: "None", transport: "Transport", soap: "SOAP", clientId: "Client ID" };

function groupsDiff(from: EndpointGroups, to: EndpointGroups): string[] {
  const changes = [
    ...listDiff("Production", from.production, to.production),
    ...policyDiff(from.production, to.production),
  ];
  if (from.sandboxSeparate !== to.sandboxSeparate) {
    changes.push(to.sandboxSeparate ? "Sandbox configured separately" : "Sandbox follows production");
  }
  const sandbox = listDiff("Sandbox", from.sandbox, to.sandbox);
  if (from.sandboxSeparate || to.sandboxSeparate) {
    sandbox.push(...policyDiff(effectiveGroup(from, "sandbox"), effectiveGroup(to, "sandbox")));
  }
  return [...changes, ...sandbox.map((text) => `Sandbox: ${text}`)];
}

function listDiff(title: string, from: EndpointGroup, to: EndpointGroup): string[] {
  const changes: string[] = [];
  if (from.enabled !== to.enabled) changes.push(`${title} Endpoint ${to.enabled ? "ticked" : "unticked"}`);
  const before = new Map(from.endpoints.map((e) => [e.id, e]));
  const after = new Map(to.endpoints.map((e) => [e.id, e]));
  for (const e of from.endpoints) if (!after.has(e.id)) changes.push(`Removed ${endpointLabel(e.url)}`);
  for (const e of to.endpoints) {
    const old = before.get(e.id);
    changes.push(...(old ? endpointDiff(old, e) : [added(e)]));
  }
  const kept = (list: readonly Endpoint[], other: Map<string, Endpoint>) =>
    list.flatMap((e) => (other.has(e.id) ? [e.id] : [])).join();
  if (kept(from.endpoints, after) !== kept(to.endpoints, before)) changes.push("Order of the endpoints");
  changes.push(...securityDiff(from.security, to.security));
  return changes;
}

/** With what is unusual about it: that its certificate is not verified is no detail. */
function added({ id, ...endpoint }: Endpoint): string {
  const { id: _id, ...usual } = { ...newEndpoint(id, ""), url: endpoint.url };
  return [`Added ${endpointLabel(endpoint.url)}`, ...leaves(usual, endpoint, [], become)].join(", ");
}

function endpointDiff(from: Endpoint, to: Endpoint): string[] {
  const { id: _a, url: fromUrl, ...fromRest } = from;
  const { id: _b, url: toUrl, ...toRest } = to;
  const name = endpointLabel(toUrl || fromUrl);
  const labels = [endpointLabel(fromUrl), endpointLabel(toUrl)];
  // Only http became https: that is not told by the short names.
  const [before, after] = labels[0] === labels[1] ? [fromUrl, toUrl] : labels;
  const renamed = fromUrl === toUrl ? [] : [`${before} → ${after}`];
  return [...renamed, ...leaves(fromRest, toRest, [name])];
}

function policyDiff(from: EndpointGroup, to: EndpointGroup): string[] {
  const { enabled: _a, endpoints: _b, security: _c, ...a } = from;
  const { enabled: _d, endpoints: _e, security: _f, ...b } = to;
  return leaves(named(a), named(b));
}

/** The choices under the words that people see. */
function named(policy: Omit<EndpointGroup, "enabled" | "endpoints" | "security">) {
  const { routing, algorithm, session, failover, ...rest } = policy;
  const label = algorithms.find((a) => a.name === algorithm.name)?.label ?? "Other";
  return {
    "Endpoint Type": routingNames[routing],
    Algorithm: algorithm.name === OTHER ? `Other (${algorithm.className})` : label,
    "algorithm settings": algorithm.settings,
    "Session Management": sessionNames[session.kind],
    "Session Timeout": session.timeoutMs,
    "session header": session.header,
    "Enable Failover": failover,
    ...rest,
  };
}

function resourcesDiff(from: ApiDefinition["resources"], to: ApiDefinition["resources"]): string[] {
  const key = (r: ApiDefinition["resources"][number]) => `${r.method} ${r.path}`;
  const before = new Map(from.map((r) => [key(r), r]));
  const after = new Map(to.map((r) => [key(r), r]));
  return [
    ...from.flatMap((r) => (after.has(key(r)) ? [] : [`Removed resource ${key(r)}`])),
    ...to.flatMap((r) => {
      const old = before.get(key(r));
      if (!old) return [[`Added resource ${key(r)}`, ...unusual(r)].join(", ")];
      return resourceDiff(old, r, key(r));
    }),
  ];
}

const settings = ({ secured, scopes }: Resource) => ({
  security: secured,
  scopes: scopesText(scopes) || "none",
});

/** What a new resource has that others have not: that it is open to everybody, or where its calls go. */
function unusual(r: Resource): string[] {
  const own = keyTypes.flatMap((keyType) => {
    const group = r.endpoints?.[keyType];
    if (!group?.enabled) return [];
    return [`${keyType} endpoints of its own: ${listed(group.endpoints.map((e) => endpointLabel(e.url)))}`];
  });
  return [...leaves(settings(newResource(r.method, r.path)), settings(r), [], become), ...own];
}

function resourceDiff(from: Resource, to: Resource, name: string): string[] {
  const changes = leaves(settings(from), settings(to), [name]);
  changes.push(...ownEndpointsDiff(from.endpoints, to.endpoints).map((text) => `${name}: ${text}`));
  // What is left is the order of its settings in the document, which nobody sees.
  return changes;
}

function ownEndpointsDiff(from: Resource["endpoints"], to: Resource["endpoints"]): string[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  const changes = to && groupsDiff(from ?? newGroups(), to);
  if (!changes) return ["the API's endpoints again"];
  return changes.length > 0 ? changes : ["settings that are not in use"];
}

/** How a differing value is said: what it was and is, or for something new what it is. */
type Say = (name: string, from: string, to: string) => string;
const changed: Say = (name, from, to) => `${name} ${from} → ${to}`;
const become: Say = (name, _from, to) => `${name} ${to}`;

/** Every differing value of two plain objects; lists are one value. */
function leaves(from: unknown, to: unknown, path: string[] = [], say = changed): string[] {
  if (isRecord(from) && isRecord(to)) {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((k) =>
      leaves(from[k], to[k], [...path, k], say),
    );
  }
  if (sameValue(from, to)) return [];
  const unit = path.at(-1)?.endsWith("Ms") ? " ms" : "";
  const value = (of: unknown) => shown(of) + (typeof of === "number" ? unit : "");
  return [say(settingName(path), value(from), value(to))];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function shown(value: unknown): string {
  if (value === null || value === undefined || value === "") return "default";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Number.isNaN(value)) return "not a number";
  if (Array.isArray(value))
    return shown(value.map((v) => (Number.isNaN(v) ? "not a number" : String(v))).join(", ") || "none");
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
