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

/** A gateway as the pages show it beside what it counted. */
export interface FleetMember {
  id: string;
  generation: number;
  /** How long ago it was seen, ms. */
  silentMs: number;
  /** Why nothing of what it counts is known now, as a clause that begins with its id; null where it is. */
  uncounted: string | null;
}

/** Most gateways that are named in a sentence. */
const MAX_NAMED = 3;

/** How a generation is served: by how many of all, and a clause for each of the others. */
export function servedBy(members: readonly FleetMember[], generation: number) {
  const late = members.filter((one) => one.generation < generation || !isAnswering(one));
  const clauses = late.map((one) => (isAnswering(one) ? `${one.id} has not taken it up` : silenceWords(one)));
  return {
    served: members.length - late.length,
    total: members.length,
    /** It is served by all that answer. */
    isLive: members.some(isAnswering) && !late.some(isAnswering),
    /** "gw-b has not answered for 40 s"; "" where all serve it. */
    missing: inShort(clauses),
  };
}

/** "gw-b has not answered for 40 s". */
export function silenceWords({ id, silentMs }: Pick<FleetMember, "id" | "silentMs">): string {
  return `${id} has not answered for ${ageWords(silentMs)}`;
}

/** Clauses as one, of which the first few are named. */
export function inShort(clauses: readonly string[]): string {
  const more = clauses.length - MAX_NAMED;
  return [...clauses.slice(0, MAX_NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

/** "40 s", "12 min". */
export function ageWords(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min`;
}

/** A gateway as the settings show it. What is not known is null. */
export interface ShownGateway {
  id: string;
  /** Of its machine. */
  name: string;
  version: string;
  generation: number | null;
  /** ISO 8601. */
  startedAt: string | null;
  /** Where callers reach it. */
  urls: string[];
  adminUrl: string;
  problems: string[];
  /** Since when or where it does not answer, "for 40 s"; null while it does. */
  silent: string | null;
  /** Why it does not tell how it is although it is there, as what follows "it"; null when it does. */
  untold: string | null;
  requestsPerSecond: number | null;
  /** Bytes. */
  memory: number | null;
}

export interface GatewaysReport {
  gateways: ShownGateway[];
  /** The newest generation. */
  newest: number;
  /** Ids of rows that nobody of this installation wrote. */
  foreign: string[];
  /** Several may share the database. */
  isShared: boolean;
}
