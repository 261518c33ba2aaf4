import { isIP } from "node:net";
import { knownAddresses, nameChanges } from "#lib/node/names";

/** How often the name of a backend that is in use is asked for again, if its last answer is old, ms. */
const ASK_MS = 1_000;
/** Share of the lifetime by which connections differ: those that opened together do not end together. */
const SPREAD = 0.1;

/** How long one connection may be used. */
export interface Lease {
  /** `performance.now()`. */
  readonly until: number;
  readonly address: string | undefined;
  /** Up to which change of names its address is known to be right. */
  changes: number;
}

/**
 * How long connections of one backend are used (docs/rules/gateway.md section 5): not beyond their lifetime, and not
 * once its name has other addresses. Requests under way are left alone.
 */
export class Lifetimes {
  /** At most, ms; may change with a deploy. */
  ms = 60_000;
  /** "" for an address, which leads where it leads. */
  private readonly name: string;
  private askAt = 0;

  constructor(origin: string) {
    const host = new URL(origin).hostname.replace(/^\[|\]$/g, "");
    this.name = isIP(host) === 0 ? host : "";
  }

  /** For a connection that has just opened to this address. */
  begin(address: string | undefined): Lease {
    const until = performance.now() + this.ms * (1 - SPREAD * Math.random());
    return { until, address, changes: nameChanges.count };
  }

  /** Whether a connection is not to be used again. */
  isOver(lease: Lease, now: number): boolean {
    if (now >= lease.until) return true;
    if (this.name === "") return false;
    if (now >= this.askAt) {
      this.askAt = now + ASK_MS;
      knownAddresses(this.name);
    }
    if (lease.changes === nameChanges.count) return false;
    const known = knownAddresses(this.name);
    if (lease.address !== undefined && known.length > 0 && !known.includes(lease.address)) return true;
    lease.changes = nameChanges.count;
    return false;
  }
}
