"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useMemo } from "react";
import { mayReceive, reachable } from "#lib/eligibility";
import type { EndpointGroup } from "#lib/endpoints";
import { plannedShares } from "#lib/simulate";
import { endpointLabel, endpointUrlKey } from "#lib/url";
import { useLive } from "../api/LiveContext";
import { ShareBar, type Slice } from "./ShareBar";
import { percent } from "./shares";

interface Props {
  group: EndpointGroup;
  /** Endpoints taken to be down. */
  out: ReadonlySet<string>;
}

/** Where traffic will go, and below it where it went in the last minute. */
export function SharePlot({ group, out }: Props) {
  const { report } = useLive();
  const names = useMemo(
    () => new Map(group.endpoints.map((e, i) => [e.id, endpointLabel(e.url) || `endpoint ${i + 1}`])),
    [group],
  );
  const valid = group.endpoints.every((e) => Number.isInteger(e.weight));
  const planned = useMemo(() => (valid ? plannedShares(group, out) : null), [group, out, valid]);
  const slices = (shareOf: (id: string) => number, wordsOf: (id: string) => string): Slice[] =>
    group.endpoints.map((e, i) => ({
      id: e.id,
      place: i,
      label: `${names.get(e.id)} ${wordsOf(e.id)}`,
      share: shareOf(e.id),
    }));
  const counted = lastMinute();
  const total = counted === null ? 0 : [...counted.values()].reduce((sum, n) => sum + n, 0);
  return (
    <Box sx={{ my: 1, display: "grid", gap: 0.75 }}>
      {group.routing === "loadBalanced" && planned && (
        <ShareBar
          title={out.size > 0 ? "Planned, if so" : "Planned"}
          slices={slices(
            (id) => planned.get(id) ?? 0,
            (id) => percent(planned.get(id) ?? 0),
          )}
        />
      )}
      {counted && total > 0 && (
        <ShareBar
          title="Last 60 s"
          slices={slices(
            (id) => (counted.get(id) ?? 0) / total,
            (id) => String(counted.get(id) ?? 0),
          )}
        />
      )}
      <Typography variant="body2" color="textSecondary" role="status" sx={{ overflowWrap: "anywhere" }}>
        {sentence()}
      </Typography>
    </Box>
  );

  /** Requests by endpoint; null while nothing of this list is live. */
  function lastMinute(): Map<string, number> | null {
    const statuses = report.gateway?.api?.endpoints ?? [];
    const own = group.endpoints.flatMap((e) => {
      const status = statuses.find((s) => s.id === e.id);
      return status && endpointUrlKey(status.url) === endpointUrlKey(e.url)
        ? [[e.id, status.lastMinute] as const]
        : [];
    });
    return own.length === 0 ? null : new Map(own);
  }

  function sentence(): string {
    const open = reachable(group, out);
    if (open.length === 0) return "No endpoint would take new traffic: callers would get 503.";
    if (group.routing === "failover") {
      const [first, ...rest] = open.map((e) => names.get(e.id));
      const then =
        rest.length === 0
          ? "; if it is down, callers get 503"
          : `; if it is down, to ${rest.join(", then ")}`;
      return `All traffic goes to ${first}${then}.`;
    }
    if (planned === null && valid)
      return "A custom algorithm picks in the gateway only, so shares cannot be planned here.";
    const backups = group.endpoints.filter((e) => e.backup && mayReceive(group, e) && !open.includes(e));
    const words =
      backups.length > 0
        ? [`${backups.map((e) => names.get(e.id)).join(", ")} only when all others are down.`]
        : [];
    return [...words, sticking[group.session.kind]].filter(Boolean).join(" ");
  }
}

const sticking = {
  none: "",
  transport: "A client stays where its first request went, by a cookie; shares are those of new clients.",
  soap: "A client stays where its first request went, by its SOAP session; shares are those of new clients.",
  clientId:
    "A client stays where its first request went, by the ID it sends; shares are those of new clients.",
};
