import { type ApiDefinition, basePath, unversionedPath } from "../edit/api";
import { effectiveGroup, keyTypes } from "../edit/endpoints";

/**
 * Who would get errors by deploying `to` where `from` is live, in sentences: callers whose address, key type,
 * transport or way in without a token is taken away. What single operations lose is told by the list of changes.
 */
export function lossesOf(from: ApiDefinition, to: ApiDefinition): string[] {
  const losses: string[] = [];
  const [before, after] = [pathsOf(from), pathsOf(to)];
  const gone = before.filter((path) => !after.includes(path));
  if (basePath(from) !== basePath(to)) {
    const paths = gone.join(" and ") || basePath(from);
    losses.push(
      `Callers of ${paths} get 404: the API moves to ${basePath(to)}. Tokens of subscribed applications have to be got anew.`,
    );
  } else if (gone.length > 0) losses.push(`Callers of ${gone.join(" and ")} get 404.`);
  for (const keyType of keyTypes) {
    const has = (definition: ApiDefinition) => effectiveGroup(definition.endpoints, keyType).enabled;
    if (has(from) && !has(to)) {
      losses.push(`Callers with ${keyType} keys get 403: the API has no ${keyType} endpoint any more.`);
    }
  }
  if (from.security.kind === "none" && to.security.kind !== "none") {
    losses.push("Callers without a token get 401.");
  }
  for (const transport of ["http", "https"] as const) {
    if (from.transports[transport] && !to.transports[transport]) {
      losses.push(`Callers by ${transport.toUpperCase()} are refused.`);
    }
  }
  return losses;
}

function pathsOf(definition: ApiDefinition): string[] {
  const short = definition.isDefaultVersion ? unversionedPath(definition) : null;
  return short === null ? [basePath(definition)] : [basePath(definition), short];
}
