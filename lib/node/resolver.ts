import { type LookupAddress, lookup, promises } from "node:dns";
import { readFile, stat } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { areDescriptorsUsedUp, isDescriptorShortage } from "./descriptors";

/**
 * Addresses of a name as the system finds them: `/etc/hosts`, then name servers with the search list of
 * `/etc/resolv.conf`. By c-ares, whose questions wait beside each other: `getaddrinfo` holds a thread of a pool of four
 * until its name servers have answered, and a few names without an answer then hold up all others.
 */

/** What a name has, and for how long it may be taken for true, ms; null where nobody said. */
export interface Found {
  addresses: LookupAddress[];
  ttlMs: number | null;
}

/** Rejects with an error whose code is one of `socketWords`: ENOTFOUND, ENODATA, ESERVFAIL, EAI_AGAIN or EMFILE. */
export type Resolve = (name: string) => Promise<Found>;

/**
 * How long a name server is waited for, ms; asked a second time, for twice as long. Together less than the time that
 * connections have (3 s), so that a name without an answer is told as that.
 */
const TIMEOUT_MS = 700;
const TRIES = 2;
/** How long addresses of IPv6 are waited for when those of IPv4 are there, ms (RFC 8305, section 3). */
const RESOLUTION_DELAY_MS = 50;

/** `servers`: addresses with or without port; empty means those of the system. */
export function systemResolver(servers: readonly string[]): Resolve {
  // Elsewhere the system's names are in no files, and who is asked depends on more than one list of servers.
  if (process.platform !== "linux" && servers.length === 0) return byThreadPool;
  const hosts = new ParsedFile("/etc/hosts", parseHosts);
  let resolver: promises.Resolver;
  const configuration = new ParsedFile("/etc/resolv.conf", (text) => {
    // It reads the system's servers when it is made.
    resolver = new promises.Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
    if (servers.length > 0) resolver.setServers(servers);
    return parseResolvConf(text);
  });
  return async (name) => {
    const listed = (await hosts.value()).get(name.toLowerCase()) ?? loopback(name);
    if (listed) return { addresses: usable(listed), ttlMs: null };
    const candidates = namesToAsk(name, await configuration.value());
    for (const candidate of candidates.slice(0, -1)) {
      try {
        return await query(resolver, candidate);
      } catch (error) {
        if (!isAbsence(error)) throw error;
      }
    }
    return query(resolver, candidates.at(-1)!);
  };
}

const byThreadPool: Resolve = (name) =>
  new Promise((resolve, reject) =>
    lookup(name, { all: true }, (error, addresses) => {
      if (error) reject(error);
      else resolve({ addresses, ttlMs: null });
    }),
  );

/** RFC 6761, section 6.3. */
function loopback(name: string): LookupAddress[] | undefined {
  if (!/(^|\.)localhost\.?$/i.test(name)) return undefined;
  return [
    { address: "127.0.0.1", family: 4 },
    { address: "::1", family: 6 },
  ];
}

/** The lines of `/etc/hosts`: addresses by name in lower case. */
export function parseHosts(text: string): Map<string, LookupAddress[]> {
  const hosts = new Map<string, LookupAddress[]>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (names.length === 0) continue;
    const entry = { address, family: isIPv6(address) ? 6 : 4 };
    for (const name of names.map((one) => one.toLowerCase()))
      hosts.set(name, [...(hosts.get(name) ?? []), entry]);
  }
  return hosts;
}

interface Search {
  suffixes: string[];
  /** A name with so many dots is asked as it is first. */
  ndots: number;
}

/** What `/etc/resolv.conf` says of short names; the last line of a kind counts. */
export function parseResolvConf(text: string): Search {
  const search: Search = { suffixes: [], ndots: 1 };
  for (const line of text.split("\n")) {
    const [keyword, ...values] = line
      .replace(/[#;].*/, "")
      .trim()
      .split(/\s+/);
    if (keyword === "search" || keyword === "domain") search.suffixes = values;
    const ndots =
      keyword === "options" && values.map((value) => /^ndots:(\d+)$/.exec(value)?.[1]).find(Boolean);
    if (ndots) search.ndots = Math.min(Number(ndots), 15);
  }
  return search;
}

/** In which order a name is asked for, by resolv.conf(5). A name that ends with a dot is whole. */
export function namesToAsk(name: string, { suffixes, ndots }: Search): string[] {
  if (name.endsWith(".")) return [name.slice(0, -1)];
  const longer = suffixes
    .map((suffix) => `${name}.${suffix.replace(/^\.|\.$/g, "")}`)
    .filter((one) => !one.endsWith("."));
  return name.split(".").length > ndots ? [name, ...longer] : [...longer, name];
}

/** Asks for both families at once. */
async function query(resolver: promises.Resolver, name: string): Promise<Found> {
  const ask = async (family: 4 | 6) => {
    const options = { ttl: true } as const;
    const records = await (family === 4
      ? resolver.resolve4(name, options)
      : resolver.resolve6(name, options));
    return records.map(({ address, ttl }) => ({ address, family, ttl }));
  };
  const six = ask(6);
  // It may end when nobody waits for it any more.
  six.catch(() => {});
  let records: { address: string; family: 4 | 6; ttl: number }[];
  try {
    const four = await ask(4);
    const late = new Promise<[]>((resolve) => setTimeout(resolve, RESOLUTION_DELAY_MS, []));
    records = [...four, ...(await Promise.race([six, late]).catch(() => []))];
  } catch (error) {
    records = await six.catch((other) => {
      throw failure(name, isAbsence(error) ? other : error);
    });
  }
  const ttlMs = Math.min(...records.map(({ ttl }) => ttl)) * 1_000;
  return { addresses: usable(records.map(({ address, family }) => ({ address, family }))), ttlMs };
}

/** The name is not there, or has no addresses: somebody who knows has said so. */
export const isAbsence = (error: unknown) =>
  ["ENOTFOUND", "ENODATA", "EBADNAME"].includes((error as NodeJS.ErrnoException).code ?? "");

/** c-ares names what is wrong with its servers as sockets name what is wrong with an endpoint. */
function failure(name: string, { code = "" }: NodeJS.ErrnoException): Error {
  if (!isAbsence({ code }) && areDescriptorsUsedUp()) {
    return Object.assign(new Error(`${name}: no free descriptors`), { code: "EMFILE" });
  }
  const unanswered = ["ETIMEOUT", "ECONNREFUSED", "ECANCELLED", "EDESTRUCTION"];
  const absent = code === "ENODATA" ? code : "ENOTFOUND";
  const known = unanswered.includes(code) ? "EAI_AGAIN" : "ESERVFAIL";
  return Object.assign(new Error(`${name}: ${code}`), { code: isAbsence({ code }) ? absent : known });
}

/** Those that this machine can reach, in the order in which they are tried: IPv6 first (RFC 6724). */
function usable(addresses: LookupAddress[]): LookupAddress[] {
  const four = addresses.filter(({ family }) => family === 4);
  const six = addresses.filter(({ family }) => family === 6);
  if (four.length === 0 || six.length === 0) return addresses;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const reaches = ({ address }: LookupAddress) =>
    own.some(
      (one) => one.family === "IPv6" && one.internal === (address === "::1") && !/^fe80/i.test(one.address),
    );
  return [...six.filter(reaches), ...four];
}

/**
 * A small file that is read again when it has changed; as if empty when it cannot be read, unless that is for want of
 * a descriptor: then it is read the next time, and what was read before counts.
 */
class ParsedFile<T> {
  private stamp: string | undefined;
  private parsed: T | undefined;

  constructor(
    private readonly path: string,
    private readonly parse: (text: string) => T,
  ) {}

  async value(): Promise<T> {
    const stamp = await stat(this.path).then(
      ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
      () => "",
    );
    if (stamp === this.stamp) return this.parsed as T;
    const text = await readFile(this.path, "utf8").catch((error: NodeJS.ErrnoException) =>
      isDescriptorShortage(error.code) ? null : "",
    );
    if (text === null) return this.parsed ?? this.parse("");
    this.stamp = stamp;
    this.parsed = this.parse(text);
    return this.parsed;
  }
}
