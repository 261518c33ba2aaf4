import { z } from "zod";

/**
 * How the gateway proves itself to the backends of one key type. Secrets are named, not held: a document that is
 * stored, shown or exported carries their ids only.
 */

/**
 * A credential in a document. `id` names a sealed row of the same API; `plain` is a new value on its way from the
 * person who typed it to the store, which turns it into an id; null is none.
 */
export const SecretRef = z
  .union([
    z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) }),
    z.strictObject({
      plain: z
        .string()
        .min(1)
        .max(8_000, "A secret has at most 8000 characters.")
        .refine((text) => !/\p{Cc}/u.test(text), "A secret has no line breaks or other control characters."),
    }),
  ])
  .nullable()
  .default(null);
export type SecretRef = z.infer<typeof SecretRef>;

/** Text that goes into a header or a form: no control characters. */
const text = (max: number) =>
  z
    .string()
    .max(max, `At most ${max} characters.`)
    .refine(
      (value) => !/\p{Cc}/u.test(value),
      "Line breaks and other control characters are not possible here.",
    )
    .default("");

export const securityKinds = ["none", "basic", "digest", "oauth2", "apiKey"] as const;
export type SecurityKind = (typeof securityKinds)[number];

const Login = z.object({ username: text(500), password: SecretRef });

export const OAuth2 = z.object({
  grant: z.enum(["clientCredentials", "password"]).default("clientCredentials"),
  tokenUrl: text(2_000),
  clientId: text(500),
  clientSecret: SecretRef,
  /** Of the password grant. */
  username: text(500),
  password: SecretRef,
  /** Separated by spaces, as they are sent. */
  scopes: text(2_000),
  /** Where the client's id and secret go: HTTP Basic, or the form (RFC 6749, 2.3.1). */
  clientIn: z.enum(["header", "body"]).default("header"),
});
export type OAuth2 = z.infer<typeof OAuth2>;

export const ApiKey = z.object({
  in: z.enum(["header", "query"]).default("header"),
  name: text(200),
  value: SecretRef,
});

/** The kind stands beside what each kind needs, so that choosing another one loses nothing (DESIGN.md rule 1). */
export const EndpointSecurity = z.object({
  kind: z.enum(securityKinds).default("none"),
  basic: Login.prefault({}),
  digest: Login.prefault({}),
  oauth2: OAuth2.prefault({}),
  apiKey: ApiKey.prefault({}),
});
export type EndpointSecurity = z.infer<typeof EndpointSecurity>;

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
      const { tokenUrl, clientId, clientSecret, grant, username, password } = security.oauth2;
      need("tokenUrl", tokenUrl !== "", "Enter the URL that tokens come from.");
      need("tokenUrl", tokenUrl === "" || isTokenUrl(tokenUrl), "Use the form https://host/path.");
      need("clientId", clientId !== "", "Enter the client ID.");
      need("clientSecret", clientSecret !== null, "Enter the client secret.");
      if (grant === "password") {
        need("username", username !== "", "Enter the user name for the token.");
        need("password", password !== null, "Enter the password for the token.");
      }
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
