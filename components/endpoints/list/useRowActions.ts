"use client";
import { useLayoutEffect, useRef } from "react";
import {
  addEndpoint,
  duplicateEndpoint,
  type EndpointGroup,
  editEndpoint,
  type KeyType,
  moveEndpoint,
  newEndpoint,
  removeEndpoint,
} from "#lib/edit/endpoints";
import { endpointLabel } from "#lib/model/url";
import { warnings } from "#lib/tell/warnings";
import type { Removed } from "../../editor/UndoSnackbar";
import type { EditGroups } from "../../editor/useEditor";
import { useAnnounce } from "../../shared/Announcer";
import { useSteady } from "../../shared/useSteady";
import { rowFieldId } from "../fieldIds";
import { newEndpointId } from "../newId";
import type { RowActions } from "./rowProps";
import type { Checks } from "./useChecks";

export interface ListProps {
  keyType: KeyType;
  /** As it takes effect: with production's policy where the sandbox follows it. */
  group: EndpointGroup;
  edit: EditGroups;
  pause: () => void;
  onRemoved: (removed: Removed) => void;
  checks: Checks;
  /** Opens the settings of one endpoint. */
  onConfigure: (keyType: KeyType, id: string) => void;
}

interface Options extends ListProps {
  /** The field that takes the focus when no row is left. */
  addId: string;
  suppose: RowActions["suppose"];
}

/** What is done with the rows of a list, each with its announcement and where the focus goes. */
export function useRowActions(options: Options) {
  const { keyType, group, edit, pause, checks, onConfigure, onRemoved, addId, suppose } = options;
  const { endpoints } = group;
  const announce = useAnnounce();
  const focusNext = useRef<string | null>(null);
  const fieldId = (id: string, field: string) => rowFieldId(keyType, id, field);

  // A moved row is another place in the document, which takes the focus away from its button.
  useLayoutEffect(() => {
    if (focusNext.current) document.getElementById(focusNext.current)?.focus();
    focusNext.current = null;
  });

  const editGroup = (change: (g: EndpointGroup) => EndpointGroup, key?: string) =>
    edit((groups) => ({ ...groups, [keyType]: change(groups[keyType]) }), key);
  const find = (id: string) => endpoints.find((e) => e.id === id);
  const labelOf = (id: string) => endpointLabel(find(id)?.url ?? "");

  const actions = useSteady<RowActions>({
    edit: (id, change, field) => editGroup((g) => editEndpoint(g, id, change), `${id}-${field}`),
    leave: pause,
    check: (id) => {
      const endpoint = find(id);
      if (endpoint) void checks.check(endpoint);
    },
    move: (id, to, button) => {
      focusNext.current = fieldId(id, button);
      editGroup((g) => moveEndpoint(g, id, to));
      announce(`${labelOf(id)} moved to position ${to + 1} of ${endpoints.length}`);
    },
    configure: (id) => onConfigure(keyType, id),
    duplicate: (id) => {
      const copyId = newEndpointId();
      editGroup((g) => duplicateEndpoint(g, id, copyId));
      announce(`${labelOf(id)} duplicated to position ${endpoints.findIndex((e) => e.id === id) + 2}`);
    },
    remove: (id) => {
      const index = endpoints.findIndex((e) => e.id === id);
      const next = endpoints[index + 1] ?? endpoints[index - 1];
      focusNext.current = next ? fieldId(next.id, "bin") : addId;
      editGroup((g) => removeEndpoint(g, id));
      onRemoved({ name: labelOf(id), focus: fieldId(id, "bin") });
    },
    suppose,
  });
  const add = (url: string) => {
    const endpoint = newEndpoint(newEndpointId(), url);
    editGroup((g) => addEndpoint(g, endpoint));
    const warning = warnings(addEndpoint(group, endpoint)).find((w) => w.id === endpoint.id);
    announce(
      [`${endpointLabel(url)} added at position ${endpoints.length + 1}`, warning?.message]
        .filter(Boolean)
        .join(". "),
    );
  };
  return { actions, add };
}
