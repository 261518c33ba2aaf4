import { asksMore, decodedReading, hasReadings, plainReading } from "#lib/readings";
import type { RequestHeaders } from "./headers";
import type { ResourceMatch, Route, RuntimeApi } from "./snapshot";

/**
 * Whether a backend may take a request for another operation than we did: by how it reads the path, or by a field
 * that names another method. Who may call is decided on what we read, so such a request would be let in by the
 * rules of the one and do the work of the other.
 */

/** Whether callers of an operation need a token. */
export function needsToken(api: RuntimeApi, route: Route): boolean {
  return api.definition.security.kind !== "none" && route.resource.secured;
}

const twoWays =
  "The path can be read in more than one way: it has encoded letters, ;parameters, // or /./ segments that lead to another resource. Send it as the API declares it.";
const encodedSlash =
  "The path has an encoded slash (%2F or %5C), and with a plain one it is a resource that asks for more. Send it as the API declares it.";
const methodInQuery =
  "The query's _method names a method that this resource does not answer, or that asks for more. Send the request with that method.";

/** Why a request is refused for what else it may mean; undefined when all readings agree. */
export function readingProblem(
  api: RuntimeApi,
  method: string,
  path: string,
  query: string,
  sent: ResourceMatch,
): string | undefined {
  if (query !== "" && query.includes("_method") && sent.kind === "found") {
    const named = new URLSearchParams(query.slice(1)).getAll("_method").filter((one) => one !== "");
    if (!named.every((other) => mayAlso(api, path, sent.route, other))) return methodInQuery;
  }
  if (!hasReadings(path)) return undefined;
  const own = sent.kind === "found" ? sent.route : null;
  const plain = api.find(method, plainReading(path));
  if ((plain.kind === "found" ? plain.route : null) !== own) return twoWays;
  if (own === null) return undefined;
  const decoded = api.find(method, decodedReading(path));
  if (decoded.kind !== "found" || decoded.route === own) return undefined;
  return asksMore(demandsOf(api, decoded.route), demandsOf(api, own)) ? encodedSlash : undefined;
}

/** Lets a field pass that names another method, where that operation exists and asks for no more. */
export function keepOverrides(headers: RequestHeaders, api: RuntimeApi, path: string, route: Route): void {
  const overrides = headers.overrides!;
  for (let i = 0; i < overrides.length; i += 2) {
    if (mayAlso(api, path, route, overrides[i + 1]!)) headers.forward.push(overrides[i]!, overrides[i + 1]!);
  }
}

/** Whether who may call this operation may call the one of another method, too, however the path is read. */
function mayAlso(api: RuntimeApi, path: string, own: Route, named: string): boolean {
  const method = named.trim().toUpperCase();
  if (api.find(method, path).kind !== "found") return false;
  const paths = hasReadings(path) ? [path, plainReading(path), decodedReading(path)] : [path];
  return paths.every((reading) => {
    const other = api.find(method, reading);
    return other.kind !== "found" || !asksMore(demandsOf(api, other.route), demandsOf(api, own));
  });
}

function demandsOf(api: RuntimeApi, route: Route) {
  return { secured: needsToken(api, route), scopes: route.resource.scopes };
}
