"use client";
import ExpandIcon from "@mui/icons-material/ExpandMore";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import Box from "@mui/material/Box";
import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import Typography from "@mui/material/Typography";
import {
  type EndpointGroups,
  effectiveGroup,
  type KeyType,
  keyTypes,
  setSandboxSeparate,
} from "#lib/edit/endpoints";
import type { ProblemAt } from "../../editor/problems";
import type { Removed } from "../../editor/UndoSnackbar";
import type { EditGroups } from "../../editor/useEditor";
import { EndpointList } from "../list/EndpointList";
import type { Checks } from "../list/useChecks";
import { showWhole } from "../showWhole";
import { RoutingSelect } from "./RoutingSelect";

interface Props {
  groups: EndpointGroups;
  expanded: boolean;
  onExpand: (expanded: boolean) => void;
  edit: EditGroups;
  pause: () => void;
  onRemoved: (removed: Removed) => void;
  problemAt: ProblemAt;
  insist: boolean;
  checks: Checks;
  onConfigure: (keyType: KeyType, id: string) => void;
}

export function RoutingPanel({ groups, expanded, onExpand, edit, ...list }: Props) {
  const separate = groups.sandboxSeparate;
  const lists = keyTypes.filter((k) => {
    const group = effectiveGroup(groups, k);
    return group.enabled && (group.routing !== "single" || group.endpoints.length > 1);
  });
  return (
    <Accordion
      variant="outlined"
      disableGutters
      expanded={expanded}
      onChange={(_event, open) => onExpand(open)}
      slotProps={{ transition: { onEntered: showWhole } }}
      sx={{ "&&": { borderRadius: 1 }, "&::before": { display: "none" } }}
    >
      <AccordionSummary id="panel1bh-header" aria-controls="panel1bh-content" expandIcon={<ExpandIcon />}>
        <Box sx={{ display: "flex", flexWrap: "wrap", columnGap: 2, alignItems: "baseline" }}>
          <Typography component="span" sx={{ fontWeight: 600 }}>
            Load balance and Failover Configurations
          </Typography>
          <Typography component="span" variant="body2" color="textSecondary">
            {summaryOf(groups)}
          </Typography>
        </Box>
      </AccordionSummary>
      <AccordionDetails sx={{ pt: 1.5, pb: 2.5 }}>
        <Box sx={{ display: "flex", flexWrap: "wrap", columnGap: 4, rowGap: 2, alignItems: "flex-start" }}>
          <RoutingSelect keyType="production" groups={groups} edit={edit} />
          {separate && <RoutingSelect keyType="sandbox" groups={groups} edit={edit} />}
          <FormControlLabel
            control={
              <Switch
                size="small"
                id="sandbox-separate-switch"
                checked={separate}
                onChange={(event) => edit((g) => setSandboxSeparate(g, event.target.checked))}
              />
            }
            label="Configure sandbox separately"
            slotProps={{ typography: { variant: "body2" } }}
            sx={{ ml: 0, gap: 0.75, minHeight: 38 }}
          />
        </Box>
        {lists.map((keyType) => (
          <EndpointList
            key={keyType}
            keyType={keyType}
            group={effectiveGroup(groups, keyType)}
            edit={edit}
            {...list}
          />
        ))}
      </AccordionDetails>
    </Accordion>
  );
}

const kinds = {
  single: "Not Configured",
  loadBalanced: "Load Balanced Endpoints",
  failover: "Failover Endpoints",
};

function summaryOf(groups: EndpointGroups): string {
  const text = (keyType: (typeof keyTypes)[number]) => {
    const group = effectiveGroup(groups, keyType);
    const count = group.routing === "single" ? "" : ` (${group.endpoints.length})`;
    return kinds[group.routing] + count;
  };
  if (groups.sandboxSeparate) return `Production: ${text("production")} · Sandbox: ${text("sandbox")}`;
  return text(groups.production.enabled || !groups.sandbox.enabled ? "production" : "sandbox");
}
