import type { EndpointSecurity } from "../edit/endpointSecurity";
import type { EndpointGroup } from "../edit/endpoints";
import { readFileUrl } from "../model/url";
import { isPlainMap, type Path, type Plain, type PlainMap, short } from "../text/source";
import type { Notes } from "./notes";
import { SECRET_IS_SET } from "./openapiReading";

/** What an endpoint object of WSO2 says; what it does not say is undefined. */
export interface EndpointObject {
  urls: string[];
  routing: EndpointGroup["routing"];
  responseTimeoutMs?: number;
  retryOnStatus?: EndpointGroup["retryOnStatus"];
  circuitBreakers?: Partial<EndpointGroup["circuitBreakers"]>;
  security?: { kind: EndpointSecurity["kind"]; username: string; password: string | null };
}

const REFERENCE = "#/x-wso2-endpoints/";
export const breakerNames = ["maxConnections", "maxRequests", "maxPendingRequests", "maxRetries"] as const;

/** The endpoint objects under `x-wso2-endpoints` by name, each with its place. */
export type NamedEndpoints = Map<string, { value: Plain; path: Path }>;

/** `x-wso2-endpoints`: a list of maps with one key each, or a plain map. */
export function namedEndpoints(root: PlainMap, notes: Notes): NamedEndpoints {
  const value = root["x-wso2-endpoints"];
  const named: NamedEndpoints = new Map();
  const add = (map: PlainMap, path: Path) => {
    for (const [name, object] of Object.entries(map)) {
      if (named.has(name)) notes.refuse([...path, name], `The endpoint name ${short(name)} is used twice.`);
      named.set(name, { value: object, path: [...path, name] });
    }
  };
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      const map = notes.map(item, ["x-wso2-endpoints", i]);
      if (map) add(map, ["x-wso2-endpoints", i]);
    });
  } else {
    const map = notes.map(value, ["x-wso2-endpoints"]);
    if (map) add(map, ["x-wso2-endpoints"]);
  }
  return named;
}

/** Reads an endpoint object or a reference to one. Undefined when it was refused. */
export function readEndpointObject(
  given: Plain,
  place: Path,
  named: NamedEndpoints,
  notes: Notes,
): EndpointObject | undefined {
  const { value, path } =
    typeof given === "string" ? dereferenced(given, place, named, notes) : { value: given, path: place };
  if (value === undefined) return undefined;
  if (!isPlainMap(value)) {
    notes.refuse(
      path,
      "An endpoint object with urls, or a reference such as #/x-wso2-endpoints/name, must stand here.",
    );
    return undefined;
  }
  const urls = readUrls(value.urls, [...path, "urls"], notes);
  if (urls.length === 0) return undefined;
  const known = ["urls", "type", "advanceEndpointConfig", "securityConfig"];
  warnOfOthers(value, known, "an endpoint object", path, notes);
  return {
    urls,
    routing: readType(value.type, urls.length, [...path, "type"], notes),
    ...readAdvanced(value.advanceEndpointConfig, [...path, "advanceEndpointConfig"], notes),
    security: readSecurity(value.securityConfig, [...path, "securityConfig"], notes),
  };
}

function warnOfOthers(
  map: PlainMap,
  known: readonly string[],
  where: string,
  path: Path,
  notes: Notes,
): void {
  for (const key of Object.keys(map)) {
    if (known.includes(key) || key.startsWith("x-")) continue;
    notes.warn([...path, key], `${short(key)} is not known in ${where} and has no effect.`);
  }
}

function dereferenced(text: string, place: Path, named: NamedEndpoints, notes: Notes) {
  const found = text.startsWith(REFERENCE) ? named.get(text.slice(REFERENCE.length)) : undefined;
  if (found && typeof found.value !== "string") return found;
  const names = [...named.keys()].map((name) => REFERENCE + short(name));
  const known =
    names.length > 0
      ? `Known: ${names.slice(0, 20).join(", ")}.`
      : "The document has none: x-wso2-endpoints is missing.";
  const what = found
    ? `${short(text)} must be an endpoint object, not a reference again.`
    : `There is no endpoint ${short(text)}. ${known}`;
  notes.refuse(place, what);
  return { value: undefined, path: place };
}

function readUrls(value: Plain | undefined, path: Path, notes: Notes): string[] {
  const before = notes.problems.length;
  const texts = notes.texts(value, path) ?? [];
  if (texts.length === 0 && notes.problems.length === before) {
    notes.refuse(path, "urls must name at least one URL.");
  }
  if (texts.length > 100) {
    notes.refuse(path, `At most 100 URLs in one list; here are ${texts.length}.`);
    return [];
  }
  return texts.flatMap((text, i) => {
    const place = Array.isArray(value) ? [...path, i] : path;
    const read = readFileUrl(text);
    if (!read.ok) {
      notes.refuse(place, `${short(text) || "An empty URL"}: ${read.message}`);
      return [];
    }
    if (read.warning) notes.warn(place, `${short(text)}: ${read.warning}`);
    return [read.url];
  });
}

function readType(value: Plain | undefined, count: number, path: Path, notes: Notes) {
  const balanced = count > 1 ? "loadBalanced" : "single";
  if (value === undefined || value === null) return balanced;
  const type = typeof value === "string" ? value.trim().toLowerCase() : undefined;
  if (type?.startsWith("failover")) return "failover";
  if (type === undefined || !/^(load_?balanced?|http|address|)$/.test(type)) {
    const shown = short(typeof value === "string" ? value : JSON.stringify(value));
    notes.warn(path, `The type ${shown} is not known: several URLs are balanced.`);
  }
  return balanced;
}

function readAdvanced(value: Plain | undefined, path: Path, notes: Notes): Partial<EndpointObject> {
  const config = notes.map(value, path);
  if (!config) return {};
  const parts = ["timeoutInMillis", "retryConfig", "circuitBreakers"];
  warnOfOthers(config, parts, "advanceEndpointConfig", path, notes);
  const result: Partial<EndpointObject> = {};
  const timeout = readTimeout(config.timeoutInMillis, [...path, "timeoutInMillis"], notes);
  if (timeout !== undefined) result.responseTimeoutMs = timeout;
  const retry = notes.map(config.retryConfig, [...path, "retryConfig"]);
  if (retry) result.retryOnStatus = readRetry(retry, [...path, "retryConfig"], notes);
  const breakers = notes.map(config.circuitBreakers, [...path, "circuitBreakers"]);
  if (breakers) {
    warnOfOthers(breakers, breakerNames, "circuitBreakers", [...path, "circuitBreakers"], notes);
    result.circuitBreakers = {};
    for (const name of breakerNames) {
      const limit = notes.number(breakers[name], [...path, "circuitBreakers", name], 1, 1_000_000);
      if (limit !== undefined) result.circuitBreakers[name] = limit;
    }
  }
  return result;
}

/** Longest wait that WSO2's gateway has, ms. */
const MAX_TIMEOUT_MS = 60_000;

function readTimeout(value: Plain | undefined, path: Path, notes: Notes): number | undefined {
  if (Number(value) < 0) {
    notes.refuse(path, `timeoutInMillis must be a whole number from 1 to ${MAX_TIMEOUT_MS}.`);
    return undefined;
  }
  return notes.number(value, path, 1, MAX_TIMEOUT_MS);
}

/** As WSO2's gateway takes them: so many tries, on these answers, and on 504 where none of them is left. */
const MAX_RETRIES = 5;
const isRetryStatus = (status: number) => status >= 401 && status <= 598;
const USUAL_RETRY_STATUS = 504;

function readRetry(retry: PlainMap, path: Path, notes: Notes): EndpointGroup["retryOnStatus"] {
  warnOfOthers(retry, ["count", "statusCodes"], "retryConfig", path, notes);
  const count = notes.number(retry.count, [...path, "count"], 0, MAX_RETRIES, MAX_RETRIES) ?? 0;
  const place = [...path, "statusCodes"];
  const codes = notes.texts(retry.statusCodes, place) ?? [];
  const statusCodes = codes.slice(0, 50).flatMap((code, i) => {
    const at = Array.isArray(retry.statusCodes) ? [...place, i] : place;
    if (!/^-?\d+$/.test(code.trim())) notes.refuse(at, `${short(code)} is not an HTTP status.`);
    else if (isRetryStatus(Number(code))) return [Number(code)];
    else notes.warn(at, `${short(code)} is left out: requests are tried again on 401 to 598 only.`);
    return [];
  });
  if (statusCodes.length > 0 || count === 0) return { count, statusCodes };
  notes.warn(place, `No status to try again on is left: ${USUAL_RETRY_STATUS} is used.`);
  return { count, statusCodes: [USUAL_RETRY_STATUS] };
}

/** A kind that we do not have is refused: deployed without it, requests would go out without credentials. */
function readSecurity(value: Plain | undefined, path: Path, notes: Notes): EndpointObject["security"] {
  const config = notes.map(value, path);
  if (!config) return undefined;
  warnOfOthers(config, ["enabled", "type", "username", "password"], "securityConfig", path, notes);
  const none = { kind: "none", username: "", password: null } as const;
  if (notes.boolean(config.enabled, [...path, "enabled"]) === false) return none;
  const kind = typeof config.type === "string" ? config.type.trim().toLowerCase() : "";
  if (kind === "none") return none;
  if (kind !== "basic" && kind !== "digest") {
    const what = kind === "" ? "has no type" : `has the type ${short(kind)}, which is not known`;
    notes.refuse(
      kind === "" ? path : [...path, "type"],
      `securityConfig ${what}: use BASIC, DIGEST or NONE.`,
    );
    return undefined;
  }
  const text = (key: "username" | "password") => {
    if (config[key] === undefined || config[key] === null) return "";
    return notes.source.written([...path, key]) ?? String(config[key]);
  };
  const username = text("username");
  const password = text("password");
  if (username.length > 500 || /\p{Cc}/u.test(username)) {
    notes.refuse([...path, "username"], "A user name has at most 500 characters and no line breaks.");
  }
  if (password.length > 8_000 || /\p{Cc}/u.test(password)) {
    notes.refuse([...path, "password"], "A password has at most 8000 characters and no line breaks.");
  }
  return { kind, username, password: password === "" ? null : password };
}

/** Writes what a WSO2 gateway understands of a group; `urls` are those that it is to use. */
export function writeEndpointObject(group: EndpointGroup, urls: string[]): PlainMap {
  const object: PlainMap = { urls };
  if (group.routing === "failover") object.type = "failover";
  else if (urls.length > 1) object.type = "load_balance";
  const advanced: PlainMap = {};
  if (group.responseTimeoutMs !== null)
    advanced.timeoutInMillis = Math.min(group.responseTimeoutMs, MAX_TIMEOUT_MS);
  const { count } = group.retryOnStatus;
  const statusCodes = group.retryOnStatus.statusCodes.filter(isRetryStatus);
  if (statusCodes.length > 0) advanced.retryConfig = { count: Math.min(count, MAX_RETRIES), statusCodes };
  const breakers = breakerNames.flatMap((name) => {
    const limit = group.circuitBreakers[name];
    return limit === null ? [] : [[name, limit] as const];
  });
  if (breakers.length > 0) advanced.circuitBreakers = Object.fromEntries(breakers);
  if (Object.keys(advanced).length > 0) object.advanceEndpointConfig = advanced;
  const { kind } = group.security;
  if (kind === "basic" || kind === "digest") {
    const { username, password } = group.security[kind];
    object.securityConfig = { type: kind.toUpperCase(), username };
    if (password !== null) object.securityConfig.password = SECRET_IS_SET;
  }
  return object;
}
