import type { ApiDefinition } from "#lib/edit/api";
import { labelsOf, withLabels, wso2ExtrasOf } from "#lib/wso2/apiLabels";

/**
 * A definition with the state of the life cycle that its API is in now: what somebody made it (`lifeCycle` of the row),
 * else what the draft came with. A revision keeps no state of its own.
 */
export function withState(
  definition: ApiDefinition,
  draft: ApiDefinition,
  lifeCycle: string | null,
): ApiDefinition {
  const { lifeCycleStatus } = labelsOf(wso2ExtrasOf(draft).data ?? {}, "", lifeCycle);
  return withLabels(definition, { lifeCycleStatus });
}
