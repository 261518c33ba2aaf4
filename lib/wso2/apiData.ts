import type { ApiDefinition } from "../edit/api";
import { Cors, Limits } from "../schemas/definition";
import type { Notes } from "./projectNotes";
import { flagOf, type Json, listOf, merged, objectOf, shown, textOf, withoutKeys } from "./values";

/** `data` of api.yaml but for its endpoints and names: what an API is besides. */

/** The fields of a definition that api.yaml can set. */
export type ApiData = Pick<
  ApiDefinition,
  | "description"
  | "isDefaultVersion"
  | "transports"
  | "security"
  | "preserveHost"
  | "mapAddresses"
  | "cors"
  | "limits"
>;

/** What WSO2 has no key for. Always there in what we write. */
export const OWN_KEY = "x-sluice-definition";

/** Keys that are read; all others are kept. */
export const readKeys: readonly string[] = [
  "name",
  "context",
  "version",
  "type",
  "description",
  "isDefaultVersion",
  "transport",
  "authorizationHeader",
  "audiences",
  "corsConfiguration",
  "endpointConfig",
  "operations",
  OWN_KEY,
];

const defaults: ApiData = {
  description: "",
  isDefaultVersion: false,
  transports: { http: true, https: true },
  security: { kind: "jwt", header: "Authorization", forwardToken: false, audiences: [] },
  preserveHost: false,
  mapAddresses: true,
  cors: Cors.parse({}),
  limits: Limits.parse({}),
};

/**
 * What is not said stays as `present` has it, else it has its default. What we wrote ourselves is complete: there, too,
 * it has its default.
 */
export function readData(data: Json, notes: Notes, present?: ApiData): { api: ApiData; unknown: Json } {
  const kind = textOf(data.type).toUpperCase();
  if (!["", "HTTP", "SOAP", "SOAPTOREST"].includes(kind)) {
    notes.problem(
      "data.type",
      `APIs of type ${shown(data.type)} are not supported. Allowed are HTTP, SOAP and SOAPTOREST.`,
    );
  }
  const before = present && data[OWN_KEY] === undefined ? present : defaults;
  const transports = listOf(data.transport).map((name) => textOf(name).toLowerCase());
  const api: ApiData = {
    ...before,
    description: isSaid(data.description) ? textOf(data.description) : before.description,
    isDefaultVersion: flagOf(data.isDefaultVersion, before.isDefaultVersion),
    security: {
      ...before.security,
      header: textOf(data.authorizationHeader).trim() || before.security.header,
      audiences: isSaid(data.audiences) ? audiencesOf(data.audiences) : before.security.audiences,
    },
    cors: corsOf(objectOf(data.corsConfiguration), before.cors),
    ...(transports.length > 0 && {
      transports: { http: transports.includes("http"), https: transports.includes("https") },
    }),
  };
  const schemes = listOf(data.securityScheme).map((scheme) => textOf(scheme).toLowerCase());
  const other = schemes.filter((scheme) => !scheme.startsWith("oauth"));
  if (schemes.length > 0 && other.length === schemes.length) {
    notes.warn("data.securityScheme", `${other.join(", ")}: callers need a token (oauth2) here.`);
  }
  return { api: merged(api, data[OWN_KEY]), unknown: withoutKeys(data, readKeys) };
}

/** WSO2 says "all" where it asks for none. */
function audiencesOf(value: unknown): string[] {
  const names = listOf(value).map((item) => textOf(item).trim());
  return names.some((name) => name.toLowerCase() === "all") ? [] : names.filter((name) => name !== "");
}

const isSaid = (value: unknown) => value !== undefined && value !== null;

function corsOf(given: Json | undefined, before: ApiData["cors"]): ApiData["cors"] {
  if (!given) return before;
  const names = (key: string, fallback: string[]) =>
    isSaid(given[key]) ? listOf(given[key]).map(textOf) : fallback;
  return {
    enabled: flagOf(given.corsConfigurationEnabled, before.enabled),
    allowOrigins: names("accessControlAllowOrigins", before.allowOrigins),
    allowMethods: names("accessControlAllowMethods", before.allowMethods),
    allowHeaders: names("accessControlAllowHeaders", before.allowHeaders),
    exposeHeaders: names("accessControlExposeHeaders", before.exposeHeaders),
    allowCredentials: flagOf(given.accessControlAllowCredentials, before.allowCredentials),
  };
}

export const dataOf = (definition: ApiDefinition): ApiData => {
  const { description, isDefaultVersion, transports, security, preserveHost, mapAddresses, cors, limits } =
    definition;
  return { description, isDefaultVersion, transports, security, preserveHost, mapAddresses, cors, limits };
};

/** The usual keys for it; what they cannot say is left to `x-sluice-definition`. */
export function writeData(api: ApiData): Json {
  const { cors, transports, security } = api;
  return {
    description: api.description,
    isDefaultVersion: api.isDefaultVersion,
    transport: (["http", "https"] as const).filter((name) => transports[name]),
    authorizationHeader: security.header,
    ...(security.audiences.length > 0 && { audiences: security.audiences }),
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
