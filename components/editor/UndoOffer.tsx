"use client";
import Button from "@mui/material/Button";
import Snackbar from "@mui/material/Snackbar";
import { useState } from "react";
import { focusSoon } from "../shared/focusSoon";
import type { Removal, UndoProps } from "./removal";

/** Offers to undo a removal until it is undone, closed or followed by another edit; then never again. */
export function UndoOffer({ removal, past, onUndo }: UndoProps) {
  const [ended, setEnded] = useState<Removal | null>(null);
  if (removal !== ended && past.at(-1) !== removal?.from) setEnded(removal);
  return (
    <Snackbar
      open={removal !== ended}
      autoHideDuration={8_000}
      onClose={(_event, reason) => reason !== "clickaway" && setEnded(removal)}
      message={removal ? `Removed ${removal.name}` : ""}
      anchorOrigin={{ vertical: "top", horizontal: "center" }}
      // Below the header: on a phone it would hide all of it.
      sx={{ "&&": { top: 60 } }}
      action={
        <Button
          size="small"
          aria-keyshortcuts="Control+Z"
          onClick={() => {
            onUndo();
            focusSoon(removal?.focus);
          }}
        >
          Undo
        </Button>
      }
    />
  );
}
