"use client";
import { useEffect, useState } from "react";
import type { KeyType } from "#lib/endpoints";
import type { ApiHistory } from "#lib/status";

const EVERY_MS = 10_000;

/** The last hour, asked for anew while the page is looked at. Undefined at first, null when the gateway does not tell. */
export function useHistory(id: string, keyType: KeyType | null): ApiHistory | null | undefined {
  const [found, setFound] = useState<{ keyType: KeyType | null; history: ApiHistory | null } | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      if (document.visibilityState === "visible") {
        const history = await fetchHistory(id, keyType, stop.signal);
        if (stop.signal.aborted) return;
        setFound({ keyType, history });
      }
      timer = setTimeout(ask, EVERY_MS);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [id, keyType]);
  return found?.keyType === keyType ? found?.history : undefined;
}

async function fetchHistory(
  id: string,
  keyType: KeyType | null,
  signal: AbortSignal,
): Promise<ApiHistory | null> {
  try {
    const answer = await fetch(`/apis/${id}/history${keyType ? `?keyType=${keyType}` : ""}`, { signal });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
