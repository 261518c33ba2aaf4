"use client";
import { useEffect } from "react";

/**
 * Asks again and again while the page is looked at, and at once when it is looked at again. `ask` has to be the same
 * function until something else is to be asked. "stop" ends it until the page is looked at again.
 */
export function usePolling(
  ask: (signal: AbortSignal) => Promise<"stop" | undefined>,
  everyMs: number,
  { atOnce = false }: { atOnce?: boolean } = {},
): void {
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const turn = async () => {
      if (document.visibilityState === "visible") {
        const answer = await ask(stop.signal);
        if (answer === "stop" || stop.signal.aborted) return;
      }
      timer = setTimeout(turn, everyMs);
    };
    if (atOnce) void turn();
    else timer = setTimeout(turn, everyMs);
    const wake = () => {
      if (document.visibilityState !== "visible") return;
      clearTimeout(timer);
      void turn();
    };
    document.addEventListener("visibilitychange", wake);
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", wake);
    };
  }, [ask, everyMs, atOnce]);
}

/** JSON of one of our own routes; undefined when it cannot be had now. */
export async function fetchOwn<T>(path: string, signal: AbortSignal): Promise<T | "signedOut" | undefined> {
  try {
    const answer = await fetch(path, { signal });
    if (answer.status === 401) return "signedOut";
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}
