import { secretIds, servingProblems, withSwitches } from "#lib/edit/api";
import type { EndpointStates, RevisionRead } from "#lib/feed";
import { parseText, problemText, titleOf } from "./documents";
import type { PrismaClient } from "./generated/client";
import { readRevisions } from "./liveRevisions";
import { readSecrets } from "./sealedSecrets";

/** A revision as it is stored, and all that it takes to serve it. */
export interface StoredRevision {
  revisionId: string;
  text: string;
  /** What people call it; "" where the text cannot be read. */
  title: string;
  /** Plain texts of the stored credentials that it names, by id. */
  secrets: ReadonlyMap<string, string>;
  /** Whether all of these could be read. */
  isWhole: boolean;
  parsed: ReturnType<typeof parseText>;
}

/** Reads revisions with their credentials, in the order of `rows`; one that is not there has an empty text. */
export async function readStored(
  db: PrismaClient,
  secret: Buffer,
  rows: readonly { apiId: string; revisionId: string }[],
): Promise<StoredRevision[]> {
  const texts = await readRevisions(
    db,
    rows.map((row) => row.revisionId),
  );
  const read: StoredRevision[] = [];
  for (const { apiId, revisionId } of rows) {
    const text = texts.get(revisionId) ?? "";
    const parsed = parseText(text);
    const ids = parsed.ok ? secretIds(parsed.definition) : [];
    const secrets = await readSecrets(db, secret, apiId, ids);
    read.push({ ...stored(revisionId, text, secrets, parsed), isWhole: ids.every((id) => secrets.has(id)) });
  }
  return read;
}

/** The same of what was kept elsewhere. */
export function stored(
  revisionId: string,
  text: string,
  secrets: ReadonlyMap<string, string>,
  parsed = parseText(text),
): StoredRevision {
  const title = parsed.ok ? titleOf(parsed.definition) : "";
  return { revisionId, text, title, secrets, isWhole: true, parsed };
}

/** What a revision says under the operators' switches, or why it cannot be read. */
export function understood(
  { parsed, secrets, isWhole }: StoredRevision,
  switches: EndpointStates,
): RevisionRead {
  if (!parsed.ok) {
    return { definition: null, problems: [`The revision cannot be read: ${problemText(parsed.problems)}`] };
  }
  const definition = withSwitches(parsed.definition, switches);
  const problems = isWhole ? servingProblems(definition).map((problem) => problem.message) : [unreadable];
  return { definition, secrets, problems };
}

const unreadable =
  "A stored password or key cannot be read: it was encrypted under another SLUICE_SECRET, or removed. Enter it anew.";
