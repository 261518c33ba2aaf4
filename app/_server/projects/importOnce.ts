import { createHash } from "node:crypto";
import { getApi } from "#prisma/store";
import type { SignedIn } from "../session";
import type { Imported } from "./importApi";

/**
 * Tools give up before a large file is read: apictl after 10 s. Such an import goes on, and whoever sends the same once
 * more joins it, or gets the answer that nobody was there for.
 */

/** How long such an answer is kept, ms, and how many of them. */
const KEPT_MS = 10 * 60_000;
const MAX_KEPT = 20;

interface Unheard {
  imported: Imported;
  /** What it left of the API; another one was changed since. */
  left: string;
  until: number;
}

interface Running {
  answer: Promise<Imported>;
  /** Of those who wait for it. */
  signals: AbortSignal[];
}

const running = new Map<string, Running>();
const unheard = new Map<string, Unheard>();

/** What was sent: by whom, to which call, the file and the parts beside it. */
export interface SentImport {
  request: Request;
  user: SignedIn;
  file: Uint8Array;
  fields?: unknown;
}

/** Runs an import, unless the same is running or was answered to nobody. */
export async function importOnce(sent: SentImport, run: () => Promise<Imported>): Promise<Imported> {
  const key = keyOf(sent);
  const { signal } = sent.request;
  const same = running.get(key);
  if (same) {
    same.signals.push(signal);
    return same.answer;
  }
  const signals = [signal];
  const answer = leftFor(key)
    .then((left) => left ?? run())
    .finally(() => running.delete(key));
  running.set(key, { answer, signals });
  const imported = await answer;
  if (signals.every(({ aborted }) => aborted)) await keep(key, imported);
  return imported;
}

function keyOf({ request, user, file, fields }: SentImport): string {
  const { pathname, search } = new URL(request.url);
  const asked = JSON.stringify([user.userId, pathname, search, fields ?? null]);
  return createHash("sha256").update(asked).update("\0").update(file).digest("base64");
}

/** The draft of its API and, where it deployed, what is live. */
async function stateOf(imported: Imported): Promise<string> {
  if (!imported.ok) return "";
  const api = await getApi(imported.id);
  return JSON.stringify([api?.draftVersion, imported.deployed && api?.live?.revision]);
}

async function keep(key: string, imported: Imported): Promise<void> {
  // What stood in its way may be gone by then: that is looked at anew.
  if (!imported.ok && imported.status === 409) return;
  const now = Date.now();
  for (const [other, { until }] of unheard)
    if (until < now || unheard.size >= MAX_KEPT) unheard.delete(other);
  unheard.set(key, { imported, left: await stateOf(imported), until: now + KEPT_MS });
}

/** Told once; of an API that was changed or deleted since, nothing. */
async function leftFor(key: string): Promise<Imported | null> {
  const found = unheard.get(key);
  if (!found) return null;
  unheard.delete(key);
  const so = found.until > Date.now() && (await stateOf(found.imported)) === found.left;
  return so ? found.imported : null;
}
