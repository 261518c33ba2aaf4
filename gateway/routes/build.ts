import { type ApiDefinition, allGroups } from "#lib/edit/api";
import { effectiveGroup, keyTypes } from "#lib/edit/endpoints";
import { alreadyServedWords, type PathOwner } from "#lib/tell/pathOwner";
import type { CustomAlgorithms } from "./custom";
import { type LiveRow, RuntimeApi, type Tools } from "./runtimeApi";
import type { ApiError, Snapshot } from "./table";

/**
 * Builds the next snapshot. Whose a path is, the rows say. An API whose row is bad keeps what it serves and carries the
 * error (docs/design.md section 4.7); an unchanged revision keeps its very object. `standIns` are what such APIs ran
 * before, a list for each: the first one that can be used serves, at a path at which no live revision does. What is no
 * longer used is disposed of by the caller after the swap.
 */
export function buildSnapshot(
  generation: number,
  rows: readonly LiveRow[],
  previous: Snapshot,
  tools: Tools,
  standIns: readonly (readonly LiveRow[])[] = [],
): Snapshot {
  const { apis, byId, errors, serve, put } = underConstruction(previous, tools);
  const fail = (row: LiveRow, message: string) => errors.set(row.apiId, { revision: row.revision, message });
  const keep = ({ apiId }: LiveRow) => {
    const before = previous.byId.get(apiId);
    if (before) put(before, null);
  };
  const hasPaths = ({ paths }: LiveRow) => paths !== null && paths.length > 0;
  const failed: LiveRow[] = [];
  for (const row of rows.filter(hasPaths)) {
    const problem = serve(row);
    if (problem === null) continue;
    fail(row, problem);
    failed.push(row);
  }
  for (const row of failed) keep(row);
  // What goes on as it is comes before what is new.
  const goesOn = (row: LiveRow) => previous.byId.get(row.apiId)?.serves(row) ?? false;
  const rest = rows.filter((row) => !hasPaths(row));
  for (const row of [...rest.filter(goesOn), ...rest.filter((row) => !goesOn(row))]) {
    const problem = serve(row);
    if (problem === null) continue;
    fail(row, problem);
    keep(row);
  }
  for (const earlier of standIns) {
    for (const row of earlier) if (serve(row) === null) break;
  }
  const maxDepth = Math.max(0, ...[...apis.keys()].map((path) => path.split("/").length - 1));
  return { generation, apis, byId, errors, blocked: previous.blocked, copy: previous.copy, maxDepth };
}

/** The maps of the next snapshot, and the ways to put an API into them. */
function underConstruction(previous: Snapshot, tools: Tools) {
  const apis = new Map<string, RuntimeApi>();
  const byId = new Map<string, RuntimeApi>();
  const errors = new Map<string, ApiError>();
  /** Why it cannot be at its path; null when it is now. `paths`: those that are its own; null: those that are free. */
  const put = (api: RuntimeApi, paths: readonly string[] | null): string | null => {
    const { apiId, basePath, defaultPath } = api;
    const owner = apis.get(basePath);
    const isFree = (path: string) => (apis.get(path)?.apiId ?? apiId) === apiId;
    if (paths ? !paths.includes(basePath) : !isFree(basePath)) {
      return alreadyServedWords(basePath, owner ? ownerOf(owner) : null);
    }
    const old = byId.get(apiId);
    if (old)
      for (const path of [old.basePath, old.defaultPath]) {
        if (path !== null && apis.get(path) === old) apis.delete(path);
      }
    byId.set(apiId, api);
    const wanted = defaultPath === null ? [basePath] : [basePath, defaultPath];
    for (const path of paths ?? wanted.filter(isFree)) apis.set(path, api);
    return null;
  };
  /** Why it cannot serve; null when it does now. */
  const serve = (row: LiveRow): string | null => {
    const before = previous.byId.get(row.apiId);
    if (before?.serves(row)) return put(before, row.paths);
    const { definition } = row;
    const problems = [...row.problems, ...(definition ? customProblems(definition, tools.custom) : [])];
    if (problems.length > 0) return [...new Set(problems)].join(" ");
    if (!definition) return "The revision has no definition.";
    let next: RuntimeApi;
    try {
      next = new RuntimeApi({ ...row, definition }, tools, before);
    } catch (error) {
      // A document that passes every check and still cannot be used concerns its own API only.
      return `The revision cannot be used: ${error instanceof Error ? error.message : String(error)}`;
    }
    const conflict = put(next, row.paths);
    if (conflict !== null) next.dispose(tools);
    return conflict;
  };
  return { apis, byId, errors, put, serve };
}

/** Of whom sentences about paths speak. */
export function ownerOf({ definition: { name, version }, revision }: RuntimeApi): PathOwner {
  return { name, version, revision };
}

/** What only this gateway can say: which algorithms of its own it has. */
function customProblems(definition: ApiDefinition, custom: CustomAlgorithms): string[] {
  return allGroups(definition).flatMap(({ groups }) =>
    keyTypes.flatMap((keyType) => custom.problems(effectiveGroup(groups, keyType))),
  );
}
