"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useEffect, useState } from "react";
import type { EndpointGroup } from "#lib/edit/endpoints";
import { useLive } from "../../frame/LiveContext";
import { count } from "../../shared/count";
import { isDown, statusOf } from "../list/liveWords";
import { namesOf, type Plan, percent } from "./plan";
import { ShareBar, type Slice } from "./ShareBar";

/** Read out once it stands still: not with every key that is typed into a URL. ms */
const SETTLED_MS = 600;

function useSettled(words: string): string {
  const [settled, setSettled] = useState(words);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(words), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return settled;
}

interface Props {
  group: EndpointGroup;
  plan: Plan;
  /** Some endpoints are taken to be down. */
  supposed: boolean;
}

/** Where traffic will go, and below it where it went in the last minute. */
export function SharePlot({ group, plan: { shares, sentences, closed = false }, supposed }: Props) {
  const { report } = useLive();
  const names = namesOf(group);
  const statuses = new Map(group.endpoints.map((e) => [e.id, statusOf(report, e)]));
  const total = [...statuses.values()].reduce((sum, status) => sum + (status?.lastMinute ?? 0), 0);
  const down = group.endpoints.filter(({ id }) => isDown(statuses.get(id)?.state));
  const now =
    group.routing === "failover" && down.length > 0
      ? [`Down now: ${down.map(({ id }) => names.get(id)).join(", ")}.`]
      : [];
  const words = useSettled([...sentences, ...now].join(" "));
  const slices = (read: (id: string) => Pick<Slice, "share" | "value">): Slice[] =>
    group.endpoints.map((e, place) => ({ id: e.id, place, name: names.get(e.id)!, ...read(e.id) }));
  return (
    <Box sx={{ my: 1, display: "grid", gap: 0.75 }}>
      {group.routing === "loadBalanced" && shares && (
        <ShareBar
          rows
          title={supposed ? "Planned, if so" : "Planned"}
          slices={slices((id) => ({ share: shares.get(id) ?? 0, value: percent(shares.get(id) ?? 0) }))}
        />
      )}
      {report.live && (
        <ShareBar
          rows
          title="Last 60 s"
          again={group.routing === "loadBalanced" && shares !== null}
          slices={slices((id) => {
            const status = statuses.get(id);
            if (!status) return { share: 0, value: report.gateway ? "not deployed" : "not known" };
            const { lastMinute } = status;
            return { share: total > 0 ? lastMinute / total : 0, value: count(lastMinute) };
          })}
        />
      )}
      <Typography
        variant="body2"
        color={closed ? "error" : "textSecondary"}
        role="status"
        sx={{ overflowWrap: "anywhere" }}
      >
        {words}
      </Typography>
    </Box>
  );
}
