"use client";
import Button, { type ButtonProps } from "@mui/material/Button";
import CircularProgress from "@mui/material/CircularProgress";
import type { MouseEvent } from "react";

/**
 * A button that shows that what it began is under way. Unlike MUI's `loading` it keeps the focus meanwhile, because it
 * is not disabled: pressing it again does nothing.
 */
export function BusyButton({
  busy,
  children,
  onClick,
  ...props
}: Omit<ButtonProps, "loading"> & { busy: boolean }) {
  return (
    <Button
      {...props}
      aria-disabled={busy || props["aria-disabled"] || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? (event: MouseEvent<HTMLButtonElement>) => event.preventDefault() : onClick}
    >
      {busy && <CircularProgress color="inherit" size={16} aria-hidden sx={spinner} />}
      {busy ? <span style={{ opacity: 0 }}>{children}</span> : children}
    </Button>
  );
}

const spinner = { position: "absolute", left: "calc(50% - 8px)" };
