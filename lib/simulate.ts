import { type Candidate, createPicker } from "./algorithms";
import { reachable } from "./eligibility";
import type { EndpointGroup } from "./endpoints";

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
  const candidates = open.map(
    (e): Candidate => ({
      id: e.id,
      index: group.endpoints.indexOf(e),
      weight: e.weight,
      inFlight: 0,
      latencyMs: 0,
    }),
  );
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

/** A low-discrepancy sequence instead of chance: the preview is steady and exact, the algorithm still the real one. */
function evenNumbers(): () => number {
  let x = 0;
  return () => {
    x = (x + 0.6180339887498949) % 1;
    return x;
  };
}
