import { type Endpoint, type EndpointGroup, MAX_WEIGHT } from "#lib/edit/endpoints";
import { endpointLabel } from "#lib/model/url";
import { builtInOf } from "#lib/traffic/algorithms";
import { mayReceive, reachable } from "#lib/traffic/eligibility";
import { plannedShares } from "#lib/traffic/simulate";
import type { LiveReport } from "../../frame/report";

/** Where traffic of a list would go: shares by endpoint id (null where they cannot be told), and the same in words. */
export interface Plan {
  shares: Map<string, number> | null;
  sentences: string[];
  /** Nobody would get new traffic. */
  closed?: boolean;
}

/** As the gateway will have it: what operators said on Monitor goes before the draft. */
export function withOperators(group: EndpointGroup, switches: LiveReport["switches"]): EndpointGroup {
  const states = new Map(switches.map((s) => [s.endpointId, s.state]));
  if (!group.endpoints.some((e) => states.has(e.id))) return group;
  return { ...group, endpoints: group.endpoints.map((e) => ({ ...e, state: states.get(e.id) ?? e.state })) };
}

/** Short names for sentences, by endpoint id; one that has no URL yet goes by its position. */
export function namesOf(group: EndpointGroup): Map<string, string> {
  return new Map(
    group.endpoints.map((e, i) => [e.id, e.url.trim() ? endpointLabel(e.url) : `endpoint ${i + 1}`]),
  );
}

/** Whether every weight is one: while one is typed it may be anything. */
export const hasWeights = (group: EndpointGroup) =>
  group.endpoints.every(({ weight }) => Number.isInteger(weight) && weight >= 0 && weight <= MAX_WEIGHT);

/** `out` names endpoints taken to be down. */
export function planOf(group: EndpointGroup, out: ReadonlySet<string>): Plan {
  const names = namesOf(group);
  const nameAll = (endpoints: readonly Endpoint[]) => endpoints.map((e) => names.get(e.id)).join(", ");
  const open = reachable(group, out);
  if (open.length === 0) {
    const shares = new Map(group.endpoints.map((e) => [e.id, 0]));
    const sentences = ["No endpoint would take new traffic: callers would get 503."];
    return { shares, sentences, closed: true };
  }
  if (group.routing === "failover") {
    const [first, ...rest] = open;
    const then =
      rest.length === 0
        ? "; if it is down, callers get 503"
        : `; if it is down, to ${inOrder(rest.map((e) => names.get(e.id)!))}`;
    const so = out.size > 0 ? ", if so" : "";
    return { shares: null, sentences: [`Planned${so}: all traffic goes to ${names.get(first!.id)}${then}.`] };
  }
  if (!hasWeights(group)) return { shares: null, sentences: [] };
  const shares = plannedShares(group, out);
  const backups = group.endpoints.filter((e) => e.backup && mayReceive(group, e) && !open.includes(e));
  const draining = group.endpoints.filter((e) => e.state === "draining" && !out.has(e.id));
  const sticky = group.session.kind !== "none";
  const sentences = [
    shares === null &&
      "A custom algorithm picks in the gateway only: neither shares nor the next requests can be told here.",
    backups.length > 0 && `${nameAll(backups)} only when all others are down.`,
    steady[builtInOf(group.algorithm)?.name ?? ""],
    sticking[group.session.kind],
    sticky && draining.length > 0 && `${nameAll(draining)}: known clients go on, new ones go elsewhere.`,
    out.size > 0 && sticky && "Clients of an endpoint that is down move with their next request.",
    out.size > 0 &&
      !group.failover &&
      "Failover is off: requests that find an endpoint down get an error until it is suspended.",
  ];
  return { shares, sentences: sentences.filter((s): s is string => Boolean(s)) };
}

/** More than these are in the list below, in the same order. */
const MAX_NAMED = 3;

function inOrder(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  const named = names.slice(0, more > 1 ? MAX_NAMED : names.length).join(", then ");
  return more > 1 ? `${named}, and so on down the list (${more} more)` : named;
}

const steady: Record<string, string> = {
  leastConnections: "Shares if all answer equally fast: a slower one gets less.",
  fastestResponse: "Shares if all answer equally fast: a faster one gets more.",
};

const sticking = {
  none: "",
  transport: "A client stays where its first request went, by a cookie; shares are those of new clients.",
  soap: "A client stays where its first request went, by its SOAP session; shares are those of new clients.",
  clientId:
    "A client stays where its first request went, by the ID it sends; shares are those of new clients.",
};

export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  return `${Number(value.toFixed(1))} %`;
}
