import type { AskedScopes } from "../access/lostScopes";
import { operationName } from "../edit/api";
import { readText } from "../text/source";
import { ScopesReader } from "./access";
import { Notes } from "./notes";
import { readOperations } from "./operations";

/** The scopes that a document asks for, operation by operation; those that ask for none are left out. Never throws. */
export function askedScopes(text: string): AskedScopes[] {
  // Reading takes a second for each MiB.
  if (!/security|x-scope|x-sluice-scopes/.test(text)) return [];
  const read = readText(text);
  if (!read.ok) return [];
  const notes = Notes.silent(read.source);
  const reader = new ScopesReader(read.source.value, notes);
  return readOperations(read.source.value, notes).flatMap((o) => {
    const scopes = reader.read(o) ?? [];
    const operation = operationName({ method: o.method, path: o.template });
    return scopes.length > 0 ? [{ operation, scopes }] : [];
  });
}
