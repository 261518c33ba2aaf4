"use client";
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import NextLink from "next/link";
import { blockedWords, outage } from "../apis/health";
import { LocalTime } from "../shared/LocalTime";
import { StateMark, type Tone } from "../shared/StateMark";
import { useLive } from "./LiveContext";
import { type LivePhase, untold } from "./report";

const tones: Record<LivePhase, Tone> = {
  notDeployed: "none",
  unreachable: "warn",
  failed: "bad",
  deploying: "warn",
  live: "good",
};

export function StateLine() {
  const { id, report, phase, gone } = useLive();
  const { live, blocked, changed, gateway } = report;
  if (gone) return <StateMark tone="bad">This API was deleted</StateMark>;
  if (!live) return <StateMark tone="none">Not deployed</StateMark>;
  const since = <LocalTime at={live.since} />;
  const out = phase === "live" && gateway?.api ? outage(gateway.api) : null;
  const served = gateway?.api?.revision;
  return (
    <Box component="span" data-testid="api-state">
      <StateMark tone={blocked ? "bad" : (out?.tone ?? tones[phase])}>
        {phase === "live" && (
          <>
            Live: r{live.revision} since {since}
            {blocked ? ` · ${blockedWords}` : out && ` · ${out.words}`}
            {gateway?.api?.notice && ` · ${gateway.api.notice}`}
          </>
        )}
        {phase === "deploying" && <>Deploying r{live.revision}</>}
        {phase === "unreachable" && (
          <>
            r{live.revision} deployed since {since} · {untold(report.silence)}
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
