"use client";
import { useMemo } from "react";
import type { ApiDefinition, Problem } from "#lib/edit/api";
import { useAnnounce } from "../shared/Announcer";
import type { Deploy, Save } from "../shared/actionResults";
import { focusSoon } from "../shared/focusSoon";
import { problemFinder } from "./problems";
import { useEditor } from "./useEditor";
import { useSaving } from "./useSaving";

export interface DraftProps {
  id: string;
  definition: ApiDefinition;
  draftVersion: number;
  onSave: Save;
  onDeploy: Deploy;
}

/**
 * Editing the draft on a page of plain fields. `fieldOf` names the field of a problem, if this page has it, and may
 * show what hides it.
 */
export function useDraftEditor(props: DraftProps, fieldOf: (problem: Problem) => string | undefined) {
  const { id, definition, draftVersion, onSave, onDeploy } = props;
  const announce = useAnnounce();
  const editor = useEditor(definition, draftVersion);
  const { saveProblems, reasons } = editor;
  const problems = useMemo(() => [...saveProblems, ...reasons], [saveProblems, reasons]);
  const problemAt = useMemo(() => problemFinder(problems), [problems]);
  const showProblem = (shown: Problem[]) => {
    const first = shown[0];
    if (!first) return;
    announce(first.message);
    focusSoon(fieldOf(first));
  };
  const saving = useSaving({ id, editor, onSave, onDeploy, showProblem });
  const pause = () => editor.dispatch({ kind: "pause" });
  return { editor, saving, problems, problemAt, pause };
}
