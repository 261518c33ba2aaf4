import { BlockList, isIP } from "node:net";

/** Proxies in front of a process of ours: whom to believe, and who called by what they say. */

/**
 * Reads entries such as "10.0.0.0/8" and "::1" into a list to check against; the first one that is neither an address
 * nor a network instead.
 */
export function trustedProxies(entries: readonly string[]): BlockList | { wrong: string } {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    const most = family === "ipv6" ? 128 : 32;
    const length = bits === undefined ? most : Number(bits);
    const wrong = isIP(address) === 0 || bits === "" || !/^\d*$/.test(bits ?? "") || length > most;
    if (wrong || entry.split("/").length > 2) return { wrong: entry };
    list.addSubnet(address, length, family);
  }
  return list;
}

/** What the start is ended with when an entry of this variable is wrong. */
export const proxyWords = (variable: string, { wrong }: { wrong: string }) =>
  `${variable}: "${wrong}" is neither an address nor a network such as 10.0.0.0/8.`;

/** IPv4 as such, where a socket that speaks IPv6, too, writes it as "::ffff:127.0.0.1". */
export function peerAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

/** The address in an entry of X-Forwarded-For: some proxies add a port, or the brackets that go with it. */
function addressIn(entry: string): string {
  const text = entry.trim();
  const found = /^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text);
  return peerAddress(found?.[1] ?? text);
}

export function isTrusted(address: string, trusted: BlockList): boolean {
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 6 ? "ipv6" : "ipv4");
}

/**
 * Who called, by the X-Forwarded-For that a trusted `peer` sent: the nearest address that is no trusted proxy, because
 * what stands left of it was written by that one. The peer itself where that entry is no address.
 */
export function callerBehind(peer: string, forwardedFor: string, trusted: BlockList): string {
  const chain = forwardedFor.split(",").map(addressIn);
  for (let i = chain.length - 1; i >= 0; i--) {
    const entry = chain[i]!;
    if (!isTrusted(entry, trusted)) return isIP(entry) === 0 ? peer : entry;
  }
  return chain[0]!;
}
