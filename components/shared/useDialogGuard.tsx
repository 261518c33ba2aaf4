"use client";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { ConfirmDialog } from "./ConfirmDialog";

/**
 * Asks before a dialog in which something was typed or chosen is closed by Esc, by a click beside it or by a button
 * that does not say what becomes of it. `watch` belongs on what holds the fields, `question` beside the dialog.
 */
export function useDialogGuard(open: boolean, onClose: () => void) {
  const touched = useRef(false);
  const [asking, setAsking] = useState(false);
  const [discarded, setDiscarded] = useState(false);
  useEffect(() => {
    if (open) touched.current = false;
    else setAsking(false);
  }, [open]);
  // After the question has closed: each of the two gives the focus back to what had it before, in this order.
  useEffect(() => {
    if (!discarded) return;
    setDiscarded(false);
    onClose();
  }, [discarded, onClose]);
  const touch = () => {
    touched.current = true;
  };
  const touchOption = ({ target }: { target: EventTarget }) => {
    if (target instanceof Element && target.closest('[role="option"]')) touch();
  };
  const watch = {
    onChange: touch,
    // A choice of MUI's lists is no event of a field; the list lies elsewhere, and still below in React's tree.
    onClickCapture: touchOption,
    onKeyDownCapture: (event: KeyboardEvent) => {
      if (event.key === "Enter" || event.key === " ") touchOption(event);
      // A letter chooses in a list that is not even open.
      else if (event.key.length === 1 && (event.target as Element).closest('[role="combobox"]')) touch();
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
        setDiscarded(true);
      }}
      onClose={() => setAsking(false)}
    />
  );
  return { watch, close, question };
}
