"use client";
import TextField from "@mui/material/TextField";
import { useState } from "react";

/** How a value is typed: `read(write(value))` is `value`. */
export interface Format<T> {
  read: (text: string) => T;
  write: (value: T) => string;
}

interface Props<T> {
  id: string;
  label: string;
  value: T;
  problem?: string | undefined;
  helper?: string | undefined;
  placeholder?: string;
  fullWidth?: boolean;
  onChange: (value: T) => void;
  onLeave: () => void;
}

const words: Format<string[]> = {
  read: (text) => text.split(/[\s,]+/).filter((word) => word !== ""),
  write: (list) => list.join(", "),
};

/** A list of words, as text. */
export const WordsField = (props: Props<string[]>) => <ListField format={words} {...props} />;

/** A list as text: what is typed stays as it was typed while it means the same. */
export function ListField<T>({
  format: { read, write },
  value,
  problem,
  helper,
  onChange,
  onLeave,
  ...props
}: Props<T> & { format: Format<T> }) {
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
