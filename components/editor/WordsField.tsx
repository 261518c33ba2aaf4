"use client";
import TextField from "@mui/material/TextField";
import { useState } from "react";

interface Props {
  id: string;
  label: string;
  value: string[];
  problem?: string | undefined;
  helper?: string | undefined;
  placeholder?: string;
  fullWidth?: boolean;
  onChange: (words: string[]) => void;
  onLeave: () => void;
}

const read = (text: string) => text.split(/[\s,]+/).filter((word) => word !== "");
const write = (words: string[]) => words.join(", ");

/** A list of words, as text: what is typed stays as it was typed while it means the same. */
export function WordsField({ value, problem, helper, onChange, onLeave, ...props }: Props) {
  const [text, setText] = useState(write(value));
  const [seen, setSeen] = useState(value);
  if (write(seen) !== write(value)) {
    setSeen(value);
    if (write(read(text)) !== write(value)) setText(write(value));
  }
  return (
    <TextField
      {...props}
      value={text}
      error={Boolean(problem)}
      helperText={problem ?? helper}
      onChange={(event) => {
        setText(event.target.value);
        onChange(read(event.target.value));
      }}
      onBlur={() => {
        // As it was understood: "a b" are two.
        setText(write(value));
        onLeave();
      }}
      autoComplete="off"
      slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: "none" }, inputLabel: { shrink: true } }}
    />
  );
}
