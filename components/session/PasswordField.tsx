"use client";
import TextField from "@mui/material/TextField";

interface Props {
  id: string;
  label: string;
  value: string;
  error?: string;
  helper?: string;
  autoComplete: "current-password" | "new-password";
  onChange: (value: string) => void;
}

export function SecretField({ id, label, value, error, helper, autoComplete, onChange }: Props) {
  return (
    <TextField
      id={id}
      label={label}
      type="password"
      required
      fullWidth
      value={value}
      error={Boolean(error)}
      helperText={error ?? helper}
      autoComplete={autoComplete}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
