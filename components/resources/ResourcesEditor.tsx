"use client";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { type AskedScopes, withScopes } from "#lib/access/lostScopes";
import { defaultResources, operationName, type Problem } from "#lib/edit/api";
import { EditorFrame } from "../editor/EditorFrame";
import { Section } from "../editor/Section";
import { type Removal, type Removed, UndoSnackbar } from "../editor/UndoSnackbar";
import { type DraftProps, useDraftEditor } from "../editor/useDraftEditor";
import { fieldOf } from "../endpoints/fieldIds";
import { useChecks } from "../endpoints/list/useChecks";
import { Deferred } from "../shared/Deferred";
import { AddResource } from "./AddResource";
import { noEndpoints } from "./inherited";
import { LostScopes } from "./LostScopes";
import { type Expanded, panelsOf } from "./panels";
import { PAGE_SIZE, ResourceList } from "./ResourceList";
import { rowId } from "./ResourceRow";
import { useOperations } from "./useOperations";

const ownEndpoints = () => import("./OwnEndpoints").then((m) => m.OwnEndpoints);

interface Props extends DraftProps {
  /** Scopes that the API's document asks for and that are not enforced. */
  lost: Promise<AskedScopes[]>;
}

export function ResourcesEditor(props: Props) {
  const [view, setView] = useState({ search: "", page: 1 });
  const [expanded, setExpanded] = useState<Expanded>(null);
  const [insist, setInsist] = useState(false);
  const [removal, setRemoval] = useState<Removal | null>(null);
  const checks = useChecks(props.id);

  /** Goes to the page of an operation. */
  const turnTo = (index: number) => setView({ search: "", page: Math.floor(index / PAGE_SIZE) + 1 });
  const reveal = ({ path, message }: Problem): string | undefined => {
    setInsist(true);
    if (path[0] !== "resources") return undefined;
    const index = Number(path[1]);
    const resource = resources[index];
    if (!resource) return "new-resource-path";
    turnTo(index);
    if (path[2] !== "endpoints") return rowId(index, path[2] === "scopes" ? "scopes" : "remove");
    const name = operationName(resource);
    const field = fieldOf({ path: path.slice(2), message }, resource.endpoints ?? noEndpoints);
    const panels = expanded?.name === name ? { ...expanded.panels } : panelsOf(resource);
    if (field?.panel === "list") panels.list = true;
    if (field?.panel === "general") panels.settings = true;
    setExpanded({ name, panels });
    return field?.id ?? rowId(index, "endpoints");
  };

  const { editor, saving, problems, problemAt, pause } = useDraftEditor(props, reveal);
  const { state, undo } = editor;
  const { resources, security, endpoints } = state.present;
  const removed = (what: Removed) => setRemoval({ ...what, from: state.present });

  const { setAll, onEdit, onEditEndpoints, onLeave, onRemove, onToggle } = useOperations({
    editor,
    onRemoved: setRemoval,
    setExpanded,
  });
  return (
    <EditorFrame title="Resources" editor={editor} saving={saving}>
      <Stack spacing={2}>
        <LostScopes
          lost={props.lost}
          definition={state.present}
          onTake={(lost) => setAll((all) => withScopes(all, lost))}
        />
        <Section
          title="Operations"
          text={
            security.kind === "none"
              ? "The security of this API is None (see Runtime), so no operation asks for a token."
              : "Each asks for a token unless its security is off. The most specific path wins. Of its scopes a token needs one; + joins those that it needs together: read, write + admin."
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
            problems={problems}
            view={view}
            onView={setView}
            expanded={expanded?.name ?? null}
            renderEndpoints={(resource, index) => (
              <Deferred
                load={ownEndpoints}
                props={{
                  resource,
                  ofApi: endpoints,
                  edit: (change, key) => onEditEndpoints(index, change, key),
                  pause,
                  problemAt: (...path) => problemAt("resources", index, ...path),
                  insist,
                  checks,
                  panels: expanded?.panels ?? panelsOf(resource),
                  onPanels: (change) =>
                    setExpanded((open) => open && { ...open, panels: { ...open.panels, ...change } }),
                  onRemoved: removed,
                }}
              />
            )}
            onEdit={onEdit}
            onLeave={onLeave}
            onRemove={onRemove}
            onToggle={onToggle}
          />
          <AddResource
            resources={resources}
            onAdd={(more) => {
              setAll((all) => [...all, ...more]);
              turnTo(resources.length + more.length - 1);
            }}
            onAddDefaults={() => setAll(() => [...defaultResources])}
          />
        </Section>
      </Stack>
      <UndoSnackbar removal={removal} past={state.past} onUndo={undo} />
    </EditorFrame>
  );
}
