import { type ApiDefinition, httpMethods } from "../api";
import { Cors, Limits } from "../schemas/api";
import type { Notes } from "./notes";
import { flagOf, type Json, listOf, merged, objectOf, shown, textOf, withoutKeys } from "./values";

/** `data` of api.yaml but for its endpoints and names: what an API is besides. */

/** The fields of a definition that api.yaml can set. */
export type ApiData = Pick<
  ApiDefinition,
  "description" | "isDefaultVersion" | "transports" | "security" | "preserveHost" | "cors" | "limits"
>;

/** Keys that are read; all others are kept. */
const known = [
  "name",
  "context",
  "version",
  "type",
  "description",
  "isDefaultVersion",
  "transport",
  "authorizationHeader",
  "corsConfiguration",
  "endpointConfig",
  "operations",
  "x-sluice-definition",
];

const defaults: ApiData = {
  description: "",
  isDefaultVersion: false,
  transports: { http: true, https: true },
  security: { kind: "jwt", header: "Authorization", forwardToken: false, audiences: [] },
  preserveHost: false,
  cors: Cors.parse({}),
  limits: Limits.parse({}),
};

/** What is not said has its default. */
export function readData(data: Json, notes: Notes): { api: ApiData; unknown: Json } {
  const kind = textOf(data.type).toUpperCase();
  if (!["", "HTTP", "SOAP", "SOAPTOREST"].includes(kind)) {
    notes.problem(
      "data.type",
      `APIs of type ${shown(data.type)} are not supported: HTTP, SOAP or SOAPTOREST.`,
    );
  }
  const transports = listOf(data.transport).map((name) => textOf(name).toLowerCase());
  const api: ApiData = {
    ...defaults,
    description: textOf(data.description),
    isDefaultVersion: flagOf(data.isDefaultVersion, false),
    security: {
      ...defaults.security,
      header: textOf(data.authorizationHeader).trim() || defaults.security.header,
    },
    cors: corsOf(objectOf(data.corsConfiguration)),
    ...(transports.length > 0 && {
      transports: { http: transports.includes("http"), https: transports.includes("https") },
    }),
  };
  const schemes = listOf(data.securityScheme).map((scheme) => textOf(scheme).toLowerCase());
  const other = schemes.filter((scheme) => !scheme.startsWith("oauth"));
  if (schemes.length > 0 && other.length === schemes.length) {
    notes.warn("data.securityScheme", `${other.join(", ")}: callers need a token (oauth2) here.`);
  }
  return { api: merged(api, data["x-sluice-definition"]), unknown: withoutKeys(data, known) };
}

function corsOf(given: Json | undefined): ApiData["cors"] {
  if (!given) return defaults.cors;
  const names = (key: string, fallback: string[]) =>
    given[key] === undefined || given[key] === null ? fallback : listOf(given[key]).map(textOf);
  return {
    enabled: flagOf(given.corsConfigurationEnabled, false),
    allowOrigins: names("accessControlAllowOrigins", defaults.cors.allowOrigins),
    allowMethods: names("accessControlAllowMethods", defaults.cors.allowMethods),
    allowHeaders: names("accessControlAllowHeaders", defaults.cors.allowHeaders),
    exposeHeaders: names("accessControlExposeHeaders", defaults.cors.exposeHeaders),
    allowCredentials: flagOf(given.accessControlAllowCredentials, false),
  };
}

/** `operations`, for a project without a definition; undefined when there are none. */
export function readOperations(data: Json): unknown[] | undefined {
  const operations = listOf(data.operations).flatMap((item) => {
    const { target, verb, authType, scopes } = objectOf(item) ?? {};
    const method = textOf(verb).toUpperCase();
    if (!(httpMethods as readonly string[]).includes(method) || textOf(target) === "") return [];
    const secured = textOf(authType).toLowerCase() !== "none";
    return [{ method, path: textOf(target), secured, scopes: listOf(scopes).map(textOf) }];
  });
  return operations.length > 0 ? operations : undefined;
}

/** The values of the second where the first has only the default: what one file does not say, another may. */
export function filledIn(first: ApiData, second: ApiData): ApiData {
  const pick = <K extends keyof ApiData>(key: K): ApiData[K] =>
    JSON.stringify(first[key]) === JSON.stringify(defaults[key]) ? second[key] : first[key];
  return {
    description: pick("description"),
    isDefaultVersion: first.isDefaultVersion || second.isDefaultVersion,
    transports: pick("transports"),
    security: pick("security"),
    preserveHost: pick("preserveHost"),
    cors: pick("cors"),
    limits: pick("limits"),
  };
}

export const dataOf = (definition: ApiDefinition): ApiData => {
  const { description, isDefaultVersion, transports, security, preserveHost, cors, limits } = definition;
  return { description, isDefaultVersion, transports, security, preserveHost, cors, limits };
};

/** The usual keys for it; what they cannot say is left to `x-sluice-definition`. */
export function writeData(api: ApiData): Json {
  const { cors, transports, security } = api;
  return {
    description: api.description,
    isDefaultVersion: api.isDefaultVersion,
    transport: (["http", "https"] as const).filter((name) => transports[name]),
    authorizationHeader: security.header,
    corsConfiguration: {
      corsConfigurationEnabled: cors.enabled,
      accessControlAllowOrigins: cors.allowOrigins,
      accessControlAllowCredentials: cors.allowCredentials,
      accessControlAllowHeaders: cors.allowHeaders,
      accessControlAllowMethods: cors.allowMethods,
      accessControlExposeHeaders: cors.exposeHeaders,
    },
  };
}
