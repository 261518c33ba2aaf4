"use client";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import { type FormEvent, type ReactNode, useId, useTransition } from "react";
import { BusyButton } from "./BusyButton";
import { WhileOpen } from "./WhileOpen";

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
  /** What the text is about, under it; read out with it. */
  details?: ReactNode;
  /** More to decide, under the text; a field in it takes the focus by `autoFocus`, and Enter in it confirms. */
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
  details,
  children,
}: Props) {
  const id = useId();
  const [pending, startTransition] = useTransition();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // React would take it on to a form that the dialog was opened from.
    event.stopPropagation();
    startTransition(async () => onConfirm());
  };
  return (
    <Dialog
      open={open}
      onClose={(_event, reason) => {
        // Beside it one clicks by mistake, and something may have been typed.
        if (!pending && !(children && reason === "backdropClick")) onClose();
      }}
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text ${id}-details`}
      maxWidth="xs"
    >
      <WhileOpen open={open}>
        <form onSubmit={submit} style={{ display: "contents" }}>
          <DialogTitle id={`${id}-title`}>{title}</DialogTitle>
          <DialogContent>
            <DialogContentText id={`${id}-text`}>{text}</DialogContentText>
            <div id={`${id}-details`}>{details}</div>
            {children}
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose} disabled={pending} autoFocus={!children}>
              {cancel}
            </Button>
            <BusyButton type="submit" color={color} variant="contained" busy={pending}>
              {confirm}
            </BusyButton>
          </DialogActions>
        </form>
      </WhileOpen>
    </Dialog>
  );
}
