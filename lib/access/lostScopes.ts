import { type ApiDefinition, operationName, type Resource } from "../edit/api";
import { type ScopeSets, weaker } from "./scopes";

/** What a document asks of one operation. */
export interface AskedScopes {
  /** "GET /menu" */
  operation: string;
  scopes: ScopeSets;
}

/**
 * Those operations of which the API lets tokens pass that its document would not. Schemes with another name than
 * WSO2's were not read once, so APIs that were imported then have lost what those ask for.
 */
export function lostScopes(
  { security, resources }: Pick<ApiDefinition, "security" | "resources">,
  asked: readonly AskedScopes[],
): AskedScopes[] {
  if (security.kind === "none" || asked.length === 0) return [];
  const enforced = new Map(resources.map((r) => [operationName(r), r]));
  return asked.filter(({ operation, scopes }) => {
    const resource = enforced.get(operation);
    return resource?.secured && weaker(resource.scopes, scopes);
  });
}

/** With the scopes that are asked for. */
export function withScopes(resources: readonly Resource[], asked: readonly AskedScopes[]): Resource[] {
  const wanted = new Map(asked.map(({ operation, scopes }) => [operation, scopes]));
  return resources.map((r) => {
    const scopes = wanted.get(operationName(r));
    return scopes ? { ...r, scopes } : r;
  });
}
