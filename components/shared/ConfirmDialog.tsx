"use client";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import { type ReactNode, useId, useTransition } from "react";
import { BusyButton } from "./BusyButton";

interface Props {
  open: boolean;
  title: string;
  text: string;
  confirm: string;
  /** Red unless nothing is lost by it. */
  color?: "error" | "primary";
  cancel?: string;
  onConfirm: () => void | Promise<void>;
  onClose: () => void;
  /** More to decide, under the text; a field in it takes the focus by `autoFocus`. */
  children?: ReactNode;
}

export function ConfirmDialog({
  open,
  title,
  text,
  confirm,
  color = "error",
  cancel = "Cancel",
  onConfirm,
  onClose,
  children,
}: Props) {
  const id = useId();
  const [pending, startTransition] = useTransition();
  return (
    <Dialog
      open={open}
      onClose={pending ? undefined : onClose}
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      maxWidth="xs"
    >
      <DialogTitle id={`${id}-title`}>{title}</DialogTitle>
      <DialogContent>
        <DialogContentText id={`${id}-text`}>{text}</DialogContentText>
        {children}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} disabled={pending} autoFocus={!children}>
          {cancel}
        </Button>
        <BusyButton
          color={color}
          variant="contained"
          busy={pending}
          onClick={() => startTransition(async () => onConfirm())}
        >
          {confirm}
        </BusyButton>
      </DialogActions>
    </Dialog>
  );
}
