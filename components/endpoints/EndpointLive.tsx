"use client";
import { useEffect, useState } from "react";
import type { Endpoint } from "#lib/endpoints";
import { useLive } from "../api/LiveContext";
import { StateMark } from "../shared/StateMark";
import { liveWords } from "./liveWords";

export function EndpointLive({ endpoint }: { endpoint: Endpoint }) {
  const { report } = useLive();
  const [now, setNow] = useState(0);
  const suspended = report.gateway?.api?.endpoints.some((e) => e.id === endpoint.id && e.until !== null);
  useEffect(() => {
    setNow(Date.now());
    if (!suspended) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [suspended]);
  const { tone, words } = liveWords(report, endpoint, now);
  return <StateMark tone={tone}>{words}</StateMark>;
}
