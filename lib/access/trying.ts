import type { ApiDefinition, Resource } from "../edit/api";
import { effectiveGroup, type KeyType } from "../edit/endpoints";
import { INTERNAL_KEY_HEADER } from "../model/internalKey";
import { isMethodOverride, methodsInQuery } from "../traffic/requestFields";
import type { Role } from "./roles";

/**
 * Which endpoints a role may try an API out with: the one rule behind Try Out, test tokens on pages and in
 * `/api/v1`, keys of WSO2's REST API, and the gateway's `/testkey`. Whoever may change APIs may try everything. A
 * viewer has the sandbox, and GET and HEAD of production where an administrator allows it. No token can be held to a
 * method, so a viewer never gets one for production: the publisher sends such a request itself.
 */

/** What of production somebody may try. */
export const reaches = ["all", "read", "none"] as const;
export type Reach = (typeof reaches)[number];

const READING: readonly string[] = ["GET", "HEAD"];

/** `viewersRead`: whether an administrator allows viewers to read from production. */
export function productionReach(role: Role, viewersRead: boolean): Reach {
  if (role !== "viewer") return "all";
  return viewersRead ? "read" : "none";
}

export function mayTry(reach: Reach, keyType: KeyType, method: string): boolean {
  return keyType === "sandbox" || reach === "all" || (reach === "read" && READING.includes(method));
}

/** Why a request may not be tried, for people; "" when it may. */
export function whyNotTry(role: Role, reach: Reach, keyType: KeyType, method: string): string {
  if (mayTry(reach, keyType, method)) return "";
  return reach === "read"
    ? `Your role (${role}) may send only GET and HEAD to production.`
    : `Your role (${role}) may try out the sandbox only. An administrator may allow GET and HEAD of production in Settings.`;
}

/** Why a role gets no token for a key type; "" when it does. */
export function whyNoToken(role: Role, keyType: KeyType): string {
  if (keyType === "sandbox" || productionReach(role, true) === "all") return "";
  return `Your role (${role}) gets tokens for the sandbox only: one for production is good for every method.`;
}

/**
 * Why a header may not be sent along; "" when it may. Whoever is held to the sandbox or to reading would be free of
 * that with somebody else's token, or with another method than the request's.
 */
export function whyNotHeader(
  role: Role,
  reach: Reach,
  name: string,
  { security }: Pick<ApiDefinition, "security">,
): string {
  if (reach === "all") return "";
  const lower = name.toLowerCase();
  if ([security.header, INTERNAL_KEY_HEADER].some((one) => one.toLowerCase() === lower)) {
    return `Your role (${role}) tries out with Sluice's own tokens: leave out the header ${name}.`;
  }
  if (isMethodOverride(name)) {
    return `Your role (${role}) may not send one method in place of another: leave out the header ${name}.`;
  }
  return "";
}

/** Why a query may not be sent along; "" when it may. */
export function whyNotQuery(role: Role, reach: Reach, query: string): string {
  if (reach === "all" || methodsInQuery(query).length === 0) return "";
  return `Your role (${role}) may not send one method in place of another: leave _method out of the query.`;
}

/** Where requests to an operation end up: where no token is asked for in production, else in the sandbox. */
export function reachedBy(
  { security, endpoints }: Pick<ApiDefinition, "security" | "endpoints">,
  resource: Pick<Resource, "secured" | "endpoints">,
  keyType: KeyType,
): KeyType {
  if (security.kind === "jwt" && resource.secured) return keyType;
  const groups = resource.endpoints ? [resource.endpoints, endpoints] : [endpoints];
  return groups.some((one) => effectiveGroup(one, "production").enabled) ? "production" : "sandbox";
}

/** Why an operation, null for one that is not there, may not be tried with a token of this key type; "" when it may. */
export function whyNotOperation(
  role: Role,
  reach: Reach,
  definition: Pick<ApiDefinition, "security" | "endpoints">,
  resource: Pick<Resource, "secured" | "endpoints"> | null,
  keyType: KeyType,
  method: string,
): string {
  const reached = resource ? reachedBy(definition, resource, keyType) : keyType;
  const why = whyNotTry(role, reach, reached, method);
  return why && reached !== keyType
    ? `This operation asks for no token, so it reaches production. ${why}`
    : why;
}
