"use client";
import { useCallback, useState } from "react";
import type { KeyType } from "#lib/edit/endpoints";
import type { ApiHistory } from "#lib/status";
import { fetchOwn, usePolling } from "../shared/usePolling";

const EVERY_MS = 10_000;

/**
 * The last hour, asked for anew while the page is looked at. Undefined until it is told, null when the gateway does
 * not tell.
 */
export function useHistory(id: string, keyType: KeyType | null): ApiHistory | null | undefined {
  const [found, setFound] = useState<{ keyType: KeyType | null; history: ApiHistory | null } | null>(null);
  const ask = useCallback(
    async (signal: AbortSignal) => {
      const query = keyType ? `?keyType=${keyType}` : "";
      const history = await fetchOwn<ApiHistory | null>(`/apis/${id}/history${query}`, signal);
      if (signal.aborted) return;
      if (typeof history === "string") return;
      // What was told stays true when nothing more can be asked.
      if (history !== undefined) setFound({ keyType, history });
    },
    [id, keyType],
  );
  usePolling(ask, EVERY_MS, { atOnce: true });
  return found?.keyType === keyType ? found?.history : undefined;
}
