import { type ScopeSets, scopesText, scopeWords, weaker, writtenSets } from "../access/scopes";
import { httpMethods, operationName, type Resource } from "../edit/api";
import { isNoTemplate } from "../openapi/operations";
import { oneOf } from "../openapi/wso2Scopes";
import type { Notes } from "./projectNotes";
import { type Json, listOf, objectOf, shown, textOf, withoutKeys } from "./values";

/** `operations` of api.yaml. WSO2 knows one-of lists of scopes; sets ride along under our key. */

const SETS_KEY = "x-sluice-scopes";
const SECURED = "Application & Application User";
/** The policy of operations that name none. */
const UNLIMITED = "Unlimited";

export interface YamlOperation extends Pick<Resource, "method" | "path" | "secured" | "scopes"> {
  /** Where it stands in api.yaml. */
  place: string;
}

export function readOperations(data: Json, notes: Notes): YamlOperation[] {
  return listOf(data.operations).flatMap((item, i) => {
    const place = `data.operations[${i}]`;
    const operation = objectOf(item) ?? {};
    const path = textOf(operation.target);
    const verb = textOf(operation.verb).toUpperCase();
    const method = httpMethods.find((known) => known === verb);
    if (!method || path === "") {
      notes.warn(place, `${shown(item)} has no verb and target that can be called: it becomes no resource.`);
      return [];
    }
    if (isNoTemplate(path)) {
      notes.warn(`${place}.target`, `${shown(path)} was left out: a path has no ? and no #.`);
      return [];
    }
    const secured = textOf(operation.authType).trim().toLowerCase() !== "none";
    return [{ method, path, secured, scopes: setsOf(operation, place, notes), place }];
  });
}

function setsOf(operation: Json, place: string, notes: Notes): ScopeSets {
  const key = operation[SETS_KEY] === undefined ? "scopes" : SETS_KEY;
  return listOf(operation[key]).map((item, i) => {
    const set = (key === SETS_KEY ? listOf(item) : [item]).map((scope) => textOf(scope).trim());
    if (set.length === 0 || set.includes("")) {
      notes.problem(`${place}.${key}[${i}]`, `${shown(item)} is no scope: write its name.`);
    }
    return set;
  });
}

/**
 * What api.yaml says of the operations that the definition has. The definition counts, and its scopes do unless those
 * of api.yaml let fewer callers in.
 */
export function withOperations(
  resources: readonly Resource[],
  operations: readonly YamlOperation[],
  notes: Notes,
): Resource[] {
  const said = new Map(operations.map((o) => [operationName(o), o]));
  const result = resources.map((r) => {
    const o = said.get(operationName(r));
    said.delete(operationName(r));
    if (!o) return r;
    if (o.secured !== r.secured) {
      const counts = r.secured ? "callers need a token" : "callers need none";
      notes.warn(`${o.place}.authType`, `The definition says something else, and counts: ${counts}.`);
    }
    if (!weaker(r.scopes, o.scopes)) return r;
    const stricter = !weaker(o.scopes, r.scopes);
    const wanted = scopeWords(stricter ? o.scopes : r.scopes);
    notes.warn(`${o.place}.scopes`, `The definition names other scopes. Enforced: ${wanted}.`);
    return stricter ? { ...r, scopes: o.scopes } : r;
  });
  for (const [name, { place }] of said) {
    notes.warn(place, `${name} is not in the definition and becomes no resource.`);
  }
  return result;
}

/** What operations hold that we do not model, by their names, to be written back. */
export function operationExtras(data: Json): Record<string, Json> {
  const extras = listOf(data.operations).flatMap((item) => {
    const operation = objectOf(item) ?? {};
    const usual = operation.throttlingPolicy === UNLIMITED ? ["throttlingPolicy"] : [];
    const rest = withoutKeys(operation, ["target", "verb", "authType", "scopes", SETS_KEY, ...usual]);
    const name = `${textOf(operation.verb).toUpperCase()} ${textOf(operation.target)}`;
    return Object.keys(rest).length > 0 ? [[name, rest] as const] : [];
  });
  return Object.fromEntries(extras);
}

export function writeOperations(resources: readonly Resource[], extras: Record<string, Json> = {}): Json[] {
  return resources.map(({ method, path, secured, scopes }) => ({
    throttlingPolicy: UNLIMITED,
    ...(Object.hasOwn(extras, `${method} ${path}`) && extras[`${method} ${path}`]),
    target: path,
    verb: method,
    authType: secured ? SECURED : "None",
    scopes: oneOf(scopes),
    ...(needsSets({ scopes }) && { [SETS_KEY]: writtenSets(scopes) }),
  }));
}

/** Whether several scopes are needed together, which WSO2 cannot ask for. */
export const needsSets = ({ scopes }: Pick<Resource, "scopes">) => scopes.some((set) => set.length > 1);

/** What WSO2 would not enforce of an operation, in a sentence; undefined when it enforces all. */
export function lostByWso2(r: Resource): string | undefined {
  if (!needsSets(r)) return undefined;
  const asked = oneOf(r.scopes).join(", ");
  return `${operationName(r)} needs ${scopesText(r.scopes)}. WSO2 checks one scope at a time: there it asks for ${asked}.`;
}
