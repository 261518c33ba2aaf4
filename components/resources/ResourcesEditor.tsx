"use client";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { defaultResources, type Problem, type Resource } from "#lib/api";
import { EditorFrame } from "../editor/EditorFrame";
import { problemUnder } from "../editor/problems";
import { Section } from "../editor/Section";
import { type Removal, UndoSnackbar } from "../editor/UndoSnackbar";
import { type DraftProps, useDraftEditor } from "../editor/useDraftEditor";
import { AddResource } from "./AddResource";
import { ResourceList } from "./ResourceList";

function fieldOf({ path }: Problem): string | undefined {
  if (path[0] !== "resources") return undefined;
  return path.length === 1 ? "new-resource-path" : `resource-${path[1]}-scopes`;
}

export function ResourcesEditor(props: DraftProps) {
  const { editor, saving, problems, pause } = useDraftEditor(props, fieldOf);
  const [removal, setRemoval] = useState<Removal | null>(null);
  const { state, editDefinition, undo } = editor;
  const { resources, security } = state.present;
  const setAll = (change: (all: Resource[]) => Resource[], key?: string) =>
    editDefinition((d) => ({ ...d, resources: change(d.resources) }), key);
  const remove = (index: number) => {
    const gone = resources[index];
    if (!gone) return;
    setAll((all) => all.filter((_, i) => i !== index));
    setRemoval({ name: `${gone.method} ${gone.path}`, past: state.past.length + 1 });
  };
  return (
    <EditorFrame title="Resources" editor={editor} saving={saving}>
      <Stack spacing={2}>
        <Section
          title="Operations"
          text={
            security.kind === "none"
              ? "The security of this API is None (see Runtime), so no operation asks for a token."
              : "Each asks for a token unless its security is off. The most specific path wins."
          }
        >
          {resources.length === 0 && (
            <Typography variant="body2" color="textSecondary">
              None: every request is answered 404.
            </Typography>
          )}
          <ResourceList
            resources={resources}
            isOpen={security.kind === "none"}
            problemOf={(i) => problemUnder(problems, "resources", i)}
            onEdit={(index, change, key) =>
              setAll((all) => all.map((r, i) => (i === index ? { ...r, ...change } : r)), key)
            }
            onLeave={pause}
            onRemove={remove}
          />
          <AddResource
            resources={resources}
            onAdd={(resource) => setAll((all) => [...all, resource])}
            onAddDefaults={() => setAll(() => [...defaultResources])}
          />
        </Section>
      </Stack>
      <UndoSnackbar removal={removal} past={state.past} onUndo={undo} onClose={() => setRemoval(null)} />
    </EditorFrame>
  );
}
