import { DEFAULT_SESSION_TIMEOUT_MS, type Endpoint, type KeyType, keyTypes } from "../edit/endpoints";
import { endpointUrlKey } from "../model/url";
import { isEmpty } from "../openapi/unusedKeys";
import { EndpointGroup, EndpointGroups } from "../schemas/endpointGroup";
import { algorithmOfClass, builtInOf, OTHER } from "../traffic/algorithms";
import { type IdOf, readEntry, writeEntry } from "./endpointEntry";
import type { Notes } from "./projectNotes";
import {
  difference,
  flagOf,
  type Json,
  listOf,
  merged,
  numberOf,
  objectOf,
  shown,
  textOf,
  withoutKeys,
} from "./values";
import { readSecurity, withoutSecrets, writeSecurity } from "./wso2Security";

/**
 * `endpointConfig` of a WSO2 api.yaml and our endpoint groups, both ways (docs/rules/wso2.md section 2). WSO2
 * has one routing for both key types, which is production's here. What it has no key for rides along as `x-sluice-*`.
 */

const ROUND_ROBIN = "org.apache.synapse.endpoints.algorithms.RoundRobin";
const MAX_SESSION_MS = 31_536_000_000;

/** What a document holds that we do not model, to be written back. */
export interface EndpointExtras {
  config: Json;
  /** By endpoint id. */
  entries: Record<string, Json>;
  /** Of endpoint_security, by key type. */
  security: Record<string, Json>;
}

export interface ReadOptions {
  notes: Notes;
  /** Where the value stands in its file. */
  place: string;
  /** A new random id: lib has no randomness of its own. */
  newId(): string;
  /** Endpoints with one of these URLs keep their id, and with it health and sessions. */
  present?: EndpointGroups | undefined;
  /** Others name all endpoints: a kind that we do not have is not looked at, but for its credentials. */
  unneeded?: boolean;
}

/** Accepts everything that WSO2's own tools have written; what is not understood is a problem in `notes`. */
export function readEndpointConfig(
  value: unknown,
  options: ReadOptions,
): { groups: EndpointGroups; extras: EndpointExtras } {
  const { notes, place } = options;
  let config = objectOf(value) ?? {};
  if (options.unneeded && !isKnown(config)) {
    notes.warn(
      `${place}.endpoint_type`,
      `${shown(config.endpoint_type)} is not supported and was not looked at: the definition names the endpoints.`,
    );
    config = { endpoint_security: config.endpoint_security };
  }
  if (!objectOf(value) && value !== undefined && value !== null && value !== "")
    notes.problem(place, `${shown(value)} is not an object with endpoint_type and the endpoints.`);
  const extras: EndpointExtras = { config: withoutKeys(config, knownKeys), entries: {}, security: {} };
  for (const [key, value] of Object.entries(extras.config)) {
    // apictl's template writes it into every project, where it says what is so with one endpoint.
    const isTemplate = key === "failover" && textOf(config.endpoint_type) !== "load_balance";
    if (isTemplate || isEmpty(value)) continue;
    const instead = key === "failover" && config.failOver === undefined ? ": failOver has one" : "";
    notes.warn(`${place}.${key}`, `${key} has no effect${instead}.`);
  }
  const routing = routingOf(config, notes, place);
  const production = EndpointGroup.parse({
    routing,
    algorithm: algorithmOf(config),
    session: sessionOf(config, notes, place),
    // Counts as written; a lower-case "failover" is of apictl's template and nobody reads it.
    failover: flagOf(config.failOver, true),
  });
  const idOf = ids(options);
  const groups: EndpointGroups = EndpointGroups.parse({});
  groups.sandboxSeparate = flagOf(config["x-sluice-sandbox-separate"], false);
  for (const keyType of keyTypes) {
    const base = keyType === "production" ? production : EndpointGroup.parse({});
    const group = readGroup(keyType, config, base, { notes, place, idOf: idOf(keyType), extras });
    if (group) groups[keyType] = group;
  }
  return { groups, extras };
}

/** Where one key type's group is read, and what for. */
interface GroupReading {
  notes: Notes;
  place: string;
  idOf: IdOf;
  /** Gets what is not modelled. */
  extras: EndpointExtras;
}

/** One key type's group, `base` where nothing is said; undefined, and a problem in `notes`, when it makes none. */
function readGroup(
  keyType: KeyType,
  config: Json,
  base: EndpointGroup,
  { notes, place, idOf, extras }: GroupReading,
): EndpointGroup | undefined {
  const own = objectOf(config[`x-sluice-${keyType}`]);
  const read = (entries: unknown[], where: string) =>
    entries.flatMap((entry, i): Endpoint[] => {
      const found = readEntry(entry, `${where}[${i}]`, notes, idOf);
      if (!found) return [];
      if (Object.keys(found.unknown).length > 0) extras.entries[found.endpoint.id] = found.unknown;
      return [found.endpoint];
    });
  const listed = [
    ...read(listOf(config[`${keyType}_endpoints`]), `${place}.${keyType}_endpoints`),
    ...read(listOf(config[`${keyType}_failovers`]), `${place}.${keyType}_failovers`),
  ];
  const further = read(listOf(own?.endpoints), `${place}.x-sluice-${keyType}.endpoints`);
  const securities = objectOf(config.endpoint_security) ?? {};
  const security = readSecurity(
    // Older files hold one security for both key types.
    securities[keyType] ?? (securities.type === undefined ? undefined : securities),
    `${place}.endpoint_security.${keyType}`,
    notes,
  );
  if (Object.keys(security.unknown).length > 0) extras.security[keyType] = security.unknown;
  const { endpoints: _listed, ...change } = own ?? {};
  const group = EndpointGroup.safeParse({
    ...merged({ ...base, enabled: listed.length > 0 }, change),
    endpoints: [...listed, ...further],
    security: security.security,
  });
  if (group.success) return group.data;
  for (const issue of group.error.issues)
    notes.problem(`${place}.x-sluice-${keyType}.${issue.path.join(".")}`, issue.message);
  return undefined;
}

const knownKeys = [
  "endpoint_type",
  "algoClassName",
  "algoCombo",
  "sessionManagement",
  "sessionTimeOut",
  "failOver",
  "endpoint_security",
  "x-sluice-sandbox-separate",
  ...keyTypes.flatMap((keyType) => [`${keyType}_endpoints`, `${keyType}_failovers`, `x-sluice-${keyType}`]),
];

const kinds = ["", "http", "address", "default", "load_balance", "load_balanced", "failover"];
const isKnown = (config: Json) => kinds.includes(textOf(config.endpoint_type).trim().toLowerCase());

function routingOf(config: Json, notes: Notes, place: string): EndpointGroup["routing"] {
  const type = textOf(config.endpoint_type).trim().toLowerCase();
  if (type === "load_balance" || type === "load_balanced") return "loadBalanced";
  if (type === "failover") return "failover";
  if (!isKnown(config)) {
    const allowed = "http, address, load_balance and failover";
    notes.problem(
      `${place}.endpoint_type`,
      `${shown(config.endpoint_type)} is not supported. Allowed are ${allowed}.`,
    );
  }
  if (keyTypes.some((keyType) => listOf(config[`${keyType}_failovers`]).length > 0) && type === "")
    return "failover";
  if (type === "" && keyTypes.some((keyType) => listOf(config[`${keyType}_endpoints`]).length > 1))
    return "loadBalanced";
  return "single";
}

/** A class that is none of ours is a custom algorithm's. `algoCombo` is the choice that WSO2's page showed. */
function algorithmOf(config: Json): unknown {
  const combo = textOf(config.algoCombo).trim();
  const className = textOf(config.algoClassName).trim() || (combo === OTHER ? "" : combo);
  if (className === "" || className === OTHER) return {};
  const builtIn = algorithmOfClass(className);
  return builtIn ? { name: builtIn.name } : { name: OTHER, className: className.slice(0, 200) };
}

const sessions: Record<string, EndpointGroup["session"]["kind"]> = {
  "": "none",
  none: "none",
  http: "transport",
  transport: "transport",
  soap: "soap",
  simpleclientsession: "clientId",
};

function sessionOf(config: Json, notes: Notes, place: string): unknown {
  const name = textOf(config.sessionManagement).trim().toLowerCase();
  const kind = Object.hasOwn(sessions, name) ? sessions[name] : undefined;
  if (!kind) {
    const allowed = "none, http, transport, soap and simpleClientSession";
    notes.problem(
      `${place}.sessionManagement`,
      `${shown(config.sessionManagement)} is not supported. Allowed are ${allowed}.`,
    );
  }
  const bounds = { min: 0, max: MAX_SESSION_MS };
  const timeoutMs = numberOf(config.sessionTimeOut, notes, `${place}.sessionTimeOut`, bounds);
  return { kind: kind ?? "none", timeoutMs: timeoutMs || DEFAULT_SESSION_TIMEOUT_MS };
}

/** Ids stay unique in the document, whatever it says. */
function ids({ newId, present }: ReadOptions): (keyType: KeyType) => IdOf {
  const used = new Set<string>();
  const take = (id: string) => {
    used.add(id);
    return id;
  };
  return (keyType) => (named, url) => {
    if (/^[A-Za-z0-9_-]{4,40}$/.test(named) && !used.has(named)) return take(named);
    const key = endpointUrlKey(url);
    const same = present?.[keyType].endpoints.find((e) => endpointUrlKey(e.url) === key && !used.has(e.id));
    return take(same?.id ?? newId());
  };
}

/** The usual form of it. Secrets are never written. `extras` is what reading kept. */
export function writeEndpointConfig(groups: EndpointGroups, extras?: Partial<EndpointExtras>): Json {
  const { production } = groups;
  const config: Json = { ...extras?.config };
  config.endpoint_type = { single: "http", loadBalanced: "load_balance", failover: "failover" }[
    production.routing
  ];
  const className = classOf(production);
  const combo = builtInOf(production.algorithm) ? className : OTHER;
  config.algoCombo = combo;
  config.algoClassName = className;
  const { kind, timeoutMs } = production.session;
  config.sessionManagement = { none: "", transport: "http", soap: "soap", clientId: "simpleClientSession" }[
    kind
  ];
  config.sessionTimeOut = String(timeoutMs);
  config.failOver = production.failover ? "True" : "False";
  if (groups.sandboxSeparate) config["x-sluice-sandbox-separate"] = true;
  const security: Json = {};
  for (const keyType of keyTypes) {
    const group = groups[keyType];
    const entries = group.endpoints.map((e) => writeEntry(e, extras?.entries?.[e.id]));
    // WSO2 has no endpoint that is kept but not used.
    const usable = group.enabled ? (production.routing === "single" ? 1 : entries.length) : 0;
    const [first, ...others] = entries.slice(0, usable);
    if (first) {
      config[`${keyType}_endpoints`] = production.routing === "loadBalanced" ? [first, ...others] : first;
      if (production.routing === "failover") config[`${keyType}_failovers`] = others;
    }
    if (group.security.kind !== "none" || difference(unsecured, withoutSecrets(group.security)) !== undefined)
      security[keyType] = writeSecurity(group.security, extras?.security?.[keyType]);
    const own =
      objectOf(difference(policyOf(config, keyType, first !== undefined), withoutLists(group))) ?? {};
    const further = entries.slice(usable);
    if (further.length > 0) own.endpoints = further;
    if (Object.keys(own).length > 0) config[`x-sluice-${keyType}`] = own;
  }
  if (Object.keys(security).length > 0) config.endpoint_security = security;
  return config;
}

const unsecured = EndpointGroup.parse({}).security;

/** Algorithms without a class of Synapse's are round robin to WSO2. */
function classOf({ algorithm }: EndpointGroup): string {
  if (algorithm.name === OTHER) return algorithm.className;
  return builtInOf(algorithm)?.synapseClasses?.[0] ?? ROUND_ROBIN;
}

/** What the WSO2 keys alone say of a group. */
function policyOf(config: Json, keyType: KeyType, enabled: boolean): Json {
  const silent = { problem() {}, warn() {} } as unknown as Notes;
  if (keyType === "sandbox") return withoutLists(EndpointGroup.parse({ enabled }));
  return withoutLists(
    EndpointGroup.parse({
      enabled,
      routing: routingOf(config, silent, ""),
      algorithm: algorithmOf(config),
      session: sessionOf(config, silent, ""),
      failover: flagOf(config.failOver, true),
    }),
  );
}

const withoutLists = ({ endpoints: _endpoints, security: _security, ...policy }: EndpointGroup): Json =>
  policy;
