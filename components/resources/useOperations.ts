"use client";
import { type Dispatch, type SetStateAction, useCallback, useLayoutEffect, useRef } from "react";
import { operationName, type Resource } from "#lib/edit/api";
import type { EndpointGroups } from "#lib/edit/endpoints";
import type { Removal } from "../editor/UndoSnackbar";
import type { Editor } from "../editor/useEditor";
import { noEndpoints } from "./inherited";
import { type Expanded, panelsOf } from "./panels";
import { rowId } from "./ResourceRow";

interface Options {
  editor: Editor;
  onRemoved: (removal: Removal) => void;
  setExpanded: Dispatch<SetStateAction<Expanded>>;
}

/** The edits of the list. They stay the same functions, so that a row renders again for its own changes only. */
export function useOperations({ editor, onRemoved, setExpanded }: Options) {
  const { state, dispatch, editDefinition } = editor;
  const latest = useRef(state.present);
  useLayoutEffect(() => {
    latest.current = state.present;
  });
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
  const onEditEndpoints = useCallback(
    (index: number, change: (groups: EndpointGroups) => EndpointGroups | null, key?: string) =>
      setAll(
        (all) =>
          all.map((r, i) => (i === index ? { ...r, endpoints: change(r.endpoints ?? noEndpoints) } : r)),
        key && `own-${index}-${key}`,
      ),
    [setAll],
  );
  const onLeave = useCallback(() => dispatch({ kind: "pause" }), [dispatch]);
  const onRemove = useCallback(
    (index: number) => {
      const { resources } = latest.current;
      const gone = resources[index];
      if (!gone) return;
      setAll((all) => all.filter((_, i) => i !== index));
      onRemoved({ name: operationName(gone), from: latest.current, focus: rowId(index, "remove") });
      const next = rowId(Math.min(index, resources.length - 2), "remove");
      const isThere = (id: string) => document.getElementById(id);
      requestAnimationFrame(() => (isThere(next) ?? isThere("new-resource-path"))?.focus());
    },
    [setAll, onRemoved],
  );
  const onToggle = useCallback(
    (name: string) => {
      const resource = latest.current.resources.find((r) => operationName(r) === name);
      setExpanded((open) => (open?.name === name || !resource ? null : { name, panels: panelsOf(resource) }));
    },
    [setExpanded],
  );
  return { setAll, onEdit, onEditEndpoints, onLeave, onRemove, onToggle };
}
