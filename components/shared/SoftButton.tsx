"use client";
import Button, { type ButtonProps } from "@mui/material/Button";
import IconButton, { type IconButtonProps } from "@mui/material/IconButton";
import Tooltip from "@mui/material/Tooltip";
import type { MouseEvent } from "react";

type Soft = { off?: boolean };

const unless = (off: boolean | undefined, onClick?: (event: MouseEvent<HTMLButtonElement>) => void) => ({
  "aria-disabled": off || undefined,
  onClick: off ? (event: MouseEvent<HTMLButtonElement>) => event.preventDefault() : onClick,
});

// A button that is off stays focusable: pressing "Move up" to the top must not throw the focus away.
export function SoftButton({ off, onClick, ...props }: ButtonProps & Soft) {
  return <Button {...props} {...unless(off, onClick)} />;
}

export function SoftIconButton({
  off,
  onClick,
  label,
  ...props
}: IconButtonProps & Soft & { label: string }) {
  return (
    <Tooltip title={label}>
      <IconButton size="small" aria-label={label} {...props} {...unless(off, onClick)} />
    </Tooltip>
  );
}
