"use client";
import TextField from "@mui/material/TextField";
import { useState } from "react";

interface Props {
  id: string;
  label: string;
  value: number[];
  problem: string | undefined;
  helper?: string | undefined;
  onChange: (statuses: number[]) => void;
  onLeave: () => void;
}

const read = (text: string) =>
  text
    .split(/[\s,]+/)
    .filter((part) => part !== "")
    .map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN));
const write = (statuses: number[]) => statuses.filter((n) => !Number.isNaN(n)).join(", ");
const same = (a: number[], b: number[]) => a.length === b.length && a.every((n, i) => Object.is(n, b[i]));

export function StatusListField({
  value,
  problem,
  helper = "For example 502, 503",
  onChange,
  onLeave,
  ...props
}: Props) {
  const [text, setText] = useState(write(value));
  const [seen, setSeen] = useState(value);
  if (!same(seen, value)) {
    setSeen(value);
    if (!same(read(text), value)) setText(write(value));
  }
  return (
    <TextField
      {...props}
      value={text}
      placeholder="none"
      error={Boolean(problem)}
      helperText={problem ?? helper}
      onChange={(event) => {
        setText(event.target.value);
        onChange(read(event.target.value));
      }}
      onBlur={onLeave}
      autoComplete="off"
      slotProps={{ htmlInput: { inputMode: "numeric", maxLength: 200 }, inputLabel: { shrink: true } }}
    />
  );
}
