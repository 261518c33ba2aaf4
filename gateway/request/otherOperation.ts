import {
  asksMore,
  type Demands,
  decodedReadings,
  hasReadings,
  plainReading,
} from "#lib/traffic/pathReadings";
import { methodsInQuery } from "#lib/traffic/requestFields";
import type { RequestHeaders } from "../http/headers";
import type { ResourceMatch, Route, RuntimeApi } from "../routes/runtimeApi";

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
const decodes =
  "The path has escapes (%2F, %5C, %40 ...), and decoded it is a resource that asks for more. Send it as the API declares it.";
const methodInQuery =
  "The query names a method that this resource does not answer, or that asks for more. Send the request with that method.";

/**
 * Why a request is refused for what else it may mean; undefined when all readings agree.
 * @param anonymous nobody is asked for a token, whatever the operation asks for (a browser's preflight)
 */
export function readingProblem(
  api: RuntimeApi,
  method: string,
  path: string,
  query: string,
  sent: ResourceMatch,
  anonymous: boolean,
): string | undefined {
  const own = sent.kind === "found" ? sent.route : null;
  const demands = own && !anonymous ? demandsOf(api, own) : open;
  if (own && query !== "") {
    if (!methodsInQuery(query).every((other) => mayAlso(api, path, demands, other))) return methodInQuery;
  }
  if (!hasReadings(path)) return undefined;
  const plain = api.find(method, plainReading(path));
  if ((plain.kind === "found" ? plain.route : null) !== own) return twoWays;
  if (own === null) return undefined;
  return decodedReadings(path).some((reading) => refusesMore(api, method, reading, demands))
    ? decodes
    : undefined;
}

/** Lets a field pass that names another method, where that operation exists and asks for no more. */
export function keepOverrides(headers: RequestHeaders, api: RuntimeApi, path: string, route: Route): void {
  const overrides = headers.overrides!;
  const demands = demandsOf(api, route);
  for (let i = 0; i < overrides.length; i += 2) {
    if (mayAlso(api, path, demands, overrides[i + 1]!))
      headers.forward.push(overrides[i]!, overrides[i + 1]!);
  }
}

/** Whether who has what is asked for may call the operation of another method, too, however the path is read. */
function mayAlso(api: RuntimeApi, path: string, demands: Demands, named: string): boolean {
  const method = named.trim().toUpperCase();
  if (api.find(method, path).kind !== "found") return false;
  const readings = hasReadings(path) ? [path, plainReading(path), ...decodedReadings(path)] : [path];
  return !readings.some((reading) => refusesMore(api, method, reading, demands));
}

function refusesMore(api: RuntimeApi, method: string, path: string, demands: Demands): boolean {
  const other = api.find(method, path);
  return other.kind === "found" && asksMore(demandsOf(api, other.route), demands);
}

const open: Demands = { secured: false, scopes: [] };

function demandsOf(api: RuntimeApi, route: Route): Demands {
  return { secured: needsToken(api, route), scopes: route.resource.scopes };
}
