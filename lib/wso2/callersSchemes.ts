import type { ApiDefinition } from "../edit/api";
import { wso2ExtrasOf } from "./apiLabels";
import { listOf, textOf } from "./values";

/**
 * Why an API that came from WSO2 is not deployed by its import: callers come with something else than a token, and would
 * be turned away. Undefined when they come with one, or need none.
 */
export function schemeProblem(definition: ApiDefinition): string | undefined {
  const schemes = listOf(wso2ExtrasOf(definition).data?.securityScheme).map(textOf);
  const open = definition.security.kind === "none" || definition.resources.every(({ secured }) => !secured);
  if (schemes.length === 0 || open || schemes.some((scheme) => /^oauth/i.test(scheme.trim())))
    return undefined;
  return `Callers come with ${schemes.join(", ")}, and a token (oauth2) is what is checked here. Add oauth2, let the operations need none (authType None), or import it without deploying.`;
}
