"use client";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import { useCallback, useEffect, useState } from "react";
import type { ApiDefinition } from "#lib/edit/api";
import { EditorFrame } from "../editor/EditorFrame";
import { type DraftProps, useDraftEditor } from "../editor/useDraftEditor";
import type { Saving } from "../editor/useSaving";
import type { FetchText } from "../imports/preview";
import { useAccess } from "../shared/Access";
import { useAnnounce } from "../shared/Announcer";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { SoftButton } from "../shared/SoftButton";
import { CodeEditor } from "./CodeEditor";
import { ImportDialog } from "./ImportDialog";
import type { Format } from "./reader.worker";
import { TextState } from "./TextState";
import { type DefinitionText, useDefinitionText } from "./useDefinitionText";

const EDITOR_ID = "api-definition";

interface Props extends DraftProps {
  /** The draft as an OpenAPI document in YAML. */
  text: string;
  onFetch: FetchText;
}

export function DefinitionEditor({ text: initial, onFetch, ...props }: Props) {
  const { can } = useAccess();
  const { editor, saving } = useDraftEditor(props, () => EDITOR_ID);
  const { state, editDefinition } = editor;
  const onRead = useCallback(
    (definition: ApiDefinition) => editDefinition(() => definition, "definition"),
    [editDefinition],
  );
  const text = useDefinitionText({ initial, present: state.present, onRead });
  const [importing, setImporting] = useState(false);

  const save = useSaveRead(text, saving, editor.changes.length > 0);
  const restore = () => {
    void text.restore();
    document.getElementById(EDITOR_ID)?.focus();
  };
  return (
    <EditorFrame
      title="API Definition"
      editor={editor}
      saving={{ ...saving, save: (thenDeploy) => void save(thenDeploy) }}
      unread={text.unread}
      reading={text.reading}
      onDiscardUnread={restore}
    >
      <Tools id={props.id} text={text} onImport={() => setImporting(true)} />
      <CodeEditor
        id={EDITOR_ID}
        label="API definition"
        describedBy="definition-state"
        value={text.text}
        readOnly={!can("api.edit")}
        problems={text.problems}
        warnings={text.warnings}
        onChange={text.change}
      />
      <TextState id="definition-state" text={{ ...text, restore }} />
      {importing && (
        <ImportDialog
          id={props.id}
          onFetch={onFetch}
          onTake={text.change}
          onClose={() => setImporting(false)}
        />
      )}
    </EditorFrame>
  );
}

/** Saves once the text is read, and goes back to it when it cannot be. */
function useSaveRead(text: DefinitionText, saving: Saving, dirty: boolean) {
  const announce = useAnnounce();
  const [wanted, setWanted] = useState<"save" | "deploy" | null>(null);
  // Once it is on the page, because what was read just now is part of the editor only then.
  useEffect(() => {
    if (wanted === null) return;
    setWanted(null);
    if (dirty || wanted === "deploy") saving.save(wanted === "deploy");
    else announce("No unsaved changes");
  }, [wanted, saving, dirty, announce]);
  return async (thenDeploy: boolean) => {
    if (await text.flush()) return setWanted(thenDeploy ? "deploy" : "save");
    announce(text.problems[0]?.message ?? "The text cannot be read.");
    document.getElementById(EDITOR_ID)?.focus();
  };
}

interface ToolsProps {
  id: string;
  text: DefinitionText;
  onImport: () => void;
}

function Tools({ id, text, onImport }: ToolsProps) {
  /** The other format, asked for while the text cannot be read. */
  const [refused, setRefused] = useState<Format | null>(null);
  /** To the other format, unless what is typed cannot be read: it would be lost. */
  const choose = async (next: Format) => {
    if (await text.flush()) text.choose(next);
    else setRefused(next);
  };
  return (
    <>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1, mb: 1.5 }}>
        <Typography variant="body2" color="textSecondary" sx={{ flex: "1 1 260px" }}>
          The draft as an OpenAPI document. What changes here changes on the other pages, and the other way
          round.
        </Typography>
        <ToggleButtonGroup
          exclusive
          size="small"
          color="primary"
          value={text.format}
          aria-label="Format"
          onChange={(_event, next) => next && void choose(next)}
        >
          <ToggleButton value="yaml">YAML</ToggleButton>
          <ToggleButton value="json">JSON</ToggleButton>
        </ToggleButtonGroup>
        <SoftButton variant="outlined" onClick={onImport}>
          Import…
        </SoftButton>
        <Button component="a" href={`/apis/${id}/export?format=${text.format}`} variant="outlined" download>
          Download
        </Button>
      </Box>
      <FormatDialog refused={refused} onDiscard={text.choose} onClose={() => setRefused(null)} />
    </>
  );
}

interface FormatProps {
  /** The other format, asked for while the text cannot be read. */
  refused: Format | null;
  onDiscard: (format: Format) => void;
  onClose: () => void;
}

function FormatDialog({ refused, onDiscard, onClose }: FormatProps) {
  return (
    <ConfirmDialog
      open={refused !== null}
      title="Discard what was typed?"
      text={`The text has problems, so it cannot be written as ${refused?.toUpperCase()}: the draft as it was before them would be.`}
      confirm="Discard"
      cancel="Keep editing"
      onConfirm={() => {
        if (refused) onDiscard(refused);
        onClose();
      }}
      onClose={onClose}
    />
  );
}
