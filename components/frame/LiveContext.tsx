"use client";
import { usePathname } from "next/navigation";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import type { IssueTestToken } from "../shared/actionResults";
import { fetchOwn, usePolling, useSilence } from "../shared/usePolling";
import { type LivePhase, type LiveReport, livePhase } from "./report";

export type { LiveReport } from "./report";

const EVERY_MS = 2_000;
/** How long a deployment waits for all gateways before those are named that are missing. */
const PATIENCE_MS = 2_000;
/** While a deployment waits for the gateway, which looks every 250 ms. */
const DEPLOYING_EVERY_MS = 300;

interface Live {
  /** The API of the page. */
  id: string;
  onTestToken: IssueTestToken;
  report: LiveReport;
  phase: LivePhase;
  /** What was deployed on this page and is being followed. */
  deployed: { revision: number; generation: number } | null;
  follow: (deployment: { revision: number; generation: number } | null) => void;
  /** Somebody deleted the API. */
  gone: boolean;
  /** The only gateway that is to be told of, by its id; null: all of them. Holds on the page where it was chosen. */
  chosen: string | null;
  choose: (gateway: string | null) => void;
}

const Context = createContext<Live | null>(null);

export function useLive(): Live {
  const live = useContext(Context);
  if (!live) throw new Error("useLive needs LiveProvider");
  return live;
}

export function LiveProvider({
  id,
  report,
  onTestToken,
  children,
}: {
  id: string;
  report: LiveReport;
  onTestToken: IssueTestToken;
  children: ReactNode;
}) {
  const [polled, setPolled] = useState<LiveReport | null>(null);
  const [given, setGiven] = useState(report);
  const path = usePathname();
  const [followed, setFollowed] = useState<(NonNullable<Live["deployed"]> & { path: string }) | null>(null);
  const isOverdue = useOverdue(followed);
  const [choice, setChoice] = useState<{ gateway: string; path: string } | null>(null);
  const chosen = choice?.path === path ? choice.gateway : null;
  // Told where it was done; on the other pages the line under the title says enough.
  const deployed = followed?.path === path ? followed : null;
  if (given !== report) {
    setGiven(report);
    setPolled(null);
  }
  const [gone, setGone] = useState(false);
  const { silence, heard } = useSilence();
  const current = useMemo((): LiveReport => {
    const told = polled ?? report;
    return silence === null ? told : { ...told, gateway: null, silence };
  }, [polled, report, silence]);
  const known = livePhase(current, followed?.generation);
  const phase = known === "partly" && followed && !isOverdue ? "deploying" : known;
  const waiting = followed !== null && phase === "deploying";
  // It was told; whoever comes back is not told again.
  if (followed && !deployed && !waiting) setFollowed(null);

  const ask = useCallback(
    async (signal: AbortSignal) => {
      const query = chosen === null ? "" : `?${new URLSearchParams({ gateway: chosen })}`;
      const fresh = await fetchOwn<LiveReport | null>(`/apis/${id}/gateway-status${query}`, signal);
      if (signal.aborted) return;
      heard(fresh);
      if (typeof fresh === "string") return;
      if (fresh === null) {
        setGone(true);
        return "stop";
      }
      if (fresh) setPolled((old) => (JSON.stringify(old) === JSON.stringify(fresh) ? old : fresh));
    },
    [id, heard, chosen],
  );
  usePolling(ask, waiting ? DEPLOYING_EVERY_MS : EVERY_MS, { atOnce: chosen !== null });

  const follow = useCallback((d: Live["deployed"]) => setFollowed(d && { ...d, path }), [path]);
  const choose = useCallback(
    (gateway: string | null) => setChoice(gateway === null ? null : { gateway, path }),
    [path],
  );
  const value = useMemo(
    () => ({ id, onTestToken, report: current, phase, deployed, follow, gone, chosen, choose }),
    [id, onTestToken, current, phase, deployed, follow, gone, chosen, choose],
  );
  return <Context value={value}>{children}</Context>;
}

/** Whether what is followed has had its time. */
function useOverdue(followed: object | null): boolean {
  const [overdue, setOverdue] = useState<object | null>(null);
  useEffect(() => {
    if (!followed) return;
    const timer = setTimeout(() => setOverdue(followed), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [followed]);
  return followed !== null && overdue === followed;
}
