import { weightsMatter } from "../edit/api";
import { type Endpoint, type EndpointGroup, endpointsInUse } from "../edit/endpoints";

/**
 * Whether the configuration alone lets new traffic reach an endpoint. Live state (suspension, checks) comes
 * on top of it in the gateway (docs/design.md section 4.3).
 */
export function mayReceive(group: EndpointGroup, endpoint: Endpoint): boolean {
  if (endpoint.state !== "on") return false;
  return group.routing !== "loadBalanced" || endpoint.weight > 0 || !weightsMatter(group);
}

/**
 * The endpoints that new traffic may reach, by configuration and without those named in `out`: the regular
 * ones, or the backups when no regular one is left (docs/rules/gateway.md section 3).
 */
export function reachable(group: EndpointGroup, out: ReadonlySet<string> = new Set()): Endpoint[] {
  const open = endpointsInUse(group).filter((e) => mayReceive(group, e) && !out.has(e.id));
  if (group.routing !== "loadBalanced") return open;
  const regular = open.filter((e) => !e.backup);
  return regular.length > 0 ? regular : open;
}
