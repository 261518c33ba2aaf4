import { type ApiDefinition, sameDefinition } from "#lib/edit/api";
import type { EndpointGroup, EndpointGroups } from "#lib/edit/endpoints";

/** The document being edited with its history, and the saved one it started from. */
export interface EditorState {
  past: ApiDefinition[];
  present: ApiDefinition;
  future: ApiDefinition[];
  base: ApiDefinition;
  draftVersion: number;
  /** Edits in a row under one key (typing into one field) are one step of undo. */
  lastKey: string | null;
}

export type EditorEvent =
  | { kind: "edit"; change: (definition: ApiDefinition) => ApiDefinition; key?: string }
  | { kind: "pause" }
  | { kind: "undo" }
  | { kind: "redo" }
  | { kind: "discard" }
  | { kind: "saved"; sent: ApiDefinition; definition: ApiDefinition; draftVersion: number }
  /** Starts anew from what somebody else saved. */
  | { kind: "adopt"; definition: ApiDefinition; draftVersion: number }
  /** Goes on from what somebody else saved, with what was made of it. */
  | { kind: "rebase"; definition: ApiDefinition; draftVersion: number; present: ApiDefinition };

const MAX_STEPS = 200;

export function startEditor(definition: ApiDefinition, draftVersion: number): EditorState {
  return { past: [], present: definition, future: [], base: definition, draftVersion, lastKey: null };
}

export function reduceEditor(state: EditorState, event: EditorEvent): EditorState {
  switch (event.kind) {
    case "edit":
      return step(state, event.change(state.present), event.key);
    case "pause":
      return pause(state);
    case "undo":
      return undo(state);
    case "redo":
      return redo(state);
    case "discard":
      return step(state, state.base);
    case "saved": {
      const { definition, draftVersion, sent } = event;
      const present = state.present === sent ? definition : state.present;
      return { ...state, present, base: definition, draftVersion, lastKey: null };
    }
    case "adopt":
      return startEditor(event.definition, event.draftVersion);
    case "rebase":
      return step({ ...state, base: event.definition, draftVersion: event.draftVersion }, event.present);
  }
}

function step(state: EditorState, present: ApiDefinition, key: string | null = null): EditorState {
  if (present === state.present || sameDefinition(present, state.present)) return state;
  const joined = key !== null && key === state.lastKey;
  const past = joined ? state.past : [...state.past, state.present].slice(-MAX_STEPS);
  return { ...state, past, present, future: [], lastKey: key };
}

/** What was typed and typed back is no step: Undo would do nothing. */
function pause(state: EditorState): EditorState {
  if (state.lastKey === null) return state;
  const before = state.past.at(-1);
  if (!before || !sameDefinition(before, state.present)) return { ...state, lastKey: null };
  return { ...state, past: state.past.slice(0, -1), present: before, lastKey: null };
}

function undo(state: EditorState): EditorState {
  const present = state.past.at(-1);
  if (!present) return state;
  return {
    ...state,
    past: state.past.slice(0, -1),
    present,
    future: [state.present, ...state.future],
    lastKey: null,
  };
}

function redo(state: EditorState): EditorState {
  const [present, ...future] = state.future;
  if (!present) return state;
  return { ...state, past: [...state.past, state.present], present, future, lastKey: null };
}

/** What is sent: URLs without the spaces around them. The same value when there are none. */
export function trimmed(definition: ApiDefinition): ApiDefinition {
  const group = (g: EndpointGroup): EndpointGroup =>
    g.endpoints.some((e) => e.url !== e.url.trim())
      ? { ...g, endpoints: g.endpoints.map((e) => ({ ...e, url: e.url.trim() })) }
      : g;
  const both = (groups: EndpointGroups): EndpointGroups => {
    const [production, sandbox] = [group(groups.production), group(groups.sandbox)];
    const same = production === groups.production && sandbox === groups.sandbox;
    return same ? groups : { ...groups, production, sandbox };
  };
  const endpoints = both(definition.endpoints);
  const resources = definition.resources.map((r) => {
    const own = r.endpoints && both(r.endpoints);
    return own === r.endpoints ? r : { ...r, endpoints: own };
  });
  if (resources.some((r, i) => r !== definition.resources[i])) return { ...definition, endpoints, resources };
  return endpoints === definition.endpoints ? definition : { ...definition, endpoints };
}
