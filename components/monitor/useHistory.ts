"use client";
import { useCallback, useState } from "react";
import type { KeyType } from "#lib/edit/endpoints";
import type { ApiHistory } from "#lib/status";
import { fetchOwn, usePolling } from "../shared/usePolling";

const EVERY_MS = 10_000;

/**
 * The last hour, of all gateways or of one, asked for anew while the page is looked at. Undefined until it is told, null when the gateway does
 * not tell.
 */
export function useHistory(
  id: string,
  keyType: KeyType | null,
  gateway: string | null,
): ApiHistory | null | undefined {
  const [found, setFound] = useState<{ asked: string; history: ApiHistory | null } | null>(null);
  const asked = String(
    new URLSearchParams({ ...(keyType && { keyType }), ...(gateway !== null && { gateway }) }),
  );
  const ask = useCallback(
    async (signal: AbortSignal) => {
      const history = await fetchOwn<ApiHistory | null>(`/apis/${id}/history?${asked}`, signal);
      if (signal.aborted) return;
      if (typeof history === "string") return;
      // What was told stays true when nothing more can be asked.
      if (history !== undefined) setFound({ asked, history });
    },
    [id, asked],
  );
  usePolling(ask, EVERY_MS, { atOnce: true });
  return found?.asked === asked ? found?.history : undefined;
}
