import type { Endpoint } from "#lib/endpoints";
import type { ApiStatus, GatewayStatus } from "#lib/status";

export interface LiveReport {
  live: { revision: number; since: string } | null;
  /** The saved draft differs from what is live. */
  changed: boolean;
  draftVersion: number;
  /** What operators said of endpoints, which goes before the revision. */
  switches: { endpointId: string; state: Endpoint["state"]; author: string }[];
  /** Null when the gateway does not answer. */
  gateway:
    | (Pick<
        GatewayStatus,
        "generation" | "databaseError" | "urls" | "customAlgorithms" | "algorithmFaults"
      > & {
        api: ApiStatus | null;
      })
    | null;
}

/** Where a deployment stands, as far as the gateway has told. */
export type LivePhase = "notDeployed" | "unreachable" | "failed" | "deploying" | "live";

export function livePhase({ live, gateway }: LiveReport, generation = 0): LivePhase {
  if (!live) return "notDeployed";
  if (!gateway) return "unreachable";
  if (gateway.generation < generation) return "deploying";
  if (gateway.api?.error) return "failed";
  return gateway.api?.revision === live.revision ? "live" : "deploying";
}
