import * as z from "zod";
import { type ApiDefinition, basePath, type Resource } from "../edit/api";
import type { KeyType } from "../edit/endpoints";
import { INTERNAL_KEY } from "../model/internalKey";
import { NUL_WORDS, withoutNul } from "../model/nul";
import { allScopes, enough, type ScopeSets, scopeWords } from "./scopes";
import type { Skew } from "./skew";

/**
 * What a token says, and the rules over that (docs/rules/gateway.md section 2). Signatures are not checked here.
 * Claim names, codes and sentences are WSO2's where its users rely on them. Times are milliseconds; only the
 * claims themselves hold seconds.
 */

/**
 * Longest token that is looked at, characters: what a request head has room for, 16 KiB. It bounds every claim too.
 */
export const MAX_TOKEN_LENGTH = 16 * 1024;
/** Longest token that we issue, characters: callers and proxies send more than a token in a head. */
export const MAX_ISSUED_LENGTH = 8_192;
/** Longest life of a token that we issue, s: how long a revoked client has to be remembered. */
export const MAX_VALIDITY_SECONDS = 30 * 86_400;

/** Seconds since 1970, possibly with a fraction (RFC 7519, section 2). Beyond this, no Date can hold it. */
const NumericDate = z.number().min(0).max(8_640_000_000_000);
/** Scopes as one text (RFC 6749, 3.3) or as a list: issuers write either. */
const scopes = z.union([
  z.string().transform((all) => all.split(" ").filter((one) => one !== "")),
  z.array(z.string()),
]);

/** An API that a token is bound to. `context` is with or without the version: WSO2 writes it with it. */
export const SubscribedApi = z.object({
  name: z.string().optional(),
  context: z.string(),
  version: z.string(),
});
export type SubscribedApi = z.infer<typeof SubscribedApi>;

const Claims = z.object({
  iss: z.string(),
  /** A token without an end could only be taken back by hand, so there has to be one (RFC 9068, section 2.2). */
  exp: NumericDate,
  nbf: NumericDate.optional(),
  iat: NumericDate.optional(),
  sub: z.string().default(""),
  aud: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  azp: z.string().optional(),
  client_id: z.string().optional(),
  scope: scopes.default([]),
  /** What Microsoft's and Okta's issuers call it. No registered claim, so another form of it means nothing to us. */
  scp: scopes.catch([]),
  jti: z.string().optional(),
  keytype: z.enum(["PRODUCTION", "SANDBOX"]).default("PRODUCTION"),
  token_type: z.string().optional(),
  /** Absent: for every API. Present, even when empty: for these alone. */
  subscribedAPIs: z.array(SubscribedApi).optional(),
});

/** The claims that we read; whatever else a token holds is not looked at. All its scopes are in `scope`. */
export const TokenClaims = Claims.transform(({ scp, ...claims }) => ({
  ...claims,
  scope: scp.length > 0 ? [...new Set([...claims.scope, ...scp])] : claims.scope,
}));
export type TokenClaims = z.infer<typeof TokenClaims>;

/** Why a request may not pass. `reason` is a sentence for whoever makes the request. */
export type AuthProblem =
  | { kind: "missing"; header: string }
  | { kind: "conflicting"; header: string }
  | { kind: "invalid"; reason: string }
  | { kind: "notSubscribed"; issuedFor?: string }
  | { kind: "scope"; wanted: ScopeSets }
  | { kind: "noEndpoint"; keyType: KeyType };

export function invalid(reason: string): AuthProblem {
  return { kind: "invalid", reason };
}

/** Which group a token is for. */
export function keyTypeOf(claims: TokenClaims): KeyType {
  return claims.keytype === "SANDBOX" ? "sandbox" : "production";
}

/** The claim `keytype` for a key type. */
export function keyTypeClaim(keyType: KeyType): TokenClaims["keytype"] {
  return keyType === "sandbox" ? "SANDBOX" : "PRODUCTION";
}

/** Whose client made the token; "" when it does not say. */
export function clientOf(claims: TokenClaims): string {
  return claims.azp ?? claims.client_id ?? "";
}

/** What the access log calls the caller: the client, else the subject. */
export function consumerOf(claims: TokenClaims): string {
  return clientOf(claims) || claims.sub;
}

/** Before its time or after it. */
export function timeProblem(claims: TokenClaims, now: number, { lateMs, earlyMs }: Skew): AuthProblem | null {
  if (now >= claims.exp * 1000 + lateMs) return invalid("The token has expired.");
  if (claims.nbf !== undefined && now < claims.nbf * 1000 - earlyMs) {
    return invalid("The token is not valid yet.");
  }
  return null;
}

/** Tokens that have ended early. */
export interface Revocations {
  /** Claims `jti`. */
  readonly tokens: ReadonlySet<string>;
  /** By client: its tokens issued before this time have ended, ms. */
  readonly clients: ReadonlyMap<string, number>;
}

/** How long a revocation outlives its tokens, ms: a day, because clocks differ and may be set. */
export const REVOCATION_MARGIN_MS = 86_400_000;

/** A client's token that does not say when it was issued counts as old. */
export function revoked(claims: TokenClaims, { tokens, clients }: Revocations): boolean {
  if (claims.jti !== undefined && tokens.has(claims.jti)) return true;
  const before = clients.get(clientOf(claims));
  return before !== undefined && (claims.iat ?? 0) * 1000 < before;
}

/** Whether one of `accepted` is among the token's audiences; an empty list accepts any. */
export function audienceProblem(claims: TokenClaims, accepted: readonly string[]): AuthProblem | null {
  if (accepted.length === 0 || accepted.some((one) => claims.aud.includes(one))) return null;
  return invalid("The token is for another audience.");
}

/** What a token bound to an API names it by: WSO2's form, with the version in the context. */
export function subscribedApi(api: Pick<ApiDefinition, "name" | "context" | "version">): SubscribedApi {
  return { name: api.name, context: basePath(api), version: api.version };
}

/**
 * Whether a token may call this operation: audience, subscription, scope. An internal key is made for one API by
 * whoever may see it, so only its binding counts. The token's own validity is checked before.
 */
export function accessProblem(
  claims: TokenClaims,
  api: Pick<ApiDefinition, "name" | "context" | "version" | "security">,
  resource: Pick<Resource, "scopes">,
): AuthProblem | null {
  const internal = claims.token_type === INTERNAL_KEY;
  if (claims.subscribedAPIs ? !isAmong(claims.subscribedAPIs, api) : internal) {
    const { name, version } = api;
    const before = claims.subscribedAPIs?.find((one) => one.name === name && one.version === version);
    return before ? { kind: "notSubscribed", issuedFor: before.context } : { kind: "notSubscribed" };
  }
  if (internal) return null;
  return audienceProblem(claims, api.security.audiences) ?? scopeProblem(claims, resource.scopes);
}

/**
 * The name counts when it is given: context and version alone can mean two APIs (context /a/1 with version 1 as
 * WSO2 writes /a, and as our own /a/1).
 */
function isAmong(
  subscribed: readonly SubscribedApi[],
  api: Pick<ApiDefinition, "name" | "context" | "version">,
): boolean {
  const path = basePath(api);
  return subscribed.some(
    ({ name, context, version }) =>
      version === api.version &&
      (context === path || context === api.context) &&
      (name === undefined || name === api.name),
  );
}

function scopeProblem(claims: TokenClaims, wanted: ScopeSets): AuthProblem | null {
  return enough(wanted, claims.scope) ? null : { kind: "scope", wanted };
}

/** A refusal as it goes to the caller: WSO2's code, and the challenge for `WWW-Authenticate` (RFC 6750, section 3). */
export interface AuthRefusal {
  status: 400 | 401 | 403;
  code: string;
  message: string;
  description: string;
  challenge?: string;
}

const REALM = 'Bearer realm="Sluice"';

export function refusalOf(problem: AuthProblem): AuthRefusal {
  switch (problem.kind) {
    case "missing":
      return {
        status: 401,
        code: "900902",
        message: "Missing Credentials",
        description: `This API needs a token: send the header ${tokenExample(problem.header)}.`,
        challenge: REALM,
      };
    case "conflicting":
      return {
        status: 400,
        code: "102512",
        message: "Bad Request",
        description: `The header ${problem.header} stands in the request more than once.`,
        challenge: `${REALM}, error="invalid_request"`,
      };
    case "invalid":
      return {
        status: 401,
        code: "900901",
        message: "Invalid Credentials",
        description: problem.reason,
        challenge: `${REALM}, error="invalid_token", error_description="${problem.reason}"`,
      };
    case "notSubscribed":
      return {
        status: 403,
        code: "900908",
        message: "Resource forbidden",
        description:
          problem.issuedFor === undefined
            ? "The token is not for this API: when it was issued, its application was not subscribed to it, or the API had another name. Get a new one."
            : `The token was issued when this API was at ${problem.issuedFor}. Get a new one.`,
      };
    case "scope":
      return {
        status: 403,
        code: "900910",
        message: "The access token does not allow you to access the requested resource",
        description: `The token needs ${scopeWords(problem.wanted)}.`,
        challenge: `${REALM}, error="insufficient_scope"${scopeParameter(problem.wanted)}`,
      };
    case "noEndpoint": {
      const title = problem.keyType === "sandbox" ? "Sandbox" : "Production";
      return {
        status: 403,
        code: "900901",
        message: "Forbidden",
        description: `${title} key offered to an API with no ${problem.keyType} endpoint`,
      };
    }
  }
}

function tokenExample(header: string): string {
  return `${header}: ${header.toLowerCase() === "authorization" ? "Bearer " : ""}<token>`;
}

/** Longest `scope` in a challenge, characters: a head holds other things, too. */
const MAX_CHALLENGE = 2_000;

/**
 * What a token is asked for to pass: all sets together, as many as there is room for. A set with a scope that the
 * header's grammar has no room for is left out (RFC 6749, section 3.3), because half of it opens nothing.
 */
function scopeParameter(sets: ScopeSets): string {
  const writable = sets.filter((set) => set.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)));
  let words = "";
  for (let count = 1; count <= writable.length; count++) {
    const more = allScopes(writable.slice(0, count)).join(" ");
    if (more.length > MAX_CHALLENGE) break;
    words = more;
  }
  return words === "" ? "" : `, scope="${words}"`;
}

/** Somebody else's tokens, as entered by a person. */
export const IssuerInput = z.object({
  name: z.string().trim().min(1, "Enter a name.").max(60, "A name has at most 60 characters."),
  issuer: z
    .string()
    .trim()
    .min(1, "Enter the issuer: what its tokens say in the claim iss.")
    .max(1_000, "An issuer has at most 1000 characters.")
    // PostgreSQL's index takes 2704 bytes.
    .refine((text) => new TextEncoder().encode(text).length <= 2_500, "An issuer has at most 2500 bytes."),
  jwksUrl: z
    .url({ protocol: /^https?$/, error: "Enter the http or https URL of the issuer's keys (JWKS)." })
    .max(2_000, "A URL has at most 2000 characters."),
  audiences: z.array(z.string().trim().min(1).max(500).refine(withoutNul, NUL_WORDS)).max(50).default([]),
  enabled: z.boolean().default(true),
});
export type IssuerInput = z.infer<typeof IssuerInput>;
