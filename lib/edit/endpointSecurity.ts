import { type SecurityKind, securityKinds } from "../model/endpointTerms";
import type { EndpointSecurity, SecretRef } from "../schemas/security";
import { parametersProblem } from "./tokenParameters";

export { type SecurityKind, securityKinds } from "../model/endpointTerms";
export type { ApiKey, EndpointSecurity, OAuth2, SecretRef } from "../schemas/security";

/**
 * How the gateway proves itself to the backends of one key type. Secrets are named, not held: a document that is
 * stored, shown or exported carries their ids only.
 */

const noLogin = { username: "", password: null };

/** No security, and nothing entered for any kind. */
export const noSecurity: EndpointSecurity = {
  kind: "none",
  basic: noLogin,
  digest: noLogin,
  oauth2: {
    grant: "clientCredentials",
    tokenUrl: "",
    clientId: "",
    clientSecret: null,
    ...noLogin,
    scopes: "",
    clientIn: "header",
    parameters: "",
  },
  apiKey: { in: "header", name: "", value: null },
};

export interface SecurityProblem {
  /** Inside the security object: ["basic", "password"]. */
  path: string[];
  message: string;
}

/** What the chosen kind still needs; empty when requests can be made with it. */
export function securityProblems(security: EndpointSecurity): SecurityProblem[] {
  const { kind } = security;
  const problems: SecurityProblem[] = [];
  const need = (field: string, filled: boolean, message: string) => {
    if (!filled) problems.push({ path: [kind, field], message });
  };
  switch (kind) {
    case "none":
      break;
    case "basic":
    case "digest": {
      const { username, password } = security[kind];
      need("username", username !== "", "Enter the user name for the backend.");
      // RFC 7617: what comes before the first colon is the user name.
      need("username", kind === "digest" || !username.includes(":"), "A user name for Basic has no colon.");
      need("password", password !== null, "Enter the password for the backend.");
      break;
    }
    case "oauth2": {
      const { tokenUrl, clientId, clientSecret, grant, username, password, parameters } = security.oauth2;
      need("tokenUrl", tokenUrl !== "", "Enter the URL that tokens come from.");
      need("tokenUrl", tokenUrl === "" || isTokenUrl(tokenUrl), "Use the form https://host/path.");
      need("clientId", clientId !== "", "Enter the client ID.");
      need("clientSecret", clientSecret !== null, "Enter the client secret.");
      if (grant === "password") {
        need("username", username !== "", "Enter the user name for the token.");
        need("password", password !== null, "Enter the password for the token.");
      }
      const wrong = parametersProblem(parameters);
      need("parameters", wrong === undefined, wrong ?? "");
      break;
    }
    case "apiKey": {
      const { name, value, in: place } = security.apiKey;
      need("name", name !== "", "Enter the name of the header or parameter.");
      need(
        "name",
        place === "query" || name === "" || isHeaderName(name),
        "A header name has letters, digits and hyphens only, and is not one of the connection's own.",
      );
      need("value", value !== null, "Enter the key.");
    }
  }
  return problems;
}

/** http is allowed: inside one network people do that. User info would be a secret in the open. */
function isTokenUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password, hash } = new URL(value);
  if (protocol !== "https:" && protocol !== "http:") return false;
  return hostname !== "" && username === "" && password === "" && hash === "";
}

/** Headers that say how a message is read belong to the gateway. */
const notForKeys =
  /^(host|connection|content-length|transfer-encoding|upgrade|te|trailer|expect|keep-alive|cookie|proxy-.*|x-forwarded-.*|forwarded)$/i;

function isHeaderName(name: string): boolean {
  return /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name) && !notForKeys.test(name);
}

const secretFields = [
  ["basic", "password"],
  ["digest", "password"],
  ["oauth2", "clientSecret"],
  ["oauth2", "password"],
  ["apiKey", "value"],
] as const;

/** Every place of a secret, whatever the kind, with what is there. */
export function secretsOf(security: EndpointSecurity): { path: [string, string]; ref: SecretRef }[] {
  return secretFields.map(([kind, field]) => ({
    path: [kind, field],
    ref: (security[kind] as Record<string, unknown>)[field] as SecretRef,
  }));
}

/** The same security with each secret as `change` says; the very same value when nothing changes. */
export function mapSecrets(
  security: EndpointSecurity,
  change: (ref: NonNullable<SecretRef>) => SecretRef,
): EndpointSecurity {
  let next = security;
  for (const { path, ref } of secretsOf(security)) {
    const after = ref && change(ref);
    if (after === ref) continue;
    const [kind, field] = path as [keyof EndpointSecurity, string];
    next = { ...next, [kind]: { ...(next[kind] as object), [field]: after } };
  }
  return next;
}

const kindNames: Record<SecurityKind, string> = {
  none: "None",
  basic: "Basic",
  digest: "Digest",
  oauth2: "OAuth 2.0",
  apiKey: "API Key",
};
export const securityKindName = (kind: SecurityKind): string => kindNames[kind];

const fieldNames: Record<string, string> = {
  username: "user name",
  password: "password",
  grant: "grant",
  tokenUrl: "token URL",
  clientId: "client ID",
  clientSecret: "client secret",
  scopes: "scopes",
  clientIn: "client authentication",
  parameters: "parameters",
  in: "place",
  name: "name",
  value: "key",
};

/** What leads from one to the other in sentences, never with a secret or its id. */
export function securityDiff(from: EndpointSecurity, to: EndpointSecurity): string[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  const changes: string[] = [];
  if (from.kind !== to.kind) {
    changes.push(`Endpoint Security ${kindNames[from.kind]} → ${kindNames[to.kind]}`);
  }
  for (const kind of securityKinds) {
    if (kind === "none") continue;
    const before = from[kind] as Record<string, unknown>;
    const after = to[kind] as Record<string, unknown>;
    for (const field of Object.keys(after)) {
      if (JSON.stringify(before[field]) === JSON.stringify(after[field])) continue;
      const name = `Endpoint Security ${kindNames[kind]}: ${fieldNames[field] ?? field}`;
      const secret = secretFields.some(([k, f]) => k === kind && f === field);
      if (!secret) changes.push(`${name} ${shown(before[field])} → ${shown(after[field])}`);
      else
        changes.push(
          `${name} ${before[field] === null ? "entered" : after[field] === null ? "removed" : "changed"}`,
        );
    }
  }
  return changes;
}

const shown = (value: unknown) => (value === "" ? "none" : String(value));
