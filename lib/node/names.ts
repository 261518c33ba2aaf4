import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { sharedEnvironment } from "./env";
import { isAbsence, type Resolve, systemResolver } from "./resolver";

/**
 * What connections resolve names with: answers are kept, and a new one is sought beside the requests while the one
 * before still counts.
 */

/** How long an answer is taken for true that does not say it, ms. */
const USUAL_TTL_MS = 30_000;
const SHORTEST_TTL_MS = 1_000;
const LONGEST_TTL_MS = 3_600_000;
/** A name that could not be resolved is asked for again after this time, ms. */
const FAILURE_MS = 1_000;
/** How long an answer serves on while nobody gives a new one, ms (RFC 8767, section 5: one to three days). */
const STALE_MS = 86_400_000;
/** Names come from people who define APIs, not from callers; this only bounds what old ones leave behind. */
const MAX_NAMES = 10_000;

interface Entry {
  addresses: LookupAddress[];
  /** `now` of the clock. */
  freshUntil: number;
  error: NodeJS.ErrnoException | null;
  errorUntil: number;
  /** The question under way: one a name, however many wait for it. */
  asking: Promise<void> | null;
  /** Each use begins with the next address, as name servers do it. */
  turn: number;
}

/** Answers so far that were others than the ones before, of any name. */
export const nameChanges = { count: 0 };

export class Names {
  private readonly entries = new Map<string, Entry>();

  /** @param now a clock that only goes forward, ms */
  constructor(
    private readonly resolve: Resolve,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** For `lookup` of node's connections. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    const answer = (entry: Entry) => {
      const { family = 0, all } = options;
      const wanted = family === "IPv4" ? 4 : family === "IPv6" ? 6 : family;
      const addresses = turned(entry, wanted);
      const [first] = addresses;
      if (!first) callback(entry.error ?? absent(hostname), "");
      else if (all) callback(null, addresses);
      else callback(null, first.address, first.family);
    };
    const entry = this.entry(hostname);
    const now = this.now();
    if (now >= entry.freshUntil && now >= entry.errorUntil) this.ask(hostname, entry);
    // A caller of `lookup` does not expect to be called back before it returns.
    if (this.isKnown(entry) || !entry.asking) process.nextTick(answer, entry);
    else entry.asking.then(() => answer(entry));
  };

  /** The addresses that the last answer had; none when there was none. Asks again, for later, when that is old. */
  known(hostname: string): string[] {
    const entry = this.entry(hostname);
    const now = this.now();
    if (now >= entry.freshUntil && now >= entry.errorUntil) this.ask(hostname, entry);
    return entry.addresses.map(({ address }) => address);
  }

  private isKnown({ addresses, freshUntil }: Entry): boolean {
    return addresses.length > 0 && this.now() < freshUntil + STALE_MS;
  }

  private entry(hostname: string): Entry {
    let entry = this.entries.get(hostname);
    if (!entry) {
      if (this.entries.size >= MAX_NAMES) this.entries.delete(this.entries.keys().next().value!);
      entry = { addresses: [], freshUntil: 0, error: null, errorUntil: 0, asking: null, turn: 0 };
      this.entries.set(hostname, entry);
    }
    return entry;
  }

  private ask(hostname: string, entry: Entry): void {
    entry.asking ??= this.resolve(hostname).then(
      ({ addresses, ttlMs }) => {
        if (!isSame(entry.addresses, addresses)) nameChanges.count++;
        const ttl = Math.min(Math.max(ttlMs ?? USUAL_TTL_MS, SHORTEST_TTL_MS), LONGEST_TTL_MS);
        Object.assign(entry, { addresses, freshUntil: this.now() + ttl, error: null, asking: null });
      },
      (error: NodeJS.ErrnoException) => {
        Object.assign(entry, { error, errorUntil: this.now() + FAILURE_MS, asking: null });
        // A name that is no more has no addresses; one that nobody can tell of keeps those that it had.
        if (isAbsence(error) || !this.isKnown(entry)) entry.addresses = [];
      },
    );
  }
}

function isSame(before: readonly LookupAddress[], now: readonly LookupAddress[]): boolean {
  return (
    before.length === now.length && now.every(({ address }) => before.some((one) => one.address === address))
  );
}

/** The addresses of a family (0: of all) in turn, those of one family together. */
function turned(entry: Entry, family: number): LookupAddress[] {
  const { addresses } = entry;
  if (addresses.length === 1) return family === 0 || addresses[0]!.family === family ? addresses : [];
  const turn = entry.turn++;
  const first = addresses[0]?.family;
  const groups = [first, first === 4 ? 6 : 4].map((one) =>
    addresses.filter((address) => address.family === one),
  );
  return groups
    .filter((group) => family === 0 || group[0]?.family === family)
    .flatMap((group) => {
      const start = turn % Math.max(group.length, 1);
      return [...group.slice(start), ...group.slice(0, start)];
    });
}

const absent = (hostname: string) =>
  Object.assign(new Error(`${hostname} has no address of this kind`), { code: "ENODATA" });

let names: Names | undefined;

function ownNames(): Names {
  names ??= new Names(systemResolver(sharedEnvironment().DNS_SERVERS));
  return names;
}

/** The lookup of this process: everything that it connects to by name, it connects to by this. */
export const lookupName: LookupFunction = (hostname, options, callback) =>
  ownNames().lookup(hostname, options, callback);

/** The addresses that a name has by what is known; none when nothing is. */
export const knownAddresses = (hostname: string): string[] => ownNames().known(hostname);
