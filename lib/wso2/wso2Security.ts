import type { SecurityKind } from "../edit/endpointSecurity";
import { parameterLines, parametersProblem, tokenParameters } from "../edit/tokenParameters";
import { EndpointSecurity } from "../schemas/security";
import type { Notes } from "./projectNotes";
import { difference, flagOf, type Json, merged, objectOf, shown, textOf, withoutKeys } from "./values";

/** `endpoint_security` of one key type, and what parameter files call `security`. Credentials come in, never out. */

const kinds: Record<string, SecurityKind> = {
  none: "none",
  basic: "basic",
  digest: "digest",
  oauth: "oauth2",
  oauth2: "oauth2",
  apikey: "apiKey",
  api_key: "apiKey",
};
const wso2Kinds: Record<SecurityKind, string> = {
  none: "NONE",
  basic: "BASIC",
  digest: "DIGEST",
  oauth2: "OAUTH",
  apiKey: "APIKEY",
};
const known = [
  "enabled",
  "type",
  "username",
  "password",
  "grantType",
  "tokenUrl",
  "clientId",
  "clientSecret",
  "scopes",
  "customParameters",
  "apiKeyIdentifier",
  "apiKeyIdentifierType",
  "apiKeyValue",
  "x-sluice-security",
];

/** The security that the value describes; a kind that we do not have is refused, never left out. */
export function readSecurity(
  value: unknown,
  place: string,
  notes: Notes,
): { security: EndpointSecurity; unknown: Json } {
  const given = objectOf(value);
  const nothing = { security: EndpointSecurity.parse({}), unknown: {} };
  if (!given) {
    if (value !== undefined && value !== null && value !== "")
      notes.problem(place, "Write {type, username, password} or leave it out.");
    return nothing;
  }
  const name = textOf(given.type).trim();
  // WSO2 leaves a form that was never filled in as {enabled: false, type: null, username: "", ...}.
  if (!flagOf(given.enabled, name !== "" || textOf(given.username) !== "")) {
    const security = merged(nothing.security, given["x-sluice-security"]);
    return checked(security, withoutKeys(given, known), place, notes) ?? nothing;
  }
  const kind = Object.hasOwn(kinds, name.toLowerCase()) ? kinds[name.toLowerCase()] : undefined;
  if (!kind) {
    const what = name === "" ? "The type is missing" : `The type ${shown(name)} is not supported`;
    notes.problem(`${place}.type`, `${what}. Allowed are BASIC, DIGEST, OAUTH, APIKEY and NONE.`);
    return nothing;
  }
  const security = merged(fieldsOf(kind, given, place, notes), given["x-sluice-security"]);
  return checked(security, withoutKeys(given, known), place, notes) ?? nothing;
}

function fieldsOf(kind: SecurityKind, given: Json, place: string, notes: Notes): EndpointSecurity {
  const text = (key: string) => textOf(given[key]);
  const secret = (key: string) => (text(key) === "" ? null : { plain: text(key) });
  const grant = text("grantType").toLowerCase().replaceAll("_", "");
  if (kind === "oauth2" && !["", "clientcredentials", "password"].includes(grant)) {
    notes.problem(
      `${place}.grantType`,
      `${shown(given.grantType)} is not supported. Allowed are CLIENT_CREDENTIALS and PASSWORD.`,
    );
  }
  const base = EndpointSecurity.parse({});
  const login = { username: text("username"), password: secret("password") };
  switch (kind) {
    case "none":
      return base;
    case "basic":
    case "digest":
      return { ...base, kind, [kind]: login };
    case "oauth2": {
      const oauth2 = {
        ...base.oauth2,
        ...login,
        grant: grant === "password" ? ("password" as const) : ("clientCredentials" as const),
        tokenUrl: text("tokenUrl"),
        clientId: text("clientId"),
        clientSecret: secret("clientSecret"),
        scopes: Array.isArray(given.scopes) ? given.scopes.map(textOf).join(" ") : text("scopes"),
        parameters: parametersOf(given.customParameters, `${place}.customParameters`, notes),
      };
      return { ...base, kind, oauth2 };
    }
    case "apiKey": {
      const where = text("apiKeyIdentifierType").toLowerCase().startsWith("query") ? "query" : "header";
      const apiKey = { in: where, name: text("apiKeyIdentifier"), value: secret("apiKeyValue") } as const;
      return { ...base, kind, apiKey };
    }
  }
}

/** A map, or the JSON text of one. A value may be `{value, secured}`; a secured one would be a secret in the open here. */
function parametersOf(value: unknown, place: string, notes: Notes): string {
  if (value === undefined || value === null || value === "") return "";
  const map = objectOf(typeof value === "string" ? parsedJson(value) : value);
  if (!map) {
    notes.problem(place, `${shown(value)} is no map of parameters: write {name: value}.`);
    return "";
  }
  const parameters = Object.entries(map).flatMap(([name, given]): [string, string][] => {
    const details = objectOf(given);
    const text = textOf(details ? details.value : given);
    const line = `${name}=${text}`;
    const wrong = /\p{Cc}/u.test(line) ? "It has control characters." : parametersProblem(line);
    if (flagOf(details?.secured, false))
      notes.warn(
        `${place}.${name}`,
        "A secured parameter is left out: parameters are not kept as secrets here.",
      );
    else if (wrong) notes.warn(`${place}.${name}`, `It is left out. ${wrong}`);
    else return [[name, text]];
    return [];
  });
  return parameterLines(parameters);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checked(security: EndpointSecurity, unknown: Json, place: string, notes: Notes) {
  const parsed = EndpointSecurity.safeParse(security);
  if (parsed.success) return { security: parsed.data, unknown };
  for (const issue of parsed.error.issues) notes.problem(`${place} (${issue.path.join(".")})`, issue.message);
  return undefined;
}

/** Without any secret: whoever imports it enters them again. `unknown` is what `readSecurity` kept. */
export function writeSecurity(security: EndpointSecurity, unknown: Json = {}): Json {
  const { kind, basic, digest, oauth2, apiKey } = security;
  const value: Json = { ...unknown, enabled: kind !== "none", type: wso2Kinds[kind] };
  if (kind === "basic") Object.assign(value, { username: basic.username, password: "" });
  if (kind === "digest") Object.assign(value, { username: digest.username, password: "" });
  if (kind === "oauth2") {
    const { grant, tokenUrl, clientId, username, scopes } = oauth2;
    const grantType = grant === "password" ? "PASSWORD" : "CLIENT_CREDENTIALS";
    Object.assign(value, { grantType, tokenUrl, clientId, clientSecret: "", scopes: scopes.split(" ") });
    if (grant === "password") Object.assign(value, { username, password: "" });
    if (scopes === "") delete value.scopes;
    if (oauth2.parameters !== "")
      value.customParameters = Object.fromEntries(tokenParameters(oauth2.parameters));
  }
  if (kind === "apiKey") {
    const apiKeyIdentifierType = apiKey.in === "query" ? "QUERY_PARAMETER" : "HEADER";
    Object.assign(value, { apiKeyIdentifier: apiKey.name, apiKeyIdentifierType, apiKeyValue: "" });
  }
  const ignore = { problem() {}, warn() {} } as unknown as Notes;
  const own = difference(readSecurity(value, "", ignore).security, withoutSecrets(security));
  if (own !== undefined) value["x-sluice-security"] = own;
  return value;
}

/** The same with every secret forgotten. */
export function withoutSecrets(security: EndpointSecurity): EndpointSecurity {
  const { basic, digest, oauth2, apiKey } = security;
  return {
    ...security,
    basic: { ...basic, password: null },
    digest: { ...digest, password: null },
    oauth2: { ...oauth2, password: null, clientSecret: null },
    apiKey: { ...apiKey, value: null },
  };
}
