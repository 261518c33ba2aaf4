"use client";
import { useCallback } from "react";
import { useAnnounce } from "./Announcer";

/**
 * Goes to a field that is wrong and says what is wrong with it: the text under the field comes with the same
 * render, after the focus, and a reader says nothing of a field that had the focus already.
 */
export function useShowWrong(): (id: string) => void {
  const announce = useAnnounce();
  return useCallback(
    (id) => {
      document.getElementById(id)?.focus();
      requestAnimationFrame(() => announce(document.getElementById(`${id}-helper-text`)?.textContent ?? ""));
    },
    [announce],
  );
}
