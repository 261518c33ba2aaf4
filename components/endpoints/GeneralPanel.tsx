"use client";
import ExpandIcon from "@mui/icons-material/ExpandMore";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ApiDefinition, Limits } from "#lib/api";
import { editPolicy, effectiveGroup, type GroupPolicy, keyTypes } from "#lib/endpoints";
import type { ProblemAt } from "../editor/problems";
import type { EditDefinition } from "../editor/useEditor";
import { type Certificates, CertificatesPanel } from "./CertificatesPanel";
import { HealthFields } from "./HealthFields";
import { LimitFields } from "./LimitFields";
import { RetryFields } from "./RetryFields";

interface Props {
  definition: ApiDefinition;
  edit: EditDefinition;
  pause: () => void;
  problemAt: ProblemAt;
  certificates: Certificates;
  expanded: boolean;
  onExpand: (expanded: boolean) => void;
}

export function GeneralPanel(props: Props) {
  const { definition, edit, pause, problemAt, expanded, onExpand } = props;
  const { limits, endpoints } = definition;
  const owners = endpoints.sandboxSeparate ? keyTypes : (["production"] as const);
  const editLimits = (change: Partial<Limits>, key: string) =>
    edit((d) => ({ ...d, limits: { ...d.limits, ...change } }), `limits-${key}`);
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
          General Endpoint Configurations
        </Typography>
      </AccordionSummary>
      <AccordionDetails sx={{ pt: 0.5, pb: 2.5 }}>
        <Stack spacing={3}>
          <CertificatesPanel definition={definition} certificates={props.certificates} />
          <LimitFields limits={limits} onEdit={editLimits} onLeave={pause} problemAt={problemAt} />
          {owners.map((keyType) => {
            const shared = {
              keyType,
              separate: endpoints.sandboxSeparate,
              group: effectiveGroup(endpoints, keyType),
              onEdit: (policy: GroupPolicy, key: string) =>
                edit(
                  (d) => ({ ...d, endpoints: editPolicy(d.endpoints, keyType, policy) }),
                  `${keyType}-${key}`,
                ),
              onLeave: pause,
              problemAt,
            };
            return (
              <Stack key={keyType} spacing={3}>
                <HealthFields {...shared} />
                <RetryFields {...shared} limits={limits} onEditLimits={editLimits} />
              </Stack>
            );
          })}
        </Stack>
      </AccordionDetails>
    </Accordion>
  );
}
