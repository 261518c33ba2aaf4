"use client";
import TextField from "@mui/material/TextField";
import { type ReactNode, useState } from "react";

interface Props {
  id: string;
  label: string;
  value: string;
  problem: string | undefined;
  /** Show the problem although the field was not left yet: saving was tried. */
  insist: boolean;
  helper?: ReactNode;
  disabled?: boolean;
  hideLabel?: boolean;
  onChange: (url: string) => void;
  onLeave: () => void;
}

export function UrlField({ problem, insist, helper, hideLabel, onChange, onLeave, ...props }: Props) {
  const [edited, setEdited] = useState(false);
  const [left, setLeft] = useState(false);
  const shown = insist || (edited && left && !props.disabled) ? problem : undefined;
  return (
    <TextField
      id={props.id}
      label={hideLabel ? undefined : props.label}
      value={props.value}
      disabled={props.disabled || undefined}
      fullWidth
      placeholder="http://appserver/resource"
      error={Boolean(shown)}
      helperText={shown ?? helper}
      autoComplete="off"
      onChange={(event) => {
        setEdited(true);
        const url = event.target.value.replace(/[\r\n]+/g, "");
        if (url === "") setLeft(true);
        onChange(url);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.preventDefault();
      }}
      onBlur={() => {
        setLeft(true);
        onLeave();
      }}
      slotProps={{
        htmlInput: {
          "aria-label": hideLabel ? props.label : undefined,
          spellCheck: false,
          autoCapitalize: "none",
          inputMode: "url",
          maxLength: 2100,
          rows: 1,
        },
        inputLabel: { shrink: true },
        input: { inputComponent: "textarea", sx: wholeUrl },
        formHelperText: { component: "div" },
      }}
    />
  );
}

/** A long URL takes as many lines as it needs; where the browser cannot size a field to its text, it scrolls. */
const wholeUrl = {
  "& textarea": {
    fieldSizing: "content",
    height: "auto",
    minHeight: "1.4375em",
    lineHeight: 1.4375,
    maxHeight: "7.2em",
    resize: "none",
    overflowWrap: "anywhere",
  },
};
