"use client";
import Box from "@mui/material/Box";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import { Section } from "../editor/Section";
import { type Compare, DRAFT, type Revision, sideName } from "./deploymentResults";
import { Difference } from "./Sentences";

interface Props {
  id: string;
  revisions: Revision[];
  onCompare: Compare;
}

/** Any two, the draft among them. */
export function Comparison({ id, revisions, onCompare }: Props) {
  const [newest, before] = revisions;
  const [from, setFrom] = useState(before?.number ?? newest?.number ?? DRAFT);
  const [to, setTo] = useState(before ? (newest?.number ?? DRAFT) : DRAFT);
  const sides = [DRAFT, ...revisions.map(({ number }) => number)];
  const side = (label: string, value: number, onChange: (number: number) => void) => (
    <TextField
      select
      label={label}
      value={sides.includes(value) ? value : DRAFT}
      onChange={(event) => onChange(Number(event.target.value))}
      sx={{ minWidth: "7.5rem" }}
    >
      {sides.map((number) => (
        <MenuItem key={number} value={number}>
          {sideName(number)}
        </MenuItem>
      ))}
    </TextField>
  );
  return (
    <Section title="Compare">
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 2, pt: 0.75 }}>
        {side("From", from, setFrom)}
        {side("To", to, setTo)}
      </Box>
      <Difference id={id} from={from} to={to} onCompare={onCompare} />
    </Section>
  );
}
