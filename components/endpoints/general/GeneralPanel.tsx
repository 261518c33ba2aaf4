"use client";
import ExpandIcon from "@mui/icons-material/ExpandMore";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Deferred } from "../../shared/Deferred";
import { showWhole } from "../showWhole";
import type { GeneralFieldsProps } from "./GeneralFields";

const fields = () => import("./GeneralFields").then((m) => m.GeneralFields);

interface Props extends GeneralFieldsProps {
  expanded: boolean;
  onExpand: (expanded: boolean) => void;
}

export function GeneralPanel(props: Props) {
  const { expanded, onExpand } = props;
  const [shown, setShown] = useState(false);
  if (expanded && !shown) setShown(true);
  return (
    <Accordion
      variant="outlined"
      disableGutters
      expanded={expanded}
      onChange={(_event, open) => onExpand(open)}
      slotProps={{ transition: { onEntered: showWhole } }}
      sx={{ "&&": { borderRadius: 1 }, "&::before": { display: "none" } }}
    >
      <AccordionSummary id="general-header" aria-controls="general-content" expandIcon={<ExpandIcon />}>
        <Typography component="span" sx={{ fontWeight: 600 }}>
          General Endpoint Configurations
        </Typography>
      </AccordionSummary>
      <AccordionDetails sx={{ pt: 0.5, pb: 2.5 }}>
        {shown && <Deferred load={fields} props={props} />}
      </AccordionDetails>
    </Accordion>
  );
}
