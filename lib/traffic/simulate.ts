import type { Endpoint, EndpointGroup } from "../edit/endpoints";
import { builtInOf, type Candidate, createPicker } from "./algorithms";
import { reachable } from "./eligibility";

/** Enough for two digits of every share, and a multiple of most sums of weights. */
const PICKS = 5_040;

/**
 * The share of new traffic that each endpoint would get, 0..1 by endpoint id, found by running the very
 * algorithm that the gateway runs. `out` names endpoints taken to be down. An endpoint that gets nothing
 * has share 0. A custom algorithm runs only in the gateway: null.
 */
export function plannedShares(
  group: EndpointGroup,
  out: ReadonlySet<string> = new Set(),
): Map<string, number> | null {
  const shares = new Map(group.endpoints.map((e) => [e.id, 0]));
  const open = reachable(group, out);
  if (open.length === 0) return shares;
  if (group.routing !== "loadBalanced") {
    shares.set(open[0]!.id, 1);
    return shares;
  }
  const picker = createPicker(group.algorithm, group.endpoints.length);
  if (!picker) return null;
  const candidates = open.map((e) => candidateOf(group, e));
  let serial = 0;
  const random = evenNumbers();
  const context = { random, clientIp: "", header: () => String(serial) };
  for (; serial < PICKS; serial++) {
    context.clientIp = String(serial);
    const { id } = picker.pick(candidates, context);
    shares.set(id, shares.get(id)! + 1 / PICKS);
  }
  return shares;
}

/** An endpoint as an algorithm sees it that has nothing to do yet. */
function candidateOf(group: EndpointGroup, endpoint: Endpoint): Candidate {
  const index = group.endpoints.indexOf(endpoint);
  return { id: endpoint.id, index, weight: endpoint.weight, inFlight: 0, latencyMs: 0 };
}

/** A low-discrepancy sequence instead of chance: the preview is steady and exact, the algorithm still the real one. */
function evenNumbers(): () => number {
  let x = 0;
  return () => {
    x = (x + 0.6180339887498949) % 1;
    return x;
  };
}

/** How many clients send the previewed requests, one after the other, where it matters who sends. */
export const PREVIEW_CLIENTS = 5;

/** One of the next requests. */
export interface Step {
  /** Id of the endpoint it would reach; null where none would take it. */
  endpoint: string | null;
  /** Which client sends it, from 0; null where it does not matter. */
  client: number | null;
  /** It goes where this client's session is, and the algorithm is not asked. */
  pinned: boolean;
}

export interface Preview {
  steps: Step[];
  /** Chance, latency or who the clients are decides in the gateway, so this is one of many ways it may go. */
  example: boolean;
}

/** The algorithms whose choice depends on nothing but the order of the requests while nothing else is under way. */
const predictable = ["roundRobin", "weightedRoundRobin", "leastConnections"];

/**
 * The endpoints that the next `count` requests would reach, one after the other and with nothing else under way, as
 * the gateway would choose on a fresh start: by the same picker, or in list order for failover. With sessions or
 * hashing, some clients send in turn: each new one is balanced, then stays (docs/rules/gateway.md section 4). `out`
 * names endpoints taken to be down. Null for a custom algorithm, which runs only in the gateway.
 */
export function nextRequests(
  group: EndpointGroup,
  count: number,
  out: ReadonlySet<string> = new Set(),
): Preview | null {
  const open = reachable(group, out);
  const same = (endpoint: string | null): Preview => ({
    steps: Array.from({ length: count }, () => ({ endpoint, client: null, pinned: false })),
    example: false,
  });
  if (open.length === 0) return same(null);
  if (group.routing !== "loadBalanced") return same(open[0]!.id);
  const picker = createPicker(group.algorithm, group.endpoints.length);
  if (!picker) return null;
  const { name } = builtInOf(group.algorithm)!;
  const sessions = group.session.kind !== "none";
  const candidates = open.map((e) => candidateOf(group, e));
  const random = evenNumbers();
  const pins = new Map<number, string>();
  const steps = Array.from({ length: count }, (_, i): Step => {
    const who = i % PREVIEW_CLIENTS;
    const client = sessions || name === "hash" ? who : null;
    const pin = pins.get(who);
    if (pin !== undefined) return { endpoint: pin, client, pinned: true };
    const context = { random, clientIp: String(who), header: () => String(who) };
    const { id } = picker.pick(candidates, context);
    if (sessions) pins.set(who, id);
    return { endpoint: id, client, pinned: false };
  });
  return { steps, example: !predictable.includes(name) };
}
