"use client";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { type AskedScopes, withScopes } from "#lib/access/lostScopes";
import { defaultResources, operationName, type Problem, type Resource } from "#lib/edit/api";
import { EditorFrame } from "../editor/EditorFrame";
import { Section } from "../editor/Section";
import { type Removal, UndoSnackbar } from "../editor/UndoSnackbar";
import { type DraftProps, useDraftEditor } from "../editor/useDraftEditor";
import { fieldOf } from "../endpoints/fieldIds";
import { type Checks, useChecks } from "../endpoints/list/useChecks";
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
  const [removal, setRemoval] = useState<Removal | null>(null);
  const checks = useChecks(props.id);
  const shown = useShown();
  const draft = useDraftEditor(props, (problem) =>
    shown.reveal(problem, draft.editor.state.present.resources),
  );
  const { editor, saving } = draft;
  const { state, undo } = editor;
  const operations = useOperations({ editor, onRemoved: setRemoval, setExpanded: shown.setExpanded });
  return (
    <EditorFrame title="Resources" editor={editor} saving={saving}>
      <Stack spacing={2}>
        <LostScopes
          lost={props.lost}
          definition={state.present}
          onTake={(lost) => operations.setAll((all) => withScopes(all, lost))}
        />
        <Operations
          draft={draft}
          operations={operations}
          shown={shown}
          checks={checks}
          onRemoved={setRemoval}
        />
      </Stack>
      <UndoSnackbar removal={removal} past={state.past} onUndo={undo} />
    </EditorFrame>
  );
}

/** Which operations are seen, whose endpoints are open, and whether what is missing is insisted on. */
function useShown() {
  const [view, setView] = useState({ search: "", page: 1 });
  const [expanded, setExpanded] = useState<Expanded>(null);
  const [insist, setInsist] = useState(false);

  /** Goes to the page of an operation. */
  const turnTo = (index: number) => setView({ search: "", page: Math.floor(index / PAGE_SIZE) + 1 });
  const reveal = ({ path, message }: Problem, resources: readonly Resource[]): string | undefined => {
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

  return { view, setView, turnTo, expanded, setExpanded, insist, reveal };
}

interface OperationsProps {
  draft: ReturnType<typeof useDraftEditor>;
  operations: ReturnType<typeof useOperations>;
  shown: ReturnType<typeof useShown>;
  checks: Checks;
  onRemoved: (removal: Removal) => void;
}

function Operations({ draft, operations, shown, checks, onRemoved }: OperationsProps) {
  const { present } = draft.editor.state;
  const { resources, security } = present;
  const { setAll, onEditEndpoints, ...actions } = operations;
  const { view, setView, turnTo, expanded, setExpanded, insist } = shown;
  const ownEndpointsOf = (resource: Resource, index: number) => (
    <Deferred
      load={ownEndpoints}
      props={{
        resource,
        ofApi: present.endpoints,
        edit: (change, key) => onEditEndpoints(index, change, key),
        pause: draft.pause,
        problemAt: (...path) => draft.problemAt("resources", index, ...path),
        insist,
        checks,
        panels: expanded?.panels ?? panelsOf(resource),
        onPanels: (change) =>
          setExpanded((open) => open && { ...open, panels: { ...open.panels, ...change } }),
        onRemoved: (what) => onRemoved({ ...what, from: present }),
      }}
    />
  );
  return (
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
        problems={draft.problems}
        view={view}
        onView={setView}
        expanded={expanded?.name ?? null}
        renderEndpoints={ownEndpointsOf}
        {...actions}
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
  );
}
