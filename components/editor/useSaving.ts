"use client";
import { useCallback, useEffect, useState } from "react";
import { type ApiDefinition, type Problem, sameDefinition } from "#lib/edit/api";
import { useLive } from "../frame/LiveContext";
import { answerOf, type Deploy, type Draft, failureText, type Save } from "../shared/actionResults";
import { trimmed } from "./editorState";
import type { Editor } from "./useEditor";

export type Outcome = { severity: "success" | "info" | "error"; text: string };
export type StaleSave = { theirs: Draft; mine: ApiDefinition; thenDeploy: boolean };

interface Options {
  id: string;
  editor: Editor;
  onSave: Save;
  onDeploy: Deploy;
  showProblem: (problems: Problem[]) => void;
}

const NEWER = "This API was saved elsewhere meanwhile: here is its newest draft.";
/** How long is told that something went well, ms. */
const SUCCESS_MS = 10_000;

/** Save, Save & Deploy and the question of a stale save. Whatever fails, the form keeps what it holds. */
export function useSaving(options: Options) {
  const { editor, showProblem } = options;
  const { state, dispatch, saveProblems, reasons, changes } = editor;
  const running = useRunning(changes.length > 0);
  const { busy, outcome, setOutcome, run } = running;
  const { deploy, ...deploying } = useDeploy(options, running);
  const { write, ...writing } = useWriting(options, running, deploy);

  const save = (thenDeploy: boolean) => {
    if (busy) return;
    const problems = thenDeploy ? [...saveProblems, ...reasons] : saveProblems;
    if (problems.length > 0) {
      // That it was saved before is no answer to what is asked now.
      setOutcome(null);
      return showProblem(problems);
    }
    const definition = trimmed(state.present);
    dispatch({ kind: "edit", change: () => definition });
    void run(thenDeploy, () => write(definition, state.draftVersion, thenDeploy));
  };

  return { busy, outcome, clear: () => setOutcome(null), save, ...writing, ...deploying };
}

export type Saving = ReturnType<typeof useSaving>;

/** What is under way, and what came of it. */
function useRunning(dirty: boolean) {
  const { follow } = useLive();
  const [busy, setBusy] = useState<"save" | "deploy" | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  useEffect(() => {
    if (dirty) setOutcome((last) => (last?.severity === "error" ? last : null));
  }, [dirty]);
  // "Saved." needs no pressing away, and the bar its room.
  useEffect(() => {
    if (outcome?.severity !== "success") return;
    const timer = setTimeout(() => setOutcome(null), SUCCESS_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const fail = (text: string) => setOutcome({ severity: "error", text });
  const run = async (thenDeploy: boolean, start: () => Promise<void>) => {
    setBusy(thenDeploy ? "deploy" : "save");
    setOutcome(null);
    follow(null);
    await start();
    setBusy(null);
  };
  return { busy, outcome, setOutcome, fail, run };
}

type Running = ReturnType<typeof useRunning>;

/** Deploys what is saved, after a question where callers lose something by it. */
function useDeploy({ id, onDeploy }: Options, { setOutcome, fail, run }: Running) {
  const { follow } = useLive();
  const [asked, setAsked] = useState<{ version: number; losses: string[] } | null>(null);

  const deploy = async (version: number, ask = true) => {
    const result = await answerOf(onDeploy(id, version, "", ask));
    if (result.ok) return follow(result);
    if (result.kind === "asks") return setAsked({ version, losses: result.losses });
    fail(`Saved, but not deployed: what was live before stays live. ${failureText(result)}`);
  };

  const deploySure = () => {
    if (!asked) return;
    setAsked(null);
    void run(true, () => deploy(asked.version, false));
  };
  const deployNot = () => {
    setAsked(null);
    setOutcome({ severity: "success", text: "Saved, not deployed: what was live before stays live." });
  };

  return { deploy, losses: asked?.losses ?? null, deploySure, deployNot };
}

type Deploying = ReturnType<typeof useDeploy>;

/** Writes the draft, and asks which one is to stand where somebody else has written it meanwhile. */
function useWriting({ id, editor, onSave }: Options, running: Running, deploy: Deploying["deploy"]) {
  const { setOutcome, fail, run } = running;
  const { state, dispatch } = editor;
  const [stale, setStale] = useState<StaleSave | null>(null);

  const adopt = useCallback(
    (draft: Pick<Draft, "definition" | "draftVersion">) => {
      dispatch({ kind: "adopt", ...draft });
      setOutcome({ severity: "info", text: NEWER });
    },
    [dispatch, setOutcome],
  );

  const write = async (definition: ApiDefinition, version: number, thenDeploy: boolean): Promise<void> => {
    const result = await answerOf(onSave(id, definition, version));
    if (result.ok) {
      dispatch({ kind: "saved", sent: definition, ...result.draft });
      return thenDeploy
        ? deploy(result.draft.draftVersion)
        : setOutcome({ severity: "success", text: "Saved." });
    }
    if (result.kind !== "stale")
      return fail(`Not saved. ${failureText(result)} Your changes are still here.`);
    const { theirs } = result;
    // Saved meanwhile, but to what we started from or to the very same: nobody's work is at stake.
    const harmless = [state.base, definition].some((d) => sameDefinition(theirs.definition, d));
    if (harmless && theirs.draftVersion !== version)
      return write(definition, theirs.draftVersion, thenDeploy);
    // Nothing of ours is at stake either: there is nothing to choose.
    if (sameDefinition(definition, state.base)) {
      adopt(theirs);
      return thenDeploy ? setOutcome({ severity: "info", text: `${NEWER} It was not deployed.` }) : undefined;
    }
    setStale({ theirs, mine: definition, thenDeploy });
  };

  const loadTheirs = () => {
    if (!stale) return;
    dispatch({ kind: "rebase", ...stale.theirs, present: stale.theirs.definition });
    setStale(null);
    setOutcome({ severity: "success", text: "Their version is loaded. Undo brings yours back." });
  };

  /** Saves a definition in full knowledge of theirs. */
  const keep = (definition: ApiDefinition) => {
    if (!stale) return;
    const { theirs, thenDeploy } = stale;
    dispatch({ kind: "rebase", ...theirs, present: definition });
    setStale(null);
    void run(thenDeploy, () => write(definition, theirs.draftVersion, thenDeploy));
  };

  const decideLater = () => {
    setStale(null);
    fail("Not saved: this API was changed elsewhere. Save again to choose between the two versions.");
  };

  return { write, adopt, stale, loadTheirs, keep, decideLater };
}
