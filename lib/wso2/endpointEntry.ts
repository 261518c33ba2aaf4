import { DEFAULT_INITIAL_MS, newEndpoint } from "../edit/endpoints";
import { readFileUrl } from "../model/url";
import { isEmpty } from "../openapi/unusedKeys";
import { Endpoint, EndpointSettings } from "../schemas/endpointGroup";
import type { Notes } from "./projectNotes";
import {
  difference,
  type Json,
  listOf,
  merged,
  numberOf,
  objectOf,
  shown,
  textOf,
  withoutKeys,
} from "./values";

/**
 * One entry of production_endpoints and the like: `{url, config}`. What WSO2 has no key for stands beside it as
 * `x-sluice-*`, only where it differs from what the WSO2 keys say.
 */

const A_DAY_MS = 86_400_000;
const MAX_CODES = 50;
const ms = { min: 0, max: A_DAY_MS };
/** sic: "retryErroCode" is how WSO2 writes it. */
const configKeys = [
  "suspendErrorCode",
  "suspendDuration",
  "suspendMaxDuration",
  "factor",
  "retryErroCode",
  "retryTimeOut",
  "retryDelay",
  "actionSelect",
  "actionDuration",
];
const ownKey = (field: keyof Endpoint) => `x-sluice-${field}`;
/** What of an endpoint stands beside the URL only where it is not the default. */
const ownFields = (Object.keys(Endpoint.shape) as (keyof Endpoint)[]).filter(
  (field) => field !== "id" && field !== "url" && field !== "settings",
);
const ownKeys = [ownKey("id"), ...ownFields.map(ownKey), ownKey("settings")];

/** Which endpoint an entry is: its id if it names one, that of the present endpoint with its URL, or a new one. */
export type IdOf = (named: string, url: string) => string;

/** The endpoint of an entry and what we do not model of it; null when it has no URL. */
export function readEntry(
  value: unknown,
  place: string,
  notes: Notes,
  idOf: IdOf,
): { endpoint: Endpoint; unknown: Json } | null {
  // A bare URL instead of an object is clear enough.
  const entry = objectOf(value) ?? (typeof value === "string" ? { url: value } : undefined);
  if (!entry) {
    if (value !== null && value !== undefined) notes.problem(place, `${shown(value)} is not {url: ...}.`);
    return null;
  }
  const written = textOf(entry.url).trim();
  if (written === "" && entry["x-sluice-id"] === undefined) return null;
  const read = written === "" ? null : readFileUrl(written);
  if (read && !read.ok) notes.problem(`${place}.url`, read.message);
  if (read?.ok && read.warning) notes.warn(`${place}.url`, `${shown(written)}: ${read.warning}`);
  const url = read?.ok ? read.url : "";
  const config = objectOf(entry.config) ?? {};
  const settings = readConfig(config, `${place}.config`, notes);
  const own = Endpoint.safeParse({
    ...Object.fromEntries(ownFields.map((field) => [field, entry[ownKey(field)] ?? undefined])),
    id: idOf(textOf(entry[ownKey("id")]), url),
    url,
    settings: merged(settings, entry[ownKey("settings")]),
  });
  if (!own.success) {
    for (const issue of own.error.issues) {
      notes.problem(`${place}.x-sluice-${issue.path.join(".")}`, issue.message);
    }
    return null;
  }
  const unknown = withoutKeys(entry, ["url", "config", ...ownKeys]);
  const unknownConfig = withoutKeys(config, configKeys);
  for (const [key, value] of [...Object.entries(unknown), ...Object.entries(unknownConfig)]) {
    if (key !== "config" && !key.startsWith("x-") && !isEmpty(value)) {
      notes.warn(place, `${shown(key)} is not known here and has no effect.`);
    }
  }
  if (Object.keys(unknownConfig).length > 0) unknown.config = unknownConfig;
  return { endpoint: own.data, unknown };
}

function readConfig(config: Json, place: string, notes: Notes): EndpointSettings {
  const number = (key: string, bounds = ms) => numberOf(config[key], notes, `${place}.${key}`, bounds);
  const codes = (key: string) => {
    const list = listOf(config[key]);
    if (list.length > MAX_CODES) notes.problem(`${place}.${key}`, `At most ${MAX_CODES} error codes.`);
    return list.slice(0, MAX_CODES).flatMap((code, i) => {
      const text = textOf(code).trim();
      if (/^-?\d{1,6}$/.test(text)) return [text];
      if (text !== "")
        notes.problem(`${place}.${key}[${i}]`, `${shown(code)} is not an error code such as 101504, or -1.`);
      return [];
    });
  };
  let initialMs = number("suspendDuration");
  let maxMs = number("suspendMaxDuration");
  // Synapse takes no limit of zero, and cuts the first suspension too when the limit is below it.
  if (maxMs === 0 && initialMs !== 0) maxMs = null;
  if (maxMs !== null && maxMs < (initialMs ?? DEFAULT_INITIAL_MS)) {
    notes.warn(`${place}.suspendMaxDuration`, "It is below suspendDuration and is used for both.");
    initialMs = maxMs;
  }
  const factor = numberOf(config.factor, notes, `${place}.factor`, { min: 0, max: 100, whole: false });
  if (factor !== null && factor < 1) notes.warn(`${place}.factor`, "A factor below 1 is used as 1.");
  const action = textOf(config.actionSelect).trim().toLowerCase();
  if (!["", "fault", "discard"].includes(action)) {
    notes.problem(`${place}.actionSelect`, `${shown(config.actionSelect)} is neither fault nor discard.`);
  }
  const actionMs = number("actionDuration");
  return EndpointSettings.parse({
    suspension: {
      errorCodes: codes("suspendErrorCode"),
      initialMs,
      maxMs,
      factor: factor === null ? null : Math.max(1, factor),
    },
    timeout: {
      errorCodes: codes("retryErroCode"),
      retriesBeforeSuspension: number("retryTimeOut", { min: 0, max: 1000 }),
      retryDelayMs: number("retryDelay"),
    },
    action: action === "fault" || action === "discard" ? action : null,
    // Zero is how Synapse writes "no timeout of its own".
    responseTimeoutMs: actionMs === 0 ? null : actionMs,
  });
}

/** The entry of an endpoint. `unknown` is what `readEntry` kept. */
export function writeEntry(endpoint: Endpoint, unknown: Json = {}): Json {
  const { config: unknownConfig, ...rest } = unknown;
  const config = { ...objectOf(unknownConfig), ...writeConfig(endpoint.settings) };
  const entry: Json = { ...rest, url: endpoint.url };
  if (Object.keys(config).length > 0) entry.config = config;
  entry[ownKey("id")] = endpoint.id;
  const usual = newEndpoint(endpoint.id, endpoint.url);
  for (const field of ownFields)
    if (difference(usual[field], endpoint[field]) !== undefined) entry[ownKey(field)] = endpoint[field];
  const said = readConfig(config, "", quiet());
  const own = difference(said, endpoint.settings);
  if (own !== undefined) entry[ownKey("settings")] = own;
  return entry;
}

function writeConfig({ suspension, timeout, action, responseTimeoutMs }: EndpointSettings): Json {
  const config: Json = {};
  // Scalars are strings in WSO2's own files.
  const put = (key: string, value: number | string | null) => {
    if (value !== null) config[key] = String(value);
  };
  if (suspension.errorCodes.length > 0) config.suspendErrorCode = suspension.errorCodes;
  put("suspendDuration", suspension.initialMs);
  put("suspendMaxDuration", suspension.maxMs);
  put("factor", suspension.factor);
  if (timeout.errorCodes.length > 0) config.retryErroCode = timeout.errorCodes;
  put("retryTimeOut", timeout.retriesBeforeSuspension);
  put("retryDelay", timeout.retryDelayMs);
  put("actionSelect", action);
  put("actionDuration", responseTimeoutMs);
  return config;
}

/** For reading back what we write ourselves. */
const quiet = (): Notes => ({ problem() {}, warn() {} }) as unknown as Notes;
