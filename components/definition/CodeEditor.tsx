"use client";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Text, Transaction } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import Box from "@mui/material/Box";
import { useEffect, useRef } from "react";
import type { Note } from "#lib/openapi/openapiReading";

interface Props {
  id: string;
  label: string;
  describedBy: string;
  value: string;
  readOnly: boolean;
  problems: readonly Note[];
  warnings: readonly Note[];
  onChange: (text: string) => void;
}

/** A text editor for YAML and JSON. Tab leaves it, as it leaves any field. */
export function CodeEditor({ id, label, describedBy, value, readOnly, problems, warnings, onChange }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const initial = useRef({ value, label, id, describedBy });

  useEffect(() => {
    const made = createView(box.current ?? document.body, initial.current, (text) => changed.current(text));
    view.current = made;
    return () => made.destroy();
  }, []);

  useEffect(() => {
    const extensions = readOnly ? [EditorState.readOnly.of(true), EditorView.editable.of(true)] : [];
    view.current?.dispatch({ effects: locked.reconfigure(extensions) });
  }, [readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      // Not typed here, so not undone here: the other format, or an edit of the forms.
      annotations: Transaction.addToHistory.of(false),
    });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const marks = [
      ...problems.map((note) => markOf(editor.state.doc, note, "error")),
      ...warnings.map((note) => markOf(editor.state.doc, note, "warning")),
    ];
    editor.dispatch(setDiagnostics(editor.state, marks));
  }, [problems, warnings]);

  return <Box ref={box} data-own-undo sx={frame} />;
}

type Initial = Pick<Props, "id" | "label" | "describedBy" | "value">;

function createView(parent: HTMLElement, initial: Initial, onChange: (text: string) => void): EditorView {
  const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: initial.value,
      extensions: [
        EditorView.cspNonce.of(nonce),
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        EditorView.lineWrapping,
        lintGutter(),
        yaml(),
        syntaxHighlighting(highlight),
        look,
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({
          id: initial.id,
          "aria-label": initial.label,
          "aria-describedby": initial.describedBy,
          tabindex: "0",
        }),
        locked.of([]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
}

function markOf(doc: Text, note: Note, severity: Diagnostic["severity"]): Diagnostic {
  const line = doc.line(Math.min(Math.max(1, note.line), doc.lines));
  return { from: line.from, to: line.to, severity, message: note.message };
}

const locked = new Compartment();

const highlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--mui-palette-primary-main)" },
  { tag: tags.string, color: "var(--mui-palette-success-main)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--mui-palette-warning-main)" },
  { tag: tags.comment, color: "var(--mui-palette-text-secondary)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { height: "min(56vh, 720px)", fontSize: "0.8125rem", color: "var(--mui-palette-text-primary)" },
  // Of the frame around it, which cuts off what stands out.
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "ui-monospace, Menlo, Consolas, monospace", overflow: "auto" },
  ".cm-content": { caretColor: "var(--mui-palette-text-primary)" },
  ".cm-cursor": { borderLeftColor: "var(--mui-palette-text-primary)" },
  ".cm-gutters": {
    backgroundColor: "var(--mui-palette-background-default)",
    color: "var(--mui-palette-text-secondary)",
    borderRight: "1px solid var(--mui-palette-divider)",
  },
  ".cm-activeLine": { backgroundColor: "rgba(127, 127, 127, 0.08)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "rgba(11, 100, 120, 0.28)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--mui-palette-background-paper)",
    color: "var(--mui-palette-text-primary)",
    border: "1px solid var(--mui-palette-divider)",
  },
});

const frame = {
  border: 1,
  borderColor: "divider",
  borderRadius: 1,
  overflow: "hidden",
  bgcolor: "background.paper",
  "&:has(.cm-focused)": { outline: "2px solid var(--mui-palette-primary-main)", outlineOffset: "1px" },
};
