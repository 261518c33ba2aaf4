import { descriptorLimit, openDescriptors } from "#lib/node/descriptors";
import type { GatewayStatus } from "#lib/status";
import { backendConnections } from "../backends/pool";
import type { CallerConnections } from "../callers/connections";

/** How often the open ones are counted, ms. */
const LOOK_MS = 1_000;
/** Kept for the admin interface, the database, logs, name servers and health checks. */
const KEPT = 32;
/** Shares of the limit: above the first it is said, and below the second it may be said again. */
const MANY = 0.8;
const FEW = 0.7;

const remedy = "Raise the limit of open files of the gateway's process (ulimit -n, LimitNOFILE).";

/**
 * Sees to it that the descriptors of this process suffice: callers get half of what connections can have, endpoints
 * the other half, and neither gets what the gateway needs for itself. Says so when they become few.
 */
export class Descriptors {
  /** Null where the system does not say. */
  counts: GatewayStatus["descriptors"] = null;
  private many = false;
  private short = false;
  /** Connections that had no place, up to the last look. */
  private turnedAway = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(readonly callers: CallerConnections) {
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const { callers } = this;
    const limit = descriptorLimit() ?? this.counts?.limit;
    const open = openDescriptors() ?? limit;
    if (limit === undefined || open === undefined) return;
    this.counts = { open, limit };
    const own = Math.max(0, open - callers.open - backendConnections.open);
    callers.limit = backendConnections.limit = Math.max(1, Math.floor((limit - own - KEPT) / 2));
    this.sayMany(open, limit);
    this.sayShort(limit);
  }

  private sayMany(open: number, limit: number): void {
    if (open < FEW * limit) this.many = false;
    if (open < MANY * limit || this.many) return;
    this.many = true;
    console.warn(`${open} of ${limit} descriptors are in use. ${remedy}`);
  }

  private sayShort(limit: number): void {
    const { callers } = this;
    const turnedAway = callers.refused + callers.closed + backendConnections.refused;
    const now = turnedAway > this.turnedAway;
    this.turnedAway = turnedAway;
    if (!now && callers.open < FEW * callers.limit) this.short = false;
    if (!now || this.short) return;
    this.short = true;
    console.warn(
      `No free descriptors for more connections: the limit is ${limit}, of which callers and endpoints have up to ` +
        `${callers.limit} each. Idle connections of callers are closed for new ones, others are refused. ${remedy}`,
    );
  }
}
