import type { LiveReport } from "#components/frame/LiveContext";
import type { ApiDetail } from "#prisma/store";
import { listSwitches } from "#prisma/switches";
import { readGatewayStatus } from "./gatewayClient";

/** What is deployed and what the gateway makes of it, for the pages of one API. */
export async function readLive(api: ApiDetail): Promise<LiveReport> {
  const [status, switches] = await Promise.all([readGatewayStatus([api.id]), listSwitches(api.id)]);
  return {
    live: api.live && { revision: api.live.revision, since: api.live.since.toISOString() },
    blocked: api.blocked,
    changed: api.changed,
    draftVersion: api.draftVersion,
    switches: switches.map(({ endpointId, state, author }) => ({ endpointId, state, author })),
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
