"use client";
import { type MouseEvent, useEffect, useRef, useState } from "react";
import { ConfirmDialog } from "./ConfirmDialog";

/**
 * Asks before a dialog in which something was typed or chosen is closed by Esc, by a click beside it or by a button
 * that does not say what becomes of it. `watch` belongs on what holds the fields, `question` beside the dialog.
 */
export function useDialogGuard(open: boolean, onClose: () => void) {
  const touched = useRef(false);
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    if (open) touched.current = false;
    else setAsking(false);
  }, [open]);
  const touch = () => {
    touched.current = true;
  };
  const watch = {
    onChange: touch,
    // A choice of MUI's lists is no event of a field; the list lies elsewhere, and still below in React's tree.
    onClickCapture: ({ target }: MouseEvent) => {
      if (target instanceof Element && target.closest('[role="option"], [role="menuitem"]')) touch();
    },
  };
  const close = () => (touched.current ? setAsking(true) : onClose());
  const question = (
    <ConfirmDialog
      open={asking}
      title="Discard what you entered?"
      text="Nothing of it has been taken over yet."
      confirm="Discard"
      cancel="Keep editing"
      onConfirm={() => {
        setAsking(false);
        onClose();
      }}
      onClose={() => setAsking(false)}
    />
  );
  return { watch, close, question };
}
