import { type ApiDefinition, allGroups } from "#lib/edit/api";
import { effectiveGroup, keyTypes } from "#lib/edit/endpoints";
import type { CustomAlgorithms } from "./custom";
import { type LiveRow, RuntimeApi, type Tools } from "./runtimeApi";
import type { ApiError, Snapshot } from "./table";

/**
 * Builds the next snapshot. An API whose row is bad keeps what it serves and carries the error (docs/design.md
 * section 4.7); an unchanged revision keeps its very object. `standIns` are what such APIs ran before, a list for
 * each: the first one that can be used serves, at a path that no live revision has. What is no longer used is
 * disposed of by the caller after the swap.
 */
export function buildSnapshot(
  generation: number,
  rows: readonly LiveRow[],
  previous: Snapshot,
  tools: Tools,
  standIns: readonly (readonly LiveRow[])[] = [],
): Snapshot {
  const { apis, byId, errors, serve, put } = underConstruction(previous, tools);
  // Who has a path keeps it: what goes on as it is comes before what is new.
  const goesOn = (row: LiveRow) => previous.byId.get(row.apiId)?.serves(row) ?? false;
  for (const row of [...rows.filter(goesOn), ...rows.filter((row) => !goesOn(row))]) {
    const problem = serve(row);
    if (problem === null) continue;
    errors.set(row.apiId, { revision: row.revision, message: problem });
    const before = previous.byId.get(row.apiId);
    if (before) put(before);
  }
  for (const earlier of standIns) {
    for (const row of earlier) {
      const old = byId.get(row.apiId);
      if (serve(row) !== null) continue;
      if (old && old.basePath !== byId.get(row.apiId)?.basePath) apis.delete(old.basePath);
      break;
    }
  }
  // What was asked for by its full path comes first.
  const steady = [...byId.values()].sort((a, b) => (a.apiId < b.apiId ? -1 : 1));
  for (const api of steady) {
    const path = api.defaultPath;
    if (path !== null && !apis.has(path)) apis.set(path, api);
  }
  const maxDepth = Math.max(0, ...[...apis.keys()].map((path) => path.split("/").length - 1));
  return { generation, apis, byId, errors, blocked: previous.blocked, maxDepth };
}

/** The maps of the next snapshot, and the ways to put an API into them. */
function underConstruction(previous: Snapshot, tools: Tools) {
  const apis = new Map<string, RuntimeApi>();
  const byId = new Map<string, RuntimeApi>();
  const errors = new Map<string, ApiError>();
  const put = (api: RuntimeApi): string | null => {
    const owner = apis.get(api.basePath);
    if (owner && owner.apiId !== api.apiId) {
      const { name, version } = owner.definition;
      return `${api.basePath} is already served by another API: ${name} ${version}, r${owner.revision}.`;
    }
    apis.set(api.basePath, api);
    byId.set(api.apiId, api);
    return null;
  };
  /** Why it cannot serve; null when it does now. */
  const serve = (row: LiveRow): string | null => {
    const before = previous.byId.get(row.apiId);
    if (before?.serves(row)) return put(before);
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
    const conflict = put(next);
    if (conflict !== null) next.dispose(tools);
    return conflict;
  };
  return { apis, byId, errors, put, serve };
}

/** What only this gateway can say: which algorithms of its own it has. */
function customProblems(definition: ApiDefinition, custom: CustomAlgorithms): string[] {
  return allGroups(definition).flatMap(({ groups }) =>
    keyTypes.flatMap((keyType) => custom.problems(effectiveGroup(groups, keyType))),
  );
}
