"use client";
import { usePathname } from "next/navigation";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import type { IssueTestToken } from "../shared/actionResults";
import { fetchOwn, usePolling, useSilence } from "../shared/usePolling";
import { type LivePhase, type LiveReport, livePhase } from "./report";

export type { LiveReport } from "./report";

const EVERY_MS = 2_000;
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
  const phase = livePhase(current, followed?.generation);
  const waiting = followed !== null && phase === "deploying";
  // It was told; whoever comes back is not told again.
  if (followed && !deployed && !waiting) setFollowed(null);

  const ask = useCallback(
    async (signal: AbortSignal) => {
      const fresh = await fetchOwn<LiveReport | null>(`/apis/${id}/gateway-status`, signal);
      if (signal.aborted) return;
      heard(fresh);
      if (typeof fresh === "string") return;
      if (fresh === null) {
        setGone(true);
        return "stop";
      }
      if (fresh) setPolled((old) => (JSON.stringify(old) === JSON.stringify(fresh) ? old : fresh));
    },
    [id, heard],
  );
  usePolling(ask, waiting ? DEPLOYING_EVERY_MS : EVERY_MS);

  const follow = useCallback((d: Live["deployed"]) => setFollowed(d && { ...d, path }), [path]);
  const value = useMemo(
    () => ({ id, onTestToken, report: current, phase, deployed, follow, gone }),
    [id, onTestToken, current, phase, deployed, follow, gone],
  );
  return <Context value={value}>{children}</Context>;
}
