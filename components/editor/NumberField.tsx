"use client";
import TextField from "@mui/material/TextField";
import { useState } from "react";

interface Props {
  id: string;
  label: string;
  /** Null: not set, so the default shown as placeholder holds. */
  value: number | null;
  problem?: string | undefined;
  /** The default; a field that has one may be empty. */
  fallback?: string;
  helper?: string;
  unit?: string;
  decimals?: boolean;
  onChange: (value: number | null) => void;
  onLeave?: () => void;
}

// Holds the text, because "" and "abc" are on the way to a number; the form gets NaN, which no rule accepts.
export function NumberField({
  value,
  problem,
  fallback,
  helper,
  unit,
  decimals,
  onChange,
  onLeave,
  ...props
}: Props) {
  const read = (text: string): number | null => {
    const trimmed = text.trim();
    if (trimmed === "") return fallback === undefined ? Number.NaN : null;
    return (decimals ? /^\d+(\.\d+)?$/ : /^\d+$/).test(trimmed) ? Number(trimmed) : Number.NaN;
  };
  const write = (n: number | null) => (n === null || Number.isNaN(n) ? "" : String(n));
  const [text, setText] = useState(write(value));
  const [seen, setSeen] = useState(value);
  if (!Object.is(seen, value)) {
    setSeen(value);
    if (!Object.is(read(text), value)) setText(write(value));
  }
  return (
    <TextField
      {...props}
      value={text}
      placeholder={fallback}
      error={Boolean(problem)}
      helperText={problem ?? helper}
      onChange={(event) => {
        setText(event.target.value);
        onChange(read(event.target.value));
      }}
      onBlur={onLeave}
      autoComplete="off"
      slotProps={{
        htmlInput: { inputMode: decimals ? "decimal" : "numeric", maxLength: 15 },
        inputLabel: { shrink: true },
        input: unit ? { endAdornment: <span aria-hidden>{unit}</span> } : undefined,
      }}
    />
  );
}
