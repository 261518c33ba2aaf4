import type { LiveReport } from "#components/frame/LiveContext";
import { usesPostgres } from "#lib/node/env";
import { database } from "#prisma/db";
import { liveGeneration } from "#prisma/livePaths";
import type { ApiDetail } from "#prisma/store";
import { listSwitches } from "#prisma/switches";
import { readGateways } from "./gatewayClient";

/** What is deployed and what gateways make of it, for the pages of one API. @param chosen one of them alone, by its id */
export async function readLive(api: ApiDetail, chosen?: string): Promise<LiveReport> {
  const [{ status, members }, switches, generation] = await Promise.all([
    readGateways([api.id], chosen),
    listSwitches(api.id),
    usesPostgres() ? liveGeneration(database(), api.id) : 0,
  ]);
  return {
    live: api.live && { revision: api.live.revision, since: api.live.since.toISOString() },
    blocked: api.blocked,
    changed: api.changed,
    draftVersion: api.draftVersion,
    switches: switches.map(({ endpointId, state, author }) => ({ endpointId, state, author })),
    fleet: members && { members, generation },
    gateway: status && {
      generation: status.generation,
      startedAt: status.startedAt,
      databaseError: status.databaseError,
      urls: status.urls,
      customAlgorithms: status.customAlgorithms,
      algorithmFaults: status.algorithmFaults,
      api: status.apis.find((a) => a.apiId === api.id) ?? null,
    },
  };
}
