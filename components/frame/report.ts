import type { Endpoint } from "#lib/edit/endpoints";
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
  /** Only in the browser: why nothing can be told of the gateway, when it is not the gateway that is silent. */
  silence?: Silence;
}

/** Who or what keeps the state of the gateway from being known, as a clause. */
export function untold(silence: Silence | undefined): string {
  return silence ? silences[silence] : "the gateway does not answer";
}

const silences: Record<NonNullable<Silence>, string> = {
  signedOut: "you are signed out",
  forbidden: "you may not see it",
  silent: "Sluice does not answer",
  offline: "you are offline",
};

/** Where a deployment stands, as far as the gateway has told. */
export type LivePhase = "notDeployed" | "unreachable" | "failed" | "deploying" | "live";

export function livePhase({ live, gateway }: LiveReport, generation = 0): LivePhase {
  if (!live) return "notDeployed";
  if (!gateway) return "unreachable";
  if (gateway.generation < generation) return "deploying";
  if (gateway.api?.error) return "failed";
  return gateway.api?.revision === live.revision ? "live" : "deploying";
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
