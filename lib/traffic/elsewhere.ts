/**
 * One host in several lists of endpoints: each list has its own health, since it has its own rules, and what one of
 * them met is news to those that have not asked since. News change nothing in who is eligible.
 */

/** What a list knows of an endpoint of its own. */
export interface Known {
  /** It gets no traffic for its health, or got none until the next request. */
  down: boolean;
  /** When that was heard, ms of any one clock; -Infinity when nothing was. */
  at: number;
}

/** The newest that is known of a host, by what it says. */
export interface Newest<T extends Known> {
  down: T | null;
  well: T | null;
}

export function newestOf<T extends Known>(all: Iterable<T>): Newest<T> {
  const newest: Newest<T> = { down: null, well: null };
  for (const known of all) {
    const kind = known.down ? "down" : "well";
    if (known.at > (newest[kind]?.at ?? Number.NEGATIVE_INFINITY)) newest[kind] = known;
  }
  return newest;
}

/** What another list knows better than this one: the contrary, and heard later. Null without any. */
export function newsFor<T extends Known>(own: Known, { down, well }: Newest<T>): T | null {
  const contrary = own.down ? well : down;
  return contrary && contrary.at > own.at ? contrary : null;
}
