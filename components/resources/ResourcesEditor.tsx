"use client";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useCallback, useLayoutEffect, useRef, useState } from "react";
import { defaultResources, operationName, type Problem, type Resource } from "#lib/api";
import { EditorFrame } from "../editor/EditorFrame";
import { Section } from "../editor/Section";
import { type Removal, UndoSnackbar } from "../editor/UndoSnackbar";
import { type DraftProps, useDraftEditor } from "../editor/useDraftEditor";
import { fieldOf } from "../endpoints/fieldIds";
import { needsList } from "../endpoints/GroupsEditor";
import { useChecks } from "../endpoints/useChecks";
import { AddResource } from "./AddResource";
import { noEndpoints, type OpenPanels, OwnEndpoints } from "./OwnEndpoints";
import { PAGE_SIZE, ResourceList } from "./ResourceList";
import { rowId } from "./ResourceRow";

const panelsOf = (resource: Resource): OpenPanels => ({
  list: needsList(resource.endpoints ?? noEndpoints),
  settings: false,
});

export function ResourcesEditor(props: DraftProps) {
  const [view, setView] = useState({ search: "", page: 1 });
  const [expanded, setExpanded] = useState<{ name: string; panels: OpenPanels } | null>(null);
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
    if (path[2] !== "endpoints") return rowId(index, "scopes");
    const name = operationName(resource);
    const field = fieldOf({ path: path.slice(2), message }, resource.endpoints ?? noEndpoints);
    const panels = expanded?.name === name ? { ...expanded.panels } : panelsOf(resource);
    if (field?.panel === "list") panels.list = true;
    if (field?.panel === "general") panels.settings = true;
    setExpanded({ name, panels });
    return field?.id ?? rowId(index, "endpoints");
  };

  const { editor, saving, problems, problemAt, pause } = useDraftEditor(props, reveal);
  const { state, dispatch, editDefinition, undo } = editor;
  const { resources, security, endpoints } = state.present;
  const removed = (name: string) => setRemoval({ name, past: state.past.length + 1 });

  const setAll = useCallback(
    (change: (all: Resource[]) => Resource[], key?: string) =>
      editDefinition((d) => ({ ...d, resources: change(d.resources) }), key),
    [editDefinition],
  );
  const onEdit = useCallback(
    (index: number, change: Partial<Resource>, key?: string) =>
      setAll((all) => all.map((r, i) => (i === index ? { ...r, ...change } : r)), key),
    [setAll],
  );
  const onLeave = useCallback(() => dispatch({ kind: "pause" }), [dispatch]);
  // Read when a row is used, so that the rows need not change with every edit.
  const latest = useRef({ resources, steps: 0 });
  useLayoutEffect(() => {
    latest.current = { resources, steps: state.past.length };
  });
  const onRemove = useCallback(
    (index: number) => {
      const { resources: all, steps } = latest.current;
      const gone = all[index];
      if (!gone) return;
      setAll((before) => before.filter((_, i) => i !== index));
      setRemoval({ name: operationName(gone), past: steps + 1 });
      const next = Math.min(index, all.length - 2);
      const focused = next < 0 ? "new-resource-path" : rowId(next, "remove");
      requestAnimationFrame(() => document.getElementById(focused)?.focus());
    },
    [setAll],
  );
  const onToggle = useCallback((name: string) => {
    const resource = latest.current.resources.find((r) => operationName(r) === name);
    setExpanded((open) => (open?.name === name || !resource ? null : { name, panels: panelsOf(resource) }));
  }, []);
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
            problems={problems}
            view={view}
            onView={setView}
            expanded={expanded?.name ?? null}
            renderEndpoints={(resource, index) => (
              <OwnEndpoints
                resource={resource}
                ofApi={endpoints}
                edit={(change, key) =>
                  setAll(
                    (all) =>
                      all.map((r, i) =>
                        i === index ? { ...r, endpoints: change(r.endpoints ?? noEndpoints) } : r,
                      ),
                    key && `own-${index}-${key}`,
                  )
                }
                pause={pause}
                problemAt={(...path) => problemAt("resources", index, ...path)}
                insist={insist}
                checks={checks}
                panels={expanded?.panels ?? panelsOf(resource)}
                onPanels={(change) =>
                  setExpanded((open) => open && { ...open, panels: { ...open.panels, ...change } })
                }
                onRemoved={removed}
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
      <UndoSnackbar removal={removal} past={state.past} onUndo={undo} onClose={() => setRemoval(null)} />
    </EditorFrame>
  );
}
