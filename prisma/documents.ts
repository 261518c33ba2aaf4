import { writtenSets } from "#lib/access/scopes";
import { type ApiDefinition, basePath, type Problem } from "#lib/edit/api";
import { parseDefinition } from "#lib/schemas/definition";

/** How a definition lies in a row, and is read from one: parsed in both directions (docs/design.md section 4.7). */

export interface StoredDraft {
  id: string;
  definition: ApiDefinition;
  /** Counts saves; hand it back with the next save. */
  draftVersion: number;
  updatedAt: Date;
}

/** Somebody saved in between: their version comes back, the caller keeps its own. */
export type Stale = { ok: false; kind: "stale"; theirs: StoredDraft };

/** A draft row that no longer parses is a row we did not write; the page says so instead of guessing. */
export class UnreadableRow extends Error {
  constructor(
    readonly apiId: string,
    problems: Problem[],
  ) {
    super(`The stored definition of API ${apiId} cannot be read: ${problemText(problems)}`);
    this.name = "UnreadableRow";
  }
}

/**
 * The format of documents that this version writes and reads. A later one that means more by a document, so that taking it
 * for one of today's would serve something else (who may call, say), writes a higher number into it as `format`; a
 * document without is of the first.
 */
export const FORMAT = 1;

/** A document that a newer Sluice wrote: to save it here would lose what this version does not know. */
export class NewerRow extends Error {
  constructor(format: number, title = "This API") {
    super(`${title} was saved by a newer Sluice (${newerWords(format)}). Update this one to go on with it.`);
    this.name = "NewerRow";
  }
}

const newerWords = (format: number) => `format ${format}, this one knows ${FORMAT}`;

/** The format of a stored text, if it is higher than ours. */
function newerFormat(document: unknown): number | null {
  const format = (document as { format?: unknown } | null)?.format;
  return typeof format === "number" && format > FORMAT ? format : null;
}

/** Throws `NewerRow` for the text of a row that a newer Sluice wrote. */
export function refuseNewer(text: string, title?: string): void {
  const format = /"format"/.test(text) ? newerFormat(parsedOrNull(text)) : null;
  if (format !== null) throw new NewerRow(format, title);
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Problems in one line, for logs and errors: "endpoints.production.endpoints.0.url: ...". */
export function problemText(problems: readonly Problem[]): string {
  return problems.map((p) => (p.path.length ? `${p.path.join(".")}: ${p.message}` : p.message)).join("; ");
}

export const titleOf = ({ name, version }: { name: string; version: string }) => `${name} ${version}`;

/**
 * How a definition is stored. Scopes that are enough by themselves are plain texts, as before there were sets: what did
 * not change is the same text, and a gateway of the version before reads it.
 */
export function storedText(definition: ApiDefinition): string {
  const resources = definition.resources.map((r) =>
    r.scopes.length > 0 ? { ...r, scopes: writtenSets(r.scopes) } : r,
  );
  return JSON.stringify({ ...definition, resources });
}

export function columns(definition: ApiDefinition) {
  return {
    name: definition.name,
    version: definition.version,
    context: definition.context,
    basePath: basePath(definition),
    draft: storedText(definition),
  };
}

export function toDraft(row: {
  id: string;
  draft: string;
  draftVersion: number;
  updatedAt: Date;
}): StoredDraft {
  refuseNewer(row.draft);
  const parsed = parseText(row.draft);
  if (!parsed.ok) throw new UnreadableRow(row.id, parsed.problems);
  return {
    id: row.id,
    definition: parsed.definition,
    draftVersion: row.draftVersion,
    updatedAt: row.updatedAt,
  };
}

/** A stored document, parsed. Text that is not JSON is a problem like any other. */
export function parseText(text: string) {
  try {
    const document = JSON.parse(text);
    const format = newerFormat(document);
    if (format === null) return parseDefinition(document);
    const message = `A newer Sluice wrote it (${newerWords(format)}): update this one.`;
    return { ok: false as const, problems: [{ path: [], message }] };
  } catch {
    return { ok: false as const, problems: [{ path: [], message: "The stored document is not JSON." }] };
  }
}
