import type { ApiDefinition } from "../edit/api";
import { stateOf } from "./lifeCycle";
import type { ProjectExtras } from "./readProject";
import { type Json, listOf, objectOf, textOf } from "./values";

/** What WSO2's clients read of every API and what has no effect here: kept with it, with a default where it lacks. */
export interface ApiLabels {
  provider: string;
  lifeCycleStatus: string;
  displayName: string;
  tags: string[];
  policies: string[];
  securityScheme: string[];
}

const texts = (value: unknown) =>
  listOf(value)
    .map(textOf)
    .filter((text) => text !== "");
const orElse = <T>(list: T[], fallback: T[]) => (list.length > 0 ? list : fallback);

/** From `data` of api.yaml, whatever types it has there: clients read these strictly. `stored` is the row's state. */
export function labelsOf(data: Json, name: string, stored: string | null): ApiLabels {
  return {
    provider: textOf(data.provider) || "admin",
    lifeCycleStatus: stateOf(stored, textOf(data.lifeCycleStatus)),
    displayName: textOf(data.displayName) || name,
    tags: texts(data.tags),
    policies: orElse(texts(data.policies), ["Unlimited"]),
    securityScheme: orElse(texts(data.securityScheme), ["oauth2", "oauth_basic_auth_api_key_mandatory"]),
  };
}

/** What a definition keeps of WSO2's. */
export const wso2ExtrasOf = ({ extras }: Pick<ApiDefinition, "extras">): ProjectExtras =>
  (objectOf(extras.wso2) ?? {}) as ProjectExtras;

/** The same definition with other labels. */
export function withLabels(
  definition: ApiDefinition,
  labels: { provider?: string; lifeCycleStatus?: string },
): ApiDefinition {
  const wso2 = wso2ExtrasOf(definition);
  return {
    ...definition,
    extras: { ...definition.extras, wso2: { ...wso2, data: { ...wso2.data, ...labels } } },
  };
}
