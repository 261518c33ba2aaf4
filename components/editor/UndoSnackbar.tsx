"use client";
import Button from "@mui/material/Button";
import Snackbar from "@mui/material/Snackbar";
import type { ApiDefinition } from "#lib/api";

export type Removal = { name: string; past: number };

interface Props {
  removal: Removal | null;
  past: ApiDefinition[];
  onUndo: () => void;
  onClose: () => void;
}

/** Offers to undo a removal for as long as it is the newest edit. */
export function UndoSnackbar({ removal, past, onUndo, onClose }: Props) {
  return (
    <Snackbar
      open={removal !== null && past.length === removal.past}
      autoHideDuration={8_000}
      onClose={(_event, reason) => reason !== "clickaway" && onClose()}
      message={removal ? `Removed ${removal.name}` : ""}
      anchorOrigin={{ vertical: "top", horizontal: "center" }}
      action={
        <Button
          size="small"
          color="inherit"
          onClick={() => {
            onUndo();
            onClose();
          }}
        >
          Undo
        </Button>
      }
    />
  );
}
