import { type HttpMethod, httpMethods, operationName, shadowedResources } from "../edit/api";
import { Resource } from "../schemas/definition";
import { isPlainMap, type Path, type PlainMap, short } from "../text/source";
import { readItem } from "./itemReferences";
import type { Notes } from "./notes";
import type { OtherFiles } from "./otherFiles";

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
/** A query or a fragment is no part of a path, so that no call has such a one. */
export const isNoTemplate = (template: string) => /[?#]/.test(template);

/** All operations in the order of the document. `others`: the files around it that it may refer to. */
export function readOperations(root: PlainMap, notes: Notes, others?: OtherFiles): Operation[] {
  if (root.webhooks !== undefined) {
    notes.warn(["webhooks"], "Webhooks are calls that the API makes itself: they become no resources.");
  }
  const paths = notes.map(root.paths, ["paths"]) ?? {};
  const operations: Operation[] = [];
  for (const [template, given] of Object.entries(paths)) {
    if (template.startsWith("x-")) continue;
    const itemPath = ["paths", template];
    const item = readItem(root, notes.map(given, itemPath), itemPath, notes, others);
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
