"use client";
import { useDeferredValue, useMemo, useState } from "react";
import type { EndpointGroup } from "#lib/edit/endpoints";
import { endpointLabel } from "#lib/model/url";
import { useLive } from "../../frame/LiveContext";
import { useAnnounce } from "../../shared/Announcer";
import { hasWeights, percent, planOf, withOperators } from "../preview/plan";

const sameEndpoints = (a: EndpointGroup, b: EndpointGroup) =>
  a.routing === b.routing &&
  a.endpoints.length === b.endpoints.length &&
  a.endpoints.every(({ id }, i) => id === b.endpoints[i]!.id);

/** How a list's traffic would be shared, and "If this one is down". */
export function usePlanned(group: EndpointGroup) {
  const announce = useAnnounce();
  const { endpoints, routing } = group;
  // A question and no edit: it is not saved, and gone when the page is left.
  const [supposed, setSupposed] = useState<ReadonlySet<string>>(new Set());
  // The picture may come a moment after what is typed.
  const { switches } = useLive().report;
  const switched = useMemo(() => withOperators(group, switches), [group, switches]);
  const latest = useDeferredValue(switched);
  // While a weight is typed it is no number: what stands above it must not go away under the fingers.
  const [whole, setWhole] = useState(latest);
  const legible = latest.routing !== "loadBalanced" || hasWeights(latest);
  if (legible && whole !== latest) setWhole(latest);
  const seen = !legible && sameEndpoints(whole, latest) ? whole : latest;
  const down = useMemo(
    () => new Set(seen.endpoints.flatMap(({ id }) => (supposed.has(id) ? [id] : []))),
    [seen, supposed],
  );
  const plan = useMemo(() => planOf(seen, down), [seen, down]);

  const suppose = (id: string, isDown: boolean) => {
    const next = new Set(supposed);
    if (isDown) next.add(id);
    else next.delete(id);
    setSupposed(next);
    // Other routings say it in a sentence, which is announced by itself.
    const { shares } = planOf(switched, next);
    if (shares && routing === "loadBalanced") {
      const parts = endpoints.map((e) => `${endpointLabel(e.url)} ${percent(shares.get(e.id) ?? 0)}`);
      announce(`Planned${next.size > 0 ? ", if so" : ""}: ${parts.join(", ")}`);
    }
  };
  const supposeAllUp = () => {
    setSupposed(new Set());
    announce("No endpoint is taken to be down any more");
  };
  const isPlural = routing !== "single" && endpoints.length > 1;
  return { isPlural, seen, plan, down, supposed, suppose, supposeAllUp };
}

export type Planned = ReturnType<typeof usePlanned>;
