"use client";
import TextField from "@mui/material/TextField";
import type { SecretRef } from "#lib/edit/endpointSecurity";

interface Props {
  id: string;
  label: string;
  value: SecretRef;
  /** What was there when the form opened; an emptied field means that again. */
  stored: SecretRef;
  problem: string | undefined;
  onChange: (value: SecretRef) => void;
}

/** A stored secret cannot be shown, only replaced. */
export function SecretField({ value, stored, problem, onChange, ...props }: Props) {
  const typed = value !== null && "plain" in value && value !== stored ? value.plain : "";
  const placeholder =
    stored === null
      ? ""
      : "id" in stored
        ? "Stored. Type to replace."
        : "Entered, not saved yet. Type to replace.";
  return (
    <TextField
      {...props}
      type="password"
      value={typed}
      placeholder={placeholder}
      required={stored === null}
      error={Boolean(problem)}
      helperText={problem}
      onChange={(event) => onChange(event.target.value === "" ? stored : { plain: event.target.value })}
      // A browser's own stored password is never the backend's.
      autoComplete="new-password"
      slotProps={{ htmlInput: { maxLength: 8_000, spellCheck: false }, inputLabel: { shrink: true } }}
    />
  );
}
