import { BlockList, isIP } from "node:net";
import type { TestKeys } from "../callers/testkey";
import type { AccessLog } from "../counts/log";
import type { Metrics } from "../counts/metrics";
import type { Snapshot } from "../routes/table";
import type { Authenticator } from "../tokens/auth";
import type { PinStore } from "./pins";
import type { Traces } from "./traces";

/** What every request may use. One object for the process. */
export interface GatewayContext {
  /** The routing table of the moment; a request keeps the one it began with. */
  snapshot(): Snapshot;
  readonly auth: Authenticator;
  /** Null when test keys are off. */
  readonly testKeys: TestKeys | null;
  readonly pins: PinStore;
  readonly log: AccessLog | null;
  readonly metrics: Metrics;
  readonly traces: Traces;
  /** Proxies in front of this gateway; null when there are none. */
  readonly trusted: BlockList | null;
}

/** Reads "10.0.0.0/8, ::1" into a list to check against; a sentence when an entry is neither. */
export function trustedProxies(entries: readonly string[]): BlockList | null | string {
  if (entries.length === 0) return null;
  const trusted = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/", 2);
    const family = isIP(address);
    const bits = family === 6 ? 128 : 32;
    const length = prefix === undefined ? bits : Number(prefix);
    if (family === 0 || !Number.isInteger(length) || length < 0 || length > bits) {
      return `GATEWAY_TRUSTED_PROXIES: "${entry}" is neither an address nor a network such as 10.0.0.0/8.`;
    }
    trusted.addSubnet(address, length, family === 6 ? "ipv6" : "ipv4");
  }
  return trusted;
}
