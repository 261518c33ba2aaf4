/**
 * Gateways that share a database, as each says of itself in a row of its own (prisma/presence.ts) and as the publisher
 * sees them. Ages are by the database's clock: no machine's is asked.
 */

/** What a gateway says of itself. */
export interface Announced {
  /** By what it is known among several. */
  id: string;
  /** Of this process: another one of the same id has another. */
  instance: string;
  /** Of its machine. */
  name: string;
  version: string;
  /** Where callers reach it; null where they do not. */
  httpUrl: string | null;
  httpsUrl: string | null;
  /** Where the publisher reaches its admin interface. */
  adminUrl: string;
  /** That it serves. */
  generation: number;
  /** Sentences. */
  problems: readonly string[];
}

/**
 * What became of what a gateway said: it stands in its row; the row is another process's, which may have ended without a
 * word; or that one goes on running, on the machine of this name.
 */
export type Told = "told" | "waits" | { other: string };

/** Where gateways say that they are there. What is asked rejects with a sentence. */
export interface Presences {
  announce(said: Announced): Promise<Told>;
  /** A clean stop: the row is gone. */
  leave(id: string, instance: string): Promise<void>;
}

/** How often a gateway says that it is there though nothing changed, ms. */
export const RENEW_MS = 5_000;
/** Not seen for so long, a gateway counts as not answering, and nobody waits for it, ms. */
export const SILENT_MS = 15_000;
/** Not seen for so long, it is gone, ms. */
export const GONE_MS = 3_600_000;

/** A gateway as its row has it. */
export interface GatewayRow extends Omit<Announced, "instance"> {
  /** Since when this process says that it runs, ISO 8601. */
  startedAt: string;
  /** How long ago it said so last, ms. */
  silentMs: number;
}

/** Whether it counts: what has not been seen for 15 s is not waited for. */
export const isAnswering = ({ silentMs }: Pick<GatewayRow, "silentMs">) => silentMs < SILENT_MS;
