import { isAnswering } from "#lib/gateways";
import { listSnapshots, type Snapshot } from "#prisma/apiIndex";
import { readGateways } from "../gatewayClient";
import { ENVIRONMENT, vhostOf } from "./gatewayEnvironment";

/** Revisions in the form of WSO2's clients: apictl takes the number for `--rev` from `displayName`. */
export async function revisionsOf(apiId: string, snapshots: readonly Snapshot[]) {
  const { status, members } = await readGateways([apiId]);
  const served = status?.apis.find((api) => api.apiId === apiId)?.revision;
  const answering = members ? members.filter(isAnswering).length : status ? 1 : 0;
  return snapshots.map(({ id, number, note, createdAt, liveSince }) => ({
    displayName: `Revision ${number}`,
    id,
    description: note,
    createdTime: String(createdAt.getTime()),
    apiInfo: { id: apiId },
    deploymentInfo: liveSince
      ? [
          {
            revisionUuid: id,
            name: ENVIRONMENT,
            status: "APPROVED",
            vhost: vhostOf(status),
            displayOnDevportal: true,
            deployedTime: String(liveSince.getTime()),
            successDeployedTime: String(liveSince.getTime()),
            liveGatewayCount: answering,
            deployedGatewayCount: served === number ? answering : 0,
            failedGatewayCount: status && served !== number ? answering : 0,
          },
        ]
      : [],
  }));
}

/** Where an API is deployed now; `only`: a revision of it. */
export async function deploymentsOf(apiId: string, only?: Snapshot) {
  const live = (await listSnapshots(apiId))?.filter(
    ({ id, liveSince }) => liveSince && (!only || only.id === id),
  );
  return (await revisionsOf(apiId, live ?? [])).flatMap(({ deploymentInfo }) => deploymentInfo);
}
