"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useEffect, useState } from "react";
import type { Endpoint } from "#lib/edit/endpoints";
import { useLive } from "../../frame/LiveContext";
import { StateMark } from "../../shared/StateMark";
import { elsewhereWords, liveWords, statusOf } from "./liveWords";
import { TryNow } from "./TryNow";

/** How an endpoint that is deployed is, what others know of it, and the way back for one that is out. */
export function EndpointLive({ endpoint }: { endpoint: Endpoint }) {
  const { id, report } = useLive();
  const status = statusOf(report, endpoint);
  const now = useNow(status !== undefined && (status.until !== null || status.elsewhere !== null));
  const { tone, words } = liveWords(report, endpoint, now);
  const elsewhere = status ? elsewhereWords(status, id, now) : "";
  return (
    <>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1.5 }}>
        <StateMark tone={tone}>{words}</StateMark>
        {status && <TryNow status={status} />}
      </Box>
      {elsewhere && (
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: "anywhere" }}>
          {elsewhere}
        </Typography>
      )}
    </>
  );
}

/** The time in the browser, every second while it is needed; null before. */
function useNow(needed: boolean): number | null {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    setNow(Date.now());
    if (!needed) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [needed]);
  return now;
}
