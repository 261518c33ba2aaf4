"use client";
import Button, { type ButtonProps } from "@mui/material/Button";
import IconButton, { type IconButtonProps } from "@mui/material/IconButton";
import NextLink from "next/link";
import type { MouseEvent } from "react";
import type { Permission } from "#lib/access/roles";
import { useAccess } from "./Access";
import { BusyButton } from "./BusyButton";
import { useReadOnly } from "./ReadOnly";

interface Soft {
  off?: boolean;
  /** Off, with the reason, for a role that may not. */
  needs?: Permission;
  /** Off, with this reason; "" when it is allowed. */
  whyNot?: string;
  /** Changes nothing, so it stays usable in what is read only. */
  harmless?: boolean;
}

const unless = (off: boolean | undefined, onClick?: (event: MouseEvent<HTMLButtonElement>) => void) => ({
  "aria-disabled": off || undefined,
  onClick: off ? (event: MouseEvent<HTMLButtonElement>) => event.preventDefault() : onClick,
});

const why = (reason: string) => (reason ? { "aria-description": reason, "data-hint": reason } : {});

/** Why the signed-in user may not press this; "" when it is allowed. */
function useReason({ needs, whyNot, harmless }: Soft): string {
  const access = useAccess();
  const readOnly = useReadOnly();
  if (whyNot) return whyNot;
  if (needs) return access.reason(needs);
  return harmless ? "" : readOnly;
}

// A button that is off stays focusable: pressing "Move up" to the top must not throw the focus away.
export function SoftButton({
  off,
  needs,
  whyNot,
  harmless,
  busy = false,
  onClick,
  ...props
}: Omit<ButtonProps, "loading"> & Soft & { busy?: boolean }) {
  const reason = useReason({ needs, whyNot, harmless });
  return <BusyButton busy={busy} {...props} {...why(reason)} {...unless(off || reason !== "", onClick)} />;
}

export function SoftIconButton({
  off,
  needs,
  whyNot,
  harmless,
  onClick,
  onKeyDown,
  label,
  ...props
}: IconButtonProps & Soft & { label: string }) {
  const reason = useReason({ needs, whyNot, harmless });
  return (
    <IconButton
      size="small"
      aria-label={label}
      {...props}
      {...why(reason)}
      {...unless(off || reason !== "", onClick)}
      onKeyDown={off || reason !== "" ? undefined : onKeyDown}
      // See Hints.
      data-hint={reason ? `${label}: ${reason}` : label}
    />
  );
}

/** A link that looks like a button; for a role that may not go there a button that is off. */
export function LinkButton({ href, needs, ...props }: ButtonProps & { href: string; needs: Permission }) {
  const reason = useReason({ needs });
  if (reason) return <SoftButton needs={needs} {...props} />;
  return <Button component={NextLink} href={href} {...props} />;
}
