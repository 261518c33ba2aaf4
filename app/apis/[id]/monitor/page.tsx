import { Monitor } from "#components/monitor/Monitor";
import { allGroups } from "#lib/edit/api";
import { effectiveGroup, endpointsInUse, keyTypes } from "#lib/edit/endpoints";
import { listSwitches } from "#prisma/switches";
import { loadApi } from "../../../_server/loadApi";
import { setEndpointState } from "./actions";

export const metadata = { title: "Monitor" };

export default async function MonitorPage({ params }: { params: Promise<{ id: string }> }) {
  const { id, live } = await loadApi(params);
  const definition = live?.definition;
  const switches = await listSwitches(id);
  const endpoints = (definition ? allGroups(definition) : []).flatMap(({ path, groups }) => {
    const resource = path[0] === "resources" ? definition?.resources[Number(path[1])] : undefined;
    return keyTypes.flatMap((keyType) => {
      const group = effectiveGroup(groups, keyType);
      if (!group.enabled) return [];
      return endpointsInUse(group).map((endpoint) => {
        const own = switches.find((s) => s.endpointId === endpoint.id);
        return {
          endpoint,
          keyType,
          resource: resource ? `${resource.method} ${resource.path}` : null,
          operator: own ? { state: own.state, author: own.author, since: own.since.toISOString() } : null,
        };
      });
    });
  });
  return <Monitor id={id} endpoints={endpoints} onSwitch={setEndpointState} />;
}
