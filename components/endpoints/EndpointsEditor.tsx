"use client";
import Box from "@mui/material/Box";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useMemo, useState } from "react";
import type { ApiDefinition, Problem } from "#lib/api";
import { editEndpoint, effectiveGroup, type KeyType, keyTypes } from "#lib/endpoints";
import { useAnnounce } from "../shared/Announcer";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import type { Deploy, Save } from "../shared/results";
import { AdvancedDialog } from "./AdvancedDialog";
import { fieldOf, problemFinder } from "./fieldIds";
import { GeneralPanel } from "./GeneralPanel";
import { KeyTypeField } from "./KeyTypeField";
import { RoutingPanel } from "./RoutingPanel";
import { SaveBar } from "./SaveBar";
import { StaleDialog } from "./StaleDialog";
import { type Removal, UndoSnackbar } from "./UndoSnackbar";
import { useChecks } from "./useChecks";
import { useEditor } from "./useEditor";
import { useLeaveGuard } from "./useLeaveGuard";
import { useSaving } from "./useSaving";

interface Props {
  id: string;
  definition: ApiDefinition;
  draftVersion: number;
  onSave: Save;
  onDeploy: Deploy;
}

export function EndpointsEditor({ id, definition, draftVersion, onSave, onDeploy }: Props) {
  const announce = useAnnounce();
  const editor = useEditor(definition, draftVersion);
  const { state, dispatch, edit, editDefinition, undo, changes, saveProblems, reasons } = editor;
  const groups = state.present.endpoints;
  const [expanded, setExpanded] = useState(() =>
    keyTypes.some((k) => effectiveGroup(groups, k).routing !== "single" || groups[k].endpoints.length > 1),
  );
  const [generalOpen, setGeneralOpen] = useState(false);
  const [configured, setConfigured] = useState<{ keyType: KeyType; id: string } | null>(null);
  const [insist, setInsist] = useState(false);
  const [removal, setRemoval] = useState<Removal | null>(null);
  const checks = useChecks(id);
  const guard = useLeaveGuard(changes.length > 0);
  const problemAt = useMemo(() => problemFinder([...saveProblems, ...reasons]), [saveProblems, reasons]);

  const showProblem = (problems: Problem[]) => {
    setInsist(true);
    const first = problems[0];
    if (!first) return;
    announce(first.message);
    const field = fieldOf(first, groups);
    if (field?.panel === "list") setExpanded(true);
    if (field?.panel === "general") setGeneralOpen(true);
    // After the panel has opened: what is hidden takes no focus.
    requestAnimationFrame(() => document.getElementById(field?.id ?? "")?.focus());
  };
  const saving = useSaving({ id, editor, onSave, onDeploy, showProblem });
  const pause = () => dispatch({ kind: "pause" });
  const onConfigure = (keyType: KeyType, id: string) => setConfigured({ keyType, id });
  const shared = { edit, pause, problemAt, insist, checks, onConfigure };

  return (
    <Box sx={{ pb: 3 }}>
      <Typography variant="h2" id="itest-api-details-endpoints-head" sx={{ mb: 2 }}>
        Endpoints
      </Typography>
      <Stack spacing={2}>
        <Paper variant="outlined" sx={{ p: 2.5, display: "grid", gap: 2 }}>
          {keyTypes.map((k) => (
            <KeyTypeField key={k} keyType={k} group={groups[k]} {...shared} />
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
      <SaveBar editor={editor} saving={saving} live={state.base} />
      <UndoSnackbar removal={removal} past={state.past} onUndo={undo} onClose={() => setRemoval(null)} />
      <StaleDialog saving={saving} base={state.base} />
      <ConfirmDialog
        open={guard.leaving}
        title="Leave without saving?"
        text={`${changes.length === 1 ? "1 change is" : `${changes.length} changes are`} not saved and would be lost.`}
        confirm="Leave without saving"
        cancel="Stay"
        onConfirm={guard.leave}
        onClose={guard.stay}
      />
    </Box>
  );
}
