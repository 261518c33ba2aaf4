"use client";
import CogIcon from "@mui/icons-material/SettingsOutlined";
import Box from "@mui/material/Box";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import {
  type EndpointGroups,
  editPolicy,
  effectiveGroup,
  type KeyType,
  type Routing,
  setRouting,
} from "#lib/edit/endpoints";
import type { EditGroups } from "../../editor/useEditor";
import { SoftIconButton } from "../../shared/SoftButton";
import { LoadBalanceDialog } from "./LoadBalanceDialog";

interface Props {
  keyType: KeyType;
  groups: EndpointGroups;
  edit: EditGroups;
}

const options: { value: Routing; id: string; label: string; hint: string }[] = [
  { value: "single", id: "config-type-none", label: "None", hint: "All traffic goes to one endpoint." },
  {
    value: "failover",
    id: "config-type-failover",
    label: "Failover",
    hint: "The first that works, in list order.",
  },
  {
    value: "loadBalanced",
    id: "config-type-load_balance",
    label: "Load Balanced",
    hint: "Traffic is spread over all endpoints.",
  },
];

export function RoutingSelect({ keyType, groups, edit }: Props) {
  const [open, setOpen] = useState(false);
  const group = effectiveGroup(groups, keyType);
  // The ids are those of WSO2's page, which knows one choice; the second one is the sandbox's own.
  const suffix = keyType === "sandbox" ? "-sandbox" : "";
  const which = groups.sandboxSeparate ? ` (${keyType})` : "";
  return (
    <Box sx={{ display: "flex", alignItems: "flex-start", gap: 0.5 }}>
      <TextField
        select
        id={`certificateEndpoint${suffix}`}
        label={`Endpoint Type${which}`}
        value={group.routing}
        helperText={options.find((o) => o.value === group.routing)?.hint}
        onChange={(event) => {
          const chosen = options.find((o) => o.value === event.target.value);
          if (chosen) edit((g) => setRouting(g, keyType, chosen.value));
        }}
        sx={{ width: "15rem" }}
      >
        {options.map(({ value, id, label }) => (
          <MenuItem key={value} value={value} id={id + suffix}>
            {label}
          </MenuItem>
        ))}
      </TextField>
      {group.routing === "loadBalanced" && (
        <SoftIconButton
          label={`Load balance configurations${which}`}
          harmless
          onClick={() => setOpen(true)}
          sx={{ mt: 0.5 }}
        >
          <CogIcon fontSize="small" />
        </SoftIconButton>
      )}
      <LoadBalanceDialog
        open={open}
        group={group}
        onSave={(policy) => {
          setOpen(false);
          edit((g) => editPolicy(g, keyType, policy));
        }}
        onClose={() => setOpen(false)}
      />
    </Box>
  );
}
