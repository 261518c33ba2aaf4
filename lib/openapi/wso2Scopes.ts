import { allScopes, type ScopeSets } from "../access/scopes";
import { isPlainMap, type Plain, type PlainMap } from "../text/source";

/**
 * Scopes as WSO2 reads them: from its own scheme alone, which has to list them, and of which one is enough. Our own
 * extension beside it says what that cannot.
 */

export const WSO2_SCHEME = "default";

/** One scope of each set: of what one-of can ask for, that lets the fewest in. */
export const oneOf = (sets: ScopeSets) => allScopes(sets.map((set) => set.slice(0, 1)));

/** The `security` of an operation with WSO2's scheme in its first requirement, where WSO2 looks for it. */
export function withWso2Scheme(given: Plain | undefined, sets: ScopeSets): Plain {
  const list = Array.isArray(given) ? given.filter(isPlainMap) : [];
  const [first = {}, ...others] = list.map(({ [WSO2_SCHEME]: _own, ...rest }) => rest as PlainMap);
  return [{ ...first, [WSO2_SCHEME]: oneOf(sets) }, ...others.filter((one) => Object.keys(one).length > 0)];
}

/** WSO2's scheme with these scopes besides those that it has; undefined where its name means something else. */
export function wso2Scheme(
  given: Plain | undefined,
  scopes: readonly string[],
  swagger: boolean,
): PlainMap | undefined {
  const scheme = given ?? { type: "oauth2" };
  if (!isPlainMap(scheme) || scheme.type !== "oauth2") return undefined;
  const listed = (known: Plain | undefined): PlainMap => ({
    ...Object.fromEntries(scopes.map((scope) => [scope, ""])),
    ...(isPlainMap(known) && known),
  });
  // The address is what WSO2 writes: it is there because OpenAPI asks for one.
  const authorizationUrl = "https://test.com";
  if (swagger) return { flow: "implicit", authorizationUrl, ...scheme, scopes: listed(scheme.scopes) };
  const flows = isPlainMap(scheme.flows) ? scheme.flows : {};
  const implicit = isPlainMap(flows.implicit) ? flows.implicit : {};
  const filled = { authorizationUrl, ...implicit, scopes: listed(implicit.scopes) };
  return { ...scheme, flows: { ...flows, implicit: filled } };
}
