"use client";
import { useCallback, useEffect, useMemo, useReducer, useState } from "react";
import { type ApiDefinition, deployProblems, type ParseResult, type Problem } from "#lib/edit/api";
import type { EndpointGroups } from "#lib/edit/endpoints";
import { diff } from "#lib/tell/diff";
import { useAnnounce } from "../shared/Announcer";
import { reduceEditor, startEditor } from "./editorState";

export type EditGroups = (change: (groups: EndpointGroups) => EndpointGroups, key?: string) => void;

export type EditDefinition = (change: (definition: ApiDefinition) => ApiDefinition, key?: string) => void;

export function useEditor(definition: ApiDefinition, draftVersion: number) {
  const given = useMemo(() => ({ definition, draftVersion }), [definition, draftVersion]);
  const [state, dispatch] = useReducer(reduceEditor, null, () => startEditor(definition, draftVersion));
  const { present, base } = state;

  const editDefinition: EditDefinition = useCallback(
    (change, key) => dispatch({ kind: "edit", key, change }),
    [],
  );
  const edit: EditGroups = useCallback(
    (change, key) =>
      editDefinition((d) => {
        const endpoints = change(d.endpoints);
        return endpoints === d.endpoints ? d : { ...d, endpoints };
      }, key),
    [editDefinition],
  );
  const announce = useAnnounce();
  const before = state.past.at(-1);
  const after = state.future[0];
  const undo = useCallback(() => {
    dispatch({ kind: "undo" });
    announce(before ? `Undone: ${inShort(diff(before, present))}` : "Nothing to undo");
  }, [announce, before, present]);
  const redo = useCallback(() => {
    dispatch({ kind: "redo" });
    announce(after ? `Redone: ${inShort(diff(present, after))}` : "Nothing to redo");
  }, [announce, after, present]);

  const changes = useMemo(() => diff(base, present), [base, present]);
  const parse = useParser(present !== base);
  const { saveProblems, reasons } = useMemo(() => problemsOf(present, parse), [present, parse]);
  useUndoKeys(undo, redo);

  return { given, state, dispatch, edit, editDefinition, undo, redo, changes, saveProblems, reasons };
}

/** For the ear: the first change, and how many more there are. */
function inShort([first = "", ...more]: string[]): string {
  return more.length === 0 ? first : `${first}, and ${more.length} more`;
}

export type Editor = ReturnType<typeof useEditor>;

type Parse = (input: unknown) => ParseResult;

/** The reader of definitions, loaded with the first edit: what is stored can be read, so nothing needs it before. */
function useParser(edited: boolean): Parse | null {
  const [parse, setParse] = useState<Parse | null>(null);
  useEffect(() => {
    if (!edited || parse) return;
    import("#lib/schemas/definition").then(
      (schemas) => setParse(() => schemas.parseDefinition),
      // The server reads what is sent and says the same.
      () => {},
    );
  }, [edited, parse]);
  return parse;
}

/** What stops saving, and what stops deploying on top of it. */
function problemsOf(
  definition: ApiDefinition,
  parse: Parse | null,
): { saveProblems: Problem[]; reasons: Problem[] } {
  const parsed = parse?.(definition) ?? { ok: true };
  const saveProblems = parsed.ok ? [] : parsed.problems;
  const known = new Set(saveProblems.map((p) => p.path.join("/")));
  const further = deployProblems(definition).filter((p) => !known.has(p.path.join("/")));
  return { saveProblems, reasons: further };
}

function useUndoKeys(undo: () => void, redo: () => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      const target = event.target instanceof Element ? event.target : null;
      // Fields that hold text of their own (the add field, a dialog) keep the browser's undo.
      if (target?.closest("[role=dialog], [data-own-undo]")) return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) redo();
      else undo();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [undo, redo]);
}
