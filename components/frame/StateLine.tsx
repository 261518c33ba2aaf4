"use client";
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import NextLink from "next/link";
import { blockedWords, outage } from "../apis/health";
import { LocalTime } from "../shared/LocalTime";
import { StateMark, type Tone } from "../shared/StateMark";
import { useLive } from "./LiveContext";
import { fleetWords, type LivePhase, untoldBy } from "./report";

const tones: Record<LivePhase, Tone> = {
  notDeployed: "none",
  unreachable: "warn",
  failed: "bad",
  deploying: "warn",
  partly: "warn",
  live: "good",
};

export function StateLine() {
  const { id, report, phase, gone } = useLive();
  const { live, blocked, changed, gateway } = report;
  if (gone) return <StateMark tone="bad">This API was deleted</StateMark>;
  if (!live) return <StateMark tone="none">Not deployed</StateMark>;
  const since = <LocalTime at={live.since} />;
  const served = gateway?.api?.revision;
  const isServed = phase === "live" || phase === "partly";
  const out = isServed && gateway?.api ? outage(gateway.api) : null;
  const fleet = fleetWords(report);
  return (
    <Box component="span" data-testid="api-state">
      <StateMark tone={blocked ? "bad" : (out?.tone ?? (isServed && fleet?.missing ? "warn" : tones[phase]))}>
        {isServed && (
          <>
            Live: r{live.revision} since {since}
            {fleet?.missing && ` · on ${fleet.served} of ${fleet.total} gateways: ${fleet.missing}`}
            {blocked ? ` · ${blockedWords}` : out && ` · ${out.words}`}
            {gateway?.api?.notice && ` · ${gateway.api.notice}`}
          </>
        )}
        {phase === "deploying" && <>Deploying r{live.revision}</>}
        {phase === "unreachable" && (
          <>
            r{live.revision} deployed since {since} · {untoldBy(report)}
          </>
        )}
        {phase === "failed" && (
          <>
            r{live.revision} is not served: {gateway?.api?.error}
            {served ? ` · r${served} serves` : " · callers get 404"}
          </>
        )}
        {changed && (
          <>
            {" · "}
            <Link component={NextLink} href={`/apis/${id}/deployments#draft`} color="inherit">
              draft differs
            </Link>
          </>
        )}
      </StateMark>
    </Box>
  );
}
