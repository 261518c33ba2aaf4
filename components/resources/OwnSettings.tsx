"use client";
import ExpandIcon from "@mui/icons-material/ExpandMore";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import {
  type EndpointGroups,
  editPolicy,
  effectiveGroup,
  type GroupPolicy,
  type KeyType,
  keyTypes,
} from "#lib/edit/endpoints";
import { FieldGroup } from "../editor/FieldGroup";
import { NumberField } from "../editor/NumberField";
import type { ProblemAt } from "../editor/problems";
import type { EditGroups } from "../editor/useEditor";
import { titles } from "../endpoints/fieldIds";
import { HealthFields } from "../endpoints/general/HealthFields";
import { RetryFields } from "../endpoints/general/RetryFields";
import { durationWords } from "../shared/durationWords";

interface Props {
  groups: EndpointGroups;
  edit: EditGroups;
  pause: () => void;
  problemAt: ProblemAt;
  expanded: boolean;
  onExpand: (expanded: boolean) => void;
}

/** What General Endpoint Configurations holds for an API's groups, for those of an operation. */
export function OwnSettings({ groups, edit, pause, problemAt, expanded, onExpand }: Props) {
  const separate = groups.sandboxSeparate;
  const settingsOf = (keyType: KeyType) => {
    const group = effectiveGroup(groups, keyType);
    const onEdit = (policy: GroupPolicy, key: string) =>
      edit((g) => editPolicy(g, keyType, policy), `own-${keyType}-${key}`);
    const shared = { keyType, separate, group, onEdit, onLeave: pause, problemAt };
    return (
      <Stack key={keyType} spacing={3}>
        <FieldGroup title={separate ? `${titles[keyType]}: time limit` : "Time limit"}>
          <NumberField
            id={`${keyType}-responseTimeoutMs`}
            label="Response timeout (ms)"
            fallback="that of the API"
            helper={group.responseTimeoutMs === null ? undefined : durationWords(group.responseTimeoutMs)}
            value={group.responseTimeoutMs}
            problem={problemAt("endpoints", keyType, "responseTimeoutMs")}
            onChange={(responseTimeoutMs) => onEdit({ responseTimeoutMs }, "responseTimeoutMs")}
            onLeave={pause}
          />
        </FieldGroup>
        <HealthFields {...shared} />
        <RetryFields {...shared} />
      </Stack>
    );
  };
  return (
    <Accordion
      variant="outlined"
      disableGutters
      expanded={expanded}
      onChange={(_event, open) => onExpand(open)}
      sx={{ "&&": { borderRadius: 1 }, "&::before": { display: "none" } }}
    >
      <AccordionSummary id="general-header" aria-controls="general-content" expandIcon={<ExpandIcon />}>
        <Typography component="span" sx={{ fontWeight: 600 }}>
          Limits, retries and health checks
        </Typography>
      </AccordionSummary>
      <AccordionDetails sx={{ pt: 0.5, pb: 2.5 }}>
        <Stack spacing={3}>{(separate ? keyTypes : (["production"] as const)).map(settingsOf)}</Stack>
      </AccordionDetails>
    </Accordion>
  );
}
