"use client";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { type ReactNode, useState } from "react";
import { ConfirmDialog } from "../shared/ConfirmDialog";

interface Props {
  title: string;
  text: string;
  confirm: string;
  onConfirm: (note: string) => Promise<void>;
  onClose: () => void;
  /** What changes for callers. */
  children: ReactNode;
}

/** Asks before something goes live: what changes, and why in a few words if wanted. */
export function NoteDialog({ title, text, confirm, onConfirm, onClose, children }: Props) {
  const [note, setNote] = useState("");
  return (
    <ConfirmDialog
      open
      color="primary"
      title={title}
      text={text}
      confirm={confirm}
      onConfirm={() => onConfirm(note.trim())}
      onClose={onClose}
      details={
        <>
          <Typography variant="subtitle2" component="h3" sx={{ mt: 2, mb: 0.5 }}>
            What changes at the gateway
          </Typography>
          {children}
        </>
      }
    >
      <TextField
        label="Note"
        autoFocus
        helperText="Optional: why, for those who look here later"
        value={note}
        onChange={(event) => setNote(event.target.value.slice(0, 1_000))}
        fullWidth
        sx={{ mt: 2.5 }}
      />
    </ConfirmDialog>
  );
}
