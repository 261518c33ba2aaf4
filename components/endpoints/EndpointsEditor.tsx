"use client";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import { useMemo, useState } from "react";
import type { ApiDefinition, Problem } from "#lib/api";
import { editEndpoint, effectiveGroup, type KeyType, keyTypes } from "#lib/endpoints";
import { EditorFrame } from "../editor/EditorFrame";
import { problemFinder } from "../editor/problems";
import { type Removal, UndoSnackbar } from "../editor/UndoSnackbar";
import { useEditor } from "../editor/useEditor";
import { useSaving } from "../editor/useSaving";
import { useAnnounce } from "../shared/Announcer";
import { focusSoon } from "../shared/focusSoon";
import type { Deploy, Save } from "../shared/results";
import { AdvancedDialog } from "./AdvancedDialog";
import type { Certificates } from "./CertificatesPanel";
import { fieldOf } from "./fieldIds";
import { GeneralPanel } from "./GeneralPanel";
import { KeyTypeField } from "./KeyTypeField";
import { RoutingPanel } from "./RoutingPanel";
import { SecurityDialog } from "./SecurityDialog";
import { useChecks } from "./useChecks";

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
  const [expanded, setExpanded] = useState(() =>
    keyTypes.some((k) => effectiveGroup(groups, k).routing !== "single" || groups[k].endpoints.length > 1),
  );
  const [generalOpen, setGeneralOpen] = useState(false);
  const [configured, setConfigured] = useState<{ keyType: KeyType; id: string } | null>(null);
  const [secured, setSecured] = useState<KeyType | null>(null);
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
  const onConfigure = (keyType: KeyType, id: string) => setConfigured({ keyType, id });
  const shared = { edit, pause, problemAt, insist, checks, onConfigure };

  return (
    <EditorFrame title="Endpoints" titleId="itest-api-details-endpoints-head" editor={editor} saving={saving}>
      <Stack spacing={2}>
        <Paper variant="outlined" sx={{ p: 2.5, display: "grid", gap: 2 }}>
          {keyTypes.map((k) => (
            <KeyTypeField key={k} keyType={k} group={groups[k]} onSecure={setSecured} {...shared} />
          ))}
        </Paper>
        <RoutingPanel
          groups={groups}
          expanded={expanded}
          onExpand={setExpanded}
          onRemoved={(name) => setRemoval({ name, past: state.past.length + 1 })}
          {...shared}
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
      <AdvancedDialog
        endpoint={
          (configured && groups[configured.keyType].endpoints.find((e) => e.id === configured.id)) ?? null
        }
        onSave={(settings) => {
          if (configured) {
            const { keyType, id: endpointId } = configured;
            edit((g) => ({ ...g, [keyType]: editEndpoint(g[keyType], endpointId, { settings }) }));
          }
          setConfigured(null);
        }}
        onClose={() => setConfigured(null)}
      />
      <SecurityDialog
        keyType={secured}
        security={groups[secured ?? "production"].security}
        onSave={(security) => {
          if (secured) edit((g) => ({ ...g, [secured]: { ...g[secured], security } }));
          setSecured(null);
        }}
        onClose={() => setSecured(null)}
      />
      <UndoSnackbar removal={removal} past={state.past} onUndo={undo} onClose={() => setRemoval(null)} />
    </EditorFrame>
  );
}
