/**
 * Which scopes a token needs for an operation: sets, one of which it must hold whole, as the requirement objects of
 * OpenAPI are alternatives. None: any token will do. WSO2's "one of them is enough" are sets of one scope each.
 */
export type ScopeSets = string[][];

/** Whether a token that holds these scopes has what is needed. */
export function enough(sets: readonly (readonly string[])[], held: readonly string[]): boolean {
  return sets.length === 0 || sets.some((set) => set.every((scope) => held.includes(scope)));
}

/** Whether there is a token that `sets` let pass and `asked` would not. */
export function weaker(sets: ScopeSets, asked: ScopeSets): boolean {
  const passing = sets.length > 0 ? sets : [[]];
  return passing.some((held) => !enough(asked, held));
}

/** Every scope once, as it comes first. */
export const allScopes = (sets: readonly (readonly string[])[]) => [...new Set(sets.flat())];

/** Without the sets that say what one before them says. */
export function distinctSets(sets: ScopeSets): ScopeSets {
  const seen = new Set<string>();
  return sets.filter((set) => {
    const key = JSON.stringify([...set].sort());
    return !seen.has(key) && seen.add(key);
  });
}

/** As documents hold them: a scope that is enough by itself is a text, a set is a list. */
export const writtenSets = (sets: ScopeSets): (string | string[])[] =>
  sets.map((set) => (set.length === 1 ? set[0]! : set));

/** As people type them: "read, write + admin" is read, or write and admin together. "" for none. */
export const scopesText = (sets: ScopeSets) =>
  sets.map((set) => set.map((scope) => (isPlain(scope) ? scope : `"${scope}"`)).join(" + ")).join(", ");

/** Commas and plus signs are allowed in scopes (RFC 6749, section 3.3), quotes are not: they tell which is which. */
const isPlain = (scope: string) => scope !== "+" && /^[^\s,"]+$/.test(scope);

/** The inverse of `scopesText`; scopes with nothing but a space between them are alternatives, too. */
export function readScopesText(text: string): ScopeSets {
  const sets: ScopeSets = [];
  let joins = false;
  for (const [token, quoted] of text.matchAll(/"([^"]+)"|,|[^\s,]+/g)) {
    const scope = quoted ?? token;
    if (quoted === undefined && (token === "+" || token === ",")) {
      // A comma begins another set, whatever stands before it.
      joins = token === "+" && sets.length > 0;
      continue;
    }
    const last = sets.at(-1);
    if (joins && last) {
      if (!last.includes(scope)) last.push(scope);
    } else sets.push([scope]);
    joins = false;
  }
  return sets;
}

/** Sets, and scopes of a set, that are told in a sentence; of more, the number is told. */
const TOLD = 10;

/** What a token needs, for whoever has it or makes it: "the scopes read and write". "" when any token will do. */
export function scopeWords(sets: readonly (readonly string[])[]): string {
  const [first, ...others] = sets;
  if (!first) return "";
  if (others.length === 0) return `the ${first.length > 1 ? "scopes" : "scope"} ${conjoined(first)}`;
  if (sets.every((set) => set.length === 1)) return `one of the scopes ${inShort(sets.flat()).join(", ")}`;
  const alternatives = sets.map((set) => (set.length > 1 ? `${conjoined(set)} together` : `${set[0]}`));
  return `one of these: ${inShort(alternatives).join("; or ")}`;
}

function conjoined(set: readonly string[]): string {
  const told = inShort(set);
  return told.length > 1 ? `${told.slice(0, -1).join(", ")} and ${told.at(-1)}` : `${told[0]}`;
}

function inShort(words: readonly string[]): string[] {
  const more = words.length - TOLD;
  return more > 0 ? [...words.slice(0, TOLD), `${more} more`] : [...words];
}
