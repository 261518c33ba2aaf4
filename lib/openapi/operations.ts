import { type HttpMethod, httpMethods, operationName, shadowedResources } from "../edit/api";
import { Resource } from "../schemas/definition";
import { isPlainMap, type Path, type Plain, type PlainMap, short } from "../text/source";
import type { Notes } from "./notes";

/** One operation of a document. */
export interface Operation {
  method: HttpMethod;
  template: string;
  /** The operation object and the path item around it, references followed. */
  operation: PlainMap;
  item: PlainMap;
  path: Path;
  itemPath: Path;
  /** The path item is a reference: it has to be written out before this operation can change. */
  referenced: boolean;
}

const methods = new Map<string, HttpMethod>(httpMethods.map((m) => [m.toLowerCase(), m]));
export const isMethodKey = (key: string) => methods.has(key);
/** References are followed this far; a document that needs more is a mistake. */
export const MAX_HOPS = 50;

/** A query or a fragment is no part of a path, so that no call has such a one. */
export const isNoTemplate = (template: string) => /[?#]/.test(template);

/** All operations in the order of the document. */
export function readOperations(root: PlainMap, notes: Notes): Operation[] {
  if (root.webhooks !== undefined) {
    notes.warn(["webhooks"], "Webhooks are calls that the API makes itself: they become no resources.");
  }
  const paths = notes.map(root.paths, ["paths"]) ?? {};
  const operations: Operation[] = [];
  for (const [template, given] of Object.entries(paths)) {
    if (template.startsWith("x-")) continue;
    const itemPath = ["paths", template];
    const item = readItem(root, notes.map(given, itemPath), itemPath, notes);
    if (!item) continue;
    if (isNoTemplate(template)) {
      notes.warn(itemPath, `${short(template)} was left out: a path has no ? and no #.`);
      continue;
    }
    const fits = Resource.shape.path.safeParse(template);
    if (!fits.success) {
      for (const issue of fits.error.issues) notes.refuse(itemPath, issue.message);
      continue;
    }
    const referenced = isPlainMap(given) && given.$ref !== undefined;
    for (const [key, value] of Object.entries(item)) {
      const path = [...itemPath, key];
      if (key === "trace") notes.warn(path, "TRACE is not forwarded: this operation was skipped.");
      const method = methods.get(key);
      if (!method) continue;
      const operation = value === null ? {} : notes.map(value, path);
      if (operation) operations.push({ method, template, operation, item, path, itemPath, referenced });
    }
  }
  if (operations.length > 10_000) {
    notes.refuse(["paths"], `At most 10000 operations in one API; here are ${operations.length}.`);
  }
  const named = operations.map(({ method, template }) => ({ method, path: template }));
  for (const [i, by] of shadowedResources(named)) {
    notes.warn(
      operations[i]!.path,
      `${operationName(named[i]!)} never gets a call: ${operationName(named[by]!)} stands before it and takes the same ones.`,
    );
  }
  return operations;
}

/** A path item with its references followed. What stands beside a `$ref` counts more (OpenAPI 3.1). */
function readItem(
  root: PlainMap,
  given: PlainMap | undefined,
  path: Path,
  notes: Notes,
): PlainMap | undefined {
  let item = given;
  const seen = new Set<string>();
  while (item?.$ref !== undefined) {
    const { $ref, ...beside }: PlainMap = item;
    if (typeof $ref !== "string") {
      notes.refuse([...path, "$ref"], "$ref must be a text such as #/components/pathItems/name.");
      return undefined;
    }
    if (!$ref.startsWith("#")) {
      notes.warn([...path, "$ref"], `${short($ref)} is outside of this document and was not fetched.`);
      return beside;
    }
    if (seen.has($ref) || seen.size >= MAX_HOPS) {
      notes.refuse([...path, "$ref"], `The reference ${short($ref)} leads back to itself.`);
      return undefined;
    }
    seen.add($ref);
    const target = lookUp(root, $ref);
    if (!isPlainMap(target)) {
      notes.refuse([...path, "$ref"], `${short($ref)} is not in this document.`);
      return undefined;
    }
    item = Object.assign(Object.create(null), target, beside) as PlainMap;
  }
  return item;
}

/** RFC 6901 pointer in a URI fragment. */
export function lookUp(root: PlainMap, pointer: string): Plain | undefined {
  let value: Plain | undefined = root;
  for (const part of pointer.slice(1).split("/").slice(1)) {
    let key = part;
    try {
      key = decodeURIComponent(part);
    } catch {
      // Not percent-encoded after all: taken as written.
    }
    key = key.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isPlainMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}
