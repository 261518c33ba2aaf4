import * as z from "zod";
import { readBasic } from "./basic";
import { MAX_VALIDITY_SECONDS } from "./tokens";

/**
 * Reading what clients send to the token endpoint (RFC 6749, section 4.4) and the revocation endpoint (RFC 7009).
 * Errors are values; their codes are those of RFC 6749, section 5.2.
 */

/** Life of a token for which no `validity_period` was asked, s. */
export const DEFAULT_VALIDITY_SECONDS = 3_600;
/** Longest `scope`, characters: a token has to fit into a header beside everything else. */
const MAX_SCOPE = 1_000;
/** Longest client id and secret that are looked at, characters. */
const MAX_CREDENTIAL = 200;

export interface OAuthError {
  status: 400 | 401;
  error: "invalid_request" | "invalid_client" | "invalid_grant" | "invalid_scope" | "unsupported_grant_type";
  description: string;
}

export interface ClientCredentials {
  clientId: string;
  secret: string;
}

export interface TokenOrder extends ClientCredentials {
  scopes: string[];
  validitySeconds: number;
}

export interface RevocationOrder extends ClientCredentials {
  token: string;
}

export type Read<T> = { ok: true; value: T } | { ok: false; error: OAuthError };

function refuse(error: OAuthError["error"], description: string): { ok: false; error: OAuthError } {
  return { ok: false, error: { status: error === "invalid_client" ? 401 : 400, error, description } };
}

/** One answer for an unknown client and a wrong secret, so that client ids cannot be probed. */
export const wrongClient = refuse("invalid_client", "The client id or the client secret is wrong.").error;

const Validity = z.coerce.number().int().min(1).max(MAX_VALIDITY_SECONDS);

/** What `POST /oauth2/token` is asked for. `form` is null when the body is no form. */
export function readTokenOrder(authorization: string | null, form: string | null): Read<TokenOrder> {
  const fields = readForm(form);
  if (!fields.ok) return fields;
  const get = (name: string) => fields.value.get(name);
  const grant = get("grant_type");
  if (grant === undefined) return refuse("invalid_request", "The field grant_type is missing.");
  const client = readClient(authorization, fields.value);
  if (!client.ok) return client;
  if (grant !== "client_credentials") {
    return refuse("unsupported_grant_type", "grant_type is client_credentials here; nothing else is known.");
  }
  const validity = Validity.safeParse(get("validity_period") || DEFAULT_VALIDITY_SECONDS);
  if (!validity.success) {
    const words = `validity_period is a whole number of seconds from 1 to ${MAX_VALIDITY_SECONDS}.`;
    return refuse("invalid_request", words);
  }
  const scopes = readScope(get("scope") ?? "");
  if (!scopes.ok) return scopes;
  return { ok: true, value: { ...client.value, scopes: scopes.value, validitySeconds: validity.data } };
}

/** What `POST /oauth2/revoke` is asked for. The hint is not needed: there is one kind of token. */
export function readRevocationOrder(
  authorization: string | null,
  form: string | null,
): Read<RevocationOrder> {
  const fields = readForm(form);
  if (!fields.ok) return fields;
  const client = readClient(authorization, fields.value);
  if (!client.ok) return client;
  const token = fields.value.get("token");
  if (!token) return refuse("invalid_request", "The field token is missing.");
  return { ok: true, value: { ...client.value, token } };
}

/** Who sends this, without a look at the rest; null where that cannot be told. */
export function clientIn(authorization: string | null, form: string | null): ClientCredentials | null {
  const fields = readForm(form);
  const client = fields.ok ? readClient(authorization, fields.value) : fields;
  return client.ok ? client.value : null;
}

export interface PasswordOrder {
  username: string;
  password: string;
  scopes: string[];
}

/** What a client asks for with its user's password (RFC 6749, section 4.3). */
export function readPasswordOrder(form: string | null): Read<PasswordOrder> {
  const fields = readForm(form);
  if (!fields.ok) return fields;
  const get = (name: string) => fields.value.get(name);
  if (get("grant_type") !== "password")
    return refuse("unsupported_grant_type", "grant_type is password for this client.");
  const [username, password] = [get("username"), get("password")];
  if (!username || !password) return refuse("invalid_request", "Send username and password.");
  const scopes = readScope(get("scope") ?? "");
  return scopes.ok ? { ok: true, value: { username, password, scopes: scopes.value } } : scopes;
}

export const wrongPassword = refuse("invalid_grant", "The user name or the password is wrong.").error;

/** No field may come twice (RFC 6749, section 3.2): which of the two counts would be anybody's guess. */
function readForm(form: string | null): Read<Map<string, string>> {
  if (form === null) {
    return refuse("invalid_request", "Send the fields as application/x-www-form-urlencoded.");
  }
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(form)) {
    if (fields.has(name)) {
      return refuse("invalid_request", `The field ${name.slice(0, 50)} stands in the request twice.`);
    }
    // A field without a value counts as left out (section 3.1).
    if (value !== "") fields.set(name, value);
  }
  return { ok: true, value: fields };
}

function readClient(
  authorization: string | null,
  fields: ReadonlyMap<string, string>,
): Read<ClientCredentials> {
  const id = fields.get("client_id");
  const secret = fields.get("client_secret");
  if (authorization !== null) {
    const basic = readClientBasic(authorization);
    if (!basic) {
      return refuse("invalid_client", "Authorization is not HTTP Basic with client id and secret.");
    }
    // The id may be repeated in the form; a second secret may not (section 2.3).
    if (secret !== undefined || (id !== undefined && id !== basic.clientId)) {
      return refuse(
        "invalid_request",
        "Send the client's credentials once: by HTTP Basic or as form fields.",
      );
    }
    return { ok: true, value: basic };
  }
  if (!id || !secret) {
    const words = "Send client id and secret by HTTP Basic, or as client_id and client_secret.";
    return refuse("invalid_client", words);
  }
  if (id.length > MAX_CREDENTIAL || secret.length > MAX_CREDENTIAL) return { ok: false, error: wrongClient };
  return { ok: true, value: { clientId: id, secret } };
}

/** Both parts may be form-encoded (section 2.3.1); ours hold nothing that this would change. */
function readClientBasic(authorization: string): ClientCredentials | null {
  const basic = readBasic(authorization, MAX_CREDENTIAL);
  if (!basic) return null;
  try {
    return { clientId: decodeURIComponent(basic.name), secret: decodeURIComponent(basic.password) };
  } catch {
    return null;
  }
}

/** Scopes in the grammar of section 3.3, each once. */
function readScope(text: string): Read<string[]> {
  if (text.length > MAX_SCOPE) {
    return refuse("invalid_scope", `scope has at most ${MAX_SCOPE} characters.`);
  }
  const scopes = text.split(" ").filter((scope) => scope !== "");
  const bad = scopes.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
  if (bad !== undefined) return refuse("invalid_scope", "scope holds a character that scopes cannot have.");
  return { ok: true, value: [...new Set(scopes)] };
}
