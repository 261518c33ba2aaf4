"use client";
import { useSyncExternalStore } from "react";

/**
 * Whether the browser's session has ended, as the last answer of the server told: one fact for the whole page, since
 * whoever asks first is told first. `SignedOut` looks for a new session and ends it.
 */
let ended = false;
const listeners = new Set<() => void>();

export function tellSession(signedOut: boolean): void {
  if (ended === signedOut) return;
  ended = signedOut;
  for (const listener of listeners) listener();
}

export function useSignedOut(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => ended,
    () => false,
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
