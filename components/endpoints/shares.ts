import type { EndpointGroup } from "#lib/endpoints";
import { plannedShares } from "#lib/simulate";

/** Planned shares as people read them; null when they cannot be told. */
export function shareTexts(
  group: EndpointGroup,
  out: ReadonlySet<string> = new Set(),
): Map<string, string> | null {
  if (group.routing !== "loadBalanced") return null;
  if (group.endpoints.some((e) => !Number.isInteger(e.weight))) return null;
  const shares = plannedShares(group, out);
  return shares && new Map([...shares].map(([id, share]) => [id, percent(share)]));
}

export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  return `${Number(value.toFixed(1))} %`;
}
