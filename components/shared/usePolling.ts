"use client";
import { useCallback, useEffect, useRef, useState } from "react";

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

/** How long an answer of our own is waited for, ms. It may itself wait a second for the gateway. */
const PATIENCE_MS = 5_000;

/** JSON of one of our own routes; undefined when it cannot be had now. */
export async function fetchOwn<T>(path: string, signal: AbortSignal): Promise<T | "signedOut" | undefined> {
  try {
    const answer = await fetch(path, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) });
    if (answer.status === 401) return "signedOut";
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

/** Why what is shown may be old; null while it is not. */
export type Silence = "silent" | "signedOut" | null;

/** Questions in a row without an answer after which nothing is known any more: one may get lost. */
const UNANSWERED = 2;

/** Whether the questions of a page are answered; `heard` is to be told of every answer of `fetchOwn`. */
export function useSilence(): { silence: Silence; heard: (answer: unknown) => void } {
  const unanswered = useRef(0);
  const [silence, setSilence] = useState<Silence>(null);
  const heard = useCallback((answer: unknown) => {
    unanswered.current = answer === undefined ? unanswered.current + 1 : 0;
    if (answer === "signedOut") setSilence("signedOut");
    else
      setSilence((before) =>
        unanswered.current >= UNANSWERED ? "silent" : answer === undefined ? before : null,
      );
  }, []);
  return { silence, heard };
}
