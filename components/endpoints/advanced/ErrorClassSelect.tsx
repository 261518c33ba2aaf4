"use client";
import Checkbox from "@mui/material/Checkbox";
import ListItemText from "@mui/material/ListItemText";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { errorClasses } from "#lib/traffic/outcome";

interface Props {
  id: string;
  label: string;
  /** What an empty list means. */
  none: string;
  value: string[];
  onChange: (codes: string[]) => void;
}

const names = new Map([...errorClasses.map((c) => [c.code, c.label] as const), ["-1", "Never"] as const]);

export function ErrorClassSelect({ id, label, none, value, onChange }: Props) {
  // A code that an import brought and that we do not raise stays in the list and can be taken out.
  const codes = [...new Set([...names.keys(), ...value])];
  const nameOf = (code: string) => names.get(code) ?? "Not raised by Sluice";
  return (
    <TextField
      select
      id={id}
      label={label}
      value={value}
      // What is chosen, or what holds without a choice, is read whole.
      sx={{ gridColumn: "1 / -1", "& .MuiSelect-select": { whiteSpace: "normal" } }}
      onChange={(event) => {
        const chosen = event.target.value as unknown;
        if (Array.isArray(chosen)) onChange(chosen.map(String));
      }}
      slotProps={{
        inputLabel: { shrink: true },
        select: {
          multiple: true,
          displayEmpty: true,
          renderValue: (chosen) => {
            const list = chosen as string[];
            return list.length === 0 ? <em>{none}</em> : list.map(nameOf).join(", ");
          },
        },
      }}
    >
      {codes.map((code) => (
        <MenuItem key={code} value={code} dense>
          <Checkbox checked={value.includes(code)} size="small" sx={{ p: 0.5, mr: 1 }} tabIndex={-1} />
          <ListItemText primary={nameOf(code)} secondary={code} />
        </MenuItem>
      ))}
    </TextField>
  );
}
