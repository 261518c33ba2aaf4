"use client";
import Stack from "@mui/material/Stack";
import { useMemo, useState } from "react";
import type { ApiDefinition, Problem } from "#lib/edit/api";
import { EditorFrame } from "../editor/EditorFrame";
import { problemFinder } from "../editor/problems";
import { type Removal, UndoSnackbar } from "../editor/UndoSnackbar";
import { useEditor } from "../editor/useEditor";
import { useSaving } from "../editor/useSaving";
import { useAnnounce } from "../shared/Announcer";
import type { Deploy, Save } from "../shared/actionResults";
import { focusSoon } from "../shared/focusSoon";
import type { Certificates } from "./certificates/CertificatesPanel";
import { fieldOf } from "./fieldIds";
import { GroupsEditor } from "./GroupsEditor";
import { GeneralPanel } from "./general/GeneralPanel";
import { useChecks } from "./list/useChecks";
import { needsList } from "./needsList";

interface Props {
  id: string;
  definition: ApiDefinition;
  draftVersion: number;
  onSave: Save;
  onDeploy: Deploy;
  certificates: Certificates;
}

export function EndpointsEditor({ id, definition, draftVersion, onSave, onDeploy, certificates }: Props) {
  const announce = useAnnounce();
  const editor = useEditor(definition, draftVersion);
  const { state, dispatch, edit, editDefinition, undo, saveProblems, reasons } = editor;
  const groups = state.present.endpoints;
  const [expanded, setExpanded] = useState(() => needsList(groups));
  const [generalOpen, setGeneralOpen] = useState(false);
  const [insist, setInsist] = useState(false);
  const [removal, setRemoval] = useState<Removal | null>(null);
  const checks = useChecks(id);
  const problemAt = useMemo(() => problemFinder([...saveProblems, ...reasons]), [saveProblems, reasons]);

  const showProblem = (problems: Problem[]) => {
    setInsist(true);
    const first = problems[0];
    if (!first) return;
    announce(first.message);
    const field = fieldOf(first, groups);
    if (field?.panel === "list") setExpanded(true);
    if (field?.panel === "general") setGeneralOpen(true);
    focusSoon(field?.id);
  };
  const saving = useSaving({ id, editor, onSave, onDeploy, showProblem });
  const pause = () => dispatch({ kind: "pause" });

  return (
    <EditorFrame title="Endpoints" titleId="itest-api-details-endpoints-head" editor={editor} saving={saving}>
      <Stack spacing={2}>
        <GroupsEditor
          groups={groups}
          edit={edit}
          pause={pause}
          problemAt={problemAt}
          insist={insist}
          checks={checks}
          listOpen={expanded}
          onListOpen={setExpanded}
          onRemoved={(removed) => setRemoval({ ...removed, from: state.present })}
        />
        <GeneralPanel
          definition={state.present}
          edit={editDefinition}
          pause={pause}
          problemAt={problemAt}
          certificates={certificates}
          expanded={generalOpen}
          onExpand={setGeneralOpen}
        />
      </Stack>
      <UndoSnackbar removal={removal} past={state.past} onUndo={undo} />
    </EditorFrame>
  );
}
