"use client";
import Typography from "@mui/material/Typography";
import type { Endpoint } from "#lib/edit/endpoints";
import { useLive } from "../../frame/LiveContext";
import { EndpointLive } from "./EndpointLive";
import { lastMinuteWords, latencyWords, statusOf } from "./liveWords";

const switched = { on: "Switched on", draining: "Drained", off: "Switched off" } as const;

/** What is known of a deployed endpoint now. */
export function RowLive({ endpoint }: { endpoint: Endpoint }) {
  const { report } = useLive();
  const status = statusOf(report, endpoint);
  // The publisher knows it also while the gateway is silent.
  const operator = (status || !report.gateway) && report.switches.find((s) => s.endpointId === endpoint.id);
  return (
    <>
      <EndpointLive endpoint={endpoint} />
      {operator && (
        <Typography variant="caption" color="textSecondary" sx={text}>
          {switched[operator.state]} on Monitor by {operator.author}
        </Typography>
      )}
      {status && (
        <Typography variant="caption" color="textSecondary" sx={numbers}>
          {lastMinuteWords(status)} in 60 s · p50 / p99 {latencyWords(status)} · {status.inFlight} in flight
        </Typography>
      )}
    </>
  );
}

// On a phone always a line of their own: a digit more must not move what is pressed.
const numbers = { fontVariantNumeric: "tabular-nums", pt: "1px", flexBasis: { xs: "100%", sm: "auto" } };
const text = { fontVariantNumeric: "tabular-nums", pt: "1px" };
