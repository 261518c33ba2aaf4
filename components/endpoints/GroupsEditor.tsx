"use client";
import Paper from "@mui/material/Paper";
import { useState } from "react";
import { type EndpointGroups, editEndpoint, type KeyType, keyTypes } from "#lib/edit/endpoints";
import type { ProblemAt } from "../editor/problems";
import type { Removed } from "../editor/UndoSnackbar";
import type { EditGroups } from "../editor/useEditor";
import { AdvancedDialog } from "./advanced/AdvancedDialog";
import { KeyTypeField } from "./KeyTypeField";
import type { Checks } from "./list/useChecks";
import { RoutingPanel } from "./routing/RoutingPanel";
import { SecurityDialog } from "./security/SecurityDialog";

interface Props {
  groups: EndpointGroups;
  edit: EditGroups;
  pause: () => void;
  /** Of paths that begin with "endpoints", whoever's these are. */
  problemAt: ProblemAt;
  insist: boolean;
  checks: Checks;
  listOpen: boolean;
  onListOpen: (open: boolean) => void;
  onRemoved: (removed: Removed) => void;
  /** Whose endpoints these are, as in "every production endpoint of this API". */
  owner?: string;
  /** What it means that a key type is not ticked. */
  unticked?: Record<KeyType, string>;
}

/** The endpoints of an API or of one operation. Its element ids are fixed, so a page shows one at a time. */
export function GroupsEditor(props: Props) {
  const { groups, edit, pause, problemAt, insist, checks, listOpen, onListOpen, onRemoved } = props;
  const { owner = "this API", unticked } = props;
  const [configured, setConfigured] = useState<{ keyType: KeyType; id: string } | null>(null);
  const [secured, setSecured] = useState<KeyType | null>(null);
  const onConfigure = (keyType: KeyType, id: string) => setConfigured({ keyType, id });
  const shared = { edit, pause, problemAt, insist, checks, onConfigure };
  return (
    <>
      <Paper variant="outlined" sx={{ p: { xs: 1.5, sm: 2.5 }, display: "grid", gap: 2 }}>
        {keyTypes.map((k) => (
          <KeyTypeField
            key={k}
            keyType={k}
            group={groups[k]}
            unticked={unticked?.[k]}
            onSecure={setSecured}
            {...shared}
          />
        ))}
      </Paper>
      <RoutingPanel
        groups={groups}
        expanded={listOpen}
        onExpand={onListOpen}
        onRemoved={onRemoved}
        {...shared}
      />
      <AdvancedDialog
        endpoint={
          (configured && groups[configured.keyType].endpoints.find((e) => e.id === configured.id)) ?? null
        }
        onSave={(settings) => {
          if (configured) {
            const { keyType, id } = configured;
            edit((g) => ({ ...g, [keyType]: editEndpoint(g[keyType], id, { settings }) }));
          }
          setConfigured(null);
        }}
        onClose={() => setConfigured(null)}
      />
      <SecurityDialog
        keyType={secured}
        owner={owner}
        security={groups[secured ?? "production"].security}
        onSave={(security) => {
          if (secured) edit((g) => ({ ...g, [secured]: { ...g[secured], security } }));
          setSecured(null);
        }}
        onClose={() => setSecured(null)}
      />
    </>
  );
}
