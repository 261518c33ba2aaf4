import type { Endpoint } from "#lib/edit/endpoints";
import { type FleetMember, inShort, isAnswering, servedBy } from "#lib/gateways";
import type { ApiStatus, GatewayStatus } from "#lib/status";
import type { Silence } from "../shared/usePolling";

export interface LiveReport {
  live: { revision: number; since: string } | null;
  /** Somebody blocked it by WSO2's life cycle: callers get 503, whatever is live. */
  blocked: boolean;
  /** The saved draft differs from what is live. */
  changed: boolean;
  draftVersion: number;
  /** What operators said of endpoints, which goes before the revision. */
  switches: { endpointId: string; state: Endpoint["state"]; author: string }[];
  /** Null when the gateway does not answer, or nobody who could tell. */
  gateway:
    | (Pick<
        GatewayStatus,
        "generation" | "startedAt" | "databaseError" | "urls" | "customAlgorithms" | "algorithmFaults"
      > & {
        api: ApiStatus | null;
      })
    | null;
  /** Those that share the database, which `gateway` adds up; null where there is one. */
  fleet: {
    members: FleetMember[];
    /** From which on the live deployment is served. */
    generation: number;
  } | null;
  /** Only in the browser: why nothing can be told of the gateway, when it is not the gateway that is silent. */
  silence?: Silence;
}

/** Who or what keeps the state of the gateway from being known, as a clause. */
export function untold(silence: Silence | undefined): string {
  return silence ? silences[silence] : "the gateway does not answer";
}

/** The same, where it may be told of each gateway. */
export function untoldBy({ silence, fleet }: LiveReport): string {
  if (silence || !fleet) return untold(silence);
  if (fleet.members.length === 0) return "no gateway is there";
  const clauses = fleet.members.flatMap((one) => one.uncounted ?? []);
  return clauses.length > 0 ? inShort(clauses) : untold(silence);
}

const silences: Record<NonNullable<Silence>, string> = {
  signedOut: "you are signed out",
  forbidden: "you may not see it",
  silent: "Sluice does not answer",
  offline: "you are offline",
};

/** Where a deployment stands, as far as gateways have told. "partly": some that answer do not serve it yet. */
export type LivePhase = "notDeployed" | "unreachable" | "failed" | "deploying" | "partly" | "live";

export function livePhase({ live, gateway, fleet }: LiveReport, generation = 0): LivePhase {
  if (!live) return "notDeployed";
  if (fleet) return fleetPhase(fleet, gateway, generation);
  if (!gateway) return "unreachable";
  if (gateway.generation < generation) return "deploying";
  if (gateway.api?.error) return "failed";
  return gateway.api?.revision === live.revision ? "live" : "deploying";
}

type Fleet = NonNullable<LiveReport["fleet"]>;

function fleetPhase(fleet: Fleet, gateway: LiveReport["gateway"], followed: number): LivePhase {
  const generation = Math.max(fleet.generation, followed);
  if (!fleet.members.some(isAnswering)) return "unreachable";
  if (gateway?.api?.error) return gateway.generation < generation ? "deploying" : "failed";
  const { served, isLive } = servedBy(fleet.members, generation);
  if (!isLive) return served > 0 ? "partly" : "deploying";
  // What they told of the API may be a moment older than what their rows say.
  return gateway && gateway.generation < generation ? "deploying" : "live";
}

/** By how many gateways what is live is served, where there are several or one is missing; null where all is well. */
export function fleetWords({ fleet }: LiveReport, followed = 0) {
  if (!fleet) return null;
  const { served, total, missing } = servedBy(fleet.members, Math.max(fleet.generation, followed));
  return total === 1 && served === 1 ? null : { served, total, missing };
}

/**
 * What is to be said of a revision: it is live; deployed, as far as is known; deployed and not served; or served
 * although another is deployed. Null for all others.
 */
export function revisionState(
  report: LiveReport,
  number: number,
): "live" | "deployed" | "notServed" | "stillServed" | null {
  const { live, gateway } = report;
  const phase = livePhase(report);
  if (live?.revision === number) {
    if (phase === "failed") return "notServed";
    return phase === "live" ? "live" : "deployed";
  }
  return phase === "failed" && gateway?.api?.revision === number ? "stillServed" : null;
}
