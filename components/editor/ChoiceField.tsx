"use client";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import type { Choice } from "./choices";

interface Props {
  id: string;
  label: string;
  value: string;
  choices: Choice[];
  onChange: (value: string) => void;
}

export function ChoiceField({ id, label, value, choices, onChange }: Props) {
  return (
    <TextField
      select
      id={id}
      label={label}
      value={value}
      helperText={choices.find((c) => c.value === value)?.hint}
      onChange={(event) => onChange(event.target.value)}
    >
      {choices.map((c) => (
        <MenuItem key={c.value} value={c.value}>
          {c.label}
        </MenuItem>
      ))}
    </TextField>
  );
}
