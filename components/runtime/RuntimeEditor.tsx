"use client";
import Stack from "@mui/material/Stack";
import type { Problem } from "#lib/edit/api";
import { EditorFrame } from "../editor/EditorFrame";
import { type DraftProps, useDraftEditor } from "../editor/useDraftEditor";
import { CorsPanel } from "./CorsPanel";
import { SecurityPanel } from "./SecurityPanel";
import { TransportsPanel } from "./TransportsPanel";

const ours = ["security", "transports", "cors"];

/** Fields are named by their place in the document: "security-header", "cors-allowOrigins". */
function fieldOf({ path }: Problem): string | undefined {
  if (!ours.includes(String(path[0]))) return undefined;
  return path.length === 1 ? `${path[0]}-http` : path.slice(0, 2).join("-");
}

export function RuntimeEditor(props: DraftProps) {
  const { editor, saving, problems, pause } = useDraftEditor(props, fieldOf);
  const { present } = editor.state;
  const shared = { definition: present, edit: editor.editDefinition, problems, pause };
  return (
    <EditorFrame title="Runtime" editor={editor} saving={saving}>
      <Stack spacing={2}>
        <SecurityPanel {...shared} />
        <TransportsPanel {...shared} />
        <CorsPanel {...shared} />
      </Stack>
    </EditorFrame>
  );
}
