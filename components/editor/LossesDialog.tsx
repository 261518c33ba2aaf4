"use client";
import { ConfirmDialog } from "../shared/ConfirmDialog";

interface Props {
  /** What callers lose, in sentences; null while nothing is asked. */
  losses: string[] | null;
  onConfirm: () => void | Promise<void>;
  onClose: () => void;
}

/** Asks before a deployment that some callers will get errors from. */
export function LossesDialog({ losses, onConfirm, onClose }: Props) {
  return (
    <ConfirmDialog
      open={losses !== null}
      title="Deploy although callers lose something?"
      text="What is live now serves them; with this deployment it does not."
      details={
        <ul style={{ margin: "8px 0 0", paddingLeft: 18, overflowWrap: "anywhere" }}>
          {losses?.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      }
      confirm="Deploy"
      onConfirm={onConfirm}
      onClose={onClose}
    />
  );
}
