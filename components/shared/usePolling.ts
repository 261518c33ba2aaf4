"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { isOffline } from "./actionResults";
import { tellSession, useSignedOut } from "./sessionEnd";
import { hearVersion } from "./versionNews";

interface Options {
  /** Ask now, not only after the first wait. */
  atOnce?: boolean;
  /** Ask although the answer can only be that one is signed out. */
  signedOutToo?: boolean;
}

/**
 * Asks again and again while the page is looked at, and at once when it is looked at again. `ask` has to be the same
 * function until something else is to be asked. "stop" ends it until the page is looked at again. Rests while one is
 * signed out, and asks at once when that is over.
 */
export function usePolling(
  ask: (signal: AbortSignal) => Promise<"stop" | undefined> | Promise<void>,
  everyMs: number,
  { atOnce = false, signedOutToo = false }: Options = {},
): void {
  const resting = useSignedOut() && !signedOutToo;
  const rested = useRef(false);
  useEffect(() => {
    if (resting) {
      rested.current = true;
      return;
    }
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    let asking = false;
    const turn = async () => {
      if (document.visibilityState === "visible") {
        asking = true;
        const answer = await ask(stop.signal);
        asking = false;
        if (answer === "stop" || stop.signal.aborted) return;
      }
      timer = setTimeout(turn, everyMs);
    };
    if (atOnce || rested.current) void turn();
    else timer = setTimeout(turn, everyMs);
    rested.current = false;
    const wake = () => {
      if (document.visibilityState !== "visible" || asking) return;
      clearTimeout(timer);
      void turn();
    };
    document.addEventListener("visibilitychange", wake);
    // Another window may have covered nothing of this one.
    window.addEventListener("focus", wake);
    window.addEventListener("online", wake);
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", wake);
      window.removeEventListener("focus", wake);
      window.removeEventListener("online", wake);
    };
  }, [ask, everyMs, atOnce, resting]);
}

/** How long an answer of our own is waited for, ms. It may itself wait a second for the gateway. */
const PATIENCE_MS = 5_000;

/** Why there is no JSON: 401 and 403. */
type Refusal = "signedOut" | "forbidden";

/** JSON of one of our own routes; undefined when it cannot be had now. */
export async function fetchOwn<T>(path: string, signal: AbortSignal): Promise<T | Refusal | undefined> {
  try {
    const answer = await fetch(path, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) });
    hearVersion(answer);
    if (answer.status === 401) {
      // Of a page that is gone, it may be news from before signing in.
      if (!signal.aborted) tellSession(true);
      return "signedOut";
    }
    if (answer.status === 403) return "forbidden";
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

/** Why what is shown may be old; null while it is not. */
export type Silence = "silent" | "offline" | Refusal | null;

/** Questions in a row without an answer after which nothing is known any more: one may get lost. */
const UNANSWERED = 2;

/** Whether the questions of a page are answered; `heard` is to be told of every answer of `fetchOwn`. */
export function useSilence(): { silence: Silence; heard: (answer: unknown) => void } {
  const unanswered = useRef(0);
  const [silence, setSilence] = useState<Silence>(null);
  const heard = useCallback((answer: unknown) => {
    unanswered.current = answer === undefined ? unanswered.current + 1 : 0;
    if (answer === "forbidden") setSilence("forbidden");
    else if (answer !== undefined) setSilence(null);
    else if (isOffline()) setSilence("offline");
    else if (unanswered.current >= UNANSWERED) setSilence("silent");
  }, []);
  const signedOut = useSignedOut();
  return { silence: signedOut ? "signedOut" : silence, heard };
}
