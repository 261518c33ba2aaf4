import type { ApiEntry, Labelled } from "#prisma/labelledApis";

/** `query` of WSO2's lists: `name:pizza version:"1.0.0" word`. All terms have to fit. */
interface Term {
  /** "name" for a word by itself. */
  key: string;
  value: string;
  /** In quotes: equal and not only part of it. */
  exact: boolean;
}

const TERM = /(?:([A-Za-z][A-Za-z-]*):)?(?:"(.*?)"(?=\s|$)|(\S+))/g;

export function termsOf(query: string): Term[] {
  return [...query.matchAll(TERM)].map(([, key = "name", quoted, word = ""]) => ({
    key: key.toLowerCase(),
    value: quoted ?? word,
    exact: quoted !== undefined,
  }));
}

type Readers = Record<string, (api: ApiEntry & Labelled) => readonly string[]>;

const own = {
  name: ({ name }) => [name],
  version: ({ version }) => [version],
  context: ({ context, basePath }) => [context, basePath],
  type: () => ["API", "HTTP"],
} satisfies Readers;

/** These are read from documents. */
const labelled = {
  provider: ({ provider }) => [provider],
  status: ({ lifeCycleStatus }) => [lifeCycleStatus],
  description: ({ description }) => [description],
  tag: ({ tags }) => tags,
  tags: ({ tags }) => tags,
} satisfies Readers;

const readers: Readers = { ...own, ...labelled };

export const asksForLabels = ({ key }: Term) => Object.hasOwn(labelled, key);

/** What is not known fits nothing: a list that is too long has a tool delete the wrong API. */
export function fits(api: ApiEntry & Partial<Labelled>, { key, value, exact }: Term): boolean {
  if (!Object.hasOwn(readers, key)) return false;
  const texts = readers[key]?.(api as ApiEntry & Labelled) ?? [];
  if (exact) return texts.includes(value);
  const part = value.toLowerCase();
  return texts.some((text) => text.toLowerCase().includes(part));
}
