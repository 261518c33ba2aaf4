import { weightsMatter } from "../edit/api";
import type { EndpointGroup } from "../edit/endpoints";
import { endpointUrlKey } from "../model/url";

/** Things worth saying that stop nothing, each at its endpoint. */
export function warnings(group: EndpointGroup): { id: string; message: string }[] {
  return [...twins(group), ...givesAllToBackups(group)];
}

/** Endpoints named twice in one list, which gives them two shares, or with failover a second try at the same place. */
function twins(group: EndpointGroup): { id: string; message: string }[] {
  const first = new Map<string, number>();
  return group.endpoints.flatMap((endpoint, i) => {
    if (endpoint.url.trim() === "") return [];
    const key = endpointUrlKey(endpoint.url);
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, i);
      return [];
    }
    const means = group.routing === "failover" ? "it is tried again" : "it gets both shares";
    return [{ id: endpoint.id, message: `Same URL as endpoint ${earlier + 1}: ${means}.` }];
  });
}

/** Backups are for when the others are down; those that are all without weight are as good as down for ever. */
function givesAllToBackups(group: EndpointGroup): { id: string; message: string }[] {
  if (group.routing !== "loadBalanced" || !weightsMatter(group)) return [];
  const on = group.endpoints.filter((e) => e.state === "on");
  const regular = on.filter((e) => !e.backup);
  if (!regular.every((e) => e.weight === 0) || !on.some((e) => e.backup && e.weight > 0)) return [];
  const message = "All weights but those of backups are 0, so the backups get all traffic.";
  return regular.map(({ id }) => ({ id, message }));
}
