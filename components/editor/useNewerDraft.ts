"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useLive } from "../frame/LiveContext";
import type { Editor } from "./useEditor";
import type { Saving } from "./useSaving";

/** How often is looked whether a dialog has closed, ms. */
const LOOK_MS = 500;

/**
 * Takes over what somebody else saved while nothing of one's own is at stake: nobody should look at what is not the
 * draft any more. Returns whether the draft was saved elsewhere.
 */
export function useNewerDraft(editor: Editor, saving: Saving, atStake: boolean): boolean {
  const router = useRouter();
  const { report } = useLive();
  const { given, state } = editor;
  const { adopt, busy } = saving;
  const newest = Math.max(report.draftVersion, given.draftVersion);
  const behind = newest > state.draftVersion && busy === null;
  useEffect(() => {
    if (!behind || atStake) return;
    const take = () => {
      // What is entered in a dialog goes into the draft that it was opened over.
      if (document.querySelector("[role=dialog]")) return;
      if (given.draftVersion === newest) adopt(given);
      else router.refresh();
      clearInterval(timer);
    };
    const timer = setInterval(take, LOOK_MS);
    take();
    return () => clearInterval(timer);
  }, [behind, atStake, newest, given, adopt, router]);
  return behind;
}
