"use client";
import TextField from "@mui/material/TextField";
import { useState } from "react";

interface Props {
  id: string;
  label: string;
  value: number;
  problem: string | undefined;
  disabled: boolean;
  onChange: (weight: number) => void;
  onLeave: () => void;
}

/** Of the sentence about a weight: it needs more room than the field has. */
export const weightProblemId = (id: string) => `${id}-helper-text`;

const write = (weight: number) => (Number.isNaN(weight) ? "" : String(weight));
const read = (text: string) => (/^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN);

// Holds the text, because "" and "abc" are on the way to a number; the form gets NaN, which no rule accepts.
export function WeightField({ id, label, value, problem, disabled, onChange, onLeave }: Props) {
  const [text, setText] = useState(write(value));
  const [seen, setSeen] = useState(value);
  if (!Object.is(seen, value)) {
    setSeen(value);
    if (!Object.is(read(text), value)) setText(write(value));
  }
  return (
    <TextField
      id={id}
      value={text}
      disabled={disabled || undefined}
      error={!disabled && Boolean(problem)}
      onChange={(event) => {
        setText(event.target.value);
        onChange(read(event.target.value));
      }}
      onBlur={onLeave}
      autoComplete="off"
      slotProps={{
        htmlInput: {
          "aria-label": label,
          "aria-describedby": problem && !disabled ? weightProblemId(id) : undefined,
          inputMode: "numeric",
          maxLength: 6,
        },
      }}
    />
  );
}
