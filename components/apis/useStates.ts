"use client";
import { useCallback, useState } from "react";
import { fetchOwn, type Silence, usePolling, useSilence } from "../shared/usePolling";
import type { LiveStates } from "./health";

const EVERY_MS = 3_000;

/** What the gateway tells of these APIs, from what the page came with on; nothing while nobody can tell it. */
export function useStates(
  ids: readonly string[],
  given: LiveStates,
): { states: LiveStates; silence: Silence } {
  const [polled, setPolled] = useState<{ given: LiveStates; states: LiveStates } | null>(null);
  const { silence, heard } = useSilence();
  const query = new URLSearchParams(ids.map((id) => ["api", id])).toString();
  const ask = useCallback(
    async (signal: AbortSignal) => {
      if (query === "") return "stop";
      const states = await fetchOwn<LiveStates>(`/apis/status?${query}`, signal);
      if (signal.aborted) return;
      heard(states);
      if (typeof states === "string") return;
      // The page that came anew knows better than what was asked before.
      if (states !== undefined) setPolled({ given, states });
    },
    [query, given, heard],
  );
  usePolling(ask, EVERY_MS);
  const states = polled?.given === given ? polled.states : given;
  return { states: silence === null ? states : null, silence };
}
